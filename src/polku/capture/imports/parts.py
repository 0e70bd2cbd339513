"""The parts of a file (members of an archive, sheets of a workbook) and a look at the rows of one."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from polku.capture.imports.dialect import Beginning, Row, begin, best_delimiter, endless_line, require_width
from polku.capture.imports.mapping import Reading
from polku.capture.imports.source import Source, members_of
from polku.capture.imports.tables import parquet_rows
from polku.capture.imports.tails import tail_of
from polku.capture.imports.workbooks import SheetRows

LAST_ROWS = 50


@dataclass(frozen=True)
class Sample:
    """Rows of a part as texts, everything above and below the table included, blank lines not.

    `lines` are the physical lines on which `rows` begin (row numbers of a sheet). `last_rows` and `last_lines` are
    the end of the part, from behind `rows` on, so that totals and notes are seen; they are empty where `rows` hold
    all, or where the end is too far away to be looked at. `size` counts the rows of the whole part, where that is
    known. `reading` is what was asked with encoding and delimiter filled in.
    """

    reading: Reading
    rows: list[list[str]]
    lines: list[int]
    size: int | None
    last_rows: list[list[str]]
    last_lines: list[int]


def parts_of(path: Path) -> list[Reading]:
    """What of a file can be imported: itself, or the files of an archive, and of workbooks each sheet
    that is seen and holds anything.

    Raises ImportProblem where the file or one of its parts is no table or cannot be read.
    """
    parts: list[Reading] = []
    for member in members_of(path):
        with Source(path, member) as source:
            if source.form == "workbook":
                workbook = source.workbook()
                sheets = workbook.sheets()
                if len(sheets) > 1:  # programs leave empty sheets behind the one that is used
                    sheets = [name for name in sheets if workbook.rows(name).height] or sheets[:1]
                parts += [Reading(part=member, sheet=sheet) for sheet in sheets]
            else:
                parts.append(Reading(part=member))
    return parts


def sample_of(path: Path, reading: Reading | None = None, *, rows: int = 200) -> Sample:
    """The first `rows` rows of a part and its last ones.

    Raises ImportProblem where the part is empty or cannot be read, WrongUsage where it is not there.
    """
    reading = reading or Reading()
    with Source(path, reading.part) as source:
        if source.form == "workbook":
            return _sample_of_sheet(source, reading, rows)
        if source.form == "parquet":
            first, last, size = parquet_rows(source, rows)
            return _sample(source.name, reading, first, last, size)
        return _sample_of_text(source, reading, rows)


def _sample_of_sheet(source: Source, reading: Reading, most: int) -> Sample:
    workbook = source.workbook()
    sheet = reading.sheet if reading.sheet is not None else next(iter(workbook.sheets()), "")
    first, last, size = _ends(workbook.rows(sheet), most)
    return _sample(source.name, replace(reading, sheet=sheet), first, last, size)


def _ends(rows: SheetRows, most: int) -> tuple[list[Row], list[Row], int]:
    first: list[Row] = []
    last: deque[Row] = deque(maxlen=LAST_ROWS)
    size = 0
    for number, texts in rows.texts():
        (first if size < most else last).append(Row(texts, 0, number, number))
        size += 1
    return first, list(last), size


def _sample_of_text(source: Source, reading: Reading, most: int) -> Sample:
    beginning: Beginning = begin(source, reading)
    delimiter = reading.delimiter or best_delimiter(beginning, ())
    found = beginning.rows(delimiter, most + 1)
    if beginning.given:
        found = found[1:]
    if not beginning.whole and len(found) <= most:
        found = found[:-1]  # the last may be cut off
    first = [row for row in found if row.fields][:most]
    if not first:
        raise endless_line(found[0].line if found else 1, source.name)
    read = replace(reading, delimiter=delimiter, encoding="utf-16" if source.wide else beginning.encoding)
    after = first[-1].last_line if first else 0
    tail = tail_of(source, delimiter, beginning.encoding, after=after, most=LAST_ROWS)
    return _sample(source.name, read, first, tail.rows, tail.size)


def _sample(
    name: str, reading: Reading, first: Sequence[Row], last: Sequence[Row], size: int | None
) -> Sample:
    require_width(max((len(row.fields) for row in first), default=0), name)
    return Sample(
        reading=reading,
        rows=[row.fields for row in first],
        lines=[row.line for row in first],
        size=size,
        last_rows=[row.fields for row in last],
        last_lines=[row.line for row in last],
    )

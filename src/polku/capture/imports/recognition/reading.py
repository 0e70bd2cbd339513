"""How a part is to be read: delimiter, encoding, where its table begins and ends."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from django.utils.translation import gettext as _

from polku.capture.imports.dialect import DELIMITERS
from polku.capture.imports.mapping import Question, Reading
from polku.capture.imports.parts import Sample, sample_of
from polku.capture.imports.presets import header_row
from polku.capture.imports.problems import ImportProblem
from polku.capture.imports.recognition import asking
from polku.capture.imports.recognition.header import Header, find_end, find_header

ROWS = 2000
"""Rows of a part that are looked at."""
OTHER_ENCODING = "other"
_STRANGE = re.compile(
    r"[„”†‡…€\x80-\x9f\ufffd][a-zåäö]|[a-zåäö][†‡„\x80-\x9f\ufffd]|[a-zåäö]€(?=\w)|[ŠšŽŒœ™]"
)
_CLOSED = re.compile(r"[a-zåäö]”(?!\w)")
_OPENED = re.compile(r"“|(?<!\w)[„”]")
_FITS = 0.7
_FITS_WELL = 0.95


@dataclass(frozen=True)
class Table:
    """The table within a part. `above` and `below` it stand rows that are not imported."""

    reading: Reading
    names: tuple[str, ...]
    rows: list[list[str]]
    lines: list[int]
    size: int | None
    questions: tuple[Question, ...]
    above: tuple[str, ...]
    below: tuple[str, ...]


def read_table(path: Path, asked: Reading, answers: Mapping[str, str]) -> Table:
    """Find the table of a part. Where no header can be found the table has no columns and there is a question.

    Raises ImportProblem where the part cannot be read.
    """
    asked = _answered(asked, answers)
    sample, header, rivals = _sample(path, asked)
    questions: list[Question] = []
    if rivals:
        questions.append(asking.delimiter(sample, rivals))
    row = header.row
    if asked.header_line is not None:
        row = next((n for n, line in enumerate(sample.lines) if line == asked.header_line), None)
    elif (known := header_row(sample.rows)) is not None:
        row = known
    elif row is None or header.others:
        questions.append(asking.header(sample, header))
    if row is None:
        return Table(sample.reading, (), [], [], sample.size, tuple(questions), (), ())
    names = _names(sample.rows[row], sample.rows[row + 1 :])
    rows, lines = sample.rows[row + 1 :], sample.lines[row + 1 :]
    reading = replace(sample.reading, header_line=sample.lines[row])
    below: list[list[str]] = []
    if reading.last_line is None:
        last, before = (sample.last_rows, rows) if sample.last_rows else (rows, [])
        dropped = find_end(last, before[-200:], len(sample.rows[row]))
        if dropped:
            below = [list(cells) for cells in last[-dropped:] if any(cell.strip() for cell in cells)]
            kept = [*lines, *sample.last_lines][: -dropped or None]
            reading = replace(reading, last_line=kept[-1] if kept else reading.header_line)
    if reading.last_line is not None:
        end = reading.last_line
        kept_rows = [(cells, line) for cells, line in zip(rows, lines, strict=True) if line <= end]
        rows, lines = [cells for cells, _line in kept_rows], [line for _cells, line in kept_rows]
    if doubtful := doubtful_letters(reading, [names, *rows]):
        if answers.get("encoding") == OTHER_ENCODING:
            raise ImportProblem(
                _("The letters of %s cannot be read. Save it as CSV in UTF-8 and import that file.")
                % path.name
            )
        if "encoding" not in answers:
            questions.append(asking.encoding(sample, doubtful))
    size = None if sample.size is None else max(0, sample.size - row - 1 - len(below))
    return Table(
        reading=reading,
        names=names,
        rows=rows,
        lines=lines,
        size=size,
        questions=tuple(questions),
        above=tuple(_shown(cells) for cells in sample.rows[:row]),
        below=tuple(_shown(cells) for cells in below),
    )


def doubtful_letters(reading: Reading, rows: Sequence[Sequence[str]]) -> str:
    """A word that reads as if the file were in an encoding of old: `J„rvinen`, `JŠrvinen`; "" where there is none.

    Windows-1252 gives every byte a letter, so a file of DOS or an old Macintosh is never refused by itself.
    """
    if reading.encoding != "windows-1252":
        return ""
    text = " ".join(" ".join(row) for row in rows)
    strange = _STRANGE.search(text) or (None if _OPENED.search(text) else _CLOSED.search(text))
    if strange is None:
        return ""
    begin, end = strange.span()
    around = text[max(0, begin - 20) : begin].split(" ")[-1], text[end : end + 20].split(" ")[0]
    return around[0] + strange[0] + around[1]


def _answered(asked: Reading, answers: Mapping[str, str]) -> Reading:
    line = answers.get("header", "")
    return replace(
        asked,
        delimiter=answers.get("delimiter") or asked.delimiter,
        header_line=int(line) if line.isdigit() else asked.header_line,
    )


def _sample(path: Path, asked: Reading) -> tuple[Sample, Header, tuple[str, ...]]:
    """The sample by the delimiter that fits best, its header, and the delimiters that fit as well."""
    sample = sample_of(path, asked, rows=ROWS)
    if sample.reading.delimiter is None or asked.delimiter is not None:
        return sample, find_header(sample.rows), ()
    tried = [
        (other, find_header(other.rows))
        for delimiter in DELIMITERS
        for other in [
            sample
            if delimiter == sample.reading.delimiter
            else sample_of(path, replace(asked, delimiter=delimiter), rows=ROWS)
        ]
    ]
    fitting = [(one, header) for one, header in tried if header.width > 1 and header.fit >= _FITS]
    if not fitting:
        wide = [(one, header) for one, header in tried if header.width > 1]
        best = max(wide or tried, key=lambda pair: (pair[1].fit, pair[1].width))
        return (*best, ())
    best = max(fitting, key=lambda pair: (pair[1].fit > _FITS_WELL, pair[1].names, pair[1].width))
    rivals = [
        str(one.reading.delimiter)
        for one, header in fitting
        if header.fit >= best[1].fit - 0.05 and one is not best[0] and header.names >= best[1].names
    ]
    return (*best, (str(best[0].reading.delimiter), *rivals) if rivals else ())


def _names(header: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """The columns' names; those of trailing empty columns are left out."""
    names = [name.strip() for name in header]
    while (
        names
        and not names[-1]
        and not any(len(row) >= len(names) and row[len(names) - 1].strip() for row in rows)
    ):
        names.pop()
    return tuple(names)


def _shown(cells: Sequence[str]) -> str:
    text = " · ".join(cell.strip() for cell in cells if cell.strip())
    return text if len(text) <= 120 else text[:119] + "…"

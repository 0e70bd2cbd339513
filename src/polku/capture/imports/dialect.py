"""How a text file is written: encoding, delimiter, header row, line ends."""

from __future__ import annotations

import codecs
import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal, NamedTuple

import numpy as np
from django.utils.translation import gettext as _

from polku.capture.imports.mapping import Reading
from polku.capture.imports.problems import ImportProblem, WrongUsage
from polku.capture.imports.source import Source

Encoding = Literal["utf-8", "windows-1252"]
"""Of the bytes that a source hands out; UTF-16 comes from it as UTF-8."""
_HEAD = 1024 * 1024
DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_ROWS = 200
_PREAMBLE_ROWS = 20  # titles above the header row, as reports have them
MOST_COLUMNS = 2000
csv.field_size_limit(16 * 1024 * 1024)


@dataclass(frozen=True)
class Dialect:
    """What was recognised. `start` is the byte where the rows begin, `first_line` its physical line number and
    `header_line` that on which the header begins; `width` the number of fields of a row; `bare_returns` where lines
    end in CR alone."""

    encoding: Encoding
    delimiter: str
    columns: tuple[str, ...]
    width: int
    start: int
    first_line: int
    header_line: int = 1
    bare_returns: bool = False

    def position(self, column: str) -> int:
        return self.columns.index(column)


def recognise(source: Source, wanted: Sequence[str], reading: Reading | None = None) -> Dialect:
    """Read the beginning of a text file; `wanted` are columns that help to find delimiter and header row, `reading`
    what is decided already.

    Raises ImportProblem for a file without rows or without text, WrongUsage for a reading that does not fit it.
    """
    reading = reading or Reading()
    beginning = begin(source, reading)
    delimiter = reading.delimiter or best_delimiter(beginning, wanted)
    rows = beginning.rows(delimiter)
    header = header_index(rows, wanted, line=reading.header_line, first=1 if beginning.given else 0)
    if header is None:
        raise ImportProblem(_("%s has no header row.") % source.name)
    require_width(len(rows[header].fields), source.name)
    heads = rows[header : header + max(reading.header_rows, 1)]
    columns = names_of(joined([row.fields for row in heads]), decided=reading.header_line is not None)
    last = heads[-1]
    return Dialect(
        encoding=beginning.encoding,
        delimiter=delimiter,
        columns=columns,
        width=_width(columns, [row.fields for row in rows[header + 1 :] if row.fields]),
        start=beginning.skipped + last.end,
        first_line=last.last_line + 1,
        header_line=rows[header].line,
        bare_returns=beginning.bare_returns,
    )


class Row(NamedTuple):
    """A row of the beginning: its fields, the position after it, the physical lines it begins and ends on."""

    fields: list[str]
    end: int
    line: int
    last_line: int


@dataclass(frozen=True)
class Beginning:
    """The beginning of a text file (after its mark, of `skipped` bytes), to be cut by one delimiter or another.

    `given` is the delimiter that the file's own first line names; `whole` says that the file ends here.
    """

    body: str  # in Latin-1, which gives every byte one character: positions here are positions in the file
    encoding: Encoding
    skipped: int
    given: str | None
    bare_returns: bool
    whole: bool

    def rows(self, delimiter: str, most: int = _SAMPLE_ROWS) -> list[Row]:
        return [
            row._replace(fields=[_decoded(field, self.encoding) for field in row.fields])
            for row in _cut(self.body, delimiter, most)
        ]


def begin(source: Source, reading: Reading) -> Beginning:
    """Read the beginning of a text file and tell its encoding. Raises ImportProblem where it is empty or no text."""
    _check(reading)
    head = source.head(_HEAD)
    if not head.strip():
        raise ImportProblem(_("%s is empty.") % source.name)
    if b"\x00" in head.lstrip().split(b"\n", 1)[0]:
        raise ImportProblem(
            _("%s is not a text file. CSV, TSV, XLSX and Parquet can be imported.") % source.name
        )
    bare_returns = b"\n" not in head and b"\r" in head
    if bare_returns:
        head = head.replace(b"\r", b"\n")
    whole = len(head) < _HEAD
    if not whole and b"\n" not in head:
        raise endless_line(1, source.name)
    cut = head if whole else head[: head.rfind(b"\n") + 1] or head
    encoding: Encoding = "utf-8"
    if reading.encoding in ("utf-8", "windows-1252") and not source.wide:
        encoding = "windows-1252" if reading.encoding == "windows-1252" else "utf-8"
    else:
        try:
            cut.decode("utf-8")
        except UnicodeDecodeError:
            encoding = "utf-8" if source.wide else survey_encoding(source)
    skipped = len(codecs.BOM_UTF8) if cut.startswith(codecs.BOM_UTF8) else 0
    body = cut[skipped:]
    return Beginning(body.decode("latin-1"), encoding, skipped, _excel_hint(body), bare_returns, whole)


def best_delimiter(beginning: Beginning, wanted: Sequence[str]) -> str:
    """The delimiter that the text names itself, else that which cuts it best."""
    return beginning.given or max(DELIMITERS, key=lambda d: _fitness(beginning.rows(d), wanted))


def endless_line(line: int, file: str) -> ImportProblem:
    return ImportProblem(
        _("Line %(line)s of %(file)s is too long: this is not a table.") % {"line": line, "file": file}
    )


def require_width(columns: int, file: str) -> None:
    """Raises ImportProblem where there are more columns than a table has."""
    if columns > MOST_COLUMNS:
        raise ImportProblem(
            _("%(file)s has %(columns)s columns; a table may have %(most)s.")
            % {"file": file, "columns": columns, "most": MOST_COLUMNS}
        )


def survey_encoding(source: Source) -> Encoding:
    """Read the whole file and say whether it is UTF-8 with some bad bytes, or Windows-1252.

    In UTF-8 the letters beyond ASCII come as valid sequences; in Windows-1252 such a sequence is a rare accident.
    """
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    good = bad = 0
    for piece, _position in source.chunks():
        if piece.isascii():
            decoder.reset()
            continue
        text = np.frombuffer(decoder.decode(piece).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        escaped = int(np.count_nonzero((text >= 0xDC80) & (text <= 0xDCFF)))
        bad += escaped
        good += int(np.count_nonzero(text > 0x7F)) - escaped
    return "utf-8" if good and good * 10 >= bad else "windows-1252"


def require_columns(columns: Sequence[str], wanted: Sequence[str], file: str) -> None:
    """Raises WrongUsage that names the column missing, or there twice, and the nearest ones."""
    for column in wanted:
        count = list(columns).count(column)
        if count == 1:
            continue
        if count > 1:
            raise WrongUsage(
                _("%(file)s has %(count)s columns named “%(column)s”; rename all but one.")
                % {"file": file, "count": count, "column": column}
            )
        raise WrongUsage(missing_column(columns, column, file))


def missing_column(columns: Sequence[str], column: str, file: str) -> str:
    """A sentence about a column that is not there, with the nearest that are."""
    lowered = {name.casefold(): name for name in columns if name}
    near = [lowered[key] for key in get_close_matches(column.casefold(), lowered, n=3, cutoff=0.5)]
    shown = ", ".join(f"“{name[:80]}”" for name in (near or [name for name in columns if name][:12]))
    if near:
        return _("%(file)s has no column “%(column)s”. Nearest: %(columns)s.") % {
            "file": file,
            "column": column,
            "columns": shown,
        }
    return _("%(file)s has no column “%(column)s”. Its columns are: %(columns)s.") % {
        "file": file,
        "column": column,
        "columns": shown,
    }


def joined(header: Sequence[Sequence[str]]) -> list[str]:
    """The header as one row. Where it has two, the parts of a question stand below it, on the column of the question
    and on those after it that have no name: each becomes `Question: part`."""
    names = [field.strip() for field in header[0]]
    if len(header) < 2:
        return names
    question = ""
    result: list[str] = []
    for place, name in enumerate(names):
        question = name or question
        part = header[1][place].strip() if place < len(header[1]) else ""
        is_part = not name or (place + 1 < len(names) and not names[place + 1])
        result.append(f"{question}: {part}" if question and part and is_part else name)
    return result


def names_of(fields: Sequence[str], *, decided: bool) -> tuple[str, ...]:
    """The columns of a header row. Where a person or a preset decided on the header every column has a name of its
    own, so that each can be chosen: `#3` for the third where it has none, `Name (2)` for the second of a name."""
    names = [field.strip() for field in fields]
    if not decided:
        return tuple(names)
    taken = set(names)
    seen: set[str] = set()
    for place, name in enumerate(names):
        own, number = name or f"#{place + 1}", 1
        while own in seen or (number > 1 and own in taken) or (not name and own in taken):
            number += 1
            own = f"{name or f'#{place + 1}'} ({number})"
        seen.add(own)
        names[place] = own
    return tuple(names)


def _check(reading: Reading) -> None:
    if reading.delimiter is not None and reading.delimiter not in DELIMITERS:
        raise WrongUsage(_("“%s” is no delimiter of columns.") % reading.delimiter)
    if reading.encoding not in (None, "utf-8", "windows-1252", "utf-16"):
        raise WrongUsage(_("Text in the encoding “%s” cannot be read.") % reading.encoding)


def _cut(text: str, delimiter: str, most: int) -> list[Row]:
    """The first rows of the text, read leniently."""
    ends: list[int] = []

    def lines() -> Iterator[str]:
        position = 0
        while position < len(text):
            after = text.find("\n", position) + 1 or len(text)
            ends.append(after)
            yield text[position:after]
            position = after

    rows: list[Row] = []
    reader = csv.reader(lines(), delimiter=delimiter)
    line = 1
    try:
        for fields in reader:
            rows.append(Row(fields, ends[-1], line, reader.line_num))
            line = reader.line_num + 1
            if len(rows) == most:
                break
    except csv.Error:
        pass
    return rows


def _decoded(field: str, encoding: Encoding) -> str:
    return field if field.isascii() else field.encode("latin-1").decode(encoding, "replace")


def _fitness(rows: list[Row], wanted: Sequence[str]) -> tuple[int, float, int]:
    """How well a delimiter fits: wanted columns found, share of rows of the usual width, that width."""
    counts = Counter(len(row.fields) for row in rows if row.fields)
    if not counts:
        return 0, 0.0, 0
    width, often = max(counts.items(), key=lambda item: (item[1], item[0]))
    header = header_index(rows, wanted)
    names = {field.strip() for field in rows[header].fields} if header is not None else set()
    found = sum(name in names for name in wanted)
    return (found, 0.0, 1) if width == 1 else (found, often / sum(counts.values()), width)


def header_index(
    rows: Sequence[Row], wanted: Sequence[str], *, line: int | None = None, first: int = 0
) -> int | None:
    """The row that begins on the given line; else that which holds all wanted columns, or the first that holds
    anything. Raises WrongUsage where no row begins on the line."""
    if line is not None:
        found = next((index for index, row in enumerate(rows) if row.line == line and row.fields), None)
        if found is None:
            raise WrongUsage(_("No header row begins on line %s.") % line)
        return found
    filled = [i for i in range(first, len(rows)) if any(field.strip() for field in rows[i].fields)]
    for index in filled[:_PREAMBLE_ROWS]:
        if wanted and set(wanted) <= {field.strip() for field in rows[index].fields}:
            return index
    return filled[0] if filled else None


def _excel_hint(body: bytes) -> str | None:
    """The delimiter of Excel's first line `sep=;`."""
    first = body[:16].split(b"\n")[0].strip().lower()
    if len(first) == 5 and first.startswith(b"sep=") and first[4:].decode("latin-1") in DELIMITERS:
        return first[4:].decode("latin-1")
    return b"\t".decode() if body[:5].lower() == b"sep=\t" else None


def _width(columns: tuple[str, ...], rows: list[list[str]]) -> int:
    """The width of the rows: the header's, or one more where every row ends in a delimiter of its own."""
    if rows and all(len(row) == len(columns) + 1 and not row[-1] for row in rows):
        return len(columns) + 1
    return len(columns)

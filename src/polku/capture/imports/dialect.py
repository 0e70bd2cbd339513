"""How a text file is written: encoding, delimiter, header row, line ends."""

from __future__ import annotations

import codecs
import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

import numpy as np
from django.utils.translation import gettext as _

from polku.capture.imports.problems import ImportProblem, WrongUsage
from polku.capture.imports.source import Source

Encoding = Literal["utf-8", "windows-1252"]
_HEAD = 1024 * 1024
_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_ROWS = 200
_PREAMBLE_ROWS = 20  # titles above the header row, as reports have them
csv.field_size_limit(16 * 1024 * 1024)


@dataclass(frozen=True)
class Dialect:
    """What was recognised. `start` is the byte where the rows begin, `first_line` its physical line number;
    `width` the number of fields of a row; `bare_returns` where lines end in CR alone."""

    encoding: Encoding
    delimiter: str
    columns: tuple[str, ...]
    width: int
    start: int
    first_line: int
    bare_returns: bool = False

    def position(self, column: str) -> int:
        return self.columns.index(column)


def recognise(source: Source, wanted: Sequence[str]) -> Dialect:
    """Read the beginning of a text file; `wanted` are columns that help to find delimiter and header row.

    Raises ImportProblem for a file without rows or without text.
    """
    head = source.head(_HEAD)
    if not head.strip():
        raise ImportProblem(_("%s is empty.") % source.path.name)
    if b"\x00" in head.lstrip().split(b"\n", 1)[0]:
        raise ImportProblem(
            _("%s is not a text file. CSV, TSV and Parquet can be imported.") % source.path.name
        )
    bare_returns = b"\n" not in head and b"\r" in head
    if bare_returns:
        head = head.replace(b"\r", b"\n")
    whole = len(head) < _HEAD
    cut = head if whole else head[: head.rfind(b"\n") + 1] or head
    encoding: Encoding = "utf-8"
    try:
        cut.decode("utf-8")
    except UnicodeDecodeError:
        encoding = survey_encoding(source)
    skipped = len(codecs.BOM_UTF8) if cut.startswith(codecs.BOM_UTF8) else 0
    body = cut[skipped:]
    # Latin-1 gives every byte one character, so that positions in this text are positions in the file.
    rows_of = {d: _sample(body.decode("latin-1"), d) for d in _DELIMITERS}
    given = _excel_hint(body)
    delimiter = given or max(_DELIMITERS, key=lambda d: _fitness(_decoded(rows_of[d], encoding), wanted))
    rows = _decoded(rows_of[delimiter], encoding)
    header = _header_index(rows, wanted, first=1 if given else 0)
    if header is None:
        raise ImportProblem(_("%s has no header row.") % source.path.name)
    fields, end, line = rows[header]
    columns = tuple(field.strip() for field in fields)
    return Dialect(
        encoding=encoding,
        delimiter=delimiter,
        columns=columns,
        width=_width(columns, [row for row, _end, _line in rows[header + 1 :] if row]),
        start=skipped + end,
        first_line=line + 1,
        bare_returns=bare_returns,
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
    shown = ", ".join(f"“{name}”" for name in (near or [name for name in columns if name][:12]))
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


_Row = tuple[list[str], int, int]
"""Fields, the position after the row, the physical line it ends on."""


def _sample(text: str, delimiter: str) -> list[_Row]:
    """The first rows of the text, read leniently."""
    ends: list[int] = []

    def lines() -> object:
        position = 0
        while position < len(text):
            after = text.find("\n", position) + 1 or len(text)
            ends.append(after)
            yield text[position:after]
            position = after

    rows: list[_Row] = []
    reader = csv.reader(lines(), delimiter=delimiter)  # type: ignore[arg-type]
    try:
        for row in reader:
            rows.append((row, ends[-1], reader.line_num))
            if len(rows) == _SAMPLE_ROWS:
                break
    except csv.Error:
        pass
    return rows


def _decoded(rows: list[_Row], encoding: Encoding) -> list[_Row]:
    return [
        ([field.encode("latin-1").decode(encoding, "replace") for field in row], end, line)
        for row, end, line in rows
    ]


def _fitness(rows: list[_Row], wanted: Sequence[str]) -> tuple[int, float, int]:
    """How well a delimiter fits: wanted columns found, share of rows of the usual width, that width."""
    counts = Counter(len(row) for row, _end, _line in rows if row)
    if not counts:
        return 0, 0.0, 0
    width, often = max(counts.items(), key=lambda item: (item[1], item[0]))
    header = _header_index(rows, wanted, first=0)
    names = {field.strip() for field in rows[header][0]} if header is not None else set()
    found = sum(name in names for name in wanted)
    return (found, 0.0, 1) if width == 1 else (found, often / sum(counts.values()), width)


def _header_index(rows: list[_Row], wanted: Sequence[str], *, first: int) -> int | None:
    """The row that holds all wanted columns, or the first that holds anything."""
    filled = [i for i in range(first, len(rows)) if any(field.strip() for field in rows[i][0])]
    for index in filled[:_PREAMBLE_ROWS]:
        if wanted and set(wanted) <= {field.strip() for field in rows[index][0]}:
            return index
    return filled[0] if filled else None


def _excel_hint(body: bytes) -> str | None:
    """The delimiter of Excel's first line `sep=;`."""
    first = body[:16].split(b"\n")[0].strip().lower()
    if len(first) == 5 and first.startswith(b"sep=") and first[4:].decode("latin-1") in _DELIMITERS:
        return first[4:].decode("latin-1")
    return b"\t".decode() if body[:5].lower() == b"sep=\t" else None


def _width(columns: tuple[str, ...], rows: list[list[str]]) -> int:
    """The width of the rows: the header's, or one more where every row ends in a delimiter of its own."""
    if rows and all(len(row) == len(columns) + 1 and not row[-1] for row in rows):
        return len(columns) + 1
    return len(columns)

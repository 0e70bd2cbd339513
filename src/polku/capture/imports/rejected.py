"""The rejected rows: a table for people and, beside it, the exact bytes for machines.

NAME.csv has `line` (physical, from 1), `reason` and `raw`. A raw text or reason that begins with = + - @ or a control
character has an apostrophe before it, so that no spreadsheet takes it for a formula. NAME.jsonl has one JSON object
a row, {"line", "code", "reason", "column", "raw"}, with the text as it was; `raw_base64` replaces `raw` where the
bytes are not UTF-8.
"""

from __future__ import annotations

import base64
import csv
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from polku.capture.imports.careful import decode
from polku.capture.imports.reasons import Reason, in_words
from polku.capture.imports.sheet import Rejections
from polku.capture.imports.source import Source

Integers: TypeAlias = NDArray[np.int64]

_PIECE = 10_000  # rows told about at once
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Line:
    """One line of the table: where, why, and (for a row that could be read) its number among the rows."""

    offset: int
    length: int
    line: int
    reason: Reason
    column: str
    value: str
    row: int


@dataclass(frozen=True)
class Rejected:
    """All rejected rows in the order of the file, as arrays: a whole large file may be wrong.

    `row` is −1 for what could not be read as a row; `column` is a place in `columns`.
    """

    offset: Integers
    length: Integers
    line: Integers
    reason: Integers
    column: Integers
    row: Integers
    columns: tuple[str, ...]

    def __len__(self) -> int:
        return int(self.offset.size)

    def places(self) -> Iterator[tuple[int, int]]:
        """Each (offset, length) once, also where a wide row has several rejected cells."""
        first = np.ones(len(self), dtype=np.bool_)
        first[1:] = (np.diff(self.offset) != 0) | (np.diff(self.length) != 0)
        for place in np.flatnonzero(first):
            yield int(self.offset[place]), int(self.length[place])

    def lines(self, raw: pa.Table, names: list[str]) -> Iterator[Line]:
        """One after the other, with the value at fault."""
        for begin in range(0, len(self), _PIECE):
            piece = slice(begin, begin + _PIECE)
            fields = (self.offset, self.length, self.line, self.reason, self.column, self.row)
            values = self._values(piece, raw, names)
            for (offset, length, line, reason, column, row), value in zip(
                zip(*(field[piece].tolist() for field in fields), strict=True), values, strict=True
            ):
                yield Line(offset, length, line, Reason(reason), self.columns[column], value, row)

    def _values(self, piece: slice, raw: pa.Table, names: list[str]) -> list[str]:
        rows, columns = self.row[piece], self.column[piece]
        values = [""] * rows.size
        for number, name in enumerate(self.columns):
            places = np.flatnonzero((columns == number) & (rows >= 0))
            if name not in names or not places.size:
                continue
            found = _take_near(raw.column(names.index(name)), rows[places])
            for place, value in zip(places.tolist(), found.to_pylist(), strict=True):
                values[place] = value or ""
        return values


def collect(
    raw: pa.Table,
    names: list[str],
    rejections: Rejections,
    malformed: list[tuple[int, int, int, Reason]],
) -> Rejected:
    """All rejections in the order of the file."""
    columns = tuple(dict.fromkeys(["", *rejections.columns]))
    parts = [np.array([(*item, 0, -1) for item in malformed], dtype=np.int64).reshape(-1, 6)]
    for rows, reason, column in zip(rejections.rows, rejections.reasons, rejections.columns, strict=True):
        picked = pa.array(rows)
        places = [raw.column(name).take(picked).to_numpy() for name in ("offset", "length", "line")]
        same = np.ones_like(rows)
        parts.append(np.stack([*places, same * reason, same * columns.index(column), rows], axis=1))
    found = np.concatenate(parts)
    found = found[np.lexsort((found[:, 2], found[:, 0]))]
    offset, length, line, reason_number, column_number, row = found.T
    return Rejected(offset, length, line, reason_number, column_number, row, columns)


def _take_near(column: pa.ChunkedArray, rows: Integers) -> pa.ChunkedArray:
    """The cells of rows that stand near each other, without looking at the rest of the column."""
    first = int(rows.min())
    return column.slice(first, int(rows.max()) - first + 1).take(pa.array(rows - first))


def write_rejected(
    rejected: Rejected,
    source: Source,
    raw: pa.Table,
    names: list[str],
    *,
    folder: Path,
    encoding: str,
    scales: Mapping[str, str],
    sheet: str | None = None,
) -> Path:
    """Write both files into `folder`; returns the path of the table. The files are the owner's only. `scales` are
    those of the columns of scores, `sheet` is that of a workbook."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    stem = f"{source.path.name.split('.')[0][:60] or 'import'}-{stamp}-{secrets.token_hex(3)}"
    table, exact = folder / f"{stem}.csv", folder / f"{stem}.jsonl"
    with (
        open(table, "x", encoding="utf-8", newline="", opener=_private) as table_handle,
        open(exact, "x", encoding="utf-8", opener=_private) as exact_handle,
    ):
        writer = csv.writer(table_handle)
        writer.writerow(["line", "reason", "raw"])
        for item, bytes_of_row in _raw(rejected, source, raw, names, sheet):
            words = in_words(
                item.reason, column=item.column, value=item.value, scale=scales.get(item.column, "")
            )
            text, kept = _readable(bytes_of_row, encoding)
            writer.writerow([item.line, harmless(words), harmless(text)])
            document = {
                "line": item.line,
                "code": item.reason.name.lower(),
                "reason": words,
                "column": item.column,
                **kept,
            }
            exact_handle.write(json.dumps(document, ensure_ascii=False) + "\n")
    return table


def harmless(text: str) -> str:
    """Text that a spreadsheet shows instead of computing."""
    return "'" + text if text.startswith(_DANGEROUS) else text


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _raw(
    rejected: Rejected, source: Source, raw: pa.Table, names: list[str], sheet: str | None
) -> Iterator[tuple[Line, bytes]]:
    """Each line with the raw bytes of its row; of a sheet its cells as CSV, of a Parquet file the mapped ones as
    JSON."""
    lines = rejected.lines(raw, names)
    if source.form == "parquet":
        for item in lines:
            (cells,) = raw.slice(item.row, 1).select(list(range(len(names)))).to_pylist()
            yield item, json.dumps(dict(zip(names, cells.values(), strict=True)), ensure_ascii=False).encode()
        return
    if source.form == "workbook":
        rows = source.workbook().rows(str(sheet))
        pieces = rows.as_csv(row for row, _length in rejected.places())
    else:
        pieces = source.fetch(rejected.places())
    place: tuple[int, int] | None = None
    piece = b""
    for item in lines:
        if (item.offset, item.length) != place:
            place, piece = (item.offset, item.length), next(pieces)
        yield item, piece


def _readable(raw: bytes, encoding: str) -> tuple[str, dict[str, str]]:
    """The text for people and what the exact file says."""
    try:
        text = raw.decode("utf-8") if encoding == "utf-8" else decode(raw, encoding)
    except UnicodeDecodeError:
        return decode(raw, "windows-1252"), {"raw_base64": base64.b64encode(raw).decode("ascii")}
    return text, {"raw": text}

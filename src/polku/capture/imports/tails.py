"""The end of a text file and the number of its rows, found without reading the rows between."""

from __future__ import annotations

import csv
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from polku.capture.imports.careful import decode
from polku.capture.imports.dialect import Encoding, Row
from polku.capture.imports.source import Source

_LONGEST = 64 * 1024 * 1024
"""Bytes of a text whose end is looked at: who exports more has no totals below."""
_NEWLINE, _RETURN, _QUOTE = 10, 13, 34


@dataclass(frozen=True)
class Tail:
    """The last rows, and how many rows there are (None where nobody counted)."""

    rows: list[Row]
    size: int | None


def tail_of(source: Source, delimiter: str, encoding: Encoding, *, after: int, most: int) -> Tail:
    """The last rows (at most `most`) that begin after the physical line `after`, blank lines left out."""
    text = source.head(_LONGEST + 1)
    if len(text) > _LONGEST:
        return Tail([], None)
    if b"\n" not in text:
        text = text.replace(b"\r", b"\n")
    text = text.removeprefix(b"\xef\xbb\xbf")
    data = np.frombuffer(text if text.endswith(b"\n") else text + b"\n", dtype=np.uint8)
    newlines = np.flatnonzero(data == _NEWLINE)
    ends = _outside(newlines, np.flatnonzero(data == _QUOTE))
    starts = np.concatenate([[0], ends[:-1] + 1])
    lengths = ends - starts
    filled = (lengths > 1) | ((lengths == 1) & (data[starts] != _RETURN))
    lines = np.searchsorted(newlines, starts) + 1
    chosen = np.flatnonzero(filled & (lines > after))[-most:]
    rows: list[Row] = []
    for place in chosen.tolist():
        record = decode(text[starts[place] : ends[place]], encoding)
        fields = next(csv.reader(record.splitlines(keepends=True), delimiter=delimiter), [])
        if fields:
            line = int(lines[place])
            rows.append(Row(fields, int(ends[place]) + 1, line, line + record.count("\n")))
    return Tail(rows, int(np.count_nonzero(filled)))


def _outside(newlines: NDArray[np.int64], quotes: NDArray[np.int64]) -> NDArray[np.int64]:
    """The newlines that end a row: those not within quotation marks, or all where the marks do not pair."""
    if quotes.size % 2:
        return newlines
    outside = newlines[np.searchsorted(quotes, newlines) % 2 == 0]
    return outside if outside.size else newlines

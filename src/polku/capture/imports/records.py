"""Where records begin and end in a piece of CSV, found and checked in whole arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_NEWLINE, _RETURN, _QUOTE = 10, 13, 34


@dataclass(frozen=True)
class Records:
    """Records of a piece that begins at a record: `starts` and `lengths` in bytes (without the line end), `lines`
    counted from 0 at the piece's beginning; blank lines are left out. `end` is the byte after the last complete
    record, `newlines` the physical lines before it."""

    starts: NDArray[np.int64]
    lengths: NDArray[np.int64]
    lines: NDArray[np.int64]
    end: int
    newlines: int


def find_records(piece: memoryview, delimiter: int) -> Records | None:
    """The complete records of a piece, or None where its quotation marks break the rules and need care.

    The rules: a field that is quoted begins right after a delimiter or line end and ends right before one; inside,
    a quotation mark is doubled. A newline that an even number of quotation marks precede ends a record.
    """
    data = np.frombuffer(piece, dtype=np.uint8)
    newlines = np.flatnonzero(data == _NEWLINE)
    lines_before: NDArray[np.int64]
    quotes = np.flatnonzero(data == _QUOTE)
    if quotes.size:
        outside = np.searchsorted(quotes, newlines) % 2 == 0
        ends = newlines[outside]
        lines_before = np.flatnonzero(outside) + 1
    else:
        ends = newlines
        lines_before = np.arange(1, newlines.size + 1)
    if not ends.size:
        nothing = np.empty(0, dtype=np.int64)
        return Records(nothing, nothing, nothing, 0, 0)
    end = int(ends[-1]) + 1
    quotes = quotes[: np.searchsorted(quotes, end)]
    if quotes.size and not _well_quoted(data[:end], quotes, delimiter):
        return None
    if _has_lone_return(data[:end], quotes):
        return None
    starts = np.empty_like(ends)
    starts[0] = 0
    starts[1:] = ends[:-1] + 1
    lines = np.empty_like(lines_before)
    lines[0] = 0
    lines[1:] = lines_before[:-1]
    lengths = ends - starts
    returns = (lengths > 0) & (data[ends - 1] == _RETURN)
    lengths = lengths - returns
    if not lengths.all():
        filled = lengths > 0
        starts, lengths, lines = starts[filled], lengths[filled], lines[filled]
    return Records(starts, lengths, lines, end, int(lines_before[-1]))


def _has_lone_return(data: NDArray[np.uint8], quotes: NDArray[np.int64]) -> bool:
    """Whether a carriage return stands outside quotation marks and not right before a newline: parsers disagree."""
    returns = np.flatnonzero(data == _RETURN)
    lone = returns[data[returns + 1] != _NEWLINE]
    return bool((np.searchsorted(quotes, lone) % 2 == 0).any())


def _well_quoted(data: NDArray[np.uint8], quotes: NDArray[np.int64], delimiter: int) -> bool:
    """Whether all quotation marks stand where they may; `data` ends in a newline outside quotation marks."""
    opening, closing = quotes[::2], quotes[1::2]
    before = data[opening[1:] - 1] if opening[0] == 0 else data[opening - 1]
    if not ((before == delimiter) | (before == _NEWLINE) | (before == _QUOTE)).all():
        return False
    after = data[closing + 1]
    fine = (after == delimiter) | (after == _NEWLINE) | (after == _QUOTE)
    if fine.all():
        return True
    rest = closing[~fine]
    return bool(((data[rest + 1] == _RETURN) & (data[np.minimum(rest + 2, data.size - 1)] == _NEWLINE)).all())

"""Columns of dates and times: the form is told by the whole column, then every text becomes microseconds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from polku.capture.imports.layouts import Layout, Span, describe, is_epoch, layout_of

_DAY = 86_400_000_000
_SECOND = 1_000_000
_YEARS = (1900, 2200)
_ZERO = ord("0")
INVALID = np.iinfo(np.int64).min
"""Stands for a text that is no date, and for an empty cell."""

Ambiguity = Literal["none", "told", "assumed", "contradicted"]


@dataclass(frozen=True)
class Moments:
    """`wall` in microseconds since 1970 (INVALID where there is none): UTC where `zoned`, else the local clock.

    `form` describes the commonest form for people. `ambiguity` is of day and month: `told` where the column
    itself tells which comes first, `assumed` where nothing does, `contradicted` where its rows disagree;
    `month_first` is what was decided.
    """

    wall: NDArray[np.int64]
    zoned: NDArray[np.bool_]
    empty: NDArray[np.bool_]
    form: str
    ambiguity: Ambiguity
    month_first: bool


@dataclass
class _Chunk:
    """One array of texts, its shapes numbered by `codes` (-1: empty cell)."""

    data: NDArray[np.uint8]
    offsets: NDArray[np.int32]
    codes: NDArray[np.int32]
    shapes: list[bytes]

    def matrix(self, code: int) -> tuple[NDArray[np.int64] | slice, NDArray[np.uint8]]:
        """Which rows have the shape, and their bytes as rows × length."""
        length = len(self.shapes[code])
        if len(self.shapes) == 1 and self.codes.size and self.codes.min() == 0:
            begin = int(self.offsets[0])
            return slice(None), self.data[begin : begin + length * self.codes.size].reshape(-1, length)
        rows = np.flatnonzero(self.codes == code)
        return rows, self.data[self.offsets[rows][:, None] + np.arange(length)]


def read_moments(column: pa.ChunkedArray, *, month_first: bool | None = None) -> Moments:
    """Read a whole column of texts. `month_first` is what a person or other columns of the file tell, for a column
    that does not tell itself or contradicts itself."""
    chunks = [_chunk(array) for array in column.chunks]
    seen: Counter[bytes] = Counter()
    for chunk in chunks:
        counts = np.bincount(chunk.codes[chunk.codes >= 0], minlength=len(chunk.shapes))
        for shape, count in zip(chunk.shapes, counts, strict=True):
            seen[shape] += int(count)
    size = len(column)
    wall = np.full(size, INVALID, dtype=np.int64)
    zoned = np.zeros(size, dtype=np.bool_)
    empty = np.zeros(size, dtype=np.bool_)
    dates = any(layout_of(shape) for shape in seen)
    epoch = not dates and any(is_epoch(shape) for shape in seen)
    chosen, ambiguity = _day_or_month_first(chunks, month_first)
    begin = 0
    for chunk in chunks:
        end = begin + chunk.codes.size
        empty[begin:end] = chunk.codes < 0
        for code, shape in enumerate(chunk.shapes):
            layout = layout_of(shape)
            if layout is None and not (epoch and is_epoch(shape)):
                continue
            rows, matrix = chunk.matrix(code)
            wall[begin:end][rows] = _epoch(matrix) if layout is None else _wall(matrix, layout, chosen)
            zoned[begin:end][rows] = epoch or (layout is not None and layout.has_zone)
        begin = end
    return Moments(wall, zoned, empty, _form(seen, chosen, epoch), ambiguity, chosen)


def _chunk(array: pa.Array) -> _Chunk:
    _valid, offsets_buffer, data_buffer = array.buffers()
    offsets = np.frombuffer(offsets_buffer, dtype=np.int32)[array.offset : array.offset + len(array) + 1]
    data = np.frombuffer(data_buffer or b"", dtype=np.uint8)
    begin, end = (int(offsets[0]), int(offsets[-1])) if len(array) else (0, 0)
    shaped = data[begin:end].copy()
    shaped[(shaped - _ZERO) < 10] = _ZERO
    buffers = [None, pa.py_buffer(np.ascontiguousarray(offsets - begin)), pa.py_buffer(shaped)]
    encoded = pa.Array.from_buffers(pa.binary(), len(array), buffers).dictionary_encode()
    codes = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int32)
    shapes = encoded.dictionary.to_pylist()
    if b"" in shapes:  # empty cells
        nothing = shapes.index(b"")
        codes = np.where(codes == nothing, -1, np.where(codes > nothing, codes - 1, codes)).astype(np.int32)
        del shapes[nothing]
    return _Chunk(data, offsets, codes, shapes)


def _day_or_month_first(chunks: Sequence[_Chunk], told: bool | None) -> tuple[bool, Ambiguity]:
    """Whether 01/03/2024 is the third of January in this column, and how sure that is."""
    day_first = month_first = undecided = halves = 0
    for chunk in chunks:
        for code, shape in enumerate(chunk.shapes):
            layout = layout_of(shape)
            if layout is None or layout.order != "slash":
                continue
            matrix = chunk.matrix(code)[1]
            first, second = _number(matrix, layout.first), _number(matrix, layout.second)
            day_first += int(np.count_nonzero((first > 12) & (second <= 12)))
            month_first += int(np.count_nonzero((second > 12) & (first <= 12)))
            undecided += int(np.count_nonzero((first <= 12) & (second <= 12) & (first != second)))
            halves += matrix.shape[0] if layout.half is not None else 0
    if day_first or month_first:
        if not (day_first and month_first):
            return month_first > day_first, "told"
        return month_first > day_first if told is None else told, "contradicted"
    if not undecided:
        return False, "none"
    if told is not None:
        return told, "none"
    return halves > 0, "assumed"  # whoever writes AM and PM writes the month first


def _number(matrix: NDArray[np.uint8], span: Span) -> NDArray[np.int64]:
    value = np.zeros(matrix.shape[0], dtype=np.int64)
    for position in range(*span):
        value *= 10
        value += matrix[:, position] - np.uint8(_ZERO)
    return value


def _wall(matrix: NDArray[np.uint8], layout: Layout, month_first: bool) -> NDArray[np.int64]:
    """Microseconds since 1970, INVALID where a number is impossible."""
    year = _number(matrix, layout.year)
    if layout.year[1] - layout.year[0] == 2:
        year += np.where(year < 70, 2000, 1900)
    month, day = _number(matrix, layout.first), _number(matrix, layout.second)
    if layout.order == "dmy" or (layout.order == "slash" and not month_first):
        month, day = day, month
    if layout.month is not None:
        month = np.full_like(day, layout.month)
    fine = (year >= _YEARS[0]) & (year < _YEARS[1]) & (month >= 1) & (month <= 12) & (day >= 1)
    fine &= day <= _days_in_month(year, np.clip(month, 1, 12))
    result = _days_since_1970(year, month, day) * _DAY
    if layout.hour and layout.minute:
        hour, minute = _number(matrix, layout.hour), _number(matrix, layout.minute)
        if layout.half is not None:
            afternoon = (matrix[:, layout.half] | 32) == ord("p")
            fine &= (hour >= 1) & (hour <= 12)
            hour = hour % 12 + 12 * afternoon
        fine &= (hour < 24) & (minute < 60)
        result += hour * (3600 * _SECOND) + minute * (60 * _SECOND)
    if layout.second_of_minute:
        second = _number(matrix, layout.second_of_minute)
        fine &= second < 60
        result += second * _SECOND
    if layout.fraction:
        begin, end = layout.fraction
        digits = min(end - begin, 6)
        result += _number(matrix, (begin, begin + digits)) * 10 ** (6 - digits)
    if layout.sign is not None and layout.offset_hour:
        hours = _number(matrix, layout.offset_hour)
        minutes = _number(matrix, layout.offset_minute) if layout.offset_minute else np.zeros_like(hours)
        fine &= (hours <= 18) & (minutes < 60)
        ahead = (hours * 60 + minutes) * (60 * _SECOND)
        result -= np.where(matrix[:, layout.sign] == ord("-"), -ahead, ahead)
    if layout.zone is not None:
        result -= layout.zone * (60 * _SECOND)
    return np.where(fine, result, INVALID)


def _epoch(matrix: NDArray[np.uint8]) -> NDArray[np.int64]:
    length = matrix.shape[1]
    point = next((p for p in range(min(length, 11)) if matrix[0, p] == ord(".")), None)
    if point is not None:
        digits = length - point - 1
        return _number(matrix, (0, point)) * _SECOND + _number(matrix, (point + 1, length)) * 10 ** (
            6 - digits
        )
    return _number(matrix, (0, length)) * {13: 1000, 16: 1}.get(length, _SECOND)


def _days_in_month(year: NDArray[np.int64], month: NDArray[np.int64]) -> NDArray[np.int64]:
    days = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])[month]
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    return days + (leap & (month == 2))


def _days_since_1970(
    year: NDArray[np.int64], month: NDArray[np.int64], day: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Proleptic Gregorian calendar, years that begin in March (Howard Hinnant, "chrono-compatible low-level date
    algorithms", days_from_civil)."""
    shifted = year - (month <= 2)
    era = shifted // 400
    year_of_era = shifted - era * 400
    day_of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return era * 146_097 + year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year - 719_468


def _form(seen: Counter[bytes], month_first: bool, epoch: bool) -> str:
    if not seen:
        return ""
    if epoch:
        longest = max(len(shape.split(b".")[0]) for shape in seen)
        return {13: "epoch milliseconds", 16: "epoch microseconds"}.get(longest, "epoch seconds")
    dates = Counter({shape: count for shape, count in seen.items() if layout_of(shape)})
    if not dates:
        return ""
    shape = dates.most_common(1)[0][0]
    layout = layout_of(shape)
    slash = layout is not None and layout.order == "slash"
    return describe(shape, "mdy" if slash and month_first else layout.order if layout else "ymd")

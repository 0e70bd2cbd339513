"""Signals and the touchpoints they hit as arrays in one order: joined and sorted by counting, not by comparing.

A join of ten million rows by hashing and a sort by four columns take a database five seconds of one processor;
arrivals are small whole numbers, so looking each up in a table and counting people does the same in one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from polku.eventstore.live import NO_WORDS, HitRows, Words

Positions = NDArray[Any]

_DENSE = 8  # a table of all numbers is made where it has at most so many places for each
_FEW = 4_000_000
_KINDS = 8


@dataclass(frozen=True)
class LooseSignals:
    """Signals as arrays of one length, in any order; `time` in microseconds since 1970."""

    arrival: NDArray[Any]
    person: NDArray[Any]
    time: NDArray[np.int64]
    kind: NDArray[Any]


def assemble(
    signals: LooseSignals, hits: pa.Table, voices: pa.Table, carried: pa.Table, count: int
) -> HitRows:
    """Join and sort.

    `hits`: place (of the touchpoint among `count`), signal. `voices`: arrival, kind, name, score, scale_low,
    scale_high of what was said. `carried`: arrival, order_key. What is of signals that are not there is left out.
    """
    row_of = _Finder(signals.arrival)
    rows = row_of(_numbers(hits, "signal"))
    places = np.int64(max(1, count))
    # One number holds both the signal's row and the touchpoint's place, so that sorting needs no index.
    key = rows.astype(np.int64) * places + _numbers(hits, "place")
    key = key[rows >= 0]
    key.sort()
    rows = (key // places).astype(np.int32)
    place = (key - rows * places).astype(np.int16)
    del key
    person = signals.person[rows]
    order = order_of(person, signals.time[rows], signals.arrival[rows])
    if order is not None:
        # From here on rows are looked up at random, which is what takes the time: as few columns as can be.
        rows, place = rows[order], place[order]
        del order
        each = np.bincount(person)
        person = np.repeat(np.arange(len(each), dtype=person.dtype), each)
    is_again = np.zeros(len(rows), dtype=bool)
    np.equal(rows[1:], rows[:-1], out=is_again[1:])
    said_row, words = _said(voices)
    kind_and_said = signals.kind.astype(np.int32)
    _scatter(kind_and_said, row_of(_numbers(voices, "arrival")), said_row * _KINDS + _KINDS, add=True)
    kind_and_said = kind_and_said[rows]
    order_key = np.full(len(rows), -1, dtype=np.int32)
    if carried.num_rows:
        carries = np.full(len(signals.arrival), -1, dtype=np.int64)
        _scatter(carries, row_of(_numbers(carried, "arrival")), _numbers(carried, "order_key"))
        order_key = narrow(narrow(carries)[rows])
    return HitRows(
        touchpoint=place,
        person=narrow(person),
        time=signals.time[rows],
        is_again=is_again,
        kind=(kind_and_said % _KINDS).astype(np.int8),
        said=kind_and_said // _KINDS - 1,
        order=order_key,
        words=words,
    )


def order_of(person: NDArray[Any], time: NDArray[np.int64], arrival: NDArray[Any]) -> Positions | None:
    """The positions that sort by person, time and arrival, equal rows as they come; None where all are so already.

    Quick where each person's rows are in order among themselves.
    """
    if not (_is_out_of_order(person, time, arrival).any() or (person[1:] < person[:-1]).any()):
        return None
    order = by_number(person)
    if _are_in_order(time, arrival):
        return order
    of = person[order]
    is_late = _is_out_of_order(of, time[order], arrival[order])
    if is_late.any():
        disordered = np.zeros(int(of.max()) + 1, dtype=bool)
        disordered[of[is_late]] = True
        there = np.flatnonzero(disordered[of])
        some = order[there]
        order[there] = some[np.lexsort((arrival[some], time[some], person[some]))]
    return order


def by_number(numbers: NDArray[Any]) -> Positions:
    """A stable sort of whole numbers from 0 on, by counting: as quick as reading them a few times."""
    if not len(numbers):
        return np.empty(0, dtype=np.int64)
    largest = int(numbers.max())
    if len(numbers) <= _FEW and largest < 2**32:
        # Numbers of two bytes are sorted by counting: first by the lower two, then by the upper.
        order = np.argsort((numbers & 0xFFFF).astype(np.uint16), kind="stable")
        return order[np.argsort((numbers >> 16).astype(np.uint16)[order], kind="stable")]
    if largest > _DENSE * len(numbers):
        return np.argsort(numbers, kind="stable")
    # Imported where it is needed: it is large. To turn a matrix with one number in each column the other way round
    # is to count, too, but reads less at random.
    from scipy.sparse import csc_array

    count = len(numbers)
    columns = np.arange(count + 1, dtype=np.int32 if count < 2**31 else np.int64)
    marks = (np.ones(count, dtype=np.int8), numbers.astype(columns.dtype, copy=False), columns)
    return np.asarray(csc_array(marks, shape=(largest + 1, count)).tocsr().indices)


def narrow(numbers: NDArray[Any]) -> NDArray[Any]:
    """Whole numbers in four bytes where they fit, else in eight."""
    limits = np.iinfo(np.int32)
    fits = not len(numbers) or (limits.min <= numbers.min() and numbers.max() <= limits.max)
    return numbers.astype(np.int32 if fits else np.int64, copy=False)


def _is_out_of_order(
    person: NDArray[Any], time: NDArray[np.int64], arrival: NDArray[Any]
) -> NDArray[np.bool_]:
    late = np.zeros(len(person), dtype=bool)
    earlier = time[1:] < time[:-1]
    earlier |= (time[1:] == time[:-1]) & (arrival[1:] < arrival[:-1])
    np.logical_and(earlier, person[1:] == person[:-1], out=late[1:])
    return late


def _are_in_order(time: NDArray[np.int64], arrival: NDArray[Any]) -> bool:
    """Whether all came in the order of their times, whoever's they are."""
    later = time[1:] > time[:-1]
    later |= (time[1:] == time[:-1]) & (arrival[1:] >= arrival[:-1])
    return bool(later.all())


class _Finder:
    """Finds the position of numbers, each once, in an array; −1 for those that are not there."""

    def __init__(self, numbers: NDArray[Any]) -> None:
        self._first = int(numbers.min()) if len(numbers) else 0
        span = int(numbers.max()) - self._first + 1 if len(numbers) else 0
        self._is_dense = span <= _DENSE * len(numbers) + 1_000
        if self._is_dense:
            self._table = np.full(span + 1, -1, dtype=np.int32)  # the last place is that of what is not there
            self._table[numbers - self._first] = np.arange(len(numbers), dtype=np.int32)
        else:
            self._order = np.argsort(numbers)
            self._sorted = numbers[self._order]

    def __call__(self, wanted: NDArray[Any]) -> NDArray[Any]:
        if not len(self._table if self._is_dense else self._sorted):
            return np.full(len(wanted), -1)
        if self._is_dense:
            place = wanted - self._first
            place[(place < 0) | (place >= len(self._table))] = -1
            return self._table[place]
        place = np.minimum(np.searchsorted(self._sorted, wanted), len(self._sorted) - 1)
        return np.where(self._sorted[place] == wanted, self._order[place], -1)


def _said(voices: pa.Table) -> tuple[NDArray[np.int32], Words]:
    """Each row's place among the distinct things said."""
    if not voices.num_rows:
        return np.empty(0, dtype=np.int32), NO_WORDS
    columns = {name: voices.column(name).combine_chunks() for name in voices.column_names}
    for name in ("score", "scale_low", "scale_high"):
        # Nothing is added, which makes −0 the 0 that it equals.
        columns[name] = pc.add(pc.fill_null(columns[name], float("nan")), 0.0)
    parts = [
        columns[name].dictionary_encode() for name in ("kind", "name", "scale_low", "scale_high", "score")
    ]
    whole = np.zeros(voices.num_rows, dtype=np.int64)
    for part in parts:
        whole = whole * len(part.dictionary) + np.asarray(part.indices)
    distinct = pa.array(whole).dictionary_encode()
    rest = np.asarray(distinct.dictionary)
    values: list[Any] = []
    for part in reversed(parts):
        rest, which = np.divmod(rest, len(part.dictionary))
        values.append(part.dictionary.take(pa.array(which)))
    score, high, low, name, kind = values
    words = Words(
        kind=np.asarray(kind).astype(np.int8),
        name=tuple(name.to_pylist()),
        scale_low=np.asarray(low),
        scale_high=np.asarray(high),
        score=np.asarray(score),
    )
    return np.asarray(distinct.indices), words


def _scatter(into: NDArray[Any], rows: NDArray[Any], values: NDArray[Any], *, add: bool = False) -> None:
    is_there = rows >= 0
    rows, values = rows[is_there], values[is_there]
    into[rows] = into[rows] + values if add else values


def _numbers(table: pa.Table, column: str) -> NDArray[Any]:
    return table.column(column).combine_chunks().to_numpy(zero_copy_only=False)


def rows_of(sorted_numbers: NDArray[Any], wanted: Sequence[int] | NDArray[Any]) -> Positions:
    """Where, in an ascending array, those `wanted` (ascending, each once) stand: all their positions, ascending."""
    wanted = np.asarray(wanted)
    starts = np.searchsorted(sorted_numbers, wanted, side="left")
    lengths = np.searchsorted(sorted_numbers, wanted, side="right") - starts
    total = int(lengths.sum())
    ends = np.cumsum(lengths)
    return np.repeat(starts - (ends - lengths), lengths) + np.arange(total)

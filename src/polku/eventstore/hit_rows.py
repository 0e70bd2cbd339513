"""Signals and the touchpoints they hit as arrays in one order: joined and sorted as numbers, not compared as rows.

A join of ten million rows by hashing and a sort by four columns take a database five seconds of one processor.
Arrivals are small whole numbers, so looking each up in a table joins; and person, row and touchpoint fit into one
number, so that one quick sort of numbers puts everything in order. To touch memory for the first time costs as much
as what is done with it: so rows are taken in and given out in parts, and nothing else is as long as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from polku.eventstore.live import HitRows
from polku.eventstore.said_words import Saying
from polku.eventstore.whole_numbers import Finder, narrow

_AT_ONCE = 200_000
_KINDS = 128
_CARRIES = np.int8(-128)  # of a kind's eight bits the one that no kind has


@dataclass(frozen=True)
class LooseSignals:
    """Signals as arrays of one length, in any order; `time` in microseconds since 1970."""

    arrival: NDArray[Any]
    person: NDArray[Any]
    time: NDArray[np.int64]
    kind: NDArray[Any]

    def __len__(self) -> int:
        return len(self.arrival)


class Joining:
    """Takes in what belongs to some signals, part by part, and makes rows of it (`joined`).

    What is told of signals that are not among them is left out.
    """

    def __init__(self, signals: LooseSignals, *, touchpoints: int, most_hits: int) -> None:
        """`touchpoints` is how many there are, `most_hits` how many hits will be told at most."""
        self._signals = signals
        self._row_of = Finder(signals.arrival)
        self._person, self._people = signals.person, None
        self._place_bits, self._row_bits = touchpoints.bit_length(), len(signals).bit_length()
        person_bits = int(signals.person.max()).bit_length() if len(signals) else 0
        if person_bits + self._row_bits + self._place_bits > 63:
            self._people, self._person = np.unique(signals.person, return_inverse=True)
            if 2 * self._row_bits + self._place_bits > 63:
                raise OverflowError("so many signals cannot be put in order as numbers")
        self._keys = np.empty(most_hits, dtype=np.int64)  # what is not written to takes no memory
        self._hits = 0
        self._kind = signals.kind.astype(np.int8)
        self._saying = Saying()
        self._speaks = np.zeros(_KINDS, dtype=bool)
        self._said: NDArray[np.int32] | None = None
        self._carried: NDArray[np.int64] | None = None

    def hits(self, signal: NDArray[Any], place: NDArray[Any]) -> None:
        """Signals, by their arrival, and the place of a touchpoint that each is at."""
        rows, is_there = self._rows(signal)
        place = place[is_there]
        keys = self._person[rows].astype(np.int64)
        keys <<= self._row_bits
        keys |= rows
        keys <<= self._place_bits
        keys |= place
        self._keys[self._hits : self._hits + len(keys)] = keys
        self._hits += len(keys)

    def voices(self, part: pa.RecordBatch) -> None:
        """What signals say: arrival, kind, name, score, scale_low, scale_high."""
        numbers = self._saying.told(part)
        rows, is_there = self._rows(_numbers(part, "arrival"))
        if self._said is None:
            self._said = np.full(len(self._signals), -1, dtype=np.int32)
        self._said[rows] = numbers[is_there]
        self._speaks[self._signals.kind[rows]] = True

    def orders(self, part: pa.RecordBatch) -> None:
        """What signals carry: arrival, order_key."""
        rows, is_there = self._rows(_numbers(part, "arrival"))
        if self._carried is None:
            self._carried = np.full(len(self._signals), -1, dtype=np.int64)
        self._carried[rows] = _numbers(part, "order_key")[is_there]
        self._kind[rows] |= _CARRIES

    def joined(self) -> HitRows:
        """All that was taken in, in order. To be called once, at the end."""
        keys = self._keys[: self._hits]
        keys.sort()
        numbered, words = self._saying.numbered()
        count = len(keys)
        # `time` lies where the keys were: each part of them is looked at before its times are written.
        time, person = keys, np.empty(count, dtype=self._signals.person.dtype)
        place, kind = np.empty(count, dtype=np.int16), np.empty(count, dtype=np.int8)
        is_again = np.zeros(count, dtype=bool)
        said = np.full(count, -1, dtype=np.int16 if len(words) < 2**15 else np.int32)
        carrying: list[NDArray[np.int64]] = []
        carried: list[NDArray[np.int64]] = []
        for part in self._parts(keys):
            rows, place[part], person[part], time[part] = self._in_order(keys[part])
            np.equal(rows[1:], rows[:-1], out=is_again[part.start + 1 : part.stop])
            kinds = self._kind[rows]
            if self._carried is not None and len(own := np.flatnonzero(kinds < 0)):
                carrying.append(own + part.start)
                carried.append(self._carried[rows[own]])
                kinds &= ~_CARRIES
            kind[part] = kinds
            if self._said is not None and len(speaking := np.flatnonzero(self._speaks[kinds])):
                numbers = self._said[rows[speaking]]
                said[part.start + speaking] = np.where(numbers >= 0, numbered[numbers], -1)
        order = np.full(count, -1, dtype=np.int8)
        if carrying:
            numbers = narrow(np.concatenate(carried))
            order = order.astype(numbers.dtype)
            order[np.concatenate(carrying)] = numbers
        return HitRows(place, narrow(person), time, is_again, kind, said, order, words)

    def _rows(self, arrivals: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.bool_] | slice]:
        """(the rows of those that are there, which these are)."""
        rows = self._row_of(arrivals)
        is_there = rows >= 0
        return (rows, slice(None)) if is_there.all() else (rows[is_there], is_there)

    def _parts(self, keys: NDArray[np.int64]) -> list[slice]:
        """Slices of the sorted keys that hold all of some people each."""
        bits = self._row_bits + self._place_bits
        begin = 0
        parts = []
        while begin < len(keys):
            end = min(len(keys), begin + _AT_ONCE)
            end += int(np.searchsorted(keys[end:], ((keys[end - 1] >> bits) + 1) << bits))
            parts.append(slice(begin, end))
            begin = end
        return parts

    def _in_order(
        self, keys: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[Any], NDArray[np.int64]]:
        """(row of the signal, place, person, time) of the hits of some people, by person, time, arrival and place."""
        place = keys & ((1 << self._place_bits) - 1)
        rest = keys >> self._place_bits
        rows = rest & ((1 << self._row_bits) - 1)
        person = rest >> self._row_bits
        time = self._signals.time[rows]
        # Signals mostly lie as they came, or by person and time: of few people they must be sorted.
        late = time[1:] <= time[:-1]
        late &= person[1:] == person[:-1]
        late &= rows[1:] != rows[:-1]
        if late.any():
            after = np.flatnonzero(late) + 1
            arrival = self._signals.arrival
            is_wrong = time[after] < time[after - 1]
            is_wrong |= arrival[rows[after]] < arrival[rows[after - 1]]
            if is_wrong.any():
                first = int(person[0])
                disordered = np.zeros(int(person[-1]) - first + 1, dtype=bool)
                disordered[person[after[is_wrong]] - first] = True
                there = np.flatnonzero(disordered[person - first])
                order = there[np.lexsort((arrival[rows[there]], time[there], person[there]))]
                for column in (rows, place, time):
                    column[there] = column[order]
        return rows, place, person if self._people is None else self._people[person], time


def _numbers(part: pa.RecordBatch, column: str) -> NDArray[Any]:
    return np.asarray(part.column(column).to_numpy(zero_copy_only=False))

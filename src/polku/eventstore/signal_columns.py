"""What questions about behaviour need of every signal, as arrays in memory. Nothing here knows a database.

Eighteen bytes a signal, in the order in which such questions read them, so that none has to fetch or sort anything.
What changes is put in and taken out again; arrays are never changed in place, so readers may go on with theirs.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polku.eventstore.chunks import Ints, Numbers, Pause
from polku.eventstore.whole_numbers import by_number

_MOSTLY = 0.8
"""The share of rows in order from which on the rest is put in between."""

Label = tuple[int, str]
"""A signal's kind and name."""


@dataclass(frozen=True)
class SignalRows:
    """Arrays of one length. `time` is microseconds since 1970 (UTC), `label` a place in a list of labels."""

    person: Numbers
    time: Ints
    arrival: Numbers
    label: Numbers

    def taken(self, rows: NDArray[Any] | slice) -> SignalRows:
        return SignalRows(self.person[rows], self.time[rows], self.arrival[rows], self.label[rows])


@dataclass(frozen=True, eq=False)
class SignalColumns:
    """All signals of a workspace at `version`, in order of person, time and arrival."""

    version: int
    labels: tuple[Label, ...]
    rows: SignalRows

    @property
    def size(self) -> int:
        """Bytes held, those of `place` too once it was asked for."""
        arrays = [getattr(self.rows, field.name) for field in fields(self.rows)]
        if "place" in self.__dict__:
            arrays.append(self.place)
        return sum(int(array.nbytes) for array in arrays)

    @cached_property
    def place(self) -> Numbers:
        """For each number of arrival the row of that signal; −1 where there is none."""
        arrival = self.rows.arrival
        places = np.full(int(arrival.max()) + 1 if arrival.size else 1, -1, dtype=np.int32)
        places[arrival] = np.arange(arrival.size, dtype=np.int32)
        return places

    def rows_of(self, arrivals: Ints) -> Numbers:
        """The rows of the signals of these numbers, which must be there."""
        return self.place[arrivals]

    def followed(
        self, version: int, labels: tuple[Label, ...], without: Ints, first_arrival: int, new: SignalRows
    ) -> SignalColumns:
        """The state of `version`: all rows of the people `without`, and all from `first_arrival` on, are taken out,
        and `new`, in order, put in."""
        kept = self.rows
        gone = _are_in(kept.person, without) if without.size else np.zeros(kept.person.size, dtype=bool)
        gone |= kept.arrival >= first_arrival
        if gone.any():
            kept = kept.taken(~gone)
        if new.person.size:
            kept = _merged(kept, new)
        return SignalColumns(version, labels, kept)


def _are_in(person: Numbers, wanted: Ints) -> NDArray[np.bool_]:
    """Which of the people are among `wanted`."""
    flags = np.zeros(max(int(person[-1]) if person.size else 0, int(wanted.max())) + 1, dtype=bool)
    flags[wanted] = True
    return flags[person]


def _merged(rows: SignalRows, new: SignalRows) -> SignalRows:
    """Both in order of person, time and arrival; the new ones behind those of the same instant that are there but for
    arrivals that came before."""
    low = np.searchsorted(rows.person, new.person)
    high = np.searchsorted(rows.person, new.person, side="right")
    while True:  # the place of each among the rows of its person, by halves, for all of them together
        open_ones = np.flatnonzero(low < high)
        if not open_ones.size:
            break
        middle = (low[open_ones] + high[open_ones]) // 2
        time, arrival = rows.time[middle], rows.arrival[middle]
        before = (time < new.time[open_ones]) | (
            (time == new.time[open_ones]) & (arrival < new.arrival[open_ones])
        )
        low[open_ones[before]] = middle[before] + 1
        high[open_ones[~before]] = middle[~before]
    return SignalRows(
        *(
            np.insert(
                _wide(getattr(rows, field.name), getattr(new, field.name)), low, getattr(new, field.name)
            )
            for field in fields(rows)
        )
    )


def _wide(values: Numbers, new: Numbers) -> Numbers:
    """`values` in a type that `new` fits into."""
    return values.astype(np.result_type(values, new), copy=False)


def in_order(rows: SignalRows, pause: Pause) -> SignalRows:
    """In order of person, time and arrival.

    Rows that lie so already, as in a file written anew, stay; a few behind them are put in between. `pause` is called
    between sorts, and may raise to stop.
    """
    wrong = np.flatnonzero(_is_out_of_order(rows))
    if not wrong.size:
        return rows
    head = int(wrong[0]) + 1
    if head > _MOSTLY * rows.person.size:
        behind = in_order(rows.taken(slice(head, None)), pause)
        return _merged(rows.taken(slice(0, head)), behind)
    for name in ("arrival", "time"):
        column = getattr(rows, name)
        if np.any(column[1:] < column[:-1]):
            pause()
            rows = _rearranged(rows, np.argsort(column, kind="stable"))
    pause()
    return _rearranged(rows, by_number(rows.person))


def _is_out_of_order(rows: SignalRows) -> NDArray[np.bool_]:
    """For each row but the last, whether the next one belongs before it."""
    same = rows.person[1:] == rows.person[:-1]
    wrong = rows.person[1:] < rows.person[:-1]
    wrong |= same & (rows.time[1:] < rows.time[:-1])
    same &= rows.time[1:] == rows.time[:-1]
    wrong |= same & (rows.arrival[1:] < rows.arrival[:-1])
    return wrong


def _rearranged(rows: SignalRows, order: Ints) -> SignalRows:
    """The rows in another order, in the arrays that they are in: one at a time needs room twice."""
    for field in fields(rows):
        column = getattr(rows, field.name)
        column[:] = column[order]
    return rows

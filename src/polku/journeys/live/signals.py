"""The signals of a map as arrays in one order, made once and asked many times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import DTypeLike, NDArray

from polku.eventstore.live import HitRows, Words
from polku.journeys.live.plan import Plan

NO_DAY = np.iinfo(np.int32).min
"""Stands for a calendar day that is not known."""
NO_TIME = np.iinfo(np.int64).min


@dataclass(frozen=True)
class Orders:
    """Orders by ascending `id`: microseconds (`NO_TIME`: none), value (NaN: none), days since 1970 (`NO_DAY`: none),
    cancelled."""

    id: NDArray[np.int64]
    person: NDArray[np.int64]
    time: NDArray[np.int64]
    value: NDArray[np.float64]
    promised: NDArray[np.int32]
    delivered: NDArray[np.int32]
    cancelled: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.id)

    def take(self, rows: NDArray[Any]) -> Orders:
        """The orders of a mask or of positions."""
        return Orders(*(getattr(self, each.name)[rows] for each in fields(self)))

    def updated(self, by: Orders) -> Orders:
        """With the orders of `by` in place of those of the same number, and as well."""
        if not len(by):
            return self
        kept = self.take(~np.isin(self.id, by.id))
        both = (np.concatenate([getattr(kept, each.name), getattr(by, each.name)]) for each in fields(self))
        joined = Orders(*both)
        return joined.take(np.argsort(joined.id, kind="stable"))


@dataclass(frozen=True)
class Purchases:
    """Orders that count as bought, sorted by person, time and order; all have a time and a value."""

    person: NDArray[np.int64]
    time: NDArray[np.int64]
    value: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.person)

    def take(self, rows: NDArray[Any] | slice) -> Purchases:
        """The purchases of a mask or of positions."""
        return Purchases(self.person[rows], self.time[rows], self.value[rows])


@dataclass(frozen=True)
class Signals:
    """Rows sorted by person, time, arrival and place; all arrays have the same length.

    `place` is the touchpoint's index in the plan. `time` is microseconds since 1970 (UTC). `is_again` is true where
    the row is of the same signal as the one before. `said` indexes `words` (−1: nothing). `order` is −1 where there
    is none. The numbers are as narrow as they can be: compute with wider ones.
    """

    place: NDArray[np.int16]
    person: NDArray[Any]
    time: NDArray[np.int64]
    is_again: NDArray[np.bool_]
    kind: NDArray[np.int8]
    said: NDArray[Any]
    order: NDArray[Any]
    words: Words

    def __len__(self) -> int:
        return len(self.place)

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(each.nbytes for each in self._columns())

    def is_same(self, others: Signals) -> bool:
        """Whether these are the very same arrays, whatever words there are beside."""
        return all(one is other for one, other in zip(self._columns(), others._columns(), strict=True))

    @cached_property
    def starts_person(self) -> NDArray[np.bool_]:
        """True at the first row of each person."""
        return _changes(self.person)

    @cached_property
    def unit(self) -> NDArray[Any]:
        """The person as a number from 0, without gaps and ascending."""
        return np.cumsum(self.starts_person, dtype=width_for(len(self))) - 1

    @cached_property
    def starts(self) -> NDArray[np.int64]:
        """The first row of each unit."""
        return np.flatnonzero(self.starts_person)

    @cached_property
    def people(self) -> NDArray[np.int64]:
        """Everybody, ascending: the person of each unit."""
        return self.person[self.starts].astype(np.int64)

    @cached_property
    def behind_person(self) -> NDArray[Any]:
        """For each row the first one behind it that is not its person's; their number at the end."""
        each = np.diff(self.starts, append=len(self))
        return np.repeat((self.starts + each).astype(width_for(len(self))), each)

    @cached_property
    def instant_start(self) -> NDArray[Any]:
        """For each row the first one of its person and time: rows of one instant have no known order."""
        return _starts(self.starts_person | _changes(self.time))

    def take(self, rows: NDArray[Any] | slice) -> Signals:
        """The rows of a mask or of positions, in that order."""
        return Signals._of([each[rows] for each in self._columns()], self.words)

    def joined(self, others: Signals) -> Signals:
        """With the rows of `others` put where their people stand, after the person's own at the same time.

        `others` has the newer words, of which those of these rows are the first.
        """
        both = self.followed_by(others)
        return both.take(np.lexsort((both.time, both.person)))

    def followed_by(self, others: Signals) -> Signals:
        """These rows, then those of `others`: out of order until they are taken in another."""
        both = zip(self._columns(), others._columns(), strict=True)
        return Signals._of([np.concatenate(pair) for pair in both], others.words)

    @classmethod
    def _of(cls, columns: Sequence[NDArray[Any]], words: Words) -> Signals:
        place, person, time, is_again, kind, said, order = columns
        return cls(place, person, time, is_again, kind, said, order, words)

    def _columns(self) -> tuple[NDArray[Any], ...]:
        return self.place, self.person, self.time, self.is_again, self.kind, self.said, self.order


def read_orders(table: pa.Table, plan: Plan) -> Orders:
    """Orders from the store's table (`EventStore.orders`, `LiveRows.orders`)."""
    status = table.column("status").combine_chunks()
    cancelled = pc.fill_null(
        pc.is_in(status, value_set=pa.array(sorted(plan.cancelled_states), type=status.type)), False
    )
    orders = Orders(
        id=_numbers(table, "order", np.int64, -1),
        person=_numbers(table, "person", np.int64, -1),
        time=_times(table),
        value=_numbers(table, "value", np.float64, np.nan),
        promised=_days(table, "promised"),
        delivered=_days(table, "delivered"),
        cancelled=cancelled.to_numpy(zero_copy_only=False),
    )
    return orders.take(np.argsort(orders.id, kind="stable"))


def purchases_of(orders: Orders, bought: NDArray[np.int64] | None = None) -> Purchases:
    """Those that are not cancelled and have a time and a value; of some numbers only (ascending) where given."""
    counts = ~orders.cancelled & ~np.isnan(orders.value) & (orders.time != NO_TIME)
    if bought is not None:
        counts &= np.isin(orders.id, bought)
    counted = orders.take(counts)
    order = np.lexsort((counted.id, counted.time, counted.person))
    return Purchases(counted.person[order], counted.time[order], counted.value[order])


def read_signals(rows: HitRows, plan: Plan) -> Signals:
    """Signals from the store's rows, of which the touchpoints are those bound of the plan (`Plan.bound`)."""
    places = np.array([place for place, point in enumerate(plan.points) if point.bound], dtype=np.int16)
    return Signals(
        place=places[rows.touchpoint] if len(places) else rows.touchpoint,
        person=rows.person,
        time=rows.time,
        is_again=rows.is_again,
        kind=rows.kind,
        said=rows.said,
        order=rows.order,
        words=rows.words,
    )


def with_words_of(signals: Signals, words: Words) -> Signals:
    """The same signals in terms of `words` and what they say beyond: its own words stand first."""
    known = {word: at for at, word in enumerate(_each(words))}
    own = list(_each(signals.words))
    codes = np.array([known.setdefault(word, len(known)) for word in own] + [-1])
    more = list(known)[len(words) :]
    if more:
        kind, name, low, high, score = zip(*more, strict=True)
        words = Words(
            kind=np.append(words.kind, np.array(kind, dtype=np.int8)),
            name=(*words.name, *name),
            scale_low=np.append(words.scale_low, [_number(each) for each in low]),
            scale_high=np.append(words.scale_high, [_number(each) for each in high]),
            score=np.append(words.score, [_number(each) for each in score]),
        )
    width = np.int16 if len(known) < 2**15 else np.int32
    return replace(signals, said=codes.astype(width)[signals.said], words=words)


def _each(words: Words) -> Any:
    """Words as tuples that can be compared: None in place of NaN."""
    parts = (words.scale_low, words.scale_high, words.score)
    numbers = ([None if x != x else x for x in part.tolist()] for part in parts)
    return zip(words.kind.tolist(), words.name, *numbers, strict=True)


def _number(value: float | None) -> float:
    return np.nan if value is None else value


def _changes(values: NDArray[Any]) -> NDArray[np.bool_]:
    changed = np.ones(len(values), dtype=bool)
    np.not_equal(values[1:], values[:-1], out=changed[1:])
    return changed


def _starts(changed: NDArray[np.bool_]) -> NDArray[Any]:
    """For each row the last one before it, or itself, that is marked; the first one is."""
    starts = np.flatnonzero(changed).astype(width_for(len(changed)))
    return np.repeat(starts, np.diff(starts, append=len(changed)))


def width_for(count: int) -> type[np.int32] | type[np.int64]:
    """The narrowest type that so many rows are numbered in: what is made of each row is mostly numbers of rows."""
    return np.int32 if count < 2**31 else np.int64


def _numbers(table: pa.Table, column: str, dtype: DTypeLike, absent: float) -> NDArray[Any]:
    values: pa.Array = table.column(column).combine_chunks()
    if values.null_count:
        values = values.fill_null(pa.scalar(absent, type=values.type))
    return np.asarray(values.to_numpy(zero_copy_only=False)).astype(dtype, copy=False)


def _times(table: pa.Table) -> NDArray[np.int64]:
    times = table.column("time").combine_chunks().cast(pa.timestamp("us")).cast(pa.int64())
    return np.asarray(times.fill_null(NO_TIME).to_numpy(zero_copy_only=False))


def _days(table: pa.Table, column: str) -> NDArray[np.int32]:
    days = table.column(column).combine_chunks().cast(pa.date32()).cast(pa.int32())
    return np.asarray(days.fill_null(NO_DAY).to_numpy(zero_copy_only=False))

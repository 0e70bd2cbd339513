"""The signals of a map as arrays in one order, made once and asked many times."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import DTypeLike, NDArray

from polku.eventstore.port import SignalKind
from polku.journeys.live.plan import Plan

NO_DAY = np.iinfo(np.int32).min
NO_TIME = np.iinfo(np.int64).min
"""Stands for a calendar day that is not known."""

_PURCHASE = -1  # the place of a row that is a purchase to be counted, not a signal at a touchpoint


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

    def take(self, rows: NDArray[Any]) -> Orders:
        """The orders of a mask or of positions."""
        return Orders(
            id=self.id[rows],
            person=self.person[rows],
            time=self.time[rows],
            value=self.value[rows],
            promised=self.promised[rows],
            delivered=self.delivered[rows],
            cancelled=self.cancelled[rows],
        )


@dataclass(frozen=True)
class Signals:
    """Rows sorted by person, time and arrival; all arrays have the same length.

    `place` is the touchpoint's index in the plan, or −1 for a purchase; purchases come after every signal of
    their person at the same instant, so that "reached at or before the order" is "stands before it".
    `time` is microseconds since 1970 (UTC). `name` indexes `names`. `order` is −1 where there is none. `value`
    is that of a purchase.
    """

    place: NDArray[np.int32]
    person: NDArray[np.int64]
    time: NDArray[np.int64]
    arrival: NDArray[np.int64]
    kind: NDArray[np.int8]
    name: NDArray[np.int32]
    score: NDArray[np.float64]
    scale_low: NDArray[np.float64]
    scale_high: NDArray[np.float64]
    order: NDArray[np.int64]
    value: NDArray[np.float64]
    names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.place)

    @cached_property
    def starts_person(self) -> NDArray[np.bool_]:
        """True at the first row of each person."""
        return _changes(self.person)

    @cached_property
    def unit(self) -> NDArray[np.int64]:
        """The person as a number from 0, without gaps and ascending."""
        return np.cumsum(self.starts_person) - 1

    @cached_property
    def instant(self) -> NDArray[np.int64]:
        """Numbers the distinct (person, time), ascending: rows that share one have no known order."""
        return np.cumsum(self.starts_person | _changes(self.time)) - 1

    @cached_property
    def moment(self) -> NDArray[np.int64]:
        """Numbers the distinct (person, time, arrival), ascending: rows that share one are one signal."""
        return np.cumsum(_changes(self.instant) | _changes(self.arrival)) - 1

    def take(self, rows: NDArray[Any]) -> Signals:
        """The rows of a mask or of positions, in that order."""
        return Signals(
            place=self.place[rows],
            person=self.person[rows],
            time=self.time[rows],
            arrival=self.arrival[rows],
            kind=self.kind[rows],
            name=self.name[rows],
            score=self.score[rows],
            scale_low=self.scale_low[rows],
            scale_high=self.scale_high[rows],
            order=self.order[rows],
            value=self.value[rows],
            names=self.names,
        )


def read_orders(table: pa.Table, plan: Plan) -> Orders:
    """Orders from the store's table (`EventStore.orders`)."""
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


def read_signals(hits: pa.Table, purchases: Orders, plan: Plan) -> Signals:
    """Signals from the store's table (`EventStore.hits`) and the purchases to count, in one order."""
    places = np.full(max((point.id for point in plan.points), default=0) + 1, _PURCHASE, dtype=np.int32)
    for index, point in enumerate(plan.points):
        places[point.id] = index
    names = pc.dictionary_encode(hits.column("name").combine_chunks())
    counted = purchases.take(~purchases.cancelled & ~np.isnan(purchases.value) & (purchases.time != NO_TIME))
    rows, bought = hits.num_rows, len(counted.id)

    def joined(signals: NDArray[Any], purchase: object) -> NDArray[Any]:
        return np.concatenate([signals, np.broadcast_to(np.asarray(purchase, dtype=signals.dtype), bought)])

    place = joined(places[_numbers(hits, "touchpoint", np.int64, 0)], _PURCHASE)
    person = joined(_numbers(hits, "person", np.int64, -1), counted.person)
    time = joined(_times(hits), counted.time)
    arrival = joined(_numbers(hits, "signal", np.int64, -1), np.iinfo(np.int64).max)
    # `place` last: one signal at two touchpoints stands at both in the order of the map, the same every time.
    order = np.lexsort((place, arrival, time, person))
    # Column by column, so that never more than one of them is in memory twice.
    return Signals(
        place=place[order],
        person=person[order],
        time=time[order],
        arrival=arrival[order],
        kind=joined(_numbers(hits, "kind", np.int8, 0), SignalKind.ORDER)[order],
        name=joined(np.asarray(names.indices.fill_null(-1)).astype(np.int32), -1)[order],
        score=joined(_numbers(hits, "score", np.float64, np.nan), np.nan)[order],
        scale_low=joined(_numbers(hits, "scale_low", np.float64, np.nan), np.nan)[order],
        scale_high=joined(_numbers(hits, "scale_high", np.float64, np.nan), np.nan)[order],
        order=joined(_numbers(hits, "order", np.int64, -1), counted.id)[order],
        value=np.concatenate([np.zeros(rows), counted.value])[order],
        names=tuple(names.dictionary.to_pylist()),
    )


def _changes(values: NDArray[Any]) -> NDArray[np.bool_]:
    changed = np.ones(len(values), dtype=bool)
    np.not_equal(values[1:], values[:-1], out=changed[1:])
    return changed


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

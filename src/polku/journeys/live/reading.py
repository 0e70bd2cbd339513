"""From the store to the numbers of a map, once per version of the data."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from polku.eventstore.port import EventStore, Scope, StoreState
from polku.journeys.live.changes import PointChanges, compare, length, same_age, tally
from polku.journeys.live.lanes import Period, Walk
from polku.journeys.live.numbers import MapNumbers, PointNumbers, measure
from polku.journeys.live.plan import Plan
from polku.journeys.live.remembering import Remembered
from polku.journeys.live.signals import Orders, Signals, read_orders, read_signals
from polku.journeys.live.times import microseconds, moment


@dataclass(frozen=True)
class LiveNumbers:
    """All that a map shows and that comes from the store.

    `points` by touchpoint id, front-stage only; `backstage_signals` counts signals of the others. `changes` is
    None without a second period; `compared_as_of` is up to when that one was seen.
    """

    points: dict[int, PointNumbers]
    backstage_signals: dict[int, int]
    changes: dict[int, PointChanges] | None
    compared_as_of: datetime | None
    rows_scanned: int

    @property
    def tally(self) -> tuple[int, int] | None:
        """Figures tested for a change, and clear changes."""
        return None if self.changes is None else tally(self.changes.values())


@dataclass(frozen=True)
class Source:
    """The signals of a map from the start of the earliest period on, and every order."""

    signals: Signals
    orders: Orders
    rows_scanned: int


_numbers: Remembered[LiveNumbers] = Remembered(128)


def live_numbers(
    store: EventStore, key: str, plan: Plan, state: StoreState, scope: Scope, compared: Scope | None
) -> LiveNumbers:
    """The numbers of `scope`, with changes against `compared`; from memory where nothing has changed.

    Remembered by the data's version and by all of the plan, so that a renamed touchpoint costs nothing and a
    moved one is counted again.
    """
    # Scopes may hold lists, which do not hash; their text tells them apart just as well.
    question = (key, state.version, plan, repr(scope), repr(compared))
    return _numbers.get(question, lambda: _count(store, key, plan, state, scope, compared))


def forget() -> None:
    """Let the next question count anew, as benchmarks want it."""
    _numbers.clear()


def read_source(store: EventStore, key: str, plan: Plan, scopes: list[Scope]) -> Source:
    """Read what the periods `scopes` (equal but for their range) need.

    Signals and orders run past the end of the ranges, because who continues or buys may do so later. The
    segment is left to `of_segment`: it is cut at the end of each range, not at the end of what is read.
    """
    starts = [scope.start for scope in scopes]
    start = None if None in starts else min(moment for moment in starts if moment is not None)
    first = scopes[0]
    hits = store.hits(key, replace(first, start=start, end=None, segment=None), plan.bound)
    table = store.orders(key, Scope(timezone=first.timezone))
    orders = read_orders(table, plan)
    purchases, scanned = orders, hits.num_rows + table.num_rows
    if first.where:
        some = store.orders(key, Scope(start=start, where=first.where, timezone=first.timezone))
        purchases, scanned = read_orders(some, plan), scanned + some.num_rows
    return Source(read_signals(hits, purchases, plan), orders, scanned)


def of_segment(store: EventStore, key: str, plan: Plan, scope: Scope, signals: Signals) -> Signals:
    """Only the signals of people of the scope's segment who were at the map in its range."""
    if scope.segment is None:
        return signals
    inside = np.unique(store.hits(key, scope, plan.bound).column("person").to_numpy())
    return signals.take(_is_in(signals.person, inside))


def read_walk(store: EventStore, key: str, plan: Plan, scope: Scope, period: Period) -> Walk:
    """The signals of a map in a period, to ask for more than the map shows. Read anew every time."""
    source = read_source(store, key, plan, [scope])
    return Walk(of_segment(store, key, plan, scope, source.signals), plan, period)


def period_of(scope: Scope, state: StoreState) -> Period:
    """The scope's range in microseconds, known as far as the store's newest signal."""
    return Period(
        start=None if scope.start is None else microseconds(scope.start),
        end=None if scope.end is None else microseconds(scope.end),
        as_of=0 if state.data_as_of is None else microseconds(state.data_as_of),
    )


def _count(
    store: EventStore, key: str, plan: Plan, state: StoreState, scope: Scope, compared: Scope | None
) -> LiveNumbers:
    source = read_source(store, key, plan, [scope] if compared is None else [scope, compared])
    period = period_of(scope, state)

    def measured(of: Scope, seen: Period) -> MapNumbers:
        return measure(of_segment(store, key, plan, of, source.signals), source.orders, plan, seen)

    now = measured(scope, period)
    if compared is None:
        return LiveNumbers(now.points, now.backstage_signals, None, None, source.rows_scanned)
    earlier = same_age(period, period_of(compared, state), plan.timezone)
    before = measured(compared, earlier)
    first = period.as_of if state.first_time is None else microseconds(state.first_time)
    changes = compare(
        now.points,
        before.points,
        (now.walk, before.walk),
        (length(period, plan.timezone, first), length(earlier, plan.timezone, first)),
    )
    return LiveNumbers(now.points, now.backstage_signals, changes, moment(earlier.as_of), source.rows_scanned)


def _is_in(values: NDArray[np.int64], sorted_set: NDArray[np.int64]) -> NDArray[np.bool_]:
    if not len(sorted_set):
        return np.zeros(len(values), dtype=bool)
    at = np.minimum(np.searchsorted(sorted_set, values), len(sorted_set) - 1)
    return np.equal(sorted_set[at], values)

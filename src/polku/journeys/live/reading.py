"""From the store to the numbers of a map, once per version of the data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from polku.eventstore.port import EventStore, Scope, StoreState
from polku.journeys.live import changes as comparing
from polku.journeys.live.changes import PointChanges, compare, length, same_age
from polku.journeys.live.followed_maps import FollowedMaps
from polku.journeys.live.numbers import PointNumbers, numbers_of
from polku.journeys.live.plan import Plan
from polku.journeys.live.remembering import Remembered
from polku.journeys.live.signals import Orders, Purchases, Signals
from polku.journeys.live.tallies import tally
from polku.journeys.live.times import microseconds, moment
from polku.journeys.live.walk import Period, Walk


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
        return None if self.changes is None else comparing.tally(self.changes.values())


_numbers: Remembered[LiveNumbers] = Remembered(128)
_maps = FollowedMaps()


def live_numbers(
    store: EventStore, key: str, plan: Plan, state: StoreState, scope: Scope, compared: Scope | None
) -> LiveNumbers:
    """The numbers of `scope`, with changes against `compared`; from memory where nothing has changed.

    Remembered by the data's version and by all of the plan, so that a renamed touchpoint costs nothing and a
    moved one is counted again. Where something has changed only that is read.
    """
    # Scopes may hold lists, which do not hash; their text tells them apart just as well.
    question = (key, state.version, plan, repr(scope), repr(compared))
    return _numbers.get(question, lambda: _count(store, key, plan, state, scope, compared))


def forget() -> None:
    """Let the next question count anew, as benchmarks want it."""
    _numbers.clear()
    _maps.clear()


def read_walk(store: EventStore, key: str, plan: Plan, scope: Scope, period: Period) -> Walk:
    """The signals of a map in a period, to ask for more than the map shows."""
    return read_walk_and_orders(store, key, plan, scope, period)[0]


def read_walk_and_orders(
    store: EventStore, key: str, plan: Plan, scope: Scope, period: Period
) -> tuple[Walk, Orders]:
    """The same with all orders that the signals may carry."""
    with _maps.of(store, key, plan, [scope]) as followed:
        signals, orders = followed.signals, followed.orders
    return Walk(_of_segment(store, key, plan, scope, signals), plan, period), orders


def read_map(store: EventStore, key: str, plan: Plan, scope: Scope) -> tuple[Signals, Orders, Purchases]:
    """All that the lanes are counted from, from the start of the scope to the newest signal: to count them of periods
    and groups of people of one's own (`tallies.tally`, `numbers.numbers_of`)."""
    with _maps.of(store, key, plan, [scope]) as followed:
        signals, orders, purchases = followed.signals, followed.orders, followed.purchases
    return _of_segment(store, key, plan, scope, signals), orders, purchases


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
    period = period_of(scope, state)
    scopes = [scope] if compared is None else [scope, compared]
    periods = [period]
    if compared is not None:
        periods.append(same_age(period, period_of(compared, state), plan.timezone))
    with _maps.of(store, key, plan, scopes) as followed:
        orders, purchases, words = followed.orders, followed.purchases, followed.words
        scanned = followed.rows
        # Of a segment nothing is kept: anybody may be of it or not by the next answer.
        signals = followed.signals if any(each.segment for each in scopes) else None
        tallies = [followed.tally(seen) for seen in periods] if signals is None else []
    if signals is not None:
        for each, seen in zip(scopes, periods, strict=True):
            inside = _of_segment(store, key, plan, each, signals)
            tallies.append(tally(Walk(inside, plan, seen), purchases))
    measured = [
        numbers_of(made, words, orders, purchases, plan, seen, is_seen_earlier=seen.as_of < period.as_of)
        for made, seen in zip(tallies, periods, strict=True)
    ]
    now = measured[0]
    if compared is None:
        return LiveNumbers(now.points, now.backstage_signals, None, None, scanned)
    first = period.as_of if state.first_time is None else microseconds(state.first_time)
    lengths = (length(period, plan.timezone, first), length(periods[1], plan.timezone, first))
    changes = compare(now, measured[1], lengths)
    return LiveNumbers(now.points, now.backstage_signals, changes, moment(periods[1].as_of), scanned)


def _of_segment(store: EventStore, key: str, plan: Plan, scope: Scope, signals: Signals) -> Signals:
    """Only the signals of people of the scope's segment who were at the map in its range: a segment is cut at the end
    of the range, not at the end of what is read."""
    if scope.segment is None:
        return signals
    inside = np.unique(store.live_rows(key, scope, plan.bound).hits.person)
    return signals.take(np.isin(signals.person, inside))

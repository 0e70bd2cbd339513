"""All that a list of losses is counted from, read once: the signals of the map, purchases, attempts and their units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from polku.accounts.models import Workspace
from polku.decide.losing.attempts import (
    Attempts,
    Moments,
    attempts_at,
    next_gates,
    purchase_stage,
    starts_of,
    ways_on,
)
from polku.decide.losing.observing import Observed
from polku.decide.losing.units import Starts, Units, read_units
from polku.eventstore import cancelling
from polku.eventstore.port import EventStore, Scope, SignalKind
from polku.journeys.live.numbers import PointNumbers
from polku.journeys.live.plan import DAY
from polku.journeys.live.reading import period_of, read_walk
from polku.journeys.live.signals import Orders, Purchases, purchases_of, read_orders
from polku.journeys.live.structure import Structure
from polku.journeys.live.times import from_local, local, moment
from polku.journeys.live.walk import Walk

LOOKED_AT = 182
"""Days that levels are compared over, at most."""
PERIOD = 90
"""Days that a year is made of, where there are as many."""
SETTLED = 35
"""Days after which an order that comes back has done so."""
LEAST_DAYS = 14
_LEAST_CONTACTS = 30


@dataclass(frozen=True)
class Material:
    """`weeks` are the moments (microseconds) at which the weeks begin; `begin` and `end` bound the period that years
    are made of; `first` is when the data begins. `funnel` has the attempts of touchpoints before the purchase by
    place, `visits` those of all. `sold` is the value of the period's orders, as they tell it, without those in a
    cancelled state; `stays` the share of what is placed that never gets into one. `lanes` are the map's own figures of
    the newest weeks where a goal is set for one; `changed` the weeks in which a share of the funnel changed.
    """

    walk: Walk
    orders: Orders
    purchases: Purchases
    weeks: NDArray[np.int64]
    begin: int
    end: int
    gates: dict[int, int | None]
    funnel: dict[int, Attempts]
    visits: dict[int, Starts]
    units: dict[int, list[Units]]
    observed: list[Observed]
    contacts: dict[tuple[int, str], NDArray[np.int64]]
    first: int
    sold: float
    stays: float
    purchase_stage: int | None = None
    lanes: Mapping[int, PointNumbers] = field(default_factory=dict)
    changed: tuple[int, ...] = ()

    @property
    def days(self) -> float:
        return (self.end - self.begin) / DAY

    @property
    def first_week(self) -> int:
        """The week from which on the period runs."""
        return int(np.searchsorted(self.weeks, self.begin))

    def week_of(self, time: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.searchsorted(self.weeks, time, side="right") - 1


def read_material(
    store: EventStore, key: str, workspace: Workspace, structure: Structure, scope: Scope
) -> Material | None:
    """None where there is nothing yet to compare: fewer than two weeks of signals."""
    state = store.state(key)
    if state.data_as_of is None or state.first_time is None:
        return None
    plan = structure.plan
    whole = replace(scope, start=state.data_as_of - timedelta(days=LOOKED_AT))
    walk = read_walk(store, key, plan, whole, period_of(whole, state))
    if not len(walk.signals):
        return None
    end = walk.period.as_of + 1
    first = max(walk.period.start or 0, int(walk.signals.time.min()))
    if end - first < LEAST_DAYS * DAY:
        return None
    orders = read_orders(store.orders(key, Scope(timezone=scope.timezone)), plan)
    cancelling.check()
    return _gather(store, key, whole, walk, orders, first, end)


def _gather(
    store: EventStore,
    key: str,
    scope: Scope,
    walk: Walk,
    orders: Orders,
    first: int,
    end: int,
) -> Material:
    plan, signals = walk.plan, walk.signals
    weeks = _weeks(first, end, plan.timezone)
    begin = max(first, end - PERIOD * DAY)
    kept = purchases_of(orders)
    # Orders come back weeks later: counted as what was placed, old ones and new ones are alike.
    placed = purchases_of(replace(orders, cancelled=np.zeros(len(orders), dtype=bool)))
    purchases = _known(walk, placed)
    origin = min(first, walk.period.start or first)
    unit = np.searchsorted(signals.people, purchases.person)
    bought = Moments.of(unit, purchases.time, origin)
    fronts = [
        place
        for place, point in enumerate(plan.points)
        if point.bound and not point.backstage and point.basis == "signals"
    ]
    starts = {place: starts_of(walk, place) for place in fronts}
    fronts = [place for place in fronts if len(starts[place])]
    visits = {
        place: Starts(
            plan.points[place].id, signals.unit[starts[place]].astype(np.int64), signals.time[starts[place]]
        )
        for place in fronts
    }
    last = purchase_stage(walk, purchases, bought) if len(purchases) else None
    # A journey without purchases still shows where people stop, though not what that costs.
    way = fronts if last is None else [place for place in fronts if plan.points[place].stage <= last]
    path = [place for place in way if last is not None or plan.has_later(plan.points[place].stage)]
    moments = {place: _visits(walk, place, origin) for place in way}
    gates = next_gates(walk, way, moments, bought)
    cancelling.check()
    funnel = {
        place: attempts_at(walk, place, goes_to, bought, purchases, weeks)
        for place, goes_to in ways_on(way, gates, moments, bought).items()
        if place in path
    }
    by_touchpoint = read_units(store, key, scope, walk, list(visits.values()))
    units = {place: by_touchpoint[plan.points[place].id] for place in fronts}
    observed = [_of_funnel(place, funnel[place], units[place], len(weeks)) for place in path]
    contacts = _contacts(walk, fronts)
    observed += [
        _of_contacts(walk, place, reason, rows, visits[place], units[place], weeks)
        for (place, reason), rows in contacts.items()
        if len(rows) >= _LEAST_CONTACTS
    ]
    return Material(
        walk=walk,
        orders=orders,
        purchases=purchases,
        weeks=weeks,
        begin=begin,
        end=end,
        first=first,
        sold=_sum(kept, begin, end),
        stays=_stays(kept, placed, first, end),
        purchase_stage=last,
        gates=gates,
        funnel=funnel,
        visits=visits,
        units=units,
        observed=observed,
        contacts=contacts,
    )


def _known(walk: Walk, purchases: Purchases) -> Purchases:
    """Those of the people of the map, up to when anything is known."""
    people = walk.signals.people
    at = np.minimum(np.searchsorted(people, purchases.person), len(people) - 1)
    inside = (people[at] == purchases.person) & (purchases.time <= walk.period.as_of)
    if walk.period.start is not None:
        inside &= purchases.time >= walk.period.start
    return purchases.take(inside)


def _sum(purchases: Purchases, begin: int, end: int) -> float:
    return float(purchases.value[(purchases.time >= begin) & (purchases.time < end)].sum())


def _stays(kept: Purchases, placed: Purchases, first: int, end: int) -> float:
    """Of the value of orders that are old enough to have come back; of all where none is."""
    until = end - SETTLED * DAY
    if not (whole := _sum(placed, first, until)):
        until, whole = end, _sum(placed, first, end)
    return _sum(kept, first, until) / whole if whole else 1.0


def _weeks(first: int, end: int, timezone: str) -> NDArray[np.int64]:
    """The moments at which weeks begin, Mondays of the workspace's calendar; the first one at or before `first`."""
    day = local(first, timezone).replace(hour=0, minute=0, second=0, microsecond=0)
    day -= timedelta(days=day.weekday())
    begins = []
    while (begin := from_local(day, timezone)) < end:
        begins.append(begin)
        day += timedelta(days=7)
    return np.array(begins, dtype=np.int64)


def _visits(walk: Walk, place: int, origin: int) -> Moments:
    rows = walk.reach_rows(place)
    return Moments.of(walk.signals.unit[rows], walk.signals.time[rows], origin)


def _of_funnel(place: int, attempts: Attempts, units: list[Units], weeks: int) -> Observed:
    """Of those whose time to go on is over."""
    rows = np.flatnonzero(attempts.is_followed)
    goes = np.flatnonzero(attempts.went_on[rows])
    return Observed(
        place=place,
        reason=None,
        weeks=weeks,
        attempts=attempts.week[rows],
        hits=attempts.week[rows[goes]],
        hit_of=goes,
        hit_by=attempts.unit[rows[goes]],
        units=[Units(each.name, each.values, each.codes[rows], each.of_people) for each in units],
    )


def _contacts(walk: Walk, places: list[int]) -> dict[tuple[int, str], NDArray[np.int64]]:
    """The rows of contacts by place and reason."""
    found: dict[tuple[int, str], list[NDArray[np.int64]]] = {}
    words = walk.signals.words
    for place in places:
        if not walk.plan.points[place].takes_contacts:
            continue
        rows = walk.rows(place, SignalKind.CONTACT)
        said = walk.signals.said[rows]
        for word in np.unique(said[said >= 0]).tolist():
            found.setdefault((place, words.name[word]), []).append(rows[said == word])
    return {which: np.sort(np.concatenate(parts)) for which, parts in found.items()}


def _of_contacts(
    walk: Walk,
    place: int,
    reason: str,
    rows: NDArray[np.int64],
    visits: Starts,
    units: list[Units],
    weeks: NDArray[np.int64],
) -> Observed:
    """A contact is of the person's last attempt up to it, or else of the next one: people ask about a parcel before
    they have it."""
    unit, time = walk.signals.unit[rows].astype(np.int64), walk.signals.time[rows]
    origin = int(min(visits.time.min(), time.min()))
    moments = Moments.of(visits.unit, visits.time, origin)
    before, after = moments.last_before(unit, time), moments.first_after(unit, time)
    return Observed(
        place=place,
        reason=reason,
        weeks=len(weeks),
        attempts=np.searchsorted(weeks, visits.time, side="right") - 1,
        hits=np.searchsorted(weeks, time, side="right") - 1,
        hit_of=np.where(before >= 0, before, after),
        hit_by=unit,
        units=units,
    )


def day_of(time: int, timezone: str) -> str:
    """The calendar day of a moment, as ISO writes it."""
    return local(time, timezone).date().isoformat()


__all__ = ["LOOKED_AT", "PERIOD", "Material", "day_of", "moment", "read_material"]

"""Each time that somebody came to a touchpoint, and whether they went on towards a purchase.

Visits of one person to one touchpoint within a week of each other are one attempt: who comes back the next day and
goes on did not drop off. A year has as many attempts as it has, so a person who comes every month counts twelve times.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polku.journeys.live.plan import DAY
from polku.journeys.live.signals import Purchases
from polku.journeys.live.walk import Walk

Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

APART = 7 * DAY
"""Microseconds between two visits from which on the second is an attempt of its own; within as many an attempt must
have gone on to count as having done so."""
_SHORTEST = DAY // 24
_MOSTLY = 0.98


@dataclass(frozen=True)
class Attempts:
    """One element an attempt, by person and time, all of one touchpoint.

    `unit` is the person's number in the walk, `week` counts from 0 at the first week of what is looked at.
    `is_followed`: it is long enough ago that nearly all who go on have done so. `spent` is what those who `went_on` and
    `bought` then bought for.
    """

    unit: Ints
    time: Ints
    week: Ints
    is_followed: Flags
    went_on: Flags
    bought: Flags
    spent: Floats

    def __len__(self) -> int:
        return len(self.unit)

    def take(self, rows: NDArray[Any]) -> Attempts:
        """The attempts of a mask or of positions."""
        return Attempts(*(getattr(self, each.name)[rows] for each in fields(self)))


@dataclass(frozen=True)
class Moments:
    """Moments of people, to be searched by person and time; ordered by both."""

    codes: Ints
    time: Ints
    origin: int

    @classmethod
    def of(cls, unit: NDArray[Any], time: Ints, origin: int) -> Moments:
        """`unit` and `time` are in order; `origin` is a moment before all of them."""
        return cls(_codes(unit, time, origin), time, origin)

    def first_after(self, unit: NDArray[Any], time: Ints) -> Ints:
        """The position of each person's first moment at or after `time`; −1 where there is none."""
        at = np.searchsorted(self.codes, _codes(unit, time, self.origin))
        there = np.minimum(at, max(len(self.codes) - 1, 0))
        if not len(self.codes):
            return np.full(len(unit), -1, dtype=np.int64)
        return np.where((at < len(self.codes)) & (self.codes[there] >> _BITS == unit), at, -1)

    def last_before(self, unit: NDArray[Any], time: Ints) -> Ints:
        """The position of each person's last moment at or before `time`; −1 where there is none."""
        if not len(self.codes):
            return np.full(len(unit), -1, dtype=np.int64)
        at = np.searchsorted(self.codes, _codes(unit, time, self.origin), side="right") - 1
        return np.where((at >= 0) & (self.codes[np.maximum(at, 0)] >> _BITS == unit), at, -1)


_BITS = 36
"""Milliseconds of two years."""


def _codes(unit: NDArray[Any], time: Ints, origin: int) -> Ints:
    span = np.clip((time - origin) // 1000, 0, (1 << _BITS) - 1)
    return np.asarray((unit.astype(np.int64) << _BITS) | span)


def starts_of(walk: Walk, place: int) -> Ints:
    """The rows of the walk at which attempts at a touchpoint begin."""
    rows = walk.reach_rows(place)
    if not len(rows):
        return rows
    unit, time = walk.signals.unit[rows], walk.signals.time[rows]
    begins = np.ones(len(rows), dtype=bool)
    begins[1:] = (unit[1:] != unit[:-1]) | (time[1:] - time[:-1] > APART)
    return rows[begins]


def attempts_at(
    walk: Walk, place: int, goes_to: Moments, bought: Moments, purchases: Purchases, weeks: Ints
) -> Attempts:
    """All attempts at a touchpoint. `goes_to` are the moments that mean having gone on, `bought` those of `purchases`;
    `weeks` begin at these moments."""
    rows = starts_of(walk, place)
    unit, time = walk.signals.unit[rows].astype(np.int64), walk.signals.time[rows]
    at = goes_to.first_after(unit, time)
    never = np.full(len(at), APART + 1)
    waited = np.where(at >= 0, goes_to.time[at] - time, never) if len(goes_to.time) else never
    went_on = waited <= APART
    usual = np.quantile(waited[went_on], _MOSTLY) if went_on.any() else APART
    # The few who take longer are of those for whom something went wrong: a shorter time to go on would lose them.
    horizon = int(np.clip(usual, _SHORTEST, APART))
    came = np.where(went_on, time + waited, time)
    order = bought.first_after(unit, came)
    has_bought = went_on & (order >= 0)
    if len(bought.time):
        has_bought &= bought.time[order] - came <= APART
    spent = np.where(has_bought, purchases.value[order], 0.0) if len(purchases) else np.zeros(len(rows))
    return Attempts(
        unit=unit,
        time=time,
        week=np.searchsorted(weeks, time, side="right") - 1,
        is_followed=time + horizon <= walk.period.as_of,
        went_on=went_on,
        bought=has_bought,
        spent=spent,
    )


def purchase_stage(walk: Walk, bought: Purchases, moments: Moments) -> int | None:
    """The stage at which most purchases happen: that of the visit just before, or at the same instant. None without
    purchases on the map."""
    rows = np.flatnonzero(walk.in_period & walk.reaches)
    visits = Moments.of(walk.signals.unit[rows], walk.signals.time[rows], moments.origin)
    last = visits.last_before(moments.codes >> _BITS, moments.time)
    stages = np.array([point.stage for point in walk.plan.points])
    at = stages[walk.signals.place[rows[last[last >= 0]]]]
    return int(np.bincount(at).argmax()) if len(at) else None


def next_gates(
    walk: Walk, places: Sequence[int], visits: dict[int, Moments], bought: Moments
) -> dict[int, int | None]:
    """By place the touchpoint that nearly all who buy after it pass on their way; None where there is no such one.
    `places` are in the order of the map."""
    gates: dict[int, int | None] = dict.fromkeys(places)
    for number, place in enumerate(places):
        rows = starts_of(walk, place)
        unit, time = walk.signals.unit[rows].astype(np.int64), walk.signals.time[rows]
        order = bought.first_after(unit, time)
        buys = order >= 0
        if len(bought.time):
            buys &= bought.time[order] - time <= APART
        unit, time, when = unit[buys], time[buys], bought.time[order[buys]]
        for other in places[number + 1 :] if len(unit) else ():
            at = visits[other].first_after(unit, time)
            passed = (at >= 0) & (visits[other].time[at] <= when) if len(visits[other].time) else at >= 0
            if passed.mean() >= _NEARLY_ALL:
                gates[place] = other
                break
    return gates


_NEARLY_ALL = 0.8


def ways_on(
    places: Sequence[int], gates: dict[int, int | None], visits: dict[int, Moments], bought: Moments
) -> dict[int, Moments]:
    """By place the moments that mean having gone on: at the gate that follows it; without one, at any later touchpoint
    or the purchase, so that what goes wrong at a later one is a pain there and not here, too."""
    found = {}
    for number, place in enumerate(places):
        gate = gates[place]
        if gate is not None:
            found[place] = visits[gate]
            continue
        later = [visits[other] for other in places[number + 1 :]]
        codes = np.concatenate([each.codes for each in (*later, bought)])
        order = np.argsort(codes, kind="stable")
        time = np.concatenate([each.time for each in (*later, bought)])
        found[place] = Moments(codes[order], time[order], bought.origin)
    return found

"""Who comes back to buy: after a broken promise or a low score against the others, among customers alike."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from polku.decide.losing.attempts import Flags, Floats, Ints, Moments
from polku.decide.losing.findings import RATE
from polku.decide.losing.inputs import share_draws
from polku.decide.losing.material import Material
from polku.decide.losing.series import p_of
from polku.eventstore import cancelling
from polku.eventstore.port import SignalKind
from polku.journeys.live.plan import DAY
from polku.journeys.live.signals import NO_DAY
from polku.journeys.live.times import from_local, moment
from polku.statistics import benjamini_hochberg

WITHIN = 56 * DAY
"""Who buys within eight weeks has come back."""
LEAST = 100
"""Customers on each side: of fewer nothing is said."""
_LEAST_STRATUM = 10
_BY_HAND = (0, 1, 2)


@dataclass(frozen=True)
class Experience:
    """What happened to customers at a touchpoint: `bad` or not, one element a customer, by person and time.

    `cause` is "promise" (delivered after the promised day) or "score" (below the middle of its scale). `stratum` is how
    often each had bought before and for how much; `is_followed`: eight weeks have passed since.
    """

    place: int
    cause: str
    unit: Ints
    time: Ints
    bad: Flags
    stratum: Ints
    again: Flags
    is_followed: Flags


@dataclass(frozen=True)
class Loyalty:
    """An experience after which fewer come back than of customers alike; `weights` are by stratum of those it befell.
    `was` and `now` are (hits, n) by stratum of the others and of them."""

    experience: Experience
    weights: Floats
    others: tuple[Floats, Floats]
    own: tuple[Floats, Floats]
    p: float

    def lost(self, random: np.random.Generator) -> Floats:
        """Draws of the share that does not come back because of nothing else that is known."""
        total: Floats = np.zeros(1)
        for stratum, weight in enumerate(self.weights.tolist()):
            if weight:
                others = share_draws(self.others[0][stratum], self.others[1][stratum], random)
                own = share_draws(self.own[0][stratum], self.own[1][stratum], random)
                total = total + weight * (others - own)
        return np.maximum(total, 0.0)


def worse_loyalty(material: Material, purchase_stage: int | None) -> list[Loyalty]:
    """The experiences that go with fewer coming back, after the correction for all that were looked at."""
    if purchase_stage is None or not len(material.purchases):
        return []
    compared = [
        found for each in _experiences(material, purchase_stage) if (found := _compare(each)) is not None
    ]
    clear = benjamini_hochberg(p_values=[each.p for each in compared], rate=RATE).clear
    return [
        each
        for each, stands in zip(compared, clear, strict=True)
        if stands and float((each.weights * (_share(each.others) - _share(each.own))).sum()) > 0
    ]


def _share(counted: tuple[Floats, Floats]) -> Floats:
    return np.divide(counted[0], counted[1], out=np.zeros_like(counted[0]), where=counted[1] > 0)


def _experiences(material: Material, purchase_stage: int) -> Iterator[Experience]:
    plan = material.walk.plan
    for place, point in enumerate(plan.points):
        cancelling.check()
        if point.backstage or not point.bound or point.stage <= purchase_stage:
            continue
        yield from _promises(material, place)
        yield from _scores(material, place)


def _promises(material: Material, place: int) -> Iterator[Experience]:
    walk, orders = material.walk, material.orders
    rows = walk.rows(place)
    rows = rows[walk.signals.order[rows] >= 0]
    carried, first = np.unique(walk.signals.order[rows].astype(np.int64), return_index=True)
    at = np.minimum(np.searchsorted(orders.id, carried), max(len(orders) - 1, 0))
    if not len(orders) or not len(carried):
        return
    told = (orders.id[at] == carried) & (orders.promised[at] != NO_DAY) & (orders.delivered[at] != NO_DAY)
    at, rows = at[told], rows[first[told]]
    if not len(at):
        return
    last = np.maximum(orders.promised[at], orders.delivered[at])
    days = np.arange(int(last.min()), int(last.max()) + 2)
    midnights = np.array([_midnight(int(day), walk.plan.timezone) for day in days], dtype=np.int64)
    time = midnights[last - int(last.min()) + 1]
    bad = orders.delivered[at] > orders.promised[at]
    yield _first_of_each(material, place, "promise", walk.signals.unit[rows].astype(np.int64), time, bad)


def _midnight(day: int, timezone: str) -> int:
    """The beginning of a calendar day (days since 1970)."""
    return from_local(moment(day * DAY), timezone)


def _scores(material: Material, place: int) -> Iterator[Experience]:
    walk = material.walk
    rows = walk.rows(place, SignalKind.SCORE)
    rows = rows[walk.signals.said[rows] >= 0]
    words, said = walk.signals.words, walk.signals.said[rows]
    middle = (words.scale_low + words.scale_high) / 2
    above = (words.score - middle)[said]
    clear = np.isfinite(above) & (above != 0)
    rows, above = rows[clear], above[clear]
    if len(rows):
        unit, time = walk.signals.unit[rows].astype(np.int64), walk.signals.time[rows]
        yield _first_of_each(material, place, "score", unit, time, above < 0)


def _first_of_each(
    material: Material, place: int, cause: str, unit: Ints, time: Ints, bad: NDArray[np.bool_]
) -> Experience:
    """One experience a customer: their first one."""
    order = np.lexsort((time, unit))
    unit, time, bad = unit[order], time[order], bad[order]
    first = np.append(True, unit[1:] != unit[:-1])
    unit, time, bad = unit[first], time[first], bad[first]
    people, purchases = material.walk.signals.people, material.purchases
    buyer = np.searchsorted(people, purchases.person)
    bought = Moments.of(buyer, purchases.time, min(material.first, int(purchases.time.min())))
    last = bought.last_before(unit, time)
    begins = np.searchsorted(buyer, unit)
    before = np.where(last >= 0, last - begins + 1, 0)
    value = np.where(last >= 0, purchases.value[last], 0.0)
    limits = np.quantile(value[last >= 0], [1 / 3, 2 / 3]) if (last >= 0).any() else [0.0, 0.0]
    following = bought.first_after(unit, time + 1000)
    again = following >= 0
    again[again] = purchases.time[following[again]] - time[again] <= WITHIN
    return Experience(
        place,
        cause,
        unit,
        time,
        bad,
        np.minimum(before, _BY_HAND[-1]) * 3 + np.searchsorted(limits, value),
        again,
        time + WITHIN <= material.walk.period.as_of,
    )


def _compare(seen: Experience) -> Loyalty | None:
    """The difference within strata, weighted as those are whom it befell; None where there are too few."""
    followed = seen.is_followed
    own, others = _by_stratum(seen, followed & seen.bad), _by_stratum(seen, followed & ~seen.bad)
    usable = (own[1] >= _LEAST_STRATUM) & (others[1] >= _LEAST_STRATUM)
    if own[1][usable].sum() < LEAST or others[1][usable].sum() < LEAST:
        return None
    weights = np.where(usable, own[1], 0.0)
    weights = weights / weights.sum()
    pooled = np.divide(own[0] + others[0], own[1] + others[1], out=np.zeros(len(weights)), where=usable)
    inverse = sum(np.divide(1.0, each[1], out=np.zeros(len(weights)), where=usable) for each in (own, others))
    error = math.sqrt(float((weights**2 * pooled * (1 - pooled) * inverse).sum()))
    difference = float((weights * (_share(others) - _share(own))).sum())
    return Loyalty(seen, weights, others, own, p_of(difference / error) if error else 1.0)


def _by_stratum(seen: Experience, which: Flags) -> tuple[Floats, Floats]:
    size = 3 * len(_BY_HAND)
    n = np.bincount(seen.stratum[which], minlength=size).astype(float)
    return np.bincount(seen.stratum[which & seen.again], minlength=size).astype(float), n

"""The lanes Do, Contact and Buy of one touchpoint, counted from the signals in order.

Definitions: FORMULAS, "The lanes of the map". Every function takes the rows of the whole map, because what
happens at one touchpoint is told by what the same person does at the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from polku.eventstore.port import SignalKind
from polku.journeys.live.plan import Plan
from polku.journeys.live.signals import NO_DAY, Orders, Signals
from polku.statistics import Estimate, bootstrap_total, kaplan_meier, poisson_rate, wilson

_VISITS = (SignalKind.EVENT, SignalKind.ORDER)
_VOICES = (SignalKind.SCORE, SignalKind.CONTACT, SignalKind.COMMENT)


@dataclass(frozen=True)
class Period:
    """Half-open [start, end) in microseconds (None: open), and the last moment that is known of."""

    start: int | None
    end: int | None
    as_of: int


@dataclass(frozen=True)
class Continued:
    """Share that went on to a later stage; `open` people are censored, `horizon` is how far anybody was seen."""

    share: Estimate
    open: int
    horizon: int


@dataclass(frozen=True)
class Next:
    """How many went next to which touchpoint (index in the plan), most first, and how many to none."""

    touchpoints: tuple[tuple[int, int], ...]
    nowhere: int


@dataclass(frozen=True)
class Promise:
    """Share of promises kept among those with both days; and open ones whose day has passed."""

    kept: Estimate | None
    broken_open: int


@dataclass(frozen=True)
class Contact:
    rate: Estimate
    reached: int
    reasons: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Buy:
    total: Estimate
    buyers: int
    orders: int


@dataclass(frozen=True)
class Walk:
    """The signals of a map seen in one period, with what all its touchpoints share."""

    signals: Signals
    plan: Plan
    period: Period

    @cached_property
    def in_period(self) -> NDArray[np.bool_]:
        """Rows at a touchpoint inside the period."""
        inside = self.signals.place >= 0
        if self.period.start is not None:
            inside &= self.signals.time >= self.period.start
        if self.period.end is not None:
            inside &= self.signals.time < self.period.end
        return inside

    @cached_property
    def front(self) -> NDArray[np.bool_]:
        """Rows at a touchpoint that customers meet."""
        on_stage = np.array([not point.backstage for point in self.plan.points] + [False])
        return on_stage[self.signals.place]  # a purchase's place −1 takes the last

    @cached_property
    def reaches(self) -> NDArray[np.bool_]:
        """Rows that mean reaching their touchpoint, by its basis."""
        by_visit = np.array([point.basis == "signals" for point in self.plan.points] + [False])
        wanted = np.where(
            by_visit[self.signals.place], _is(self.signals, _VISITS), _is(self.signals, _VOICES)
        )
        return wanted & self.front

    @cached_property
    def stage(self) -> NDArray[np.int32]:
        """The stage's place of each row, −1 for purchases."""
        stages = np.array([point.stage for point in self.plan.points] + [-1], dtype=np.int32)
        return stages[self.signals.place]

    @cached_property
    def _later_reaches(self) -> dict[int, NDArray[np.int64]]:
        reached = np.flatnonzero(self.reaches)
        stages = self.stage[reached]
        return {stage: reached[stages > stage] for stage in {point.stage for point in self.plan.points}}

    @cached_property
    def _by_place(self) -> dict[int, NDArray[np.int64]]:
        rows = np.flatnonzero(self.in_period)
        order = rows[np.argsort(self.signals.place[rows], kind="stable")]
        bounds = np.searchsorted(self.signals.place[order], np.arange(len(self.plan.points) + 1))
        return {place: order[bounds[place] : bounds[place + 1]] for place in range(len(self.plan.points))}

    def rows(self, place: int, *kinds: SignalKind) -> NDArray[np.int64]:
        """Rows at a touchpoint in the period, ascending; of some kinds only where given."""
        rows = self._by_place[place]
        return rows[np.isin(self.signals.kind[rows], kinds)] if kinds else rows

    def reach_rows(self, place: int) -> NDArray[np.int64]:
        """Rows in the period that mean reaching the touchpoint, ascending."""
        rows = self._by_place[place]
        return rows[self.reaches[rows]]

    def first_reaches(self, place: int) -> NDArray[np.int64]:
        """The first row in the period at which each person reached the touchpoint."""
        rows = self.reach_rows(place)
        units = self.signals.unit[rows]
        first = np.ones(len(rows), dtype=bool)
        np.not_equal(units[1:], units[:-1], out=first[1:])
        return rows[first]

    def waits(self, place: int, first: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """For each first reach the microseconds until a later stage was reached, and whether it was.

        At the same instant or later counts. Where it was not (yet), the time until the end of what is known.
        """
        signals = self.signals
        later = self._later_reaches[self.plan.points[place].stage]
        found_at = np.searchsorted(signals.instant[later], signals.instant[first], side="left")
        waited = self.period.as_of - signals.time[first]
        observed = found_at < len(later)
        target = later[found_at[observed]]
        observed[observed] = signals.unit[target] == signals.unit[first[observed]]
        target = later[found_at[observed]]
        waited[observed] = signals.time[target] - signals.time[first[observed]]
        return np.maximum(waited, 0), observed


def continued(
    walk: Walk, place: int, first: NDArray[np.int64], *, horizon: int | None = None
) -> Continued | None:
    """1 − Kaplan–Meier of reaching any touchpoint of a later stage within the window after the first reach.

    None at the last stage, where no later stage has data, and where nobody came. Where nobody has been seen
    for a whole window yet, the curve is read at the longest time that somebody has (`horizon`).
    """
    if not len(first) or not walk.plan.has_later(walk.plan.points[place].stage):
        return None
    window = walk.plan.window
    waited, observed = walk.waits(place, first)
    seen_for = walk.period.as_of - walk.signals.time[first]
    still_open = ~(observed & (waited <= window)) & (seen_for < window)
    reach_of_sight = int(min(window, max(0, seen_for.max())))
    curve = kaplan_meier(durations=waited, observed=observed)
    return Continued(
        share=curve.incidence(window if horizon is None else horizon),
        open=int(still_open.sum()),
        horizon=reach_of_sight,
    )


def went_next(walk: Walk, place: int, first: NDArray[np.int64]) -> Next:
    """The first later signal of any kind at another front-stage touchpoint, of each who reached this one.

    A question of sequence: signals at the same instant follow in the order of arrival, and a signal that
    belongs to two touchpoints does not follow itself.
    """
    signals = walk.signals
    others = np.flatnonzero(walk.front & (signals.place != place))
    found_at = np.searchsorted(signals.moment[others], signals.moment[first], side="right")
    some = found_at < len(others)
    target = others[found_at[some]]
    target = target[signals.unit[target] == signals.unit[first[some]]]
    counts = np.bincount(signals.place[target], minlength=len(walk.plan.points))
    ranked = sorted(
        ((int(n), index) for index, n in enumerate(counts) if n), key=lambda pair: (-pair[0], pair[1])
    )
    return Next(touchpoints=tuple((index, n) for n, index in ranked), nowhere=len(first) - len(target))


def promise(walk: Walk, place: int, orders: Orders, today: int) -> Promise | None:
    """Whether the orders that the touchpoint's signals carry came by the promised calendar day.

    `today` is the day (since 1970, in the workspace's zone) up to which data is known. None where no order
    there was promised for a day.
    """
    carried = np.unique(walk.signals.order[walk.rows(place)])
    carried = carried[carried >= 0]
    # Some orders are known only from the signals that carry them, so not every number is found.
    known = np.flatnonzero(np.isin(orders.id, carried, assume_unique=True))
    promised = known[orders.promised[known] != NO_DAY]
    if not len(promised):
        return None
    delivered = orders.delivered[promised]
    arrived = delivered != NO_DAY
    in_time = arrived & (delivered <= orders.promised[promised])
    late = ~arrived & ~orders.cancelled[promised] & (orders.promised[promised] < today)
    kept = wilson(successes=int(in_time.sum()), n=int(arrived.sum())) if arrived.any() else None
    return Promise(kept=kept, broken_open=int(late.sum()))


def contact(walk: Walk, place: int, reached: int) -> Contact | None:
    """Contacts per 100 who reached the touchpoint. None where no contacts are bound to it, or nobody came."""
    if not reached or not walk.plan.points[place].takes_contacts:
        return None
    rows = walk.rows(place, SignalKind.CONTACT)
    codes, numbers = np.unique(walk.signals.name[rows], return_counts=True)
    reasons = [
        (walk.signals.names[code] if code >= 0 else "", int(n))
        for code, n in zip(codes, numbers, strict=True)
    ]
    return Contact(
        rate=poisson_rate(count=len(rows), exposure=reached, per=100),
        reached=reached,
        reasons=tuple(sorted(reasons, key=lambda reason: (-reason[1], reason[0]))),
    )


def buy(walk: Walk, place: int, reached: int) -> Buy | None:
    """The value of orders of those who reached the touchpoint in the period, at or before the order and at most
    a window earlier. None where nobody came, or no order at all has a value."""
    signals = walk.signals
    purchases = np.flatnonzero(signals.place < 0)
    if not reached or not len(purchases):
        return None
    reaches = walk.reach_rows(place)
    before = np.searchsorted(reaches, purchases) - 1
    purchases, before = purchases[before >= 0], reaches[before[before >= 0]]
    near = signals.time[purchases] - signals.time[before] <= walk.plan.window
    counted = purchases[near & (signals.unit[purchases] == signals.unit[before])]
    _, buyer = np.unique(signals.unit[counted], return_inverse=True)
    # Sorted, so that the seeded draws do not depend on how the store happens to number people.
    totals = np.sort(np.bincount(buyer, weights=signals.value[counted])) if len(counted) else np.zeros(0)
    return Buy(total=bootstrap_total(values=totals, n=reached), buyers=len(totals), orders=len(counted))


def _is(signals: Signals, kinds: tuple[SignalKind, ...]) -> NDArray[np.bool_]:
    wanted = np.zeros(max(SignalKind) + 1, dtype=bool)
    wanted[list(kinds)] = True
    return wanted[signals.kind]

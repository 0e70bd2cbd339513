"""The lanes Do, Contact and Buy of one touchpoint: figures made of what was counted.

Definitions: FORMULAS, "The lanes of the map".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from polku.eventstore.live import Words
from polku.eventstore.port import SignalKind
from polku.journeys.live.bags import Bag
from polku.journeys.live.plan import Plan
from polku.journeys.live.signals import NO_DAY, Orders
from polku.journeys.live.tallies import Tally
from polku.statistics import Estimate, bootstrap_total, incidence_at, poisson_rate, wilson


@dataclass(frozen=True)
class Waits:
    """How long those who reached a touchpoint took to a later stage (`waited`, microseconds), when those came who did
    not reach one (`since`), and when the very first came. Both ascending."""

    waited: Bag
    since: Bag
    earliest: int


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


def continued(
    plan: Plan, place: int, waits: Waits, as_of: int, *, horizon: int | None = None
) -> Continued | None:
    """1 − Kaplan–Meier of reaching any touchpoint of a later stage within the window after the first reach.

    None at the last stage, where no later stage has data, and where nobody came. Where nobody has been seen
    for a whole window yet, the curve is read at the longest time that somebody has (`horizon`).
    """
    if not len(waits.waited) + len(waits.since) or not plan.has_later(plan.points[place].stage):
        return None
    # Those who came less than a window ago may still go on: their time is not over.
    still_open = len(waits.since) - int(np.searchsorted(waits.since, as_of - plan.window, side="right"))
    reach_of_sight = int(min(plan.window, max(0, as_of - waits.earliest)))
    curve = incidence_at(
        t=plan.window if horizon is None else horizon,
        waited=waits.waited,
        censored=np.maximum(as_of - waits.since[::-1], 0),
    )
    return Continued(share=curve, open=still_open, horizon=reach_of_sight)


def went_next(went: NDArray[np.int64], reached: int) -> Next:
    """`went` counts by place those who went there next, of all who `reached` the touchpoint."""
    ranked = sorted(((int(went[place]), int(place)) for place in np.flatnonzero(went)), key=_most_first)
    return Next(touchpoints=tuple((place, n) for n, place in ranked), nowhere=reached - int(went.sum()))


def promise(
    carried: NDArray[np.int64], orders: Orders, today: int, *, is_seen_earlier: bool = False
) -> Promise | None:
    """Whether the orders that the touchpoint's signals carry came by the promised calendar day.

    `today` is the day (since 1970, in the workspace's zone) up to which data is known. None where no order
    there was promised for a day. `is_seen_earlier`: more is known by now, and deliveries after `today` are to be
    ignored as everything else of later (a comparison at the same age).
    """
    # Some orders are known only from the signals that carry them, so not every number is found.
    at = np.searchsorted(orders.id, carried)
    known = at[np.append(orders.id, -1)[at] == carried]
    promised = known[orders.promised[known] != NO_DAY]
    if not len(promised):
        return None
    delivered = orders.delivered[promised]
    arrived = delivered != NO_DAY
    if is_seen_earlier:
        arrived &= delivered <= today
    in_time = arrived & (delivered <= orders.promised[promised])
    late = ~arrived & ~orders.cancelled[promised] & (orders.promised[promised] < today)
    kept = wilson(successes=int(in_time.sum()), n=int(arrived.sum())) if arrived.any() else None
    return Promise(kept=kept, broken_open=int(late.sum()))


def contact(plan: Plan, place: int, reasons: Sequence[tuple[str, int]], reached: int) -> Contact | None:
    """Contacts per 100 who reached the touchpoint. None where no contacts are bound to it, or nobody came."""
    if not reached or not plan.points[place].takes_contacts:
        return None
    rate = poisson_rate(count=sum(n for _reason, n in reasons), exposure=reached, per=100)
    return Contact(rate=rate, reached=reached, reasons=tuple(reasons))


def reasons_of(words: Words, said: NDArray[np.int64], times: NDArray[np.int64]) -> list[tuple[str, int]]:
    """The contacts among what was said, by reason, the most first."""
    is_contact = words.kind[said] == SignalKind.CONTACT
    counts: dict[str, int] = {}
    for word, n in zip(said[is_contact].tolist(), times[is_contact].tolist(), strict=True):
        counts[words.name[word]] = counts.get(words.name[word], 0) + n
    return sorted(counts.items(), key=lambda reason: (-reason[1], reason[0]))


def buy(tally: Tally, place: int, reached: int, *, has_purchases: bool) -> Buy | None:
    """The value of orders of those who reached the touchpoint in the period, at or before the order and at most
    a window earlier. None where nobody came, or no order at all has a value."""
    if not reached or not has_purchases:
        return None
    totals = tally.spent[place]
    total = bootstrap_total(values=totals, n=reached)
    return Buy(total=total, buyers=len(totals), orders=int(tally.orders[place]))


def _most_first(counted: tuple[int, int]) -> tuple[int, int]:
    return -counted[0], counted[1]

"""What changed on the map against another period, and which of it is more than chance.

The other period is seen **at the same age**: if the map's period ended three days before the last signal, the
other one is counted with what was known three days after its own end. Otherwise people of the older period
would have had longer to continue and to buy, and every fresh map would show a fall. Where all windows have
closed this makes no difference.

Tests, two-sided, of independent samples (people seen in both periods make them slightly cautious):

- *reached*: people per calendar day as Poisson rates, exact conditional binomial test; `previous` is scaled to
  the length of the map's period where the lengths differ.
- *continued*: z from Greenwood's standard errors, both curves read at the same horizon.
- *say*: the metric with most answers now, `score_difference` of the same metric and scale.
- *feel*: the same source, z from the bootstrap standard errors.
- *contact*: contacts per 100 who reached it, exact conditional binomial test; the same of each *reason* where a
  touchpoint has several, of those that both periods together have at least ten of (how many there are in all says
  nothing of a change, so leaving the rest out is allowed).
- *promise*: share of orders delivered by the promised day, z from Wilson's standard errors, at touchpoints that
  hand orders over (`Point.delivers`).
- *buy*: z from the bootstrap standard errors of the totals, `previous` scaled like *reached*.

A z-test rests on large samples: it is made only where both n are at least 30 (for *buy*, buyers). What cannot
be tested is shown without interval and is never `clear`. Benjamini–Hochberg runs over every figure of the map
that was tested.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from polku.journeys.live import answers
from polku.journeys.live.numbers import MapNumbers, PointNumbers
from polku.journeys.live.times import from_local, local
from polku.journeys.live.walk import Period
from polku.statistics import Estimate, benjamini_hochberg, poisson_rate, rate_difference, score_difference

ENOUGH = 30

FIGURES = ("reached", "continued", "say", "feel", "contact", "buy", "promise")

REASON = "reason:"
"""Stands before the name of a reason of contact among a touchpoint's changes."""
LEAST_OF_A_REASON = 10


@dataclass(frozen=True)
class Change:
    """`difference` = now − `previous`. `clear`: its p survives the correction over the whole map.

    `previous_interval` and `previous_n` are those of the other period, scaled as `previous` is; `interval`, `p` that
    of the difference. `now`, `now_interval` and `now_n` are the present figure.
    """

    previous: float
    difference: float
    interval: tuple[float, float] | None = None
    p: float | None = None
    clear: bool = False
    previous_interval: tuple[float, float] | None = None
    previous_n: int = 0
    now: float = 0.0
    now_interval: tuple[float, float] | None = None
    now_n: int = 0


PointChanges = dict[str, Change | None]
"""By figure, one of `FIGURES`, then by `REASON` and its name; None where either period lacks it."""


def same_age(now: Period, before: Period, timezone: str) -> Period:
    """`before`, known up to the same age as `now` is (never beyond what is known at all)."""
    if now.end is None or before.end is None:
        return before
    age = local(now.as_of, timezone) - local(now.end, timezone)
    try:
        seen = from_local(local(before.end, timezone) + age, timezone)
    except OverflowError:  # after the last day there is, or before the first
        seen = now.as_of if now.end < now.as_of else 0
    return replace(before, as_of=min(now.as_of, seen))


def length(period: Period, timezone: str, first: int) -> float:
    """Calendar days of a period of which anything is known: from the day of the first signal to `as_of`."""
    begin = local(first, timezone).replace(hour=0, minute=0, second=0, microsecond=0)
    if period.start is not None:
        begin = max(begin, local(period.start, timezone))
    end = local(period.as_of if period.end is None else min(period.end, period.as_of), timezone)
    return max(0.0, (end - begin).total_seconds() / 86_400)


def compare(now: MapNumbers, before: MapNumbers, lengths: tuple[float, float]) -> dict[int, PointChanges]:
    """The change of every figure by touchpoint id. `lengths` (days) are (now, before)."""
    changes = {id: _compare_point(id, now, before, lengths) for id in now.points}
    tested = [
        (id, figure, change.p)
        for id, of_point in changes.items()
        for figure, change in of_point.items()
        if change is not None and change.p is not None
    ]
    found = benjamini_hochberg(p_values=[p for _, _, p in tested])
    for (id, figure, _), clear in zip(tested, found.clear, strict=True):
        changes[id][figure] = replace(changes[id][figure], clear=bool(clear))  # type: ignore[type-var]
    return changes


def tally(changes: Iterable[PointChanges]) -> tuple[int, int]:
    """How many figures were tested, and how many changes are clear."""
    made = [change for of_point in changes for change in of_point.values() if change is not None]
    return sum(change.p is not None for change in made), sum(change.clear for change in made)


def _compare_point(
    id: int, map_now: MapNumbers, map_before: MapNumbers, lengths: tuple[float, float]
) -> PointChanges:
    now, before = map_now.points[id], map_before.points[id]
    comparable = min(lengths) > 0
    delivers = any(point.id == id and point.delivers for point in map_now.plan.points)
    return {
        "reached": _reached(now, before, lengths) if comparable else None,
        "continued": _continued(id, map_now, map_before),
        "say": _say(now, before),
        "feel": _feel(now, before),
        "contact": _contact(now, before),
        "buy": _buy(now, before, lengths[0] / lengths[1]) if comparable else None,
        "promise": _promise(now, before) if delivers else None,
        **_reasons(now, before),
    }


def _reached(now: PointNumbers, before: PointNumbers, lengths: tuple[float, float]) -> Change:
    return _rates((before.reached, now.reached), (lengths[1], lengths[0]), per=lengths[0])


def _continued(id: int, now: MapNumbers, before: MapNumbers) -> Change | None:
    whole = [each.points[id].continued for each in (now, before)]
    if whole[0] is None or whole[1] is None:
        return None
    horizon = min(whole[0].horizon, whole[1].horizon)
    after, previous = (made.share for each in (now, before) if (made := each.continued(id, horizon)))
    return _z_change(previous, after)


def _say(now: PointNumbers, before: PointNumbers) -> Change | None:
    if not now.say:
        return None
    asked = now.say[0]
    same = [s for s in before.say if (s.metric, s.scale) == (asked.metric, asked.scale)]
    if not same or same[0].rule != asked.rule:
        return None
    return _z_change(same[0].estimate, asked.estimate)


def _feel(now: PointNumbers, before: PointNumbers) -> Change | None:
    if now.feel is None:
        return None
    source = (now.feel.source, now.feel.scale)
    previous = answers.feel(tuple(s for s in before.say if (s.metric, s.scale) == source))
    return None if previous is None else _z_change(previous.estimate, now.feel.estimate)


def _contact(now: PointNumbers, before: PointNumbers) -> Change | None:
    if now.contact is None or before.contact is None:
        return None
    counts = (before.contact.rate.n, now.contact.rate.n)
    return _rates(counts, (before.contact.reached, now.contact.reached), per=100)


def _reasons(now: PointNumbers, before: PointNumbers) -> PointChanges:
    if now.contact is None or before.contact is None:
        return {}
    counted = [dict(each.contact.reasons) for each in (before, now) if each.contact]
    named = sorted(counted[0].keys() | counted[1].keys())
    exposures = (before.contact.reached, now.contact.reached)
    found = {name: (counted[0].get(name, 0), counted[1].get(name, 0)) for name in named}
    return {
        REASON + name: _rates(counts, exposures, per=100)
        for name, counts in found.items()
        if len(named) > 1 and sum(counts) >= LEAST_OF_A_REASON
    }


def _promise(now: PointNumbers, before: PointNumbers) -> Change | None:
    kept = [each.promise.kept if each.promise else None for each in (before, now)]
    return None if kept[0] is None or kept[1] is None else _z_change(kept[0], kept[1])


def _buy(now: PointNumbers, before: PointNumbers, ratio: float) -> Change | None:
    if now.buy is None or before.buy is None:
        return None
    total = before.buy.total
    scaled = replace(
        total,
        value=total.value * ratio,
        low=total.low * ratio,
        high=total.high * ratio,
        standard_error=(total.standard_error or 0.0) * ratio,
    )
    return _z_change(scaled, now.buy.total, n=min(now.buy.buyers, before.buy.buyers))


def _rates(counts: tuple[int, int], exposures: tuple[float, float], *, per: float) -> Change:
    """Of pairs (before, now)."""
    tested = rate_difference(counts=counts, exposures=exposures, per=per)
    previous, now = (
        poisson_rate(count=count, exposure=exposure, per=per)
        for count, exposure in zip(counts, exposures, strict=True)
    )
    return _change(previous, now, tested)


def _z_change(previous: Estimate, now: Estimate, *, n: int | None = None) -> Change:
    smallest = min(previous.n, now.n) if n is None else n
    tested = score_difference(before=previous, after=now)
    if smallest < ENOUGH or not tested.high > tested.low:
        return replace(_change(previous, now, tested), interval=None, p=None)
    return _change(previous, now, tested)


def _change(previous: Estimate, now: Estimate, tested: Estimate) -> Change:
    return Change(
        previous=previous.value,
        difference=tested.value,
        interval=(tested.low, tested.high),
        p=tested.p,
        previous_interval=previous.interval,
        previous_n=previous.n,
        now=now.value,
        now_interval=now.interval,
        now_n=now.n,
    )

"""All numbers of a map in one period: everything that comes from the store, and nothing that people wrote."""

from __future__ import annotations

from dataclasses import dataclass

from polku.journeys.live import answers, lanes
from polku.journeys.live.answers import Feel, Score
from polku.journeys.live.lanes import Buy, Contact, Continued, Next, Period, Promise, Walk
from polku.journeys.live.plan import Plan
from polku.journeys.live.signals import Orders, Signals
from polku.journeys.live.times import local_day


@dataclass(frozen=True)
class PointNumbers:
    """The lanes of one front-stage touchpoint in one period; `signals` is how many it has of any kind."""

    signals: int
    reached: int
    continued: Continued | None
    next: Next
    promise: Promise | None
    say: tuple[Score, ...]
    feel: Feel | None
    contact: Contact | None
    buy: Buy | None


@dataclass(frozen=True)
class MapNumbers:
    """The lanes of every front-stage touchpoint by id; of backstage ones only the number of signals."""

    points: dict[int, PointNumbers]
    backstage_signals: dict[int, int]
    walk: Walk


def measure(signals: Signals, orders: Orders, plan: Plan, period: Period) -> MapNumbers:
    """Count every lane. `signals` may hold more than the period: what is later tells who continued and bought,
    as far as `period.as_of`; what is earlier is ignored. `orders` are all that signals may carry."""
    known = signals.time <= period.as_of
    walk = Walk(signals if known.all() else signals.take(known), plan, period)
    today = local_day(period.as_of, plan.timezone)
    points, backstage = {}, {}
    for place, point in enumerate(plan.points):
        if point.backstage:
            backstage[point.id] = len(walk.rows(place))
        else:
            points[point.id] = _measure_point(walk, place, orders, today)
    return MapNumbers(points=points, backstage_signals=backstage, walk=walk)


def _measure_point(walk: Walk, place: int, orders: Orders, today: int) -> PointNumbers:
    first = walk.first_reaches(place)
    scores = answers.say(walk, place)
    return PointNumbers(
        signals=len(walk.rows(place)),
        reached=len(first),
        continued=lanes.continued(walk, place, first),
        next=lanes.went_next(walk, place, first),
        promise=lanes.promise(walk, place, orders, today),
        say=scores,
        feel=answers.feel(scores),
        contact=lanes.contact(walk, place, len(first)),
        buy=lanes.buy(walk, place, len(first)),
    )

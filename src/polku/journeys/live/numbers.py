"""All numbers of a map in one period: everything that comes from the store, and nothing that people wrote."""

from __future__ import annotations

from dataclasses import dataclass

from polku.eventstore.live import Words
from polku.journeys.live import answers, lanes
from polku.journeys.live.answers import Feel, Score
from polku.journeys.live.lanes import Buy, Contact, Continued, Next, Promise, Waits
from polku.journeys.live.plan import Plan
from polku.journeys.live.signals import Orders, Purchases, Signals, purchases_of
from polku.journeys.live.tallies import Tally, tally
from polku.journeys.live.times import local_day
from polku.journeys.live.walk import Period, Walk


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
    plan: Plan
    period: Period
    tally: Tally

    def continued(self, id: int, horizon: int) -> Continued | None:
        """The share of a touchpoint that continued, read at another time after coming."""
        place = next(place for place, point in enumerate(self.plan.points) if point.id == id)
        return lanes.continued(
            self.plan, place, waits_at(self.tally, place), self.period.as_of, horizon=horizon
        )


def measure(signals: Signals, orders: Orders, plan: Plan, period: Period) -> MapNumbers:
    """Count every lane. `signals` may hold more than the period: what is later tells who continued and bought,
    as far as `period.as_of`; what is earlier is ignored. `orders` are all that signals may carry."""
    purchases = purchases_of(orders)
    counted = tally(Walk(signals, plan, period), purchases)
    return numbers_of(counted, signals.words, orders, purchases, plan, period)


def numbers_of(
    tally: Tally,
    words: Words,
    orders: Orders,
    purchases: Purchases,
    plan: Plan,
    period: Period,
    *,
    is_seen_earlier: bool = False,
) -> MapNumbers:
    """The figures of what was counted in a period; `is_seen_earlier` where more is known by now (`same_age`)."""
    today = local_day(period.as_of, plan.timezone)
    has_purchases = bool((purchases.time <= period.as_of).any())
    points, backstage = {}, {}
    for place, point in enumerate(plan.points):
        if point.backstage:
            backstage[point.id] = int(tally.signals[place])
            continue
        reached = int(tally.reached[place])
        said = tally.words_at(place)
        scores = answers.say(words, *said)
        points[point.id] = PointNumbers(
            signals=int(tally.signals[place]),
            reached=reached,
            continued=lanes.continued(plan, place, waits_at(tally, place), period.as_of),
            next=lanes.went_next(tally.went[place], reached),
            promise=lanes.promise(tally.carried_at(place), orders, today, is_seen_earlier=is_seen_earlier),
            say=scores,
            feel=answers.feel(scores),
            contact=lanes.contact(plan, place, lanes.reasons_of(words, *said), reached),
            buy=lanes.buy(tally, place, reached, has_purchases=has_purchases),
        )
    return MapNumbers(points, backstage, plan, period, tally)


def waits_at(tally: Tally, place: int) -> Waits:
    return Waits(tally.waited[place], tally.since[place], int(tally.earliest[place]))

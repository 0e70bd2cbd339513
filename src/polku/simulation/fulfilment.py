"""What happens to an order: warehouse, promise, delivery or pick-up, return, and the e-mail a month later."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from polku.simulation.catalogue import PRODUCT_CATEGORY
from polku.simulation.clock import DAY, HOUR, Seconds, day_of, in_store_hours, working_days_after
from polku.simulation.population import Flags, Numbers, Population
from polku.simulation.shopping import BY_PHONE, Trips
from polku.simulation.streams import Draws, stream
from polku.simulation.truths import Truths

STORE_PICKUP, LOCKER, HOME = range(3)
_MORE_RETURNS = np.isin(PRODUCT_CATEGORY, ["vaatteet", "kengät"])


@dataclass(frozen=True)
class Orders:
    """One element an order of the web shop or by phone, in the order of their trips. Days are the world's."""

    trips: int  # how many there were, with orders and without
    trip: Numbers
    person: Numbers
    time: Seconds
    value: NDArray[np.float64]
    by_phone: Flags
    method: Numbers
    cancelled: Flags
    cancel_time: Seconds
    packed_time: Seconds
    promised: Numbers
    arrives: Seconds  # in the locker, at the door or ready in the store
    fetched: Seconds  # in the customer's hands
    late_days: Numbers
    tracking_time: Seconds  # the message is sent
    tracked: Flags  # and opened
    opened_time: Seconds
    looked_at_returns: Flags
    returns_time: Seconds
    confused: Flags  # by the returns page
    returned: Flags
    return_started: Seconds
    return_sent: Seconds
    return_received: Seconds
    asked_later: Flags  # opened the e-mail a month later
    month_sent: Seconds
    month_opened: Seconds

    def __len__(self) -> int:
        return len(self.trip)

    def draws(self, seed: int, part: str) -> Draws:
        """One draw an order from the stream of `part`, the same for a trip's order in every world."""
        return Draws(stream(seed, part), self.trips, self.trip)


def fulfil(seed: int, truths: Truths, trips: Trips, people: Population) -> Orders:
    """The fate of every order."""
    trip = np.flatnonzero(trips.ordered)
    count, time, person = len(trip), trips.order_time[trip], trips.person[trip]

    rng = Draws(stream(seed, "delivery"), len(trips), trip)
    near = people.store[person] >= 0
    kind = rng.random(count)
    method = np.where(near & (kind < 0.42), STORE_PICKUP, np.where(kind > 0.7, HOME, LOCKER))
    cancelled = rng.random(count) < 0.028
    cancel_time = time + rng.uniform(0.3, 20, count) * HOUR
    day = day_of(time)
    packed_day = working_days_after(day, np.where(time % DAY < 14 * HOUR, 0, 1))
    packed_time = np.maximum(packed_day * DAY + rng.uniform(9, 16, count) * HOUR, time + HOUR)
    promised = working_days_after(day, np.where(method == STORE_PICKUP, 3, 4))
    north = people.north[person] & (method != STORE_PICKUP)
    late = rng.random(count) < np.where(north, truths.north_late_share, truths.late_share)
    delay = rng.geometric(np.where(north, 0.5, 0.65), count).clip(1, 7)
    # The parcel's own days: it comes on the promised day or earlier, or some working days after it.
    early = rng.choice(3, count, p=[0.5, 0.35, 0.15])
    arrival_day = working_days_after(promised, np.where(late, delay, 0)) - np.where(late, 0, early)
    arrival_day = np.where(arrival_day % 7 > 4, arrival_day - 2, arrival_day)
    arrival_day = np.maximum(arrival_day, day_of(packed_time) + 1)
    arrival_day = np.where(arrival_day % 7 > 4, arrival_day + 7 - arrival_day % 7, arrival_day)
    lost = rng.random(count) < 0.004
    arrives = arrival_day * DAY + rng.uniform(9, 19, count) * HOUR + np.where(lost, 400 * DAY, 0)
    pause = rng.exponential(0.7 * DAY, count).clip(HOUR, 6 * DAY)
    collected = arrives + pause
    collected = np.where(collected % DAY < 8 * HOUR, collected + 9 * HOUR, collected)
    fetched = np.where(method == HOME, arrives, collected)
    fetched = np.where(method == STORE_PICKUP, in_store_hours(rng, fetched), fetched)
    late_days = (day_of(arrives) - promised).clip(0, None)

    rng = Draws(stream(seed, "tracking"), len(trips), trip)
    tracking_time = packed_time + rng.uniform(1, 4, count) * HOUR
    tracked = ~cancelled & (rng.random(count) < 0.87)
    opened_time = tracking_time + rng.exponential(3 * HOUR, count).clip(60, DAY)

    rng = Draws(stream(seed, "returns"), len(trips), trip)
    eager = np.where(_MORE_RETURNS[trips.product[trip]], 0.23, 0.14)
    looked = ~cancelled & (rng.random(count) < eager)
    returns_time = fetched + rng.gamma(2, 2.2 * DAY, count).clip(2 * HOUR, 20 * DAY)
    wants = looked & (rng.random(count) < 0.84)
    confused = wants & (rng.random(count) < truths.returns_confusion)
    returned = wants & (rng.random(count) > np.where(confused, 0.3, 0.04))
    started = returns_time + np.where(
        confused, rng.uniform(0.2, 2.5, count) * DAY, rng.uniform(3, 20, count) * 60
    )
    sent = started + rng.uniform(0.3, 3.5, count) * DAY
    received = sent + rng.uniform(1.5, 5, count) * DAY

    rng = Draws(stream(seed, "month later"), len(trips), trip)
    month_sent = (
        (day + (24 + rng.choice(3, count, p=[1 / 3, 1 / 3, 1 / 3]))) * DAY
        + 10 * HOUR
        + rng.uniform(0, 1800, count)
    )
    month_opened = month_sent + rng.exponential(9 * HOUR, count).clip(120, 3 * DAY)
    asked = ~cancelled & ~returned & (fetched < month_sent) & (rng.random(count) < 0.54)
    return Orders(
        trips=len(trips),
        trip=trip,
        person=person,
        time=time,
        value=trips.value[trip],
        by_phone=trips.rescue[trip] == BY_PHONE,
        method=method,
        cancelled=cancelled,
        cancel_time=cancel_time,
        packed_time=packed_time,
        promised=promised,
        arrives=arrives,
        fetched=fetched,
        late_days=late_days,
        tracking_time=tracking_time,
        tracked=tracked,
        opened_time=opened_time,
        looked_at_returns=looked,
        returns_time=returns_time,
        confused=confused,
        returned=returned,
        return_started=started,
        return_sent=sent,
        return_received=received,
        asked_later=asked,
        month_sent=month_sent,
        month_opened=month_opened,
    )


@dataclass(frozen=True)
class Counter:
    """Visits of members to the loyalty desk of a store, each with a purchase at the till or without."""

    person: Numbers
    time: Seconds
    store: Numbers
    bought: Flags
    value: NDArray[np.float64]
    trip: Numbers  # that it belongs to; who came for the desk alone has one numbered after all others

    def __len__(self) -> int:
        return len(self.person)


def visit_loyalty_desk(seed: int, trips: Trips, orders: Orders, people: Population) -> Counter:
    """Members buy after advice, come when they fetch an order, or just come."""
    rng = stream(seed, "loyalty desk")
    after_advice = np.flatnonzero(trips.till)
    members = np.flatnonzero(people.member & (people.store >= 0))
    dropping_in = rng.choice(members, round(len(members) * 1.4)) if len(members) else members
    fetching = np.flatnonzero(
        (orders.method == STORE_PICKUP)
        & ~orders.cancelled
        & people.member[orders.person]
        & (orders.draws(seed, "fetching").random(len(orders)) < 0.45)
    )
    parts = len(after_advice), len(dropping_in), len(fetching)  # what hangs on the orders draws last
    person = np.concatenate([trips.person[after_advice], dropping_in, orders.person[fetching]])
    dropped_in = in_store_hours(rng, rng.uniform(0, 125 * DAY, parts[1]))
    buys = rng.random(parts[1]) < 0.42
    lingering = rng.uniform(8, 50, parts[0]) * 60
    value = np.round(rng.gamma(2.1, 38, parts[0] + parts[1]) + 9, 2)
    fetched = orders.fetched[fetching] + rng.uniform(2, 15, parts[2]) * 60
    return Counter(
        person=person,
        time=np.concatenate([trips.advice_time[after_advice] + lingering, dropped_in, fetched]),
        store=people.store[person],
        bought=np.concatenate([np.ones(parts[0], bool), buys, np.zeros(parts[2], bool)]),
        value=np.concatenate([value, np.zeros(parts[2])]),
        trip=np.concatenate([after_advice, len(trips) + np.arange(parts[1]), orders.trip[fetching]]),
    )

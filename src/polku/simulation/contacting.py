"""Who contacts customer service, about what, how and when, and whether it was solved."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from polku.simulation.clock import DAY, HOUR, Seconds, day_of, in_office_hours
from polku.simulation.fulfilment import Orders
from polku.simulation.population import Flags, Numbers, Population
from polku.simulation.shopping import Trips
from polku.simulation.streams import stream
from polku.simulation.truths import Truths

REASONS = (
    "Tuotekysymys",
    "Koko",
    "Toimituskulut",
    "Alennuskoodi",
    "Maksu ei onnistu",
    "Laskutus",
    "Seurantalinkki ei toimi",
    "Missä tilaukseni on",
    "Palautusohje",
    "Hyvitys viipyy",
    "Viallinen tuote",
    "Kanta-asiakkuus",
    "Muu asia",
)
CONTACT_CHANNELS = np.array(["phone", "chat", "email"], dtype=object)
_BY_REASON = {
    "Maksu ei onnistu": [0.44, 0.46, 0.1],
    "Missä tilaukseni on": [0.52, 0.26, 0.22],
    "Palautusohje": [0.4, 0.3, 0.3],
    "Laskutus": [0.3, 0.15, 0.55],
    "Viallinen tuote": [0.2, 0.15, 0.65],
}


@dataclass(frozen=True)
class Contacts:
    """One element a contact. `order` is a position in `Orders`, −1 where none was spoken of."""

    trip: Numbers
    person: Numbers
    time: Seconds
    reason: Numbers
    channel: Numbers
    order: Numbers
    solved: Flags
    late_days: Numbers

    def __len__(self) -> int:
        return len(self.trip)


def contact_us(seed: int, truths: Truths, trips: Trips, orders: Orders, people: Population) -> Contacts:
    """All contacts, repeated ones included (an unsolved matter comes back)."""
    found: list[tuple[str, Numbers, Seconds, Numbers]] = []

    def some(reason: str, at: Numbers, share: float, time: Seconds, of_orders: bool) -> None:
        """Of the trips or orders `at` a share contacts about `reason` some time after `time` (one per `at`)."""
        rng = stream(seed, f"{reason} {len(found)}")
        trip = orders.trip[at] if of_orders else at
        chosen = rng.random(len(trips))[trip] < share
        wait = rng.exponential(1.0, len(trips))[trip][chosen]
        order = at[chosen] if of_orders else np.full(int(chosen.sum()), -1)
        found.append((reason, trip[chosen], time[chosen] + wait * _WAITS[reason], order))

    def trips_where(flags: Flags) -> Numbers:
        return np.flatnonzero(flags)

    lookers = trips_where(trips.viewed & ~trips.campaign)
    some("Tuotekysymys", lookers, 0.018, trips.start[lookers] + 900, False)
    some("Koko", lookers, 0.01, trips.start[lookers] + 900, False)
    baskets = trips_where(trips.cart)
    some("Toimituskulut", baskets, 0.008, trips.cart_time[baskets] + 120, False)
    put_off = trips_where(trips.left_for_shipping)
    some("Toimituskulut", put_off, 0.05, trips.cart_time[put_off] + 300, False)
    some("Alennuskoodi", baskets, 0.009, trips.cart_time[baskets] + 120, False)
    failing = trips_where(trips.failed)
    some("Maksu ei onnistu", failing, 0.3, trips.payment_time[failing] + 300, False)

    live = np.flatnonzero(~orders.cancelled)
    some("Laskutus", live, 0.012, orders.time[live] + 2 * DAY, True)
    followed = np.flatnonzero(orders.tracked)
    some("Seurantalinkki ei toimi", followed, 0.011, orders.opened_time[followed] + 600, True)
    late = np.flatnonzero(~orders.cancelled & (orders.late_days > 0))
    some(
        "Missä tilaukseni on",
        late,
        0.5,
        (orders.promised[late] + 1).astype(np.float64) * DAY + 8 * HOUR,
        True,
    )
    on_time = np.flatnonzero(~orders.cancelled & (orders.late_days == 0))
    some("Missä tilaukseni on", on_time, 0.024, orders.time[on_time] + 2 * DAY, True)
    some("Viallinen tuote", live, 0.012, orders.fetched[live] + DAY, True)
    lost_on_page = np.flatnonzero(orders.confused)
    some("Palautusohje", lost_on_page, 0.5, orders.returns_time[lost_on_page] + 900, True)
    readers = np.flatnonzero(orders.looked_at_returns & ~orders.confused)
    some("Palautusohje", readers, 0.045, orders.returns_time[readers] + 900, True)
    sent_back = np.flatnonzero(orders.returned)
    some("Hyvitys viipyy", sent_back, 0.07, orders.return_received[sent_back] + 2 * DAY, True)
    members = trips_where(people.member[trips.person])
    some("Kanta-asiakkuus", members, 0.005, trips.start[members] + HOUR, False)
    some("Muu asia", np.arange(len(trips)), 0.009, trips.start + HOUR, False)

    reason = np.concatenate([np.full(len(trip), REASONS.index(name)) for name, trip, _, _ in found])
    trip = np.concatenate([trip for _, trip, _, _ in found])
    time = np.concatenate([time for _, _, time, _ in found])
    order = np.concatenate([order for _, _, _, order in found])

    rng = stream(seed, "service")
    solved = rng.random(len(trip)) < truths.support_solves
    again = np.flatnonzero(~solved & (rng.random(len(trip)) < 0.3))
    trip, reason, order = (np.concatenate([part, part[again]]) for part in (trip, reason, order))
    time = np.concatenate([time, time[again] + rng.exponential(1.5 * DAY, len(again)) + 3 * HOUR])
    solved = np.concatenate([solved, rng.random(len(again)) < truths.support_solves])
    channel = _channels(rng, reason)
    time = np.where(channel == 2, time, in_office_hours(rng, time))
    late_days = np.where(order >= 0, (day_of(time) - orders.promised[order]).clip(0, None), 0)
    return Contacts(
        trip=trip,
        person=trips.person[trip],
        time=time,
        reason=reason,
        channel=channel,
        order=order,
        solved=solved,
        late_days=np.minimum(late_days, np.where(order >= 0, orders.late_days[order], 0)),
    )


_WAITS = {
    "Tuotekysymys": 5 * HOUR,
    "Koko": 4 * HOUR,
    "Toimituskulut": 1800,
    "Alennuskoodi": 1200,
    "Maksu ei onnistu": 2700,
    "Laskutus": 6 * DAY,
    "Seurantalinkki ei toimi": 4 * HOUR,
    "Missä tilaukseni on": 9 * HOUR,
    "Palautusohje": 5 * HOUR,
    "Hyvitys viipyy": 2 * DAY,
    "Viallinen tuote": 6 * DAY,
    "Kanta-asiakkuus": 2 * DAY,
    "Muu asia": 2 * DAY,
}
"""Mean seconds from the cause until the contact."""


def _channels(rng: np.random.Generator, reason: Numbers) -> Numbers:
    usual = [0.42, 0.33, 0.25]
    limits = np.cumsum([_BY_REASON.get(name, usual) for name in REASONS], axis=1)[reason]
    chosen: Numbers = (rng.random(len(reason))[:, None] > limits[:, :2]).sum(axis=1)
    return chosen

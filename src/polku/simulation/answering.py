"""Who answers which question, and how: the score follows from what happened to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polku.simulation.catalogue import STORES
from polku.simulation.clock import HOUR, Seconds
from polku.simulation.contacting import Contacts
from polku.simulation.fulfilment import STORE_PICKUP, Counter, Orders
from polku.simulation.population import Flags, Identity, Numbers, Population, Texts
from polku.simulation.shopping import Trips
from polku.simulation.streams import Random, stream
from polku.simulation.truths import Truths

SCALES = {"csat": (1, 5), "ces": (1, 7), "nps": (0, 10), "smiley": (1, 4)}


@dataclass(frozen=True)
class Answers:
    """Answers to one question. `situation` says what they were about, for the words of the comment."""

    survey: str
    metric: str
    trip: Numbers  # −1: none
    person: Numbers
    identity: Any
    order: Numbers
    time: Seconds
    channel: str
    score: NDArray[np.float64]
    situation: Texts
    store: Numbers  # of the shop-floor tablet, −1: none
    late_days: Numbers
    says_why: float  # share that writes a comment

    def __len__(self) -> int:
        return len(self.time)


def answer(
    seed: int,
    truths: Truths,
    trips: Trips,
    orders: Orders,
    counter: Counter,
    contacts: Contacts,
    people: Population,
) -> list[Answers]:
    """The answers to all ten questions."""
    return [
        _product_page(seed, truths, trips),
        _advice(seed, trips, people),
        _basket(seed, trips),
        _payment(seed, trips),
        _tracking(seed, truths, orders),
        _delivery(seed, orders),
        _service(seed, trips, contacts),
        _returns(seed, orders),
        _month_later(seed, orders, contacts),
        _loyalty_desk(seed, truths, counter),
    ]


def _draw(rng: Random, metric: str, mean: Any, spread: Any, count: int) -> NDArray[np.float64]:
    """Answers around `mean`, on whole steps of the metric's scale."""
    low, high = SCALES[metric]
    return np.rint(rng.normal(mean, spread, count)).clip(low, high)


def _made(
    survey: str,
    metric: str,
    chosen: Numbers,
    *,
    trip: Numbers,
    person: Numbers,
    time: Seconds,
    score: NDArray[np.float64],
    identity: Any = Identity.EMAIL,
    channel: str = "email",
    order: Numbers | None = None,
    situation: Any = "",
    store: Numbers | None = None,
    late_days: Numbers | None = None,
    says_why: float = 0.45,
) -> Answers:
    """The answers of `chosen`, positions in the other arrays."""

    def at(values: Any, default: int = -1) -> Any:
        return np.full(len(chosen), default) if values is None else values[chosen]

    if isinstance(situation, str):
        situation = np.full(len(person), situation, dtype=object)
    return Answers(
        survey=survey,
        metric=metric,
        trip=trip[chosen],
        person=person[chosen],
        identity=identity[chosen] if isinstance(identity, np.ndarray) else identity,
        order=at(order),
        time=time[chosen],
        channel=channel,
        score=score[chosen],
        situation=situation[chosen],
        store=at(store),
        late_days=at(late_days, 0),
        says_why=says_why,
    )


def _some(rng: Random, flags: Flags, share: Any) -> Numbers:
    return np.flatnonzero(flags & (rng.random(len(flags)) < share))


def _product_page(seed: int, truths: Truths, trips: Trips) -> Answers:
    rng = stream(seed, "ask product page")
    score = _draw(rng, "csat", truths.product_page_satisfaction + 0.06, 1.05, len(trips))
    return _made(
        "tuotesivu",
        "csat",
        _some(rng, trips.viewed & ~trips.campaign, 0.03),
        trip=np.arange(len(trips)),
        person=trips.person,
        time=trips.start + rng.uniform(150, 400, len(trips)),
        score=score,
        identity=trips.first_device + 1,
        channel="web",
        says_why=0.4,
    )


def _advice(seed: int, trips: Trips, people: Population) -> Answers:
    rng = stream(seed, "ask advice")
    score = _draw(rng, "smiley", 3.42, 0.75, len(trips))
    identity = np.where(people.member[trips.person], Identity.CARD, trips.first_device + 1)
    return _made(
        "neuvonta",
        "smiley",
        _some(rng, trips.advised, 0.36),
        trip=np.arange(len(trips)),
        person=trips.person,
        time=trips.advice_time + rng.uniform(300, 1500, len(trips)),
        score=score,
        identity=identity,
        channel="store",
        store=people.store[trips.person],
        says_why=0.3,
    )


def _basket(seed: int, trips: Trips) -> Answers:
    rng = stream(seed, "ask basket")
    left = trips.left_for_shipping
    score = _draw(rng, "ces", np.where(left, 2.9, np.where(trips.paying, 5.25, 4.5)), 1.35, len(trips))
    return _made(
        "ostoskori",
        "ces",
        _some(rng, trips.cart, np.where(left, 0.13, 0.04)),
        trip=np.arange(len(trips)),
        person=trips.person,
        time=trips.cart_time + rng.uniform(60, 85, len(trips)),
        score=score,
        identity=trips.last_device + 1,
        channel="web",
        situation=np.where(left, "kulut", "").astype(object),
        says_why=0.45,
    )


def _payment(seed: int, trips: Trips) -> Answers:
    rng = stream(seed, "ask payment")
    score = _draw(
        rng, "ces", np.where(trips.failed, 1.75, 5.35), np.where(trips.failed, 0.95, 1.3), len(trips)
    )
    order = np.where(trips.ordered, np.cumsum(trips.ordered) - 1, -1)
    return _made(
        "maksu",
        "ces",
        _some(rng, trips.paying & (trips.failed | trips.ordered), np.where(trips.failed, 0.3, 0.06)),
        trip=np.arange(len(trips)),
        person=trips.person,
        time=np.where(
            trips.failed, trips.payment_time + 60, trips.order_time + rng.uniform(10, 60, len(trips))
        ),
        score=score,
        identity=trips.last_device + 1,
        channel="web",
        order=np.where(trips.failed, -1, order),
        situation=np.where(trips.failed, "ei mene", "").astype(object),
        says_why=0.55,
    )


def _tracking(seed: int, truths: Truths, orders: Orders) -> Answers:
    rng = orders.draws(seed, "ask tracking")
    clear = rng.random(len(orders)) < truths.tracking_clarity
    score = _draw(rng, "csat", np.where(clear, 4.45, 2.9), 0.75, len(orders))
    return _made(
        "seurantaviesti",
        "csat",
        _some(rng, orders.tracked, 0.105),
        trip=orders.trip,
        person=orders.person,
        time=orders.opened_time + rng.uniform(60, 900, len(orders)),
        score=score,
        order=np.arange(len(orders)),
        says_why=0.3,
    )


def _delivery(seed: int, orders: Orders) -> Answers:
    rng = orders.draws(seed, "ask delivery")
    late = orders.late_days > 0
    mean = np.where(late, 2.2 - 0.18 * orders.late_days, 4.0)
    situation = np.where(late, "myöhässä", np.where(orders.method == STORE_PICKUP, "nouto", "")).astype(
        object
    )
    return _made(
        "toimitus",
        "csat",
        _some(rng, ~orders.cancelled, np.where(late, 0.26, 0.085)),
        trip=orders.trip,
        person=np.full(len(orders), -1),
        time=orders.fetched + rng.uniform(2, 40, len(orders)) * HOUR,
        score=_draw(rng, "csat", mean, 0.95, len(orders)),
        order=np.arange(len(orders)),
        situation=situation,
        late_days=orders.late_days,
        says_why=0.55,
    )


def _service(seed: int, trips: Trips, contacts: Contacts) -> Answers:
    rng = stream(seed, "ask service")
    score = _draw(rng, "csat", np.where(contacts.solved, 4.5, 2.4), 0.8, len(contacts))
    return _made(
        "asiakaspalvelu",
        "csat",
        _some(rng, contacts.time > 0, 0.23),
        trip=contacts.trip,
        person=contacts.person,
        time=contacts.time + rng.exponential(5 * HOUR, len(contacts)) + 900,
        score=score,
        order=contacts.order,
        situation=np.where(contacts.solved, "", "kesken").astype(object),
        says_why=0.5,
    )


def _returns(seed: int, orders: Orders) -> Answers:
    rng = orders.draws(seed, "ask returns")
    confused = orders.confused
    score = _draw(rng, "ces", np.where(confused, 1.8, 4.4), 1.15, len(orders))
    return _made(
        "palautus",
        "ces",
        _some(rng, orders.looked_at_returns, np.where(confused, 0.45, 0.28)),
        trip=orders.trip,
        person=orders.person,
        time=orders.return_started + rng.uniform(0.1, 8, len(orders)) * HOUR,
        score=score,
        order=np.arange(len(orders)),
        situation=np.where(confused, "ei ymmärrä", "").astype(object),
        says_why=0.6,
    )


def _month_later(seed: int, orders: Orders, contacts: Contacts) -> Answers:
    rng = orders.draws(seed, "ask month later")
    unsolved = np.zeros(len(orders), dtype=bool)
    unsolved[contacts.order[(contacts.order >= 0) & ~contacts.solved]] = True
    late = orders.late_days > 0
    angry = rng.random(len(orders)) < 0.012
    mean = 8.65 - np.where(late, 2.0, 0) - np.where(unsolved, 1.8, 0) - np.where(orders.confused, 1.2, 0)
    return _made(
        "kuukausi",
        "nps",
        _some(rng, orders.asked_later, 0.32),
        trip=orders.trip,
        person=orders.person,
        time=orders.month_opened + rng.uniform(30, 600, len(orders)),
        score=np.where(angry, 0, _draw(rng, "nps", mean, 1.95, len(orders))),
        order=np.arange(len(orders)),
        situation=np.where(late, "myöhässä", "").astype(object),
        late_days=orders.late_days,
        says_why=0.5,
    )


def _loyalty_desk(seed: int, truths: Truths, counter: Counter) -> Answers:
    rng = stream(seed, "ask loyalty desk")
    delights = counter.store == STORES.index(truths.delightful_store)
    mean = np.where(delights, 3.05 + truths.loyalty_delight, 3.05)
    return _made(
        "kanta-asiakastiski",
        "smiley",
        _some(rng, counter.time > 0, 0.4),
        trip=counter.trip,
        person=counter.person,
        time=counter.time + rng.uniform(60, 600, len(counter)),
        score=_draw(rng, "smiley", mean, 0.8, len(counter)),
        identity=Identity.CARD,
        channel="store",
        store=counter.store,
        situation=np.where(delights, "ilahdutti", "").astype(object),
        says_why=0.3,
    )

"""Writes what a shopping trip leaves behind in the web shop and at the store's advice desk."""

from __future__ import annotations

from typing import Any

import numpy as np

from polku.simulation.catalogue import (
    CATEGORY_URL,
    FREE_DELIVERY,
    PRODUCT_CATEGORY,
    PRODUCT_PRICE,
    PRODUCT_URL,
    SEARCHES,
    SITE,
    STORES,
)
from polku.simulation.clock import Seconds
from polku.simulation.population import WEB_CHANNEL, Identity, Numbers, Population, Texts
from polku.simulation.rows import Rows
from polku.simulation.shopping import (
    AGAIN,
    BY_COMPUTER,
    BY_PHONE,
    DIRECT,
    PAYMENT_MEANS,
    Trips,
)
from polku.simulation.streams import stream
from polku.simulation.website import load_times, traffic

_LANDING = np.array(
    [
        f"{SITE}/?utm_source=google&utm_medium=cpc&utm_campaign=retkeily",
        f"{SITE}/",
        f"{SITE}/?utm_source=instagram&utm_medium=social",
        f"{SITE}/?utm_source=uutiskirje&utm_medium=email",
        f"{SITE}/",
    ],
    dtype=object,
)
_CAMPAIGN = (
    f"{SITE}/kampanja/kaamoksen-yo?utm_source=instagram&utm_medium=paid_social&utm_campaign=kaamoksen-yo"
)
_SOURCE = np.array(
    [f'"source":"{name}"' for name in ("hakumainos", "haku", "instagram", "uutiskirje", "suora")],
    dtype=object,
)
_CHANNEL = np.array(["search", "search", "social", "email", ""], dtype=object)
_CATEGORY_OF_PRODUCT = np.array([CATEGORY_URL[category] for category in PRODUCT_CATEGORY], dtype=object)
_SEARCH = np.array(
    [f'"query":"{words}","results":"{found}"' for words, found in SEARCHES.items()], dtype=object
)
_PRODUCT = np.array([f'"category":"{category}"' for category in PRODUCT_CATEGORY], dtype=object)
_MEANS = np.array([f'"payment":"{means}"' for means in PAYMENT_MEANS], dtype=object)
_STORE = np.array([f'"store":"{store}"' for store in STORES], dtype=object)
_SHIPPING_COST = 6.90


def write_browsing(rows: Rows, seed: int, trips: Trips, people: Population) -> None:
    """Visits, searches, product pages, advice, basket and payment of every trip."""
    rng = stream(seed, "browsing")
    everything = np.arange(len(trips))
    loads = load_times(seed, len(trips), everything, trips.first_device, number=0)
    _write_session(rows, rng, trips, people, everything, trips.start, trips.first_device, loads, number=0)
    back = np.flatnonzero(trips.second)
    start, device = trips.second_start[back], trips.last_device[back]
    loads = load_times(seed, len(trips), back, device, number=1)
    _write_session(rows, rng, trips, people, back, start, device, loads, number=1)

    at = np.flatnonzero(trips.advised)
    rows.add(
        time=trips.advice_time[at],
        name="store_advice",
        mission=at,
        person=trips.person[at],
        identity=np.where(people.member[trips.person[at]], Identity.CARD, trips.first_device[at] + 1),
        channel="store",
        more=_STORE[people.store[trips.person[at]]],
    )
    _write_basket(rows, rng, trips, people)
    _write_payment(rows, trips, people)


def _write_session(
    rows: Rows,
    rng: np.random.Generator,
    trips: Trips,
    people: Population,
    at: Numbers,
    start: Seconds,
    device: Numbers,
    loads: Texts,
    *,
    number: int,
) -> None:
    person = trips.person[at]
    from_where = traffic(trips.source[at], trips.campaign[at], np.full(len(at), number == 0))
    web: dict[str, Any] = {
        "mission": at,
        "person": person,
        "identity": device + 1,
        "session": at * 4 + number,
        "channel": WEB_CHANNEL[device],
        "about": people.about(person, device) + "," + from_where,
    }

    def write(chosen: Any, **columns: Any) -> None:
        rows.add(**{name: values[chosen] for name, values in web.items()}, **columns)

    everything = slice(None)
    source = trips.source[at] if number == 0 else np.full(len(at), DIRECT)
    landing = _LANDING[source]
    if number == 0:
        landing[trips.campaign[at]] = _CAMPAIGN
    from_outside = _CHANNEL[source]
    web_channel = web["channel"]
    web["channel"] = np.where(from_outside == "", web_channel, from_outside)
    write(everything, time=start, name="visit", url=landing, more=_SOURCE[source] + "," + loads)
    web["channel"] = web_channel

    signed = people.account[person] & people.signs_in[person, device] & (rng.random(len(at)) < 0.3)
    write(signed, time=start[signed] + 8, name="login", url=f"{SITE}/kirjaudu")
    looked = rng.random(len(at)) < np.where(trips.campaign[at], 0.1, 0.62)
    write(
        looked,
        time=start[looked] + 14,
        name="category_view",
        url=_CATEGORY_OF_PRODUCT[trips.product[at][looked]],
    )
    searched = rng.random(len(at)) < np.where(trips.campaign[at], 0.02, 0.3)
    words = _SEARCH[rng.integers(0, len(_SEARCH), searched.sum())]
    write(searched, time=start[searched] + 25, name="site_search", url=f"{SITE}/haku", more=words)

    views = np.where(trips.viewed[at], 1 + rng.poisson(np.where(trips.campaign[at], 0.3, 1.95 - number)), 0)
    each = np.repeat(np.arange(len(at)), views)
    rank = np.arange(len(each)) - np.repeat(np.cumsum(views) - views, views)
    products = _looked_at(rng, trips.product[at][each], rank)
    moment = start[each] + 40 + rank * 48 + rng.uniform(0, 45, len(each))
    write(each, time=moment, name="product_view", url=PRODUCT_URL[products], more=_PRODUCT[products])


def _looked_at(rng: np.random.Generator, wanted: Numbers, rank: Numbers) -> Numbers:
    """The product wanted first, then often its neighbours in the range."""
    neighbours = (wanted + rng.integers(-3, 4, len(wanted))) % len(PRODUCT_PRICE)
    return np.where((rank == 0) | (rng.random(len(wanted)) < 0.4), wanted, neighbours)


def _web(
    trips: Trips, people: Population, at: Numbers, device: Numbers, more: Texts | None = None
) -> dict[str, Any]:
    person = trips.person[at]
    from_where = traffic(trips.source[at], trips.campaign[at], ~trips.second[at])
    return {
        "mission": at,
        "person": person,
        "identity": device + 1,
        "session": at * 4 + np.where(trips.second[at], 1, 0),
        "channel": WEB_CHANNEL[device],
        "about": people.about(person, device) + "," + from_where,
        "more": more,
    }


def _write_basket(rows: Rows, rng: np.random.Generator, trips: Trips, people: Population) -> None:
    at = np.flatnonzero(trips.cart)
    cart, device = trips.cart_time, trips.last_device
    price = PRODUCT_PRICE[trips.product[at]]
    product = _PRODUCT[trips.product[at]]
    page = PRODUCT_URL[trips.product[at]]
    rows.add(
        time=cart[at] - 35,
        name="add_to_cart",
        value=price,
        url=page,
        **_web(trips, people, at, device[at], product),
    )
    rows.add(time=cart[at], name="cart_view", url=f"{SITE}/ostoskori", **_web(trips, people, at, device[at]))
    again = at[rng.random(len(at)) < 0.35]
    later = cart[again] + rng.uniform(20, 80, len(again))
    rows.add(
        time=later, name="cart_view", url=f"{SITE}/ostoskori", **_web(trips, people, again, device[again])
    )
    costly = at[trips.value[at] < FREE_DELIVERY]
    rows.add(
        time=cart[costly] + 15,
        name="shipping_cost_shown",
        url=f"{SITE}/ostoskori",
        value=_SHIPPING_COST,
        **_web(trips, people, costly, device[costly]),
    )


def _write_payment(rows: Rows, trips: Trips, people: Population) -> None:
    at = np.flatnonzero(trips.paying)
    moment, device = trips.payment_time, trips.last_device
    rows.add(
        time=moment[at] - 40,
        name="checkout_started",
        url=f"{SITE}/kassa",
        **_web(trips, people, at, device[at]),
    )
    means = _MEANS[trips.means]
    rows.add(
        time=moment[at],
        name="payment_page",
        url=f"{SITE}/kassa/maksu",
        **_web(trips, people, at, device[at], means[at]),
    )
    at = np.flatnonzero(trips.failed)
    rows.add(
        time=moment[at] + 25,
        name="payment_failed",
        url=f"{SITE}/kassa/maksu",
        **_web(trips, people, at, device[at], means[at]),
    )
    again = np.flatnonzero((trips.rescue == AGAIN) | (trips.rescue == BY_COMPUTER))
    rows.add(
        time=trips.order_time[again] - 50,
        name="payment_page",
        url=f"{SITE}/kassa/maksu",
        **_web(trips, people, again, trips.order_device[again], means[again]),
    )
    placed = np.flatnonzero(trips.ordered & (trips.rescue != BY_PHONE))
    rows.add(
        time=trips.order_time[placed],
        name="order_placed",
        url=f"{SITE}/kassa/kiitos",
        value=trips.value[placed],
        **_web(trips, people, placed, trips.order_device[placed], means[placed])
        | {"identity": Identity.CUSTOMER, "order": np.cumsum(trips.ordered)[placed] - 1},
    )

"""Shopping trips: how a person comes, looks, goes to the store, fills a basket and pays, on one device or two."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from polku.simulation.catalogue import FREE_DELIVERY, PRODUCT_PRICE, PRODUCT_WEIGHT
from polku.simulation.clock import DAY, HOUR, Seconds, day_of, in_store_hours, visiting_times, week_of
from polku.simulation.population import COMPUTER, PHONE, Flags, Numbers, Population
from polku.simulation.streams import stream
from polku.simulation.truths import Truths

ADVERTISEMENT, ORGANIC, INSTAGRAM, NEWSLETTER, DIRECT = range(5)
_SOURCE_SHARES = [0.36, 0.23, 0.09, 0.12, 0.2]
_VIEWED_BY_SOURCE = np.array([0.69, 0.83, 0.62, 0.84, 0.86])
_CART_BY_SOURCE = np.array([0.47, 0.5, 0.32, 0.56, 0.6])
TRIPS_PER_PERSON = 1.42
PAYMENT_MEANS = np.array(["MobilePay", "verkkopankki", "kortti", "lasku", "Apple Pay"], dtype=object)

NOT_RESCUED, AGAIN, BY_COMPUTER, BY_PHONE = range(4)


@dataclass(frozen=True)
class Trips:
    """One element a trip. Times are seconds of the world; where a flag is off its times mean nothing."""

    person: Numbers
    start: Seconds
    source: Numbers
    campaign: Flags  # came by the Instagram campaign
    viewed: Flags  # looked at a product
    product: Numbers
    first_device: Numbers
    second: Flags  # came back
    second_start: Seconds
    last_device: Numbers
    advised: Flags
    advice_time: Seconds
    till: Flags  # bought in the store after the advice
    cart: Flags
    cart_time: Seconds
    value: NDArray[np.float64]  # of the basket, in euros
    left_for_shipping: Flags
    paying: Flags  # reached the payment page
    payment_time: Seconds
    means: Numbers
    failed: Flags
    rescue: Numbers
    ordered: Flags
    order_time: Seconds
    order_device: Numbers

    def __len__(self) -> int:
        return len(self.person)


def go_shopping(seed: int, truths: Truths, people: Population, *, newcomers: int) -> Trips:
    """All trips of everybody; the last `newcomers` people come by the campaign and no other way."""
    rng = stream(seed, "visits")
    person, start, source, campaign = _visits(rng, truths, people, newcomers)
    count = len(person)
    returning = people.returning[person]

    rng = stream(seed, "looking")
    viewed = rng.random(count) < np.where(campaign, 0.52, _VIEWED_BY_SOURCE[source])
    product = rng.choice(len(PRODUCT_PRICE), count, p=PRODUCT_WEIGHT / PRODUCT_WEIGHT.sum())
    first_device = np.where(rng.random(count) < 0.82, people.device[person], PHONE)
    second = viewed & ~campaign & (rng.random(count) < 0.42)
    second_start = start + rng.exponential(1.3 * DAY, count).clip(HOUR / 2, 9 * DAY)
    second_start = day_of(second_start) * DAY + (start % DAY + rng.normal(0, 2 * HOUR, count)).clip(
        0, DAY - HOUR
    )
    second_start = np.where(second_start < start + HOUR / 2, start + HOUR, second_start)
    crosses = second & (first_device == PHONE) & people.has_computer[person]
    crosses &= rng.random(count) < truths.cross_device_share
    last_device = np.where(crosses, COMPUTER, first_device)

    rng = stream(seed, "advice")
    advised = viewed & ~campaign & (people.store[person] >= 0) & (rng.random(count) < 0.24)
    advice_time = in_store_hours(rng, start + rng.exponential(0.8 * DAY, count) + HOUR)
    second_start = np.where(advised & second, np.maximum(second_start, advice_time + 2 * HOUR), second_start)
    till = advised & people.member[person] & (rng.random(count) < 0.42)

    rng = stream(seed, "basket")
    last_start = np.where(second, second_start, np.where(advised, advice_time + 3 * HOUR, start))
    chance = _CART_BY_SOURCE[source] * np.where(returning, 1.25, 1) * np.where(second, 1.2, 1)
    chance = np.where(advised, chance * truths.store_advice_lift, chance)
    chance = np.where(campaign, 0.5 * truths.instagram_purchase, chance)
    cart = viewed & ~till & (rng.random(count) < chance.clip(0, 0.95))
    cart_time = last_start + rng.uniform(4, 16, count) * 60
    extra = np.where(rng.random(count) < 0.45, rng.gamma(2, 22, count), 0)
    value = np.round(PRODUCT_PRICE[product] * rng.choice([0.8, 1], count, p=[0.2, 0.8]) + extra, 2)
    small = value < FREE_DELIVERY
    late_cost = week_of(cart_time) >= truths.late_shipping_cost_from_week
    left_for_shipping = cart & small & late_cost & (rng.random(count) < truths.late_shipping_cost)
    paying = cart & ~left_for_shipping & (rng.random(count) < np.where(returning, 0.82, 0.76))

    rng = stream(seed, "payment")
    payment_time = cart_time + rng.uniform(1.5, 8, count) * 60
    means = rng.choice(5, count, p=[0.34, 0.26, 0.21, 0.12, 0.07])
    broken = people.on_iphone_safari(person, last_device)
    broken &= week_of(payment_time) >= truths.safari_failure_from_week
    failed = paying & (rng.random(count) < np.where(broken, 0.03 + truths.safari_failure, 0.03))
    fate, computer = rng.random(count), people.has_computer[person] & (last_device == PHONE)
    rescue = np.select(
        [fate < 0.1, (fate < 0.28) & computer, fate > 0.93], [AGAIN, BY_COMPUTER, BY_PHONE], NOT_RESCUED
    )
    rescue = np.where(failed, rescue, NOT_RESCUED)
    gave_up = rng.random(count) < 0.09
    ordered = paying & ((rescue > 0) | (~failed & ~gave_up))
    wait = np.choose(
        rescue,
        [
            rng.uniform(40, 240, count),
            rng.uniform(3, 15, count) * 60,
            rng.exponential(7 * HOUR, count).clip(900, DAY),
            rng.exponential(3 * HOUR, count).clip(1200, DAY),
        ],
    )
    return Trips(
        person=person,
        start=start,
        source=source,
        campaign=campaign,
        viewed=viewed,
        product=product,
        first_device=first_device,
        second=second,
        second_start=second_start,
        last_device=last_device,
        advised=advised,
        advice_time=advice_time,
        till=till,
        cart=cart,
        cart_time=cart_time,
        value=value,
        left_for_shipping=left_for_shipping,
        paying=paying,
        payment_time=payment_time,
        means=means,
        failed=failed,
        rescue=rescue,
        ordered=ordered,
        order_time=payment_time + wait,
        order_device=np.where(rescue == BY_COMPUTER, COMPUTER, last_device),
    )


def _visits(
    rng: np.random.Generator, truths: Truths, people: Population, newcomers: int
) -> tuple[Numbers, Seconds, Numbers, Flags]:
    """Who comes, when and from where."""
    regulars = len(people) - newcomers
    again = round(regulars * (TRIPS_PER_PERSON - 1))
    weight = np.where(people.member[:regulars], 3.2, np.where(people.returning[:regulars], 2, 0.7))
    person = np.concatenate([np.arange(regulars), rng.choice(regulars, again, p=weight / weight.sum())])
    start = visiting_times(rng, len(person), growth=truths.weekly_growth)
    source = rng.choice(5, len(person), p=_SOURCE_SHARES)
    source = np.where((source == NEWSLETTER) & ~people.account[person], ORGANIC, source)
    week = week_of(start) - 1
    thursday = week * 7 + 3 + rng.choice(3, len(person), p=[0.62, 0.26, 0.12])
    mailed = (source == NEWSLETTER) & (week % 2 == 1)  # the newsletter goes out every second Thursday
    start = np.where(mailed, thursday * DAY + start % DAY, start)

    rng_campaign = np.random.default_rng(rng.integers(2**32))
    visits = np.repeat(np.arange(regulars, len(people)), 1 + (rng_campaign.random(newcomers) < 0.12))
    first = (truths.instagram_from_week - 1) * 7
    days = first + np.floor(28 * rng_campaign.random(len(visits)) ** 1.25)
    evening = (rng_campaign.normal(19.5, 2.6, len(visits)) % 24) * HOUR
    return (
        np.concatenate([person, visits]),
        np.concatenate([start, days * DAY + evening]),
        np.concatenate([source, np.full(len(visits), INSTAGRAM)]),
        np.concatenate([np.zeros(len(person), bool), np.ones(len(visits), bool)]),
    )

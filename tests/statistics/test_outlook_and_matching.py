"""One customer's outlook against the model's own expectation, and shares compared within alike groups."""

from __future__ import annotations

import numpy as np
import pytest

from polku.statistics import (
    customer_lifetime_value,
    customer_outlook,
    fit_bgnbd,
    fit_gamma_gamma,
    matched_difference,
    share_alive,
)


@pytest.fixture(scope="module")
def world():
    random = np.random.default_rng(1)
    n = 2_000
    rate, leaves = random.gamma(0.8, 1 / 40, n), random.beta(0.9, 3.0, n)
    age = random.uniform(100, 300, n)
    x, last, now, there = np.zeros(n), np.zeros(n), np.zeros(n), np.ones(n, dtype=bool)
    while there.any():
        now = now + random.exponential(1 / np.maximum(rate, 1e-9))
        there &= now <= age
        x[there], last[there] = x[there] + 1, now[there]
        there &= random.random(n) >= leaves
    again = x > 0
    level = random.gamma(4, 1 / 60, 2_000)
    mean = np.where(again, random.gamma(5 * np.maximum(x, 1), 1 / level) / np.maximum(x, 1), 0)
    models = {
        "purchases": fit_bgnbd(frequency=x, recency=last, age=age),
        "spending": fit_gamma_gamma(frequency=x[again], mean_value=mean[again]),
    }
    return models, x, last, age, mean


TERMS = {"margin": 0.4, "discount": 0.1, "months": 12}


@pytest.mark.thorough
@pytest.mark.parametrize("customer", [(0, 0.0, 120.0, 0.0), (4, 180.0, 200.0, 60.0), (4, 30.0, 280.0, 60.0)])
def test_the_value_of_one_is_that_of_the_whole_and_futures_agree(world, customer):
    models = world[0]
    x, last, age, mean = customer
    told = {"frequency": x, "recency": last, "age": age, "mean_value": mean}
    one = customer_outlook(**models, **told, **TERMS, draws=4_000)
    many = customer_lifetime_value(**models, **{name: [value] for name, value in told.items()}, **TERMS)
    assert one.value.value == pytest.approx(float(many.each[0]))
    assert 0 <= one.value.low <= one.value.value <= one.value.high
    # Futures are drawn otherwise than the expectation is worked out: their mean must come to the same.
    from polku.statistics.outlook import _futures

    counts = _futures(models["purchases"], x, last, age, 365.25, 40_000, np.random.default_rng(2))
    assert counts.mean() == pytest.approx(one.purchases.value, rel=0.05)


def test_who_came_today_has_an_outlook(world):
    models = world[0]
    new = customer_outlook(**models, frequency=0, recency=0.0, age=0.0, mean_value=60.0, **TERMS)
    assert new.alive == 1
    assert 0 < new.value.value < new.value.high


def test_who_was_seen_lately_is_likelier_there(world):
    models = world[0]
    lately, long_ago = (
        customer_outlook(**models, frequency=4, recency=last, age=280.0, mean_value=60.0, **TERMS)
        for last in (270.0, 30.0)
    )
    assert lately.alive > long_ago.alive
    assert lately.value.value > long_ago.value.value


def test_parts_sum_to_the_whole(world):
    models, x, last, age, mean = world
    part = np.where(x > 3, 2, 0)
    found = customer_lifetime_value(
        **models,
        frequency=x,
        recency=last,
        age=age,
        mean_value=np.where(x > 0, mean, 0),
        parts=part,
        **TERMS,
        draws=100,
    )
    assert [each.n for each in found.parts] == [int((x <= 3).sum()), 0, int((x > 3).sum())]
    assert sum(each.value for each in found.parts) == pytest.approx(found.total.value)
    assert found.parts[1].value == 0
    assert found.parts[2].low < found.parts[2].value < found.parts[2].high
    with pytest.raises(ValueError, match="parts"):
        customer_lifetime_value(
            **models, frequency=x, recency=last, age=age, mean_value=mean, parts=part[:3], **TERMS
        )


def test_the_share_alive_is_the_mean_of_all(world):
    models, x, last, age, _mean = world
    found = share_alive(purchases=models["purchases"], frequency=x, recency=last, age=age, draws=200)
    each = models["purchases"].probability_alive(frequency=x, recency=last, age=age)
    assert found.value == pytest.approx(float(np.mean(each)))
    assert 0 <= found.low < found.value < found.high <= 1


def test_one_group_is_the_plain_difference():
    found = matched_difference(successes=([30], [45]), n=([100], [150]))
    assert found.value == pytest.approx(45 / 150 - 30 / 100)
    plain = np.sqrt(0.3 * 0.7 / 100 + 0.3 * 0.7 / 150)
    assert found.standard_error == pytest.approx(plain, rel=1e-9)


def test_groups_with_one_side_tell_nothing_and_alike_ones_are_not_mixed():
    # Overall the second side is worse; in each group it is better by a tenth.
    found = matched_difference(successes=([90, 10, 7], [20, 20, 0]), n=([100, 100, 9], [20, 100, 0]))
    assert found.value == pytest.approx(0.1)
    assert found.n == 320


def test_the_interval_covers_in_many_small_groups():
    random = np.random.default_rng(4)
    hits, tries = 0, 400
    for _ in range(tries):
        first, second = random.integers(1, 4, 120), random.integers(1, 4, 120)
        level = random.uniform(0.2, 0.6, 120)
        found = matched_difference(
            successes=(random.binomial(first, level), random.binomial(second, level + 0.15)),
            n=(first, second),
        )
        hits += found.low <= 0.15 <= found.high
    assert 0.92 <= hits / tries <= 0.98


@pytest.mark.parametrize(
    ("successes", "n", "words"),
    [
        (([1], [1, 2]), ([2], [2, 2]), "same length"),
        (([3], [1]), ([2], [2]), "exceed"),
        (([0.5], [1]), ([2], [2]), "whole"),
        (([0], [1]), ([0], [2]), "nothing to compare"),
    ],
)
def test_what_matching_refuses(successes, n, words):
    with pytest.raises(ValueError, match=words):
        matched_difference(successes=successes, n=n)


def test_where_nobody_seems_to_leave_the_range_stays_one():
    # Half a year of people who never leave: how readily they would is known by no factor.
    random = np.random.default_rng(3)
    age = random.uniform(20, 180, 1_500)
    x = random.poisson(random.gamma(1.7, 1 / 500, 1_500) * age).astype(float)
    last = np.where(x > 0, age * random.random(1_500) ** (1 / np.maximum(x, 1)), 0)
    again = x > 0
    mean = np.where(again, random.gamma(3 * np.maximum(x, 1), 20) / np.maximum(x, 1), 0)
    purchases = fit_bgnbd(frequency=x, recency=last, age=age)
    spending = fit_gamma_gamma(frequency=x[again], mean_value=mean[again])
    assert purchases.sample is not None
    found = customer_lifetime_value(
        purchases=purchases,
        spending=spending,
        frequency=x,
        recency=last,
        age=age,
        mean_value=mean,
        margin=1.0,
        discount=0.0,
        draws=300,
    )
    truth = 1.7 / 500 * 365.25 * 60
    assert found.mean.value == pytest.approx(truth, rel=0.15)
    assert 0.5 * truth < found.mean.low < found.mean.value <= found.mean.high < 1.6 * truth

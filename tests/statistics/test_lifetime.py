"""Lifetime value: the sum written out, what it must be proportional to, and its interval."""

from __future__ import annotations

import numpy as np
import pytest

from polku.statistics import customer_lifetime_value, fit_bgnbd, fit_gamma_gamma


@pytest.fixture(scope="module")
def world():
    """Customers with regular ways, and models of them."""
    random = np.random.default_rng(2)
    n = 3_000
    rate, leaves = random.gamma(0.8, 1 / 60, n), random.beta(1.2, 3, n)
    age = random.uniform(100, 500, n).round()
    x, recency = np.zeros(n), np.zeros(n)
    alive, now = np.ones(n, dtype=bool), np.zeros(n)
    while alive.any():
        now = now + random.exponential(1 / np.maximum(rate, 1e-9)).round(1)
        alive &= now <= age
        x[alive] += 1
        recency[alive] = now[alive]
        alive &= random.random(n) >= leaves
    again = x > 0
    mean = np.where(
        again, random.gamma(5 * np.maximum(x, 1), 1 / random.gamma(4, 1 / 60, n)) / np.maximum(x, 1), 0
    )
    return {
        "purchases": fit_bgnbd(frequency=x, recency=recency, age=age),
        "spending": fit_gamma_gamma(frequency=x[again], mean_value=mean[again]),
        "frequency": x,
        "recency": recency,
        "age": age,
        "mean_value": mean,
    }


def test_the_sum_written_out(world):
    found = customer_lifetime_value(**world, margin=0.3, discount=0.1, draws=20)
    customers = {name: world[name] for name in ("frequency", "recency", "age")}
    worth = world["spending"].expected_value(frequency=world["frequency"], mean_value=world["mean_value"])
    month, before, each = 365.25 / 12, np.zeros(3_000), np.zeros(3_000)
    for number in range(1, 13):
        until = world["purchases"].expected_purchases(t=number * month, **customers)
        each += 0.3 * worth * (until - before) / 1.1 ** (number / 12)
        before = until
    assert found.each == pytest.approx(each)
    assert found.total.value == pytest.approx(each.sum())
    assert found.mean.value == pytest.approx(each.mean())
    assert found.total.n == 3_000


def test_a_margin_that_doubles_doubles_all_of_it(world):
    one = customer_lifetime_value(**world, margin=0.2, discount=0.08, draws=50)
    two = customer_lifetime_value(**world, margin=0.4, discount=0.08, draws=50)
    for name in ("value", "low", "high"):
        assert getattr(two.total, name) == pytest.approx(2 * getattr(one.total, name))


def test_a_discount_and_a_nearer_horizon_make_it_less(world):
    plain = customer_lifetime_value(**world, margin=0.3, discount=0, draws=5).total.value
    assert customer_lifetime_value(**world, margin=0.3, discount=0.2, draws=5).total.value < plain
    assert customer_lifetime_value(**world, margin=0.3, discount=0, months=6, draws=5).total.value < plain


def test_the_interval_follows_the_parameters_and_not_the_grid(world):
    """The grid of alike customers gives nearly the interval that every single customer would."""
    from polku.statistics.lifetime import Horizon
    from polku.statistics.maximum import drawn
    from polku.statistics.spending import expected_value

    found = customer_lifetime_value(**world, margin=0.3, discount=0.1, draws=100)
    purchases, spending = world["purchases"], world["spending"]
    first = drawn(np.log(purchases.parameters), purchases.covariance, draws=100, seed=0)
    second = drawn(np.log([spending.p, spending.q, spending.v]), spending.covariance, draws=100, seed=1)
    x, mean = world["frequency"], world["mean_value"]
    horizon = Horizon(12, 365.25 / 12, 0.1)
    totals = [
        0.3
        * (
            expected_value(tuple(two), x, mean) * horizon.purchases(one, x, world["recency"], world["age"])
        ).sum()
        for one, two in zip(first, second, strict=True)
    ]
    low, high = np.quantile(totals, [0.025, 0.975])
    assert found.total.low == pytest.approx(low, rel=0.02)
    assert found.total.high == pytest.approx(high, rel=0.02)
    assert found.total.low < found.total.value < found.total.high


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"margin": 1.2}, "margin must lie between 0 and 1"),
        ({"discount": -0.1}, "discount must be"),
        ({"months": 0}, "months must be"),
        ({"month_length": 0}, "month_length must be above 0"),
        ({"mean_value": [1.0]}, "mean_value must be as long"),
    ],
)
def test_what_it_refuses(world, changes, message):
    with pytest.raises(ValueError, match=message):
        customer_lifetime_value(**{**world, "margin": 0.3, "discount": 0.1, **changes})

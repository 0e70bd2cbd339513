"""What one customer may bring, luck included."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from polku.statistics.checks import share, whole
from polku.statistics.estimate import Estimate
from polku.statistics.lifetime import DRAWS, Horizon
from polku.statistics.purchases import PurchaseModel
from polku.statistics.resampling import SEED, percentile_interval
from polku.statistics.spending import SpendingModel

_MOST_PURCHASES = 2_000
"""In a horizon: more than anybody buys on separate days in ten years of weekdays is not followed."""


@dataclass(frozen=True)
class CustomerOutlook:
    """`alive` is the probability (0–1) of being a customer still; `purchases` and `value` (money) are what is expected
    within the horizon, their intervals what so large a share of such customers bring."""

    alive: float
    purchases: Estimate
    value: Estimate


def customer_outlook(
    *,
    purchases: PurchaseModel,
    spending: SpendingModel,
    frequency: float,
    recency: float,
    age: float,
    mean_value: float,
    margin: float,
    discount: float,
    months: int = 12,
    month_length: float = 365.25 / 12,
    confidence: float = 0.8,
    draws: int = DRAWS,
    seed: int = SEED,
) -> CustomerOutlook:
    """What is to be expected of one customer in the next `months`, with the range in which it will lie.

    Numbers as in `customer_lifetime_value`, whose value of the customer this is. The interval holds both what is not
    known of the models and the customer's luck: of `draws` futures, each with parameters of its own, the middle
    `confidence` (0.8: eight of ten). Money of the futures is discounted at the middle of the horizon. ValueError as
    there.
    """
    if not 0 <= margin <= 1:
        raise ValueError(f"margin must lie between 0 and 1, not {margin!r}")
    months, draws = whole("months", months, least=1), whole("draws", draws, least=1)
    share("confidence", confidence)
    alive = float(purchases.probability_alive(frequency=frequency, recency=recency, age=age))
    worth = float(spending.expected_value(frequency=frequency, mean_value=mean_value))
    arrays = tuple(np.array([value], dtype=np.float64) for value in (frequency, recency, age))
    length = months * month_length
    expected = float(purchases.expected_purchases(t=length, frequency=frequency, recency=recency, age=age))
    horizon = Horizon(months, month_length, discount)
    value = margin * worth * float(horizon.purchases(purchases.parameters, *arrays)[0])
    random = np.random.default_rng(seed)
    counts = _futures(purchases, frequency, recency, age, length, draws, random)
    sums = _sums(spending, frequency, mean_value, counts, random)
    futures = margin * sums * (1 + discount) ** (-months / 24)

    def estimate(middle: float, drawn_values: NDArray[np.float64]) -> Estimate:
        low, high = percentile_interval(drawn_values, confidence)
        return Estimate(
            value=middle, low=min(low, middle), high=max(high, middle), n=1, method="BG/NBD and Gamma-Gamma"
        )

    return CustomerOutlook(alive, estimate(expected, counts.astype(np.float64)), estimate(value, futures))


def _futures(
    model: PurchaseModel,
    x: float,
    last: float,
    age: float,
    length: float,
    draws: int,
    random: np.random.Generator,
) -> NDArray[np.int64]:
    """Purchases within `length` in each future (draws,)."""
    r, alpha, a, b = model.drawn(draws=draws, seed=int(random.integers(2**31))).T
    # The odds of having left after the last purchase, under each future's own parameters.
    odds = np.zeros(draws)
    if x > 0:
        odds = a / np.maximum(b + x - 1, 1e-12) * np.exp((r + x) * np.log((alpha + age) / (alpha + last)))
    lives = 1 / (1 + odds)
    # Given that the customer is alive, what was seen of them tells their own rate and their own readiness to go.
    rate = random.gamma(r + x, 1 / (alpha + age))
    leaves = random.beta(a, b + x)
    there = random.random(draws) < lives
    counts = np.zeros(draws, dtype=np.int64)
    time = np.zeros(draws)
    for _ in range(_MOST_PURCHASES):
        time = time + random.exponential(1.0, draws) / np.maximum(rate, 1e-12)
        there &= time <= length
        if not there.any():
            break
        counts += there
        there &= random.random(draws) >= leaves
    return counts


def _sums(
    model: SpendingModel,
    x: float,
    mean: float,
    counts: NDArray[np.int64],
    random: np.random.Generator,
) -> NDArray[np.float64]:
    """What the purchases of each future are worth together."""
    p, q, v = model.drawn(draws=len(counts), seed=int(random.integers(2**31))).T
    # The customer's own level: purchases are Gamma(p, level).
    level = random.gamma(p * x + q, 1 / (v + x * mean if x > 0 else v))
    return np.asarray(np.where(counts > 0, random.gamma(np.maximum(p * counts, 1e-12), 1 / level), 0.0))

"""What customers will bring: purchases to come × what each is worth × margin, discounted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from polku.statistics.checks import share, whole
from polku.statistics.estimate import Estimate
from polku.statistics.purchases import Parameters, PurchaseModel, expected_purchases, probability_alive
from polku.statistics.resampling import SEED, percentile_interval
from polku.statistics.spending import SpendingModel, expected_value

Floats: TypeAlias = NDArray[np.float64]

DRAWS = 1_000
_CELLS_A_SIDE = 5
_MOST_NUMBERS = 40
"""Customers are gathered into at most 40 × 5 × 5 × 3 alike ones for the draws: a thousand draws for each of a million
would take days and tell no more of the parameters' uncertainty."""


@dataclass(frozen=True)
class LifetimeValue:
    """`each` is every customer's value (n,), `total` and `mean` over all of them with intervals, in money; `parts` the
    totals of the parts that were asked for, in their order."""

    each: Floats
    total: Estimate
    mean: Estimate
    parts: tuple[Estimate, ...] = ()


def customer_lifetime_value(
    *,
    purchases: PurchaseModel,
    spending: SpendingModel,
    frequency: ArrayLike,
    recency: ArrayLike,
    age: ArrayLike,
    mean_value: ArrayLike,
    margin: float,
    discount: float,
    months: int = 12,
    month_length: float = 365.25 / 12,
    parts: ArrayLike | None = None,
    confidence: float = 0.95,
    draws: int = DRAWS,
    seed: int = SEED,
) -> LifetimeValue:
    """The margin that each customer is expected to bring in the next `months`, discounted to today.

    Σ over months t of margin · E[M] · (E[Y(t)] − E[Y(t−1)]) / (1 + discount)^(t/12). Arrays of shape (n,) as in
    `fit_bgnbd` and `SpendingModel.expected_value`; `margin` is a share 0–1, `discount` a yearly rate, `month_length` a
    month in the unit of time of the data (365.25/12 where that is days), `parts` (n,) the number, from 0, of the part
    that each customer belongs to. The interval comes from `draws` of the models' parameters (normal on the scale of
    logarithms), the value of the whole under each being that of a grid of alike customers; it does not hold what luck
    the customers will have. ValueError for input that the models refuse, a margin outside 0–1, or a negative discount.
    """
    if not 0 <= margin <= 1:
        raise ValueError(f"margin must lie between 0 and 1, not {margin!r}")
    if not np.isfinite(discount) or discount < 0:
        raise ValueError(f"discount must be a finite number of at least 0, not {discount!r}")
    if not np.isfinite(month_length) or month_length <= 0:
        raise ValueError(f"month_length must be above 0, not {month_length!r}")
    months, draws = whole("months", months, least=1), whole("draws", draws, least=1)
    share("confidence", confidence)
    x, last, age_, mean = (
        np.atleast_1d(np.asarray(values, dtype=np.float64))
        for values in (frequency, recency, age, mean_value)
    )
    purchases.probability_alive(frequency=x, recency=last, age=age_)  # checks them
    if mean.shape != x.shape:
        raise ValueError("mean_value must be as long as the other arrays")
    worth = np.asarray(spending.expected_value(frequency=x, mean_value=mean))
    part = np.zeros(len(x), dtype=np.int64) if parts is None else np.asarray(parts, dtype=np.int64)
    if part.shape != x.shape or part.min(initial=0) < 0:
        raise ValueError("parts must hold a number of at least 0 for each customer")
    horizon = Horizon(months, month_length, discount)
    each = margin * worth * horizon.purchases(purchases.parameters, x, last, age_)
    grid = _gathered(x, last, age_, np.where(x > 0, mean, 0.0), part)
    best = _values(grid, purchases.parameters, (spending.p, spending.q, spending.v), horizon)
    sums = np.bincount(part, weights=each, minlength=len(best))
    first, second = purchases.drawn(draws=draws, seed=seed), spending.drawn(draws=draws, seed=seed + 1)
    values = np.array(
        [_values(grid, tuple(one), tuple(two), horizon) for one, two in zip(first, second, strict=True)]
    )
    # The grid tells by how much the whole changes with the parameters; its own error cancels.
    totals = sums * np.divide(values, best, out=np.zeros_like(values), where=best > 0)
    counts = np.bincount(part, minlength=len(best))

    def estimate(value: float, drawn_values: Floats, n: int, divisor: float = 1.0) -> Estimate:
        low, high = percentile_interval(drawn_values, confidence)
        return Estimate(
            value=value / divisor,
            low=min(low, value) / divisor,
            high=max(high, value) / divisor,
            n=n,
            method="BG/NBD and Gamma-Gamma",
            standard_error=float(drawn_values.std()) / divisor,
        )

    whole_value, whole_drawn = float(each.sum()), totals.sum(axis=1)
    return LifetimeValue(
        each=each,
        total=estimate(whole_value, whole_drawn, len(x)),
        mean=estimate(whole_value, whole_drawn, len(x), float(len(x))),
        parts=()
        if parts is None
        else tuple(
            estimate(float(sums[place]), totals[:, place], int(counts[place])) for place in range(len(sums))
        ),
    )


def share_alive(
    *,
    purchases: PurchaseModel,
    frequency: ArrayLike,
    recency: ArrayLike,
    age: ArrayLike,
    confidence: float = 0.95,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Estimate:
    """The share (0–1) of these customers who still are ones: the mean of P(alive). Churn is what is left of 1.

    Arrays of shape (n,) as in `fit_bgnbd`. The interval comes from `draws` of the model's parameters over a grid of
    alike customers, as in `customer_lifetime_value`. ValueError for input that the model refuses.
    """
    draws = whole("draws", draws, least=1)
    share("confidence", confidence)
    x, last, age_ = (
        np.atleast_1d(np.asarray(values, dtype=np.float64)) for values in (frequency, recency, age)
    )
    value = float(np.mean(purchases.probability_alive(frequency=x, recency=last, age=age_)))
    grid = _gathered(x, last, age_, np.zeros(len(x)), np.zeros(len(x), dtype=np.int64))

    def alive(parameters: Parameters) -> float:
        return float(grid.counts @ probability_alive(parameters, grid.x, grid.last, grid.age)) / len(x)

    best = alive(purchases.parameters)
    told = purchases.drawn(draws=draws, seed=seed)
    shares = np.clip(
        value + np.array([alive((r, alpha, a, b)) for r, alpha, a, b in told.tolist()]) - best, 0.0, 1.0
    )
    low, high = percentile_interval(shares, confidence)
    return Estimate(
        value=value,
        low=min(low, value),
        high=max(high, value),
        n=len(x),
        method="BG/NBD",
        standard_error=float(shares.std()),
    )


class Horizon:
    """The months to come and what money in each is worth today."""

    def __init__(self, months: int, month_length: float, discount: float) -> None:
        self._ends = np.arange(1, months + 1) * month_length
        worth = (1 + discount) ** (-np.arange(1, months + 1) / 12)
        # Σ w_t (Y_t − Y_{t−1}) written by Y: each month's end counts with w_t − w_{t+1}.
        self._weights = worth - np.append(worth[1:], 0.0)

    def purchases(self, parameters: tuple[float, ...], x: Floats, last: Floats, age: Floats) -> Floats:
        """Discounted purchases expected of each customer."""
        r, alpha, a, b = parameters
        found = np.zeros(len(x))
        for end, weight in zip(self._ends, self._weights, strict=True):
            # Without a discount only the last end counts.
            if weight > 0:
                found += weight * expected_purchases((r, alpha, a, b), float(end), x, last, age)
        return found


@dataclass(frozen=True)
class _Grid:
    x: Floats
    last: Floats
    age: Floats
    mean: Floats
    counts: Floats
    part: NDArray[np.int64]


def _gathered(x: Floats, last: Floats, age: Floats, mean: Floats, part: NDArray[np.int64]) -> _Grid:
    """Alike customers of one part as one at their means: by number of purchases, then by thirds and fifths of the
    rest."""
    places = np.zeros(len(x), dtype=np.int64)
    for values, parts in (
        (x, _MOST_NUMBERS),
        (age, _CELLS_A_SIDE),
        (last, _CELLS_A_SIDE),
        (mean, 3),
    ):
        distinct = np.unique(values)
        edges = (
            distinct[1:]
            if len(distinct) <= parts
            else np.unique(np.quantile(values, np.arange(1, parts) / parts))
        )
        places = places * (parts + 1) + np.searchsorted(edges, values, side="right")
    number = int(part.max(initial=0)) + 1
    cells, place = np.unique(places * number + part, return_inverse=True)
    counts = np.bincount(place).astype(np.float64)
    middle = [np.bincount(place, weights=values) / counts for values in (x, last, age, mean)]
    came_back = middle[0] > 0
    return _Grid(
        middle[0],
        np.where(came_back, np.minimum(middle[1], middle[2]), 0),
        middle[2],
        middle[3],
        counts,
        cells % number,
    )


def _values(
    grid: _Grid, purchases: tuple[float, ...], spending: tuple[float, ...], horizon: Horizon
) -> Floats:
    """The value of each part under these parameters, without margin."""
    p, q, v = spending
    worth = expected_value((p, q, v), grid.x, grid.mean)
    brought = grid.counts * worth * horizon.purchases(purchases, grid.x, grid.last, grid.age)
    return np.bincount(grid.part, weights=brought).astype(np.float64)

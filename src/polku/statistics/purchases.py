"""BG/NBD: how often each customer will buy again, and whether they still are a customer.

While alive a customer buys at random at a rate of their own; after each purchase they may be gone for good, with a
probability of their own. Rates are Gamma(r, α) and probabilities Beta(a, b) among customers.

Source: Fader, P. S., Hardie, B. G. S. & Lee, K. L. (2005), "Counting your customers the easy way: an alternative to
the Pareto/NBD model", Marketing Science 24, 275–284.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from polku.statistics.maximum import (
    FitFailed,
    as_of_all,
    curvature,
    drawn,
    likely,
    maximise,
    total,
)

Floats: TypeAlias = NDArray[np.float64]
Parameters: TypeAlias = tuple[float, float, float, float]

_STARTS = ((0.5, 20.0, 0.3, 5.0), (1.0, 1.0, 1.0, 1.0), (0.3, 5.0, 0.8, 2.5))
_MANY = 20_000  # distinct customers
_ENOUGH_TO_DRAW = 2_000
"""Distinct customers by whom parameters are drawn where the likelihood is flat."""
_NEAR_ONE = 1e-5
"""The closed form of what is expected divides by a − 1: so near to it the mean of both sides is as exact."""


@dataclass(frozen=True)
class PurchaseModel:
    """A fitted BG/NBD. `alpha` is in the unit of time of the data; `covariance` (4, 4) is that of the logarithms of
    (r, α, a, b), the inverse of what the likelihood curves by. `sample` (draws, 4) holds parameters drawn by the
    likelihood where that is too flat to be told by a covariance."""

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float
    n: int
    covariance: Floats
    sample: Floats | None = None

    def drawn(self, *, draws: int, seed: int) -> Floats:
        """Parameters (draws, 4) as likely as the data leave them."""
        if self.sample is None:
            return drawn(np.log(self.parameters), self.covariance, draws=draws, seed=seed)
        return self.sample[np.random.default_rng(seed).integers(len(self.sample), size=draws)]

    @property
    def parameters(self) -> Parameters:
        return self.r, self.alpha, self.a, self.b

    def probability_alive(
        self, *, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike
    ) -> float | Floats:
        """The probability (0–1) that the customer is one still. Who never came back is alive by this model.

        Arrays as in `fit_bgnbd`; a number for numbers. ValueError as there.
        """
        x, last, age_, is_number = _customers(frequency, recency, age)
        return _shaped(probability_alive(self.parameters, x, last, age_), is_number)

    def expected_purchases(
        self, *, t: float, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike
    ) -> float | Floats:
        """Purchases expected of the customer in the next `t` (unit of time of the data), t ≥ 0.

        Arrays as in `fit_bgnbd`; a number for numbers. ValueError as there, and for a negative or infinite t.
        """
        if not np.isfinite(t) or t < 0:
            raise ValueError(f"t must be a finite number of at least 0, not {t!r}")
        x, last, age_, is_number = _customers(frequency, recency, age)
        return _shaped(expected_purchases(self.parameters, float(t), x, last, age_), is_number)


def fit_bgnbd(*, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> PurchaseModel:
    """Fit the model by maximum likelihood.

    Arrays of shape (n,): `frequency` is the number of purchases after the first one (those of one day are one),
    `recency` the time from the first to the last (0 where there is one), `age` the time from the first to now, both in
    one unit. ValueError for shapes that differ, n = 0, numbers that are negative or not finite, a recency beyond the
    age or without a purchase, or data that no such model fits (nobody ever came back, for one); the message says which.
    """
    x, last, age_, _is_number = _customers(frequency, recency, age)
    if not age_.max() > 0:
        raise ValueError("age must be above 0 for some customer")
    if not x.any():
        raise ValueError("nobody bought a second time: there is nothing to fit")
    rows, counts = _distinct(x, last, age_)
    # In units of the mean age the starting points suit data in days as well as in years.
    unit = float(age_.mean())
    sample = _Sample(rows[:, 0], rows[:, 1] / unit, rows[:, 2] / unit, counts)
    starts: list[tuple[float, ...]] = [(r, alpha / 30, a, b) for r, alpha, a, b in _STARTS]
    try:
        if len(rows) > _MANY:
            # Some of them lead near to the place where the search among all begins.
            some = slice(None, None, len(rows) // _MANY + 1)
            few = _Sample(
                rows[some, 0], rows[some, 1] / unit, rows[some, 2] / unit, counts[some].astype(np.float64)
            )
            starts = [tuple(np.exp(maximise(few.log_likelihood, starts)[0]))]
        best, value = maximise(sample.log_likelihood, starts)
    except FitFailed as error:
        raise ValueError(
            "no purchase model fits these customers: they are too few or too much alike"
        ) from error
    r, alpha, a, b = (float(parameter) for parameter in np.exp(best))
    # Measured in another unit, time makes the density of each purchase smaller or larger.
    value -= total(rows[:, 0], counts) * float(np.log(unit))
    covariance = curvature(sample.log_likelihood, best)
    some = slice(None, None, len(rows) // _ENOUGH_TO_DRAW + 1)
    few = _Sample(rows[some, 0], rows[some, 1] / unit, rows[some, 2] / unit, counts[some])
    told = likely(as_of_all(few.log_likelihood, best, counts.sum() / counts[some].sum()), best, covariance)
    if told is not None:
        told = told * np.array([1.0, unit, 1.0, 1.0])
    return PurchaseModel(r, alpha * unit, a, b, value, len(x), covariance, told)


def probability_alive(parameters: Parameters, x: Floats, last: Floats, age: Floats) -> Floats:
    """As `PurchaseModel.probability_alive`, of checked arrays."""
    r, alpha, a, b = parameters
    odds = np.where(x > 0, a / np.maximum(b + x - 1, 1e-12), 0) * np.exp(
        (r + x) * (np.log(alpha + age) - np.log(alpha + last))
    )
    return np.asarray(1 / (1 + odds))


def expected_purchases(parameters: Parameters, t: float, x: Floats, last: Floats, age: Floats) -> Floats:
    """As `PurchaseModel.expected_purchases`, of checked arrays."""
    from scipy.special import hyp2f1

    r, alpha, a, b = parameters
    if abs(a - 1) < _NEAR_ONE / 2:
        sides = [
            expected_purchases((r, alpha, 1 + step, b), t, x, last, age) for step in (-_NEAR_ONE, _NEAR_ONE)
        ]
        return np.asarray((sides[0] + sides[1]) / 2)
    left = hyp2f1(r + x, b + x, a + b + x - 1, t / (alpha + age + t))
    left = left * np.exp((r + x) * (np.log(alpha + age) - np.log(alpha + age + t)))
    alive = probability_alive(parameters, x, last, age)
    # Who is alive and never leaves buys at their own rate, and nobody buys more: where few seem to leave, the closed
    # form is the difference of large numbers that are nearly the same.
    most = t * (r + x) / (alpha + age)
    with np.errstate(invalid="ignore", over="ignore"):
        told = (a + b + x - 1) / (a - 1) * (1 - left)
    return np.asarray(np.clip(np.where(np.isfinite(told), told, most), 0, most) * alive)


class _Sample:
    """Distinct customers and how many of each there are.

    Of those who never came back only the age matters, and there are most of them: they are kept apart, each age once.
    """

    def __init__(self, x: Floats, last: Floats, age: Floats, counts: Floats) -> None:
        again = x > 0
        self._ages, place = np.unique(age[~again], return_inverse=True)
        self._age_counts = np.bincount(place, weights=counts[~again], minlength=len(self._ages)).astype(
            np.float64
        )
        self._last, self._age, self._counts = last[again], age[again], counts[again]
        # What depends on the number of purchases alone is computed once for each number.
        self._x, self._place = np.unique(x[again], return_inverse=True)
        self._of_x = np.bincount(self._place, weights=self._counts, minlength=len(self._x)).astype(np.float64)
        self._times = x[again]

    def log_likelihood(self, logarithms: Floats) -> tuple[float, Floats]:
        """Its value, and its slope in the logarithms of the parameters."""
        from scipy.special import digamma, gammaln

        r, alpha, a, b = (float(parameter) for parameter in np.exp(logarithms))
        x, of_x = self._x, self._of_x
        once, again = self._age_counts.sum(), self._counts.sum()
        # Never came back.
        log_ages = np.log(alpha + self._ages)
        waited = total(self._age_counts, log_ages)
        value = once * r * np.log(alpha) - r * waited
        by_r = once * np.log(alpha) - waited
        by_alpha = once * r / alpha - r * total(self._age_counts, 1 / (alpha + self._ages))
        # Came back: alive since, or gone after the last purchase.
        log_age, log_last = np.log(alpha + self._age), np.log(alpha + self._last)
        power = r + self._times
        log_gone = np.log(a / (b + x - 1))[self._place] + power * (log_age - log_last)
        # Beyond 700 the exponential overflows, and the logarithm of one more than it is itself.
        gone = np.exp(np.minimum(log_gone, 700.0))
        both = np.maximum(np.log1p(gone), log_gone)
        gone /= 1 + gone
        constant = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
        constant = constant + gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x)
        value += total(of_x, constant) + total(self._counts, both - power * log_age)
        counted = self._counts * gone
        by_r += total(of_x, digamma(r + x) - digamma(r)) + again * np.log(alpha)
        by_r += total(counted, log_age - log_last) - total(self._counts, log_age)
        alive = self._counts - counted
        by_alpha += again * r / alpha
        by_alpha -= total(power, alive / (alpha + self._age) + counted / (alpha + self._last))
        gone_of_x = np.bincount(self._place, weights=counted, minlength=len(x)).astype(np.float64)
        common = total(of_x, digamma(a + b) - digamma(a + b + x))
        by_a = common + gone_of_x.sum() / a
        by_b = common + total(of_x, digamma(b + x) - digamma(b)) - total(gone_of_x, 1 / (b + x - 1))
        slope = np.array([by_r * r, by_alpha * alpha, by_a * a, by_b * b])
        return float(value), slope


def _customers(
    frequency: ArrayLike, recency: ArrayLike, age: ArrayLike
) -> tuple[Floats, Floats, Floats, bool]:
    given = [np.asarray(values, dtype=np.float64) for values in (frequency, recency, age)]
    is_number = all(values.ndim == 0 for values in given)
    x, last, age_ = (np.atleast_1d(values) for values in given)
    if x.ndim != 1 or x.shape != last.shape or x.shape != age_.shape:
        raise ValueError("frequency, recency and age must be arrays of the same length")
    if not len(x):
        raise ValueError("there are no customers: n must be at least 1")
    for name, values in (("frequency", x), ("recency", last), ("age", age_)):
        if not np.isfinite(values).all() or (values < 0).any():
            raise ValueError(f"{name} must hold finite numbers of at least 0")
    if (x != np.floor(x)).any():
        raise ValueError("frequency must hold whole numbers")
    if (last > age_).any():
        raise ValueError("recency must not exceed age")
    if ((x == 0) & (last > 0)).any():
        raise ValueError("recency must be 0 where frequency is 0")
    return x, last, age_, is_number


def _distinct(x: Floats, last: Floats, age: Floats) -> tuple[Floats, Floats]:
    """Distinct customers (distinct, 3) and how many of each there are."""
    order = np.lexsort((age, last, x))
    rows = np.column_stack([x[order], last[order], age[order]])
    first = np.flatnonzero(np.append(True, (rows[1:] != rows[:-1]).any(axis=1)))
    return rows[first], np.diff(np.append(first, len(rows))).astype(np.float64)


def _shaped(values: Floats, is_number: bool) -> float | Floats:
    return float(values[0]) if is_number else values

"""Gamma-Gamma: what a customer's purchases are worth on average, where few of them have been seen.

Source: Fader, P. S. & Hardie, B. G. S. (2013), "The Gamma-Gamma model of monetary value"; Colombo, R. & Jiang, W.
(1999), "A stochastic RFM model", Journal of Interactive Marketing 13(3), 2–12.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from polku.statistics.maximum import FitFailed, as_of_all, curvature, drawn, likely, maximise, total

Floats: TypeAlias = NDArray[np.float64]
_ENOUGH_TO_DRAW, _LEAST_Q = 2_000, 1.05
_STARTS = ((1.0, 1.5, 1.0), (6.0, 4.0, 0.5), (2.0, 3.0, 2.0))


@dataclass(frozen=True)
class SpendingModel:
    """A fitted Gamma-Gamma. `v` is in money; `correlation` is that of frequency and mean value among the customers
    fitted, which the model assumes to be none. `covariance` (3, 3) is that of the logarithms of (p, q, v), `sample`
    (draws, 3) holds parameters drawn by the likelihood where that is too flat to be told by one."""

    p: float
    q: float
    v: float
    log_likelihood: float
    n: int
    correlation: float
    covariance: Floats
    sample: Floats | None = None

    def drawn(self, *, draws: int, seed: int) -> Floats:
        """Parameters (draws, 3) as likely as the data leave them."""
        if self.sample is None:
            return drawn(np.log((self.p, self.q, self.v)), self.covariance, draws=draws, seed=seed)
        return self.sample[np.random.default_rng(seed).integers(len(self.sample), size=draws)]

    @property
    def population_mean(self) -> float:
        """The mean value of a purchase over all customers, in money; infinite where q ≤ 1."""
        return self.p * self.v / (self.q - 1) if self.q > 1 else float("inf")

    def expected_value(self, *, frequency: ArrayLike, mean_value: ArrayLike) -> float | Floats:
        """What a purchase of the customer is worth, in money: between their own mean and everybody's, the nearer to
        their own the more was seen of them. Of customers with frequency 0 nothing was seen: everybody's mean.

        Arrays (n,) or numbers. ValueError for negative or infinite input, or where a mean is missing or 0 although
        they bought again.
        """
        x, mean = np.asarray(frequency, dtype=np.float64), np.asarray(mean_value, dtype=np.float64)
        is_number = x.ndim == 0 and mean.ndim == 0
        x, mean = np.broadcast_arrays(np.atleast_1d(x), np.atleast_1d(mean))
        _check(x, np.where(x > 0, mean, 1.0))
        values = expected_value((self.p, self.q, self.v), x, np.where(x > 0, mean, 0.0))
        return float(values[0]) if is_number else values


def expected_value(parameters: tuple[float, float, float], x: Floats, mean: Floats) -> Floats:
    """As `SpendingModel.expected_value`, of checked arrays."""
    p, q, v = parameters
    return np.asarray(p * (v + x * mean) / np.maximum(p * x + q - 1, 1e-9))


def fit_gamma_gamma(*, frequency: ArrayLike, mean_value: ArrayLike) -> SpendingModel:
    """Fit the model by maximum likelihood to those who bought again.

    Arrays of shape (n,): `frequency` is the number of purchases behind the mean, at least 1, `mean_value` their mean
    value in money, above 0. ValueError for shapes that differ, n = 0, other numbers, or data that no such model fits.
    """
    x, mean = np.asarray(frequency, dtype=np.float64), np.asarray(mean_value, dtype=np.float64)
    if x.ndim != 1 or x.shape != mean.shape:
        raise ValueError("frequency and mean_value must be arrays of the same length")
    if not len(x):
        raise ValueError("there are no customers: n must be at least 1")
    _check(x, mean)
    if (x < 1).any():
        raise ValueError("give only customers who bought again: frequency must be at least 1")
    rows, counts = np.unique(np.column_stack([x, mean]), axis=0, return_counts=True)
    unit = float(np.median(mean))  # so that starting points suit any currency
    sample = _Sample(rows[:, 0], rows[:, 1] / unit, counts.astype(np.float64))
    try:
        best, value = maximise(sample.log_likelihood, _STARTS)
    except FitFailed as error:
        raise ValueError(
            "no spending model fits these customers: they are too few or spend too much alike"
        ) from error
    p, q, v = (float(parameter) for parameter in np.exp(best))
    covariance = curvature(sample.log_likelihood, best)
    told = _likely(rows, counts.astype(np.float64), unit, best, covariance)
    varies = x.std() > 0 and mean.std() > 0
    return SpendingModel(
        p=p,
        q=q,
        v=v * unit,
        log_likelihood=value - len(x) * float(np.log(unit)),
        n=len(x),
        correlation=float(np.corrcoef(x, mean)[0, 1]) if varies else 0.0,
        covariance=covariance,
        sample=told,
    )


def _likely(rows: Floats, counts: Floats, unit: float, best: Floats, covariance: Floats) -> Floats | None:
    some = slice(None, None, len(rows) // _ENOUGH_TO_DRAW + 1)
    few = _Sample(rows[some, 0], rows[some, 1] / unit, counts[some])
    told = likely(
        as_of_all(few.log_likelihood, best, float(counts.sum() / counts[some].sum())), best, covariance
    )
    if told is None:
        return None
    # Without a finite mean nothing can be said of a customer: the fit itself has one.
    told = told[told[:, 1] > _LEAST_Q]
    return told * np.array([1.0, 1.0, unit]) if len(told) else None


class _Sample:
    """Distinct customers and how many of each there are."""

    def __init__(self, x: Floats, mean: Floats, counts: Floats) -> None:
        self._sums, self._log_mean, self._counts = x * mean, np.log(mean), counts
        self._x, self._place = np.unique(x, return_inverse=True)
        self._of_x = np.bincount(self._place, weights=counts).astype(np.float64)
        self._log_x = np.log(self._x)

    def log_likelihood(self, logarithms: Floats) -> tuple[float, Floats]:
        """Its value, and its slope in the logarithms of the parameters."""
        from scipy.special import digamma, gammaln

        p, q, v = np.exp(logarithms)
        counts, x, of_x = self._counts, self._x, self._of_x
        n = counts.sum()
        log_sum = np.log(self._sums + v)
        power = (p * x + q)[self._place]
        own = (p * x)[self._place]
        value = (
            total(of_x, gammaln(p * x + q) - gammaln(p * x) + p * x * self._log_x)
            + n * (q * np.log(v) - gammaln(q))
            + total(counts, (own - 1) * self._log_mean - power * log_sum)
        )
        times = x[self._place]
        by_p = total(of_x, x * (digamma(p * x + q) - digamma(p * x) + self._log_x))
        by_p += total(counts, times * (self._log_mean - log_sum))
        by_q = total(of_x, digamma(p * x + q)) + n * (np.log(v) - digamma(q)) - total(counts, log_sum)
        by_v = n * q / v - total(counts, power / (self._sums + v))
        return float(value), np.array([by_p * p, by_q * q, by_v * v])


def _check(x: Floats, mean: Floats) -> None:
    if not np.isfinite(x).all() or (x < 0).any() or (x != np.floor(x)).any():
        raise ValueError("frequency must hold whole numbers of at least 0")
    if not np.isfinite(mean).all() or (mean <= 0).any():
        raise ValueError("mean_value must hold finite numbers above 0")

"""Maximum likelihood over positive parameters, searched for on the scale of their logarithms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
LogLikelihood = Callable[[Floats], tuple[float, Floats]]
"""Logarithms of the parameters → the value and its slope in them."""

_BOUND = 12.0
"""Logarithms beyond this are no parameter of anything that is sold."""
_NOWHERE = 1e10
_STEP = 1e-4
_FLAT = 1e-7
"""Of the slope, for a likelihood of the order of one."""


class FitFailed(Exception):
    """The likelihood has no maximum inside reasonable bounds."""


def maximise(log_likelihood: LogLikelihood, starts: Sequence[Sequence[float]]) -> tuple[Floats, float]:
    """The logarithms of the best parameters and the value there: of the first of `starts` that leads to a place inside
    the bounds where the likelihood is flat, or else the best that any leads to.

    Raises FitFailed where every search ends at a bound or nowhere."""
    from scipy.optimize import minimize

    def scaled(logarithms: Floats, scale: float) -> tuple[float, Floats]:
        if np.abs(logarithms).max() > _BOUND:
            return _NOWHERE, np.zeros_like(logarithms)
        value, slope = log_likelihood(logarithms)
        if not np.isfinite(value) or not np.isfinite(slope).all():
            return _NOWHERE, np.zeros_like(logarithms)
        return -value / scale, -slope / scale

    best: tuple[Floats, float] | None = None
    for start in starts:
        first = np.log(np.asarray(start, dtype=np.float64))
        # Of the order of one, lest tolerances mean something else for a million customers than for a thousand.
        scale = max(1.0, abs(log_likelihood(first)[0]))
        # Not L-BFGS-B: its tiny triangular systems go through threads of the linear algebra library, which wait for
        # each other ten times longer than the whole search takes.
        found = minimize(scaled, first, args=(scale,), jac=True, method="BFGS", options={"gtol": _FLAT / 10})
        is_inside = bool((np.abs(found.x) < _BOUND - 1e-3).all())
        value = -float(found.fun) * scale
        if (
            is_inside
            and np.isfinite(value)
            and value > -_NOWHERE / 10 * scale
            and (best is None or value > best[1])
        ):
            best = np.asarray(found.x, dtype=np.float64), value
            if np.abs(found.jac).max() < _FLAT:
                break
    if best is None:
        raise FitFailed
    return best


def curvature(log_likelihood: LogLikelihood, at: Floats) -> Floats:
    """The covariance of the logarithms at the maximum `at`: the inverse of the negative Hessian, from differences of
    the slope. Where the likelihood is flat in some direction that one gets a large variance, not a false one."""
    width = len(at)
    hessian = np.empty((width, width))
    for row in range(width):
        step = np.zeros(width)
        step[row] = _STEP
        hessian[row] = (log_likelihood(at + step)[1] - log_likelihood(at - step)[1]) / (2 * _STEP)
    values, vectors = np.linalg.eigh(-(hessian + hessian.T) / 2)
    return np.asarray((vectors / np.maximum(values, 1e-2)) @ vectors.T)


def drawn(at: Floats, covariance: Floats, *, draws: int, seed: int) -> Floats:
    """Parameters (draws, width) from the normal approximation on the scale of logarithms, within the bounds."""
    random = np.random.default_rng(seed)
    values, vectors = np.linalg.eigh(covariance)
    steps = random.standard_normal((draws, len(at))) * np.sqrt(np.maximum(values, 0))
    return np.asarray(np.exp(np.clip(at + steps @ vectors.T, -_BOUND, _BOUND)))


def total(weights: NDArray[np.floating[Any]], values: NDArray[np.floating[Any]]) -> float:
    """Σ weights · values. Without the linear algebra library, whose threads wait for each other longer than this takes
    and take the processor from the search in between."""
    return float(np.einsum("i,i->", weights, values))

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
_STEP = 1e-4
_FLAT = 1e-9
"""Of the slope, relative to the likelihood: a maximum has been reached."""
_FAR, _NOTHING = 9.0, 1e-3
"""A parameter whose logarithm is beyond this, where the likelihood rises by less than that with its next e-fold: a
ridge without end, as where all customers are alike. Whatever lies farther on it tells nothing else of them."""
_MOST_STEPS = 100
_LONGEST_STEP = 2.0
_FLAT_SPREAD = 1.0
"""A standard error of a logarithm beyond which the likelihood is no longer like a normal density."""
_PROPOSALS, _WIDER = 3_000, 1.5
_LEAST_CURVED = 1e-6
"""Relative to the direction that is curved most; a flatter one is treated as curved so much."""


class FitFailed(Exception):
    """The likelihood has no maximum inside reasonable bounds."""


def maximise(log_likelihood: LogLikelihood, starts: Sequence[Sequence[float]]) -> tuple[Floats, float]:
    """The logarithms of the best parameters and the value there: of the first of `starts` that leads to a maximum
    inside the bounds.

    Newton's method with a Hessian from differences of the slope: for so few parameters it needs a sixth of the time of
    the general searches, L-BFGS-B of which spends most of its own on threads that wait for each other. Raises FitFailed
    where every search ends at a bound or nowhere.
    """
    for start in starts:
        found = _climb(log_likelihood, np.log(np.asarray(start, dtype=np.float64)))
        if found is not None:
            return found
    raise FitFailed


def _climb(log_likelihood: LogLikelihood, at: Floats) -> tuple[Floats, float] | None:
    """Up from `at` to where it is flat; None where that is not reached inside the bounds."""
    value, slope = log_likelihood(at)
    for _ in range(_MOST_STEPS):
        if not np.isfinite(value) or not np.isfinite(slope).all():
            return None
        steepest = np.abs(slope).max()
        is_ridge = np.abs(at).max() > _FAR and steepest <= _NOTHING
        if steepest <= _FLAT * max(1.0, abs(value)) or is_ridge:
            return at, value
        curved, directions = np.linalg.eigh(-_hessian(log_likelihood, at))
        # Where it curves the wrong way Newton's step would lead down: only how much it curves counts.
        curved = np.maximum(np.abs(curved), _LEAST_CURVED * np.abs(curved).max())
        step = directions @ ((directions.T @ slope) / curved)
        step *= min(1.0, _LONGEST_STEP / float(np.abs(step).max()))
        for _ in range(40):
            there = at + step
            if np.abs(there).max() < _BOUND:
                new_value, new_slope = log_likelihood(there)
                if new_value > value:
                    break
            step = step / 2
        else:
            # Nowhere is higher: as flat as rounding lets it be, or at a bound.
            is_flat = np.abs(slope).max() <= 1e3 * _FLAT * max(1.0, abs(value))
            return (at, value) if is_flat else None
        at, value, slope = there, new_value, new_slope
    return None


def _hessian(log_likelihood: LogLikelihood, at: Floats) -> Floats:
    """(width, width), from central differences of the slope."""
    width = len(at)
    hessian = np.empty((width, width))
    for row in range(width):
        step = np.zeros(width)
        step[row] = _STEP
        hessian[row] = (log_likelihood(at + step)[1] - log_likelihood(at - step)[1]) / (2 * _STEP)
    return np.asarray((hessian + hessian.T) / 2)


def curvature(log_likelihood: LogLikelihood, at: Floats) -> Floats:
    """The covariance of the logarithms at the maximum `at`: the inverse of the negative Hessian, from differences of
    the slope. Where the likelihood is flat in some direction that one gets a large variance, not a false one."""
    values, vectors = np.linalg.eigh(-_hessian(log_likelihood, at))
    return np.asarray((vectors / np.maximum(values, 1e-2)) @ vectors.T)


def drawn(at: Floats, covariance: Floats, *, draws: int, seed: int) -> Floats:
    """Parameters (draws, width) from the normal approximation on the scale of logarithms, within the bounds."""
    random = np.random.default_rng(seed)
    values, vectors = np.linalg.eigh(covariance)
    steps = random.standard_normal((draws, len(at))) * np.sqrt(np.maximum(values, 0))
    return np.asarray(np.exp(np.clip(at + steps @ vectors.T, -_BOUND, _BOUND)))


def likely(
    log_likelihood: LogLikelihood, at: Floats, covariance: Floats, *, draws: int = 1_000, seed: int = 0
) -> Floats | None:
    """Parameters (draws, width) drawn by the likelihood itself, where the normal approximation at the maximum `at`
    would not do: where some direction is so flat that its parameter is known by no factor (customers of whom none seems
    to leave, for one). None where it does.

    Proposals from a wide normal, weighted by the likelihood and drawn again by these weights; every logarithm within
    the bounds counts as likely beforehand.
    """
    values, vectors = np.linalg.eigh(covariance)
    spread = np.sqrt(np.maximum(values, 0))
    if spread.max() <= _FLAT_SPREAD:
        return None
    # In the other directions a little wider than the normal, for they lie elsewhere far along the flat one.
    spread = np.where(spread > _FLAT_SPREAD, spread, _WIDER * spread)
    random = np.random.default_rng(seed)
    steps = random.standard_normal((_PROPOSALS, len(at)))
    places = at + (steps * spread) @ vectors.T
    inside = np.abs(places).max(axis=1) < _BOUND
    places, steps = places[inside], steps[inside]
    with np.errstate(all="ignore"):
        logs = np.array([log_likelihood(place)[0] for place in places]) + (steps**2).sum(axis=1) / 2
    logs = np.where(np.isfinite(logs), logs, -np.inf)
    if not len(logs) or not np.isfinite(logs).any():
        return None
    weights = np.exp(logs - logs.max())
    chosen = random.choice(len(places), size=draws, p=weights / weights.sum())
    return np.asarray(np.exp(places[chosen]))


def as_of_all(log_likelihood: LogLikelihood, best: Floats, times: float) -> LogLikelihood:
    """That of some customers as one of all, who are so many times as many: with the maximum where it is of all."""
    if times == 1:
        return log_likelihood
    slope = log_likelihood(best)[1]

    def of_all(logarithms: Floats) -> tuple[float, Floats]:
        value, steep = log_likelihood(logarithms)
        return times * (value - float(slope @ (logarithms - best))), times * (steep - slope)

    return of_all


def total(weights: NDArray[np.floating[Any]], values: NDArray[np.floating[Any]]) -> float:
    """Σ weights · values. Without the linear algebra library, whose threads wait for each other longer than this takes
    and take the processor from the search in between."""
    return float(np.einsum("i,i->", weights, values))

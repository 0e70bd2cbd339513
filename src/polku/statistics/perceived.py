"""Perceived value: what customers get against what they give up, in four dimensions.

Source: Rintamäki, T., Kuusela, H. & Mitronen, L. (2007), "Identifying competitive customer value propositions in
retailing", Managing Service Quality 17, 621–634.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from polku.statistics.checks import share, whole
from polku.statistics.drivers import key_drivers, least_n
from polku.statistics.estimate import Estimate
from polku.statistics.resampling import DRAWS, SEED, parts_of_people, percentile_interval

Floats = NDArray[np.float64]

DIMENSIONS = ("economic", "functional", "emotional", "symbolic")
_CHANCE = 0.05


@dataclass(frozen=True)
class DimensionValue:
    """Means of answers 0–10: `benefit`, `sacrifice`, and `net` = benefit − sacrifice of the same people (−10…10).

    `weight` is the mean of the weights that the index used (0–1), `contribution` the part of the index that comes from
    here (the four sum to it), `derived_weight` what the outcome says, None without one."""

    benefit: Estimate
    sacrifice: Estimate
    net: Estimate
    weight: Estimate
    contribution: Estimate
    derived_weight: Estimate | None


@dataclass(frozen=True)
class PerceivedValue:
    """`index` is −100…100 by the stated weights, `derived_index` by those derived from the outcome (None without)."""

    index: Estimate
    derived_index: Estimate | None
    dimensions: Mapping[str, DimensionValue]
    why_not_derived: str


def perceived_value(
    *,
    benefit: ArrayLike,
    sacrifice: ArrayLike,
    weights: ArrayLike | None = None,
    outcome: ArrayLike | None = None,
    people: ArrayLike | None = None,
    confidence: float = 0.95,
    draws: int = DRAWS,
    seed: int = SEED,
) -> PerceivedValue:
    """The index 10 · mean of Σ w (B − S) over the four dimensions (economic, functional, emotional, symbolic).

    Each answer has its own weights and so its own value; the index is the mean of these. (The mean weights times the
    mean answers would leave out that people get most where it matters to them, or least.)

    `benefit` and `sacrifice` have shape (n, 4), answers 0–10; `weights` are stated ones of each person (n, 4) or of all
    (4,), not negative, in any unit (100 points shared out); without them the four count alike. `outcome` (n,) is
    overall satisfaction, NPS's 0–10 or the like: the relative weights of the four net values on it are the derived
    weights, where there are max(100, 80) complete rows and chance alone would hardly give as much (p of R² at most
    0.05). Rows with a missing value (NaN) are left out; a row whose weights are missing or all 0 gets the mean of the
    others' (weights that nobody stated count alike). Intervals are percentile bootstraps over rows, or with `people`
    (n,), whose row each is, over these; stated weights are drawn along. ValueError for other shapes, answers outside
    0–10, weights that are negative, or nobody.
    """
    gets, gives = np.asarray(benefit, dtype=np.float64), np.asarray(sacrifice, dtype=np.float64)
    if gets.ndim != 2 or gets.shape[1] != 4 or gives.shape != gets.shape:
        raise ValueError("benefit and sacrifice must have shape (n, 4)")
    n_given = len(gets)
    stated = np.ones((n_given, 4)) if weights is None else np.asarray(weights, dtype=np.float64)
    if stated.shape == (4,):
        stated = np.broadcast_to(stated, (n_given, 4))
    if stated.shape != (n_given, 4):
        raise ValueError("weights must have shape (4,) or (n, 4)")
    whose = np.arange(n_given) if people is None else np.asarray(people)
    if whose.shape != (n_given,):
        raise ValueError("people must have shape (n,)")
    complete = np.asarray(~np.isnan(np.column_stack([gets, gives])).any(axis=1))
    n = int(complete.sum())
    if not n:
        raise ValueError("there are no complete answers: n must be at least 1")
    gets, gives = gets[complete], gives[complete]
    for name, answers in (("benefit", gets), ("sacrifice", gives)):
        if not ((answers >= 0) & (answers <= 10)).all():
            raise ValueError(f"{name} must hold answers from 0 to 10")
    stated = _shared_out(stated[complete])
    whose = np.unique(whose[complete], return_inverse=True)[1]
    confidence = share("confidence", confidence)
    draws = whole("draws", draws, least=1)
    net = gets - gives
    columns = np.column_stack([gets, gives, net, stated, 10 * stated * net])
    random = np.random.default_rng(seed)
    parts = parts_of_people([np.ones(n), *columns.T], whose, random)
    sums = random.multinomial(len(parts), np.full(len(parts), 1 / len(parts)), size=draws) @ parts
    drawn = sums[:, 1:] / sums[:, :1]
    means = columns.mean(axis=0)
    found = int(whose.max()) + 1

    def estimate(value: float, resampled: Floats, bound: float, least: float | None = None) -> Estimate:
        # Rounding must not leave what lies at an end a hair beside it.
        least = -bound if least is None else least
        low, high = percentile_interval(resampled, confidence)
        value = float(np.clip(value, least, bound))
        return Estimate(
            value=value,
            low=max(least, min(low, value)),
            high=min(bound, max(high, value)),
            n=n,
            method="bootstrap",
            standard_error=float(resampled.std()),
            resampled=found,
        )

    def column(place: int, bound: float, least: float | None = None) -> Estimate:
        return estimate(float(means[place]), drawn[:, place], bound, least)

    derived, why = _derived(
        net, outcome, complete, people=whose, draws=draws, seed=seed, confidence=confidence
    )
    weights_found = None if derived is None else np.array([each.value for each in derived])
    return PerceivedValue(
        index=estimate(float(means[16:].sum()), drawn[:, 16:].sum(axis=1), 100),
        derived_index=None
        if weights_found is None
        else estimate(float(10 * weights_found @ means[8:12]), 10 * drawn[:, 8:12] @ weights_found, 100),
        dimensions={
            name: DimensionValue(
                benefit=column(place, 10, 0),
                sacrifice=column(4 + place, 10, 0),
                net=column(8 + place, 10),
                weight=column(12 + place, 1, 0),
                contribution=column(16 + place, 100),
                derived_weight=None if derived is None else derived[place],
            )
            for place, name in enumerate(DIMENSIONS)
        },
        why_not_derived=why,
    )


def _shared_out(stated: Floats) -> Floats:
    """Weights that sum to 1 in each row; ValueError where one is negative or no number."""
    missing = np.isnan(stated).any(axis=1)
    if np.isinf(stated).any() or (stated[~missing] < 0).any():
        raise ValueError("weights must be numbers that are not negative")
    sums = stated.sum(axis=1, keepdims=True)
    missing |= ~(sums[:, 0] > 0)
    known = stated[~missing] / sums[~missing]
    usual = known.mean(axis=0) if len(known) else np.full(4, 0.25)
    shared = np.broadcast_to(usual, stated.shape).copy()
    shared[~missing] = known
    return shared


def _derived(
    net: Floats,
    outcome: ArrayLike | None,
    complete: NDArray[np.bool_],
    *,
    people: NDArray[np.int64],
    draws: int,
    seed: int,
    confidence: float,
) -> tuple[list[Estimate] | None, str]:
    """Weights that sum to 1, or none and why."""
    if outcome is None:
        return None, "no outcome was given"
    answers = np.asarray(outcome, dtype=np.float64)
    if answers.shape != complete.shape:
        raise ValueError("outcome must have shape (n,)")
    answers = answers[complete]
    found = len(np.unique(people[~np.isnan(answers)]))
    if found < least_n(4):
        return None, f"derived weights need {least_n(4)} complete answers; there are {found}"
    try:
        drivers = key_drivers(x=net, y=answers, people=people, draws=draws, seed=seed, confidence=confidence)
    except ValueError as error:
        return None, str(error)
    shares = drivers.shares
    if drivers.p_value is None or drivers.p_value > _CHANCE:
        return None, "the four do not go with the outcome more than by chance"
    if shares is None or shares.low is None or shares.high is None:
        return None, "the four do not move the outcome at all"
    return [
        Estimate(
            value=float(value),
            low=float(low),
            high=float(high),
            n=drivers.n or 0,
            method="bootstrap",
            resampled=found,
        )
        for value, low, high in zip(shares, shares.low, shares.high, strict=True)
    ], ""

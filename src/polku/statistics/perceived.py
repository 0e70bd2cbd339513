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
from polku.statistics.resampling import DRAWS, SEED, percentile_interval

Floats = NDArray[np.float64]

DIMENSIONS = ("economic", "functional", "emotional", "symbolic")


@dataclass(frozen=True)
class DimensionValue:
    """Means of answers 0–10: `benefit`, `sacrifice`, and `net` = benefit − sacrifice of the same people (−10…10).
    `weight` is what the index used, `derived_weight` what the outcome says, None without one."""

    benefit: Estimate
    sacrifice: Estimate
    net: Estimate
    weight: float
    derived_weight: float | None


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
    confidence: float = 0.95,
    draws: int = DRAWS,
    seed: int = SEED,
) -> PerceivedValue:
    """The index 10 · Σ w (B − S) over the four dimensions (economic, functional, emotional, symbolic).

    `benefit` and `sacrifice` have shape (n, 4), answers 0–10; `weights` are stated ones of each person (n, 4) or of all
    (4,), not negative, in any unit (100 points shared out); without them the four count alike. `outcome` (n,) is
    overall satisfaction, NPS's 0–10 or the like: the relative weights of the four net values on it are the derived
    weights, where there are max(100, 80) complete rows. Rows with a missing value (NaN) are left out. Intervals are
    percentile bootstraps over people, in which stated weights are drawn along. ValueError for other shapes, answers
    outside 0–10, weights that are negative or all 0, or nobody.
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
    complete = np.asarray(~np.isnan(np.column_stack([gets, gives, stated])).any(axis=1))
    gets, gives, stated = gets[complete], gives[complete], stated[complete]
    n = len(gets)
    if not n:
        raise ValueError("there are no complete answers: n must be at least 1")
    for name, answers in (("benefit", gets), ("sacrifice", gives)):
        if not ((answers >= 0) & (answers <= 10)).all():
            raise ValueError(f"{name} must hold answers from 0 to 10")
    if not np.isfinite(stated).all() or (stated < 0).any() or (stated.sum(axis=1) <= 0).any():
        raise ValueError("weights must not be negative, and not all 0")
    stated = stated / stated.sum(axis=1, keepdims=True)
    confidence = share("confidence", confidence)
    draws = whole("draws", draws, least=1)
    random = np.random.default_rng(seed)
    counts = random.multinomial(n, np.full(n, 1 / n), size=draws) / n
    net = gets - gives

    def estimate(value: float, drawn: Floats, bound: float = 10) -> Estimate:
        # Rounding must not leave what lies at an end a hair beside it.
        low, high = percentile_interval(drawn, confidence)
        value = float(np.clip(value, -bound, bound))
        return Estimate(
            value=value,
            low=max(-bound, min(low, value)),
            high=min(bound, max(high, value)),
            n=n,
            method="bootstrap",
            standard_error=float(drawn.std()),
            resampled=n,
        )

    weight, drawn_weight = stated.mean(axis=0), counts @ stated
    drawn_net = counts @ net
    derived, why = _derived(net, outcome, complete)
    columns = [
        (
            estimate(float(gets[:, place].mean()), counts @ gets[:, place]),
            estimate(float(gives[:, place].mean()), counts @ gives[:, place]),
            estimate(float(net[:, place].mean()), drawn_net[:, place]),
        )
        for place in range(4)
    ]
    return PerceivedValue(
        index=estimate(
            float(10 * weight @ net.mean(axis=0)), 10 * np.einsum("di,di->d", drawn_weight, drawn_net), 100
        ),
        derived_index=None
        if derived is None
        else estimate(float(10 * derived @ net.mean(axis=0)), 10 * drawn_net @ derived, 100),
        dimensions={
            name: DimensionValue(
                *columns[place], float(weight[place]), None if derived is None else float(derived[place])
            )
            for place, name in enumerate(DIMENSIONS)
        },
        why_not_derived=why,
    )


def _derived(
    net: Floats, outcome: ArrayLike | None, complete: NDArray[np.bool_]
) -> tuple[Floats | None, str]:
    """Weights that sum to 1, or none and why."""
    if outcome is None:
        return None, "no outcome was given"
    answers = np.asarray(outcome, dtype=np.float64)
    if answers.shape != complete.shape:
        raise ValueError("outcome must have shape (n,)")
    answers = answers[complete]
    found = int((~np.isnan(answers)).sum())
    if found < least_n(4):
        return None, f"derived weights need {least_n(4)} complete answers; there are {found}"
    try:
        drivers = key_drivers(x=net, y=answers, draws=1)
    except ValueError as error:
        return None, str(error)
    shares = np.asarray(drivers.johnson)
    if not shares.sum() > 0:
        return None, "the four do not move the outcome at all"
    return shares / shares.sum(), ""

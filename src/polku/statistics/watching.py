"""Watching a metric day by day: an alarm only where it really changed, however long one watches."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from polku.statistics.checks import share, whole, z_of
from polku.statistics.estimate import Estimate
from polku.statistics.experiments import half_width

ROUND_EVERY = 7
"""Days between the beginnings of two rounds."""
ROUND_LASTS = 84
REFERENCE_LASTS = 84
"""The days just before a round that its reference level is read from, at most."""
LEAST_REFERENCE_DAYS = 28
LEAST_REFERENCE = 100
"""Observations that a reference level needs at least."""
LEAST_AFTER = 30
"""Observations of a round before it says anything: the sequence is asymptotic."""
RARE = 25
"""How many times the squared skewness (Cochran's rule) a share needs observations."""
YEAR = 365.25

Days = NDArray[np.float64]


@dataclass(frozen=True)
class Alarm:
    """A change that chance would hardly bring about. Days are positions in what was watched.

    `day` is the one at whose end it was found, `began` the first day of the round that found it: `after` is the mean
    of `began`…`day`, `before` that of the reference days before. `difference` = after − before; its interval holds at
    whatever moment an alarm is given (95 %).
    """

    day: int
    began: int
    before: Estimate
    after: Estimate
    difference: Estimate


def watch(
    *,
    n: ArrayLike,
    total: ArrayLike,
    squares: ArrayLike,
    is_share: bool = False,
    looks_from: int = 0,
    alpha: float = 0.05,
) -> Alarm | None:
    """The first alarm at the end of day `looks_from` or later; None where nothing gave one.

    Of each day since the metric's present level began: `n` observations, their sum `total` and the sum of their
    `squares`, arrays of one length. A metric that never changes gives a false alarm in at most a share `alpha` of
    years, however long it is watched; after an alarm begin anew with the days that follow it. To look every day give
    all days so far and `looks_from` the newest: days already looked at are not looked at again.

    Every `ROUND_EVERY` days a round begins. Its mean is compared with that of up to `REFERENCE_LASTS` days before it
    (at least `LEAST_REFERENCE_DAYS`, with `LEAST_REFERENCE` observations) by the asymptotic confidence sequence, with
    the harmonic number 1/(1/n + 1/m) of observations in place of n, because the reference level is estimated, too.
    Days that scatter more than their observations explain widen it. With `is_share` observations are 0 or 1 (or counts
    per unit), and rare ones wait for some 25 of the rarer kind, because the sequence is asymptotic; what never happened
    is not watched. Each round may spend the share of `alpha` that its days are of a year. ValueError for arrays of
    unequal length, numbers that are negative or not finite, or an alpha not between 0 and 0.6.

    Source: `confidence_sequence`; the two-sample form is the same mixture with a flat prior on the common mean.
    """
    days = _days(n, total, squares)
    alpha = share("alpha", alpha)
    looks_from = whole("looks_from", looks_from)
    sums = np.concatenate([np.zeros((3, 1)), np.cumsum(days, axis=1)], axis=1)
    count = days.shape[1]
    first_round = max(LEAST_REFERENCE_DAYS, looks_from - ROUND_LASTS + 1)
    first_round += -(first_round - LEAST_REFERENCE_DAYS) % ROUND_EVERY
    spent = alpha * ROUND_EVERY / YEAR
    found: list[tuple[int, float, Alarm]] = []
    for began in range(first_round, count, ROUND_EVERY):
        alarm = _round(days, sums, began, looks_from, spent, is_share=is_share)
        if alarm is not None:
            found.append(alarm)
    return min(found, key=lambda each: each[:2])[2] if found else None


def _round(
    days: Days, sums: Days, began: int, looks_from: int, spent: float, *, is_share: bool
) -> tuple[int, float, Alarm] | None:
    """(day, −excess, alarm) of the first look of a round that excludes its reference level."""
    since = max(0, began - REFERENCE_LASTS)
    reference = sums[:, began] - sums[:, since]
    m = reference[0]
    if m < LEAST_REFERENCE:
        return None
    level = reference[1] / m
    least = _enough(float(level)) if is_share else LEAST_AFTER
    if m < least:
        return None
    behind = min(days.shape[1], began + ROUND_LASTS)
    after = sums[:, began + 1 : behind + 1] - sums[:, [began]]
    n, total, squares = after
    looks = np.flatnonzero((n >= least) & (np.arange(began, behind) >= looks_from))
    if not len(looks):
        return None
    n, total, squares = n[looks], total[looks], squares[looks]
    difference = total / n - level
    within = reference[2] - reference[1] ** 2 / m + squares - total**2 / n
    # Two observations at a distance of the difference keep a metric that did not vary yet from being called sure.
    variance = (np.maximum(within, 0.0) + np.square(difference) / 2) / (m + n)
    variance = variance * _scatter(days[:, since:began], float(level), spent)
    harmonic = 1 / (1 / m + 1 / n)
    usual = 14 * m / (began - since)
    planned = 1 / (1 / m + 1 / usual)
    half = np.asarray(half_width(variance=variance, n=harmonic, planned_n=planned, alpha=spent))
    sure = np.flatnonzero((np.abs(difference) > half) & (half > 0))
    if not len(sure):
        return None
    at = int(sure[0])
    shown = float(half_width(variance=variance[at], n=harmonic[at], planned_n=planned, alpha=0.05))
    spread = float(variance[at])
    alarm = Alarm(
        day=began + int(looks[at]),
        began=began,
        before=_mean(float(level), spread, int(m)),
        after=_mean(float(total[at] / n[at]), spread, int(n[at])),
        difference=Estimate(
            value=float(difference[at]),
            low=float(difference[at]) - shown,
            high=float(difference[at]) + shown,
            n=int(m + n[at]),
            method="confidence sequence of a difference",
            standard_error=math.sqrt(spread / float(harmonic[at])),
        ),
    )
    return alarm.day, -float(abs(difference[at]) / half[at]), alarm


def _enough(level: float) -> float:
    """Observations from which on a mean of 0s and 1s is nearly normal: 25 squared skewnesses (Cochran)."""
    if level >= 1:
        return LEAST_AFTER
    spread = level * (1 - level)
    return max(LEAST_AFTER, RARE * (1 - 2 * level) ** 2 / spread) if spread > 0 else math.inf


def _scatter(days: Days, level: float, spent: float) -> float:
    """How much more the days' means scatter than their observations explain: a variance ratio of at least 1, made
    larger as Student's quantiles are larger than normal ones, because it is estimated from so few days."""
    n, total, squares = days[:, days[0] > 0]
    variance = squares.sum() / n.sum() - level**2
    free = len(n) - 1
    if free < 1 or variance <= 0:
        return 1.0
    between = float((np.square(total - n * level) / n).sum()) / free
    squared = -2 * math.log(spent)
    student = free * math.expm1(squared / free) / squared
    return max(1.0, student * between / float(variance))


def _mean(value: float, variance: float, n: int) -> Estimate:
    error = math.sqrt(variance / n)
    half = z_of(0.95) * error
    return Estimate(
        value=value, low=value - half, high=value + half, n=n, method="mean", standard_error=error
    )


def _days(n: ArrayLike, total: ArrayLike, squares: ArrayLike) -> Days:
    rows = [np.asarray(each, dtype=np.float64) for each in (n, total, squares)]
    if any(row.ndim != 1 or len(row) != len(rows[0]) for row in rows):
        raise ValueError("n, total and squares must be as many, one of each for a day")
    days = np.stack(rows)
    if not np.isfinite(days).all() or (days[0] < 0).any() or (days[2] < 0).any():
        raise ValueError("n and squares must be finite numbers of at least 0, and total finite")
    return days

"""Differences of means."""

from __future__ import annotations

import math

from polku.statistics.checks import share, whole
from polku.statistics.estimate import Estimate


def welch(
    *,
    mean: tuple[float, float],
    variance: tuple[float, float],
    n: tuple[int, int],
    confidence: float = 0.95,
) -> Estimate:
    """Second minus first of two independent means whose variances may differ.

    Pairs are (before, after); `variance` is the sample's (divided by n − 1), in the square of the mean's unit. The
    interval and `p` come from Student's t with Welch and Satterthwaite's degrees of freedom; `z` holds the t
    statistic, and `n` is the sum. Where neither sample varies the interval has no width, and p is 1 for equal means
    and 0 for others. ValueError unless each n ≥ 2, the means are finite and the variances finite and not negative.

    Source: Welch, B. L. (1947), "The generalization of 'Student's' problem when several different population
    variances are involved", Biometrika 34, 28–35.
    """
    from scipy.special import (
        stdtr,
        stdtrit,
    )  # here, because importing it takes longer than all of this package

    if len(mean) != 2 or len(variance) != 2 or len(n) != 2:
        raise ValueError("mean, variance and n must be pairs (before, after)")
    sizes = [whole("n", size, least=2) for size in n]
    if not all(math.isfinite(value) for value in mean):
        raise ValueError(f"means must be finite numbers, not {mean!r}")
    if not all(math.isfinite(value) and value >= 0 for value in variance):
        raise ValueError(f"variances must be finite numbers of at least 0, not {variance!r}")
    tail = (1 - share("confidence", confidence)) / 2
    parts = [spread / size for spread, size in zip(variance, sizes, strict=True)]
    difference, error = mean[1] - mean[0], math.sqrt(sum(parts))
    if error > 0:
        # Relative parts: squares of very small variances would vanish.
        shares = [part / sum(parts) for part in parts]
        freedom = 1 / sum(part**2 / (size - 1) for part, size in zip(shares, sizes, strict=True))
        statistic = difference / error
        half = float(-stdtrit(freedom, tail)) * error
        p = min(1.0, 2 * float(stdtr(freedom, -abs(statistic))))
    else:
        statistic = math.copysign(math.inf, difference) if difference else 0.0
        half, p = 0.0, 0.0 if difference else 1.0
    return Estimate(
        value=difference,
        low=difference - half,
        high=difference + half,
        n=sum(sizes),
        method="Welch",
        standard_error=error,
        z=statistic,
        p=p,
    )

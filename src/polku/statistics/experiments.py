"""Experiments: whether the groups were filled as planned, and looking as often as one likes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from polku.statistics.checks import share, whole
from polku.statistics.estimate import Estimate

Numbers = NDArray[np.float64] | float

ALARM = 0.001
"""A mismatch of groups this unlikely is not chance, and an experiment's result is withheld."""


@dataclass(frozen=True)
class RatioMismatch:
    """`p_value` of the observed sizes under the planned shares; `alarm` where it is below 0.001."""

    p_value: float
    statistic: float
    alarm: bool


def srm(*, observed: Sequence[int], shares: Sequence[float]) -> RatioMismatch:
    """Whether an experiment's groups have the sizes that were planned (sample ratio mismatch), by χ².

    `observed` are numbers of units in each group, `shares` what was planned, positive and in any unit (1 and 1 are
    equal halves). ValueError for fewer than two groups, unequal lengths, or nobody at all.

    Source: Fabijan, A. et al. (2019), "Diagnosing sample ratio mismatch in online controlled experiments", KDD '19.
    """
    from scipy.special import chdtrc

    if len(observed) != len(shares) or len(observed) < 2:
        raise ValueError("observed and shares must be as many, and at least two groups")
    counts = [whole("observed", count) for count in observed]
    if not all(math.isfinite(planned) and planned > 0 for planned in shares):
        raise ValueError(f"shares must be positive numbers, not {shares!r}")
    n = sum(counts)
    if not n:
        raise ValueError("nobody was observed: n must be at least 1")
    whole_share = math.fsum(shares)
    expected = [n * planned / whole_share for planned in shares]
    statistic = math.fsum((count - mean) ** 2 / mean for count, mean in zip(counts, expected, strict=True))
    p_value = float(chdtrc(len(counts) - 1, statistic))
    return RatioMismatch(p_value=p_value, statistic=statistic, alarm=p_value < ALARM)


def confidence_sequence(
    *, mean: float, variance: float, n: int, planned_n: int, alpha: float = 0.05
) -> Estimate:
    """A mean whose interval holds at every look at once: looking daily and stopping when it excludes 0 is allowed.

    `mean` and `variance` (that of one observation) of the `n` so far; the interval is narrowest, relative to one that
    may be looked at once, near `planned_n`. Asymptotic: meant for n of some tens at least. `standard_error` is the
    plain one. ValueError unless n and planned_n ≥ 1, the variance is finite and not negative, and 0 < alpha < 1 with
    room for the formula (alpha below 0.6).

    Source: Waudby-Smith, I., Arbour, D., Sinha, R., Kennedy, E. H. & Ramdas, A. (2023), "Time-uniform central limit
    theory and asymptotic confidence sequences", eq. 9.
    """
    n, planned_n = whole("n", n, least=1), whole("planned_n", planned_n, least=1)
    alpha = share("alpha", alpha)
    if not math.isfinite(mean):
        raise ValueError(f"mean must be a finite number, not {mean!r}")
    if not math.isfinite(variance) or variance < 0:
        raise ValueError(f"variance must be a finite number of at least 0, not {variance!r}")
    half = float(half_width(variance=variance, n=n, planned_n=planned_n, alpha=alpha))
    return Estimate(
        value=mean,
        low=mean - half,
        high=mean + half,
        n=n,
        method="confidence sequence",
        standard_error=math.sqrt(variance / n),
    )


def half_width(*, variance: Numbers, n: Numbers, planned_n: float, alpha: float) -> Numbers:
    """Half the width of a confidence sequence (eq. 9) at each n, which need not be whole.

    ValueError where alpha leaves no room for the formula (below 0.6 it does).
    """
    logarithm = -2 * math.log(alpha)
    if logarithm <= 1:
        raise ValueError(f"alpha must be below 0.6, not {alpha!r}")
    squared = (logarithm + math.log(logarithm + 1)) / planned_n
    inside = np.asarray(n) * squared + 1
    half: Numbers = np.sqrt(
        variance * 2 * inside / (np.square(n) * squared) * np.log(np.sqrt(inside) / alpha)
    )
    return half

"""Shares and their differences."""

from __future__ import annotations

import math

from polku.statistics.checks import two_sided_p, whole, z_of
from polku.statistics.estimate import Estimate


def wilson(*, successes: int, n: int, confidence: float = 0.95) -> Estimate:
    """A share (0–1) with Wilson's score interval, without continuity correction.

    `successes` of `n` trials. `standard_error` is the plain √(p(1−p)/n). ValueError unless 0 ≤ successes ≤ n
    and n ≥ 1.

    Source: Wilson, E. B. (1927), "Probable inference, the law of succession, and statistical inference",
    JASA 22, 209–212.
    """
    n = whole("n", n, least=1)
    successes = whole("successes", successes)
    if successes > n:
        raise ValueError(f"successes ({successes}) must not exceed n ({n})")
    z = z_of(confidence)
    p = successes / n
    denominator = 1 + z * z / n
    centre = (p + z * z / (2 * n)) / denominator
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / denominator
    # At the ends the bound is exactly 0 or 1; rounding must not leave it a hair beside.
    low = 0.0 if successes == 0 else max(0.0, centre - half)
    high = 1.0 if successes == n else min(1.0, centre + half)
    return Estimate(
        value=p, low=low, high=high, n=n, method="Wilson", standard_error=math.sqrt(p * (1 - p) / n)
    )


def two_proportions(*, successes: tuple[int, int], n: tuple[int, int], confidence: float = 0.95) -> Estimate:
    """Second minus first of two independent shares (−1…1), with Newcombe's hybrid score interval.

    `successes` and `n` are pairs (before, after). `z` and `p` come from the pooled two-proportion test, and
    `standard_error` is the unpooled one. `n` of the result is the sum. ValueError as in `wilson`.

    Source: Newcombe, R. G. (1998), "Interval estimation for the difference between independent proportions:
    comparison of eleven methods", Statistics in Medicine 17, 873–890, method 10.
    """
    if len(successes) != 2 or len(n) != 2:
        raise ValueError("successes and n must be pairs (before, after)")
    before = wilson(successes=successes[0], n=n[0], confidence=confidence)
    after = wilson(successes=successes[1], n=n[1], confidence=confidence)
    difference = after.value - before.value
    low = difference - math.hypot(after.value - after.low, before.high - before.value)
    high = difference + math.hypot(after.high - after.value, before.value - before.low)
    pooled = (successes[0] + successes[1]) / (before.n + after.n)
    spread = math.sqrt(pooled * (1 - pooled) * (1 / before.n + 1 / after.n))
    z = difference / spread if spread else 0.0
    return Estimate(
        value=difference,
        low=max(-1.0, low),
        high=min(1.0, high),
        n=before.n + after.n,
        method="Newcombe",
        standard_error=math.hypot(before.standard_error or 0.0, after.standard_error or 0.0),
        z=z,
        p=two_sided_p(z),
    )

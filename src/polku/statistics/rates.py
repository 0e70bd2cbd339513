"""How often something happens for so many units."""

from __future__ import annotations

import math

from polku.statistics.checks import share, whole
from polku.statistics.estimate import Estimate


def poisson_rate(*, count: int, exposure: float, per: float = 100.0, confidence: float = 0.95) -> Estimate:
    """`count` events among `exposure` units, as a rate per `per` units, with Garwood's exact interval.

    `n` of the result is the count. The interval never covers less than `confidence`. `standard_error` is
    per·√count/exposure. ValueError for a count that is negative or not whole, or exposure or per not above 0.

    Source: Garwood, F. (1936), "Fiducial limits for the Poisson distribution", Biometrika 28, 437–442.
    """
    from scipy.special import gammaincinv  # here, because importing it takes longer than all of this package

    count = whole("count", count)
    if not (math.isfinite(exposure) and exposure > 0):
        raise ValueError(f"exposure must be above 0, not {exposure!r}")
    if not (math.isfinite(per) and per > 0):
        raise ValueError(f"per must be above 0, not {per!r}")
    tail = (1 - share("confidence", confidence)) / 2
    factor = per / exposure
    return Estimate(
        value=count * factor,
        low=float(gammaincinv(count, tail)) * factor if count else 0.0,
        high=float(gammaincinv(count + 1, 1 - tail)) * factor,
        n=count,
        method="Poisson, Garwood",
        standard_error=math.sqrt(count) * factor,
    )


def rate_difference(
    *,
    counts: tuple[int, int],
    exposures: tuple[float, float],
    per: float = 100.0,
    confidence: float = 0.95,
) -> Estimate:
    """The difference of two independent rates per `per` units, second minus first.

    `counts` and `exposures` are pairs (before, after). The interval joins the two Garwood intervals by
    square-and-add (MOVER); `p` is exact: given their sum, the second count is binomial with the second's part
    of the exposure, and the smaller tail is doubled. `n` is the sum of the counts. No `z`. ValueError as in
    `poisson_rate`.

    Sources: Przyborowski, J. & Wilenski, H. (1940), Biometrika 31, 313–323 (test); Li, H.-Q., Tang, M.-L. &
    Wong, W.-K. (2014), Statistics in Medicine 33, 4018–4032 (interval).
    """
    from scipy.special import betainc

    if len(counts) != 2 or len(exposures) != 2:
        raise ValueError("counts and exposures must be pairs (before, after)")
    before = poisson_rate(count=counts[0], exposure=exposures[0], per=per, confidence=confidence)
    after = poisson_rate(count=counts[1], exposure=exposures[1], per=per, confidence=confidence)
    difference = after.value - before.value
    total, part = before.n + after.n, exposures[1] / (exposures[0] + exposures[1])
    at_most = 1.0 if after.n == total else float(betainc(total - after.n, after.n + 1, 1 - part))
    at_least = 1.0 if after.n == 0 else float(betainc(after.n, total - after.n + 1, part))
    return Estimate(
        value=difference,
        low=difference - math.hypot(after.value - after.low, before.high - before.value),
        high=difference + math.hypot(after.high - after.value, before.value - before.low),
        n=total,
        method="conditional binomial, square and add",
        standard_error=math.hypot(before.standard_error or 0.0, after.standard_error or 0.0),
        p=min(1.0, 2 * min(at_most, at_least)),
    )

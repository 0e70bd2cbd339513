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

"""What is to be expected of a next time, by what the last times were."""

from __future__ import annotations

import numpy as np

from polku.statistics.checks import share, whole
from polku.statistics.estimate import Estimate


def expected_successes(*, successes: int, n: int, planned: int, confidence: float = 0.95) -> Estimate:
    """How many of `planned` coming trials will succeed, after `successes` of `n`: a count with a prediction interval.

    The interval covers both that the share is known only so well and that the next trials have their own luck: it is
    that of the beta-binomial distribution with Jeffreys' prior. ValueError unless 0 ≤ successes ≤ n, n ≥ 1 and
    planned ≥ 0.

    Source: Brown, Cai & DasGupta (2001), "Interval estimation for a binomial proportion", Statistical Science 16, on
    the prior; Bernardo & Smith (1994), "Bayesian Theory", 3.2, on the predictive distribution.
    """
    n = whole("n", n, least=1)
    successes = whole("successes", successes)
    planned = whole("planned", planned)
    if successes > n:
        raise ValueError(f"successes ({successes}) must not exceed n ({n})")
    tail = (1 - share("confidence", confidence)) / 2
    value = planned * successes / n
    if not planned:
        return Estimate(value=0.0, low=0.0, high=0.0, n=n, method="beta-binomial")
    from scipy.special import betaln, gammaln

    counts = np.arange(planned + 1)
    a, b = successes + 0.5, n - successes + 0.5
    ways = gammaln(planned + 1) - gammaln(counts + 1) - gammaln(planned - counts + 1)
    below = np.cumsum(np.exp(ways + betaln(a + counts, b + planned - counts) - betaln(a, b)))
    low, high = (float(min(planned, int(np.searchsorted(below, edge)))) for edge in (tail, 1 - tail))
    return Estimate(value=value, low=min(low, value), high=max(high, value), n=n, method="beta-binomial")

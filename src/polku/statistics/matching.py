"""The difference of two shares within matched groups."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from polku.statistics.checks import two_sided_p, z_of
from polku.statistics.estimate import Estimate


def matched_difference(
    *,
    successes: tuple[ArrayLike, ArrayLike],
    n: tuple[ArrayLike, ArrayLike],
    confidence: float = 0.95,
) -> Estimate:
    """Second minus first of two shares (−1…1), compared only inside groups of units that are alike.

    `successes` and `n` are pairs (first, second) of arrays of shape (groups,): how many of how many in each group. The
    difference is Mantel and Haenszel's, its variance Sato's, which holds for many small groups as for a few large ones.
    Groups with units on one side only tell nothing; `n` of the result counts the units of the others. ValueError for
    shapes that differ, numbers that are not whole or more successes than units, or where no group has both sides.

    Source: Sato, T. (1989), "On the variance estimator for the Mantel–Haenszel risk difference", Biometrics 45,
    1323–1324; Greenland, S. & Robins, J. M. (1985), Biometrics 41, 55–68.
    """
    a, c, first, second = (np.atleast_1d(np.asarray(values, dtype=np.float64)) for values in (*successes, *n))
    if not a.shape == c.shape == first.shape == second.shape or a.ndim != 1:
        raise ValueError("successes and n must be arrays of the same length")
    for values in (a, c, first, second):
        if not np.isfinite(values).all() or (values < 0).any() or (values != np.floor(values)).any():
            raise ValueError("successes and n must hold whole numbers of at least 0")
    if (a > first).any() or (c > second).any():
        raise ValueError("successes must not exceed n")
    both = (first > 0) & (second > 0)
    if not both.any():
        raise ValueError("no group has units on both sides: there is nothing to compare")
    a, c, first, second = a[both], c[both], first[both], second[both]
    whole = first + second
    weight = float((first * second / whole).sum())
    difference = float(((c * first - a * second) / whole).sum()) / weight
    spread = (second**2 * a - first**2 * c + first * second * (first - second) / 2) / whole**2
    luck = (c * (first - a) + a * (second - c)) / (2 * whole)
    variance = max(0.0, difference * float(spread.sum()) + float(luck.sum())) / weight**2
    error = math.sqrt(variance)
    half = z_of(confidence) * error
    z = difference / error if error > 0 else 0.0
    return Estimate(
        value=difference,
        low=max(-1.0, difference - half),
        high=min(1.0, difference + half),
        n=int(whole.sum()),
        method="Mantel–Haenszel, Sato",
        standard_error=error,
        z=z,
        p=two_sided_p(z),
    )

"""Many comparisons at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from polku.statistics.checks import share


@dataclass(frozen=True)
class Discoveries:
    """Which of many tests stand: `adjusted` p-values and `clear` (adjusted ≤ rate), in the order given.

    What `rate` bounds is the method's: a share of false discoveries, or the chance of any at all.
    """

    adjusted: NDArray[np.float64]
    clear: NDArray[np.bool_]
    rate: float


def benjamini_hochberg(*, p_values: ArrayLike, rate: float = 0.05) -> Discoveries:
    """Control the false discovery rate over independent or positively dependent tests.

    `p_values` has shape (m,), each 0–1; none at all is allowed and finds nothing. `rate` is the expected
    share of false ones among those called clear. ValueError for p-values outside 0–1 or NaN.

    Source: Benjamini, Y. & Hochberg, Y. (1995), JRSS B 57, 289–300.
    """
    p, rate = _checked(p_values), share("rate", rate)
    order = np.argsort(p, kind="stable")
    scaled = p[order] * p.size / np.arange(1, p.size + 1)
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(1.0, np.minimum.accumulate(scaled[::-1])[::-1])
    return Discoveries(adjusted=adjusted, clear=adjusted <= rate, rate=rate)


def holm(*, p_values: ArrayLike, rate: float = 0.05) -> Discoveries:
    """Control the chance of even one false discovery, whatever the dependence between the tests.

    `p_values` has shape (m,), each 0–1; none at all is allowed and finds nothing. `rate` is the chance that any
    test called clear is a false one. ValueError for p-values outside 0–1 or NaN.

    Source: Holm, S. (1979), "A simple sequentially rejective multiple test procedure", Scandinavian Journal of
    Statistics 6, 65–70.
    """
    p, rate = _checked(p_values), share("rate", rate)
    order = np.argsort(p, kind="stable")
    scaled = p[order] * np.arange(p.size, 0, -1)
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(scaled))
    return Discoveries(adjusted=adjusted, clear=adjusted <= rate, rate=rate)


def _checked(p_values: ArrayLike) -> NDArray[np.float64]:
    p = np.asarray(p_values, dtype=np.float64)
    if p.ndim != 1:
        raise ValueError("p_values must have one dimension")
    if not ((p >= 0) & (p <= 1)).all():
        raise ValueError("p-values must lie between 0 and 1")
    return p

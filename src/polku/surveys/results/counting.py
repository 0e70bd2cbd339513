"""How often each thing was answered, and where things stand on average."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from polku.statistics import Estimate, wilson
from polku.statistics.resampling import bootstrap_mean
from polku.surveys.results.encoding import Array

LARGEST_BOOTSTRAP = 20_000
"""Above it the normal interval of a mean is the same to three digits, and takes no time."""


@dataclass(frozen=True)
class Share:
    """How many of `n` answers chose it."""

    count: int
    n: int

    @property
    def estimate(self) -> Estimate | None:
        return wilson(successes=self.count, n=self.n) if self.n else None


def shares_of_places(places: Array, options: int) -> list[Share]:
    """Of one place per answer, −1 for none."""
    there = places[places >= 0]
    counts = np.bincount(there, minlength=options)
    return [Share(int(count), len(there)) for count in counts[:options]]


def shares_of_several(chosen: Array) -> list[Share]:
    """Of several options per answer: shares of those who answered, together more than one."""
    there = chosen[(chosen >= 0).all(axis=1)]
    return [Share(int(count), len(there)) for count in (there > 0).sum(axis=0)]


def shares_of_values(values: npt.NDArray[np.float32], scale: Sequence[float]) -> list[Share]:
    """Of numbers: how many gave each step of the scale."""
    there = values[~np.isnan(values)]
    return [Share(int((there == np.float32(step)).sum()), len(there)) for step in scale]


def mean_of(values: Array) -> Estimate | None:
    """The mean of numbers, NaN for none, with an interval; None without answers."""
    there = values[~np.isnan(values)].astype(np.float64)
    n = len(there)
    if n == 0:
        return None
    if n <= LARGEST_BOOTSTRAP:
        numbers, times = np.unique(there, return_counts=True)
        return bootstrap_mean(
            counts={float(number): int(time) for number, time in zip(numbers, times, strict=True)}
        )
    mean, error = float(there.mean()), float(there.std(ddof=1) / np.sqrt(n))
    half = 1.959964 * error
    return Estimate(value=mean, low=mean - half, high=mean + half, n=n, method="normal", standard_error=error)


@dataclass(frozen=True)
class Ranked:
    """`mean` is over those who ranked it, 1 is the most important; `first` how many put it first."""

    mean: Estimate | None
    first: Share


def ranks_of(ranks: Array) -> list[Ranked]:
    """By option."""
    there = ranks[(ranks >= 0).all(axis=1)]
    return [
        Ranked(
            mean_of(np.where(there[:, option] > 0, there[:, option], np.nan).astype(np.float64)),
            Share(int((there[:, option] == 1).sum()), len(there)),
        )
        for option in range(ranks.shape[1])
    ]


@dataclass(frozen=True)
class Spread:
    """Of numbers or days: the middle half and the ends."""

    n: int
    lowest: float
    quarter: float
    middle: float
    three_quarters: float
    highest: float


def spread_of(values: Array) -> Spread | None:
    there = values[~np.isnan(values)]
    if not len(there):
        return None
    quarter, middle, three = (float(each) for each in np.percentile(there, (25, 50, 75)))
    return Spread(len(there), float(there.min()), quarter, middle, three, float(there.max()))

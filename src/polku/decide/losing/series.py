"""Weekly series: is there a week from which on a share or a rate is another one, and is a unit worse than the rest."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEAST_WEEKS = 2
"""Weeks on each side of a change: one alone is an event, not a level."""
LEAST = 60
"""Attempts on each side."""


@dataclass(frozen=True)
class Series:
    """By week: `hits` among `n`. A share has at most one hit each; contacts (`is_count`) may have any number."""

    hits: Floats
    n: Floats
    is_count: bool = False

    def level(self, weeks: slice) -> float:
        n = float(self.n[weeks].sum())
        return float(self.hits[weeks].sum()) / n if n else 0.0


@dataclass(frozen=True)
class Break:
    """From week `since` on the level is worse than in the weeks [`begin`, `until`); where it fell in several steps
    these lie before the first of them. `p` is two-sided and corrected for having looked at every week."""

    since: int
    begin: int
    until: int
    p: float


def z_of(hits: tuple[float, float], n: tuple[float, float], *, is_count: bool, spread: float = 1.0) -> float:
    """Second minus first in standard errors of no difference; `spread` is how much more weeks vary than by chance."""
    pooled = (hits[0] + hits[1]) / (n[0] + n[1])
    variance = pooled if is_count else pooled * (1 - pooled)
    error = math.sqrt(max(variance, 0.0) * (1 / n[0] + 1 / n[1]) * spread)
    return (hits[1] / n[1] - hits[0] / n[0]) / error if error else 0.0


def p_of(z: float) -> float:
    """Two-sided; never 0, so that the order of very small ones is kept."""
    from scipy.special import log_ndtr  # here, because importing it takes longer than all of this room

    return float(np.exp(max(log_ndtr(-abs(z)) + math.log(2), -700.0)))


def worsening(series: Series, *, rate: float, is_worse_up: bool) -> Break | None:
    """The change for the worse that the present level came by; None where the last change was for the better.

    The weeks are split where the levels differ most, and the parts again while a split's corrected p is at most `rate`.
    The first split is given whatever its p: the caller corrects over all the series it looks at.
    """
    first = _best_split(series, 0, len(series.n))
    if first is None:
        return None
    splits = sorted(
        [*_splits(series, 0, first.week, rate), first, *_splits(series, first.week, len(series.n), rate)],
        key=lambda split: split.week,
    )
    sign = 1 if is_worse_up else -1
    last = splits[-1]
    if last.z * sign <= 0:
        return None
    number = len(splits) - 1
    while number and splits[number - 1].z * sign > 0:
        number -= 1
    begin = splits[number - 1].week if number else 0
    return Break(since=last.week, begin=begin, until=splits[number].week, p=last.p)


def _splits(series: Series, begin: int, end: int, rate: float) -> list[_Split]:
    split = _best_split(series, begin, end)
    if split is None or split.p > rate:
        return []
    return [*_splits(series, begin, split.week, rate), split, *_splits(series, split.week, end, rate)]


@dataclass(frozen=True)
class _Split:
    week: int
    z: float
    p: float


def _best_split(series: Series, begin: int, end: int) -> _Split | None:
    hits, n = series.hits[begin:end], series.n[begin:end]
    before_hits, before_n = np.cumsum(hits)[:-1], np.cumsum(n)[:-1]
    after_hits, after_n = hits.sum() - before_hits, n.sum() - before_n
    weeks = np.arange(1, len(n))
    can = (weeks >= LEAST_WEEKS) & (len(n) - weeks >= LEAST_WEEKS) & (before_n >= LEAST) & (after_n >= LEAST)
    if not can.any():
        return None
    pooled = hits.sum() / n.sum()
    variance = pooled if series.is_count else pooled * (1 - pooled)
    if variance <= 0:
        return None
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.sqrt(variance * (1 / before_n + 1 / after_n))
        z = np.where(can, (after_hits / after_n - before_hits / before_n) / error, 0.0)
    at = int(np.argmax(np.abs(z)))
    spread = spread_of(series, [(begin, begin + at + 1), (begin + at + 1, end)])
    shown = float(z[at]) / math.sqrt(spread)
    return _Split(begin + at + 1, shown, min(1.0, p_of(shown) * int(can.sum())))


def spread_of(series: Series, parts: list[tuple[int, int]]) -> float:
    """How much more the weeks of parts differ from their level than chance makes them; at least 1."""
    total, freedom = 0.0, 0
    for begin, end in parts:
        hits, n = series.hits[begin:end], series.n[begin:end]
        some = n >= 5
        if some.sum() < 2:
            continue
        level = hits[some].sum() / n[some].sum()
        variance = level if series.is_count else level * (1 - level)
        if variance <= 0:
            continue
        total += float(((hits[some] - n[some] * level) ** 2 / (n[some] * variance)).sum())
        freedom += int(some.sum()) - 1
    return max(1.0, total / freedom) if freedom >= 3 else 1.0

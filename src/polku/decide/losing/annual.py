"""From some weeks to a year: how many come, and whether the newest four weeks are like the others."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polku.decide.losing.inputs import Floats, Numbers, random_of
from polku.journeys.live.plan import DAY
from polku.statistics.euros import DRAWS, EurosAtStake

YEAR = 365.0
WINDOWS = (28, 90, 181)
"""Days of the windows that each figure is counted from once more."""
NEWEST = 28
_NEARLY_WHOLE = 0.98
_SURGE = 1.25
_CLEAR = 4.0
"""Standard errors: a week of good weather is no surge."""


@dataclass(frozen=True)
class Surge:
    """The newest four weeks had more people than those before: `usual` and `now` as if each went on for a year, `share`
    of the period's people came in them."""

    usual: float
    now: float
    share: float


@dataclass(frozen=True)
class Yearly:
    """How many a year, with what was seen of how many days; `surge` where the newest weeks stand out."""

    draws: Floats
    seen: int
    days: float
    surge: Surge | None


def yearly(times: NDArray[np.int64], begin: int, end: int, *, key: str) -> Yearly:
    """Those of `times` in [begin, end), as a year has them.

    A surge may go on or pass: the year then has anything between the usual number and the newest four weeks' all year.
    """
    inside = times[(times >= begin) & (times < end)]
    days = (end - begin) / DAY
    draws = random_of(key, "yearly").gamma(len(inside) + 0.5, 1.0, DRAWS) * (YEAR / days)
    surge = _surge(inside, begin, end)
    if surge is not None:
        mean = len(inside) * YEAR / days
        goes_on = random_of(key, "surge").random(DRAWS)
        draws = draws / mean * (surge.usual + goes_on * (surge.now - surge.usual))
    return Yearly(draws, len(inside), days, surge)


def _surge(times: NDArray[np.int64], begin: int, end: int) -> Surge | None:
    cut = end - NEWEST * DAY
    before = (cut - begin) / DAY
    if before < NEWEST:
        return None
    late = int((times >= cut).sum())
    early = len(times) - late
    if not early:
        return None
    ratio = (late / NEWEST) / (early / before)
    z = math.log(ratio) / math.sqrt(1 / late + 1 / early) if late else 0.0
    if ratio < _SURGE or z < _CLEAR:
        return None
    return Surge(early * YEAR / before, late * YEAR / NEWEST, late / len(times))


@dataclass(frozen=True)
class Figure:
    """A figure with what its windows say of it."""

    numbers: Numbers
    stake: EurosAtStake | None
    windows: tuple[tuple[int, float], ...]
    widened: Mapping[str, Any] | None
    split: tuple[Mapping[str, Any], ...] | None


Make = Callable[[int], tuple[Numbers, EurosAtStake | None, Surge | None]]
"""Counts a row from the moment on that it is given."""


def figure_of(make: Make, *, counted: str, key: str, begin: int, first: int, end: int) -> Figure:
    """The figure of the period, with those of the windows that the data covers. Where a window's range and the
    period's have nothing in common the range widens to both. `counted` names the input that holds how many a year."""
    numbers, stake, surge = make(begin)
    if stake is None:
        return Figure(numbers, None, (), None, None)
    windows: list[tuple[int, EurosAtStake]] = []
    for days in WINDOWS:
        start = end - days * DAY
        if start < first - (1 - _NEARLY_WHOLE) * days * DAY:
            continue
        made = make(max(start, first))[1]
        if made is not None:
            windows.append((days, made))
    shown = tuple((days, each.p50) for days, each in windows)
    if surge is not None:
        share = (surge.usual / surge.now) if surge.now else 0.0
        whole = stake.p50
        now = whole * surge.now / ((surge.usual + surge.now) / 2)
        return Figure(
            numbers,
            stake,
            shown,
            {"why": "surge", "usual": surge.usual, "now": surge.now, "share": surge.share, "days": NEWEST},
            ({"part": "usual", "p50": now * share}, {"part": "surge", "p50": now * (1 - share)}),
        )
    apart = [(days, each) for days, each in windows if each.p10 > stake.p90 or each.p90 < stake.p10]
    if not apart or stake.p50 <= 0:
        return Figure(numbers, stake, shown, None, None)
    ratios = np.array([1.0, *(each.p50 / stake.p50 for _days, each in apart)])
    low, high = float(ratios.min()), float(ratios.max())
    which = random_of(key, "windows").uniform(low, high, DRAWS)
    wider = numbers.scaled(counted, which, random_of(key, counted))
    return Figure(
        wider,
        wider.stake(key, stake.grade),
        shown,
        {
            "why": "windows",
            "days": [days for days, _each in apart],
            "low": min(each.p50 for _days, each in windows),
            "high": max(each.p50 for _days, each in windows),
        },
        None,
    )

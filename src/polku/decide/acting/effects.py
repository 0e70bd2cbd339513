"""Did it move? A figure before and after a change, with those whom the change did not touch as a control.

With a control: (after − before) − (control after − control before), grade B. Without: after − before, grade C. Samples
are independent; people of both windows make this slightly cautious. Counts of people have no level of their own that
could be subtracted: there the control tells by which factor everybody's number changed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from polku.statistics import Z95
from polku.statistics.euros import Judged

ENOUGH = 30
"""So many in each of the compared groups, or nothing is said yet."""
CLEAR = 0.05
_DRAWS = 10_000


@dataclass(frozen=True)
class Level:
    """A figure in one window: its interval, its standard error, and how many people, answers … it rests on."""

    value: float
    low: float
    high: float
    error: float
    n: int


@dataclass(frozen=True)
class Effect:
    """How far the figure moved beyond what it would have done anyway, as far as that is known."""

    value: float
    low: float
    high: float
    p: float | None
    grade: Literal["B", "C"]

    @property
    def error(self) -> float:
        return (self.high - self.low) / (2 * Z95)


def effect_of(
    before: Level, after: Level, control: tuple[Level, Level] | None, *, is_count: bool = False
) -> Effect:
    """`control` is (before, after) of those who were not touched. `is_count`: the figure is a number of people."""
    if control is None:
        moved, variance = after.value - before.value, before.error**2 + after.error**2
        grade: Literal["B", "C"] = "C"
    elif is_count and min(before.value, control[0].value) > 0:
        factor = control[1].value / control[0].value
        expected = before.value * factor
        relative = sum((level.error / level.value) ** 2 for level in (before, *control) if level.value > 0)
        moved, variance = after.value - expected, after.error**2 + expected**2 * relative
        grade = "B"
    else:
        moved = (after.value - before.value) - (control[1].value - control[0].value)
        variance = sum(level.error**2 for level in (before, after, *control))
        grade = "B"
    error = math.sqrt(variance)
    p = math.erfc(abs(moved) / error / math.sqrt(2)) if error > 0 else None
    return Effect(moved, moved - Z95 * error, moved + Z95 * error, p, grade)


def in_money(
    effect: Effect, *, loss: tuple[float, float, float], level: float, reference: float
) -> tuple[float, float, float] | None:
    """(P10, P50, P90) of money a year: the loss that was estimated (P10, P50, P90) times how much of the way from the
    `level` of then to the `reference` the figure went. None where there was no way to go."""
    way = reference - level
    if way == 0 or not loss[0] <= loss[1] <= loss[2]:
        return None
    random = np.random.default_rng(0)
    lost = Judged(*loss, least=0.0).draw(random, _DRAWS)
    went = random.normal(effect.value, effect.error, _DRAWS) / way
    low, middle, high = np.percentile(lost * went, [10, 50, 90])
    return float(low), float(middle), float(high)

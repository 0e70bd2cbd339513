"""Recency, frequency and money: customers in groups with plain names, by the company's own rhythm of purchases.

The bounds come from those who bought again: within `soon` days three of four next purchases came, within `late` days
nineteen of twenty. So "at risk" means later than usual here, in a shop of coffee as in one of tents.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from polku.analytics.customers import Customers, Purchases

Numbers = NDArray[np.int64]

GROUPS = ("loyal", "returning", "new", "at_risk", "waiting", "quiet", "once")
"""In the order in which they are shown. Who bought once is new, waiting or once; who bought again the others."""
ROWS = ((1, 1), (2, 2), (3, 3), (4, 6), (7, None))
"""Numbers of purchases that stand together in the picture."""
_SHARE_SOON, _SHARE_LATE, _SHARE_MANY = 0.75, 0.95, 0.75
_UNKNOWN_SOON, _UNKNOWN_LATE = 90, 365
"""Where too few bought again to tell a rhythm."""
LEAST_GAPS, _LEAST_SOON, _LEAST_MANY = 30, 7, 3


@dataclass(frozen=True)
class Rhythm:
    """`soon` and `late` in days since the last purchase, `many` purchases; `gaps` are those the days come from."""

    soon: int
    late: int
    many: int
    gaps: int

    @property
    def bounds(self) -> tuple[tuple[int, int | None], ...]:
        """Days since the last purchase that stand together in the picture, both ends included."""
        half = max(1, self.soon // 2)
        return (
            (0, half),
            (half + 1, self.soon),
            (self.soon + 1, self.late),
            (self.late + 1, 2 * self.late),
            (2 * self.late + 1, None),
        )


def rhythm_of(bought: Purchases, found: Customers) -> Rhythm:
    """How this company's customers buy, from the days between the purchases of each."""
    same = bought.person[1:] == bought.person[:-1]
    gaps = np.diff(bought.day)[same]
    many = _LEAST_MANY
    again = found.frequency[found.frequency > 0]
    if len(again):
        many = max(_LEAST_MANY, int(np.ceil(np.quantile(again + 1, _SHARE_MANY))))
    if len(gaps) < LEAST_GAPS:
        return Rhythm(_UNKNOWN_SOON, _UNKNOWN_LATE, many, len(gaps))
    soon = max(_LEAST_SOON, int(np.ceil(np.quantile(gaps, _SHARE_SOON))))
    late = max(soon * 2, int(np.ceil(np.quantile(gaps, _SHARE_LATE))))
    return Rhythm(soon, late, many, len(gaps))


def groups_of(found: Customers, rhythm: Rhythm) -> Numbers:
    """The place of each customer's group in GROUPS."""
    quiet_for, times = found.age - found.recency, found.frequency + 1
    soon, late = quiet_for <= rhythm.soon, quiet_for <= rhythm.late
    names = np.select(
        [
            (times == 1) & soon,
            (times == 1) & late,
            times == 1,
            soon & (times >= rhythm.many),
            soon,
            late,
        ],
        [GROUPS.index(name) for name in ("new", "waiting", "once", "loyal", "returning", "at_risk")],
        default=GROUPS.index("quiet"),
    )
    return names.astype(np.int64)


def conditions_of(group: str, rhythm: Rhythm) -> list[dict[str, object]]:
    """The group as conditions of a segment (properties of `eventstore.bought`)."""
    soon: list[dict[str, object]] = [_condition("bought_days_ago", "le", rhythm.soon)]
    between = [
        _condition("bought_days_ago", "gt", rhythm.soon),
        _condition("bought_days_ago", "le", rhythm.late),
    ]
    long_ago = [_condition("bought_days_ago", "gt", rhythm.late)]
    once, again = [_condition("bought_times", "le", 1)], [_condition("bought_times", "ge", 2)]
    found = {
        "new": [*once, *soon],
        "waiting": [*once, *between],
        "once": [*once, *long_ago],
        "loyal": [_condition("bought_times", "ge", rhythm.many), *soon],
        "returning": [*again, _condition("bought_times", "lt", rhythm.many), *soon],
        "at_risk": [*again, *between],
        "quiet": [*again, *long_ago],
    }
    return found[group]


@dataclass(frozen=True)
class Cell:
    """A field of the picture: who bought so often, and last so long ago. `row` and `column` count from 0."""

    row: int
    column: int
    customers: int
    value: float


def cells_of(found: Customers, rhythm: Rhythm, values: NDArray[np.float64]) -> list[Cell]:
    """All fields that hold somebody, with the mean of `values` there."""
    starts = np.array([low for low, _high in ROWS])
    row = np.searchsorted(starts, found.frequency + 1, side="right") - 1
    columns = np.array([low for low, _high in rhythm.bounds])
    column = np.searchsorted(columns, found.age - found.recency, side="right") - 1
    place = row * len(columns) + column
    counts = np.bincount(place, minlength=len(starts) * len(columns))
    sums = np.bincount(place, weights=values, minlength=len(counts))
    return [
        Cell(int(number // len(columns)), int(number % len(columns)), int(counts[number]), float(mean))
        for number in np.flatnonzero(counts)
        for mean in (sums[number] / counts[number],)
    ]


def _condition(name: str, op: str, value: int) -> dict[str, object]:
    return {"property": name, "op": op, "value": value}

"""The days of a watched metric as they are kept, and what is done with newly counted ones."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from polku.decide.changing.daily import Daily

KEPT = 400
"""Days that are kept: a reference, the rounds that follow it, and a year to look at."""
DIFFERS = 0.1
"""Where known days come out with so many more or fewer observations (a share), older ones are counted anew, too."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Days:
    """Sums by day from `first` on, as `polku.statistics.watch` takes them."""

    first: dt.date
    n: Floats
    total: Floats
    squares: Floats

    @classmethod
    def of(cls, first: dt.date, counted: Daily) -> Days:
        return cls(first, counted.n, counted.total, counted.squares)

    @classmethod
    def read(cls, first: dt.date, kept: Mapping[str, Sequence[float]]) -> Days:
        n, total, squares = (np.array(kept[name], dtype=float) for name in ("n", "total", "squares"))
        return cls(first, n, total, squares)

    def written(self) -> dict[str, list[float]]:
        """As a row keeps them: whole numbers without a point."""
        return {name: _short(getattr(self, name)) for name in ("n", "total", "squares")}

    @property
    def last(self) -> dt.date:
        return self.first + dt.timedelta(days=len(self.n) - 1)

    def since(self, day: dt.date) -> Days:
        """From `day` on."""
        at = max(0, (day - self.first).days)
        return Days(self.first + dt.timedelta(days=at), self.n[at:], self.total[at:], self.squares[at:])

    def level(self, begin: dt.date) -> Days:
        """From `begin` on; where that is no longer kept, from a day a whole number of weeks later, so that the rounds
        of a watch begin on the days on which they always did."""
        if begin < self.first:
            begin += dt.timedelta(weeks=-(-(self.first - begin).days // 7))
        return self.since(begin)

    def joined(self, newer: Days) -> Days:
        """With `newer` in place of its own days from where that begins, at most `KEPT` days in all."""
        if newer.first <= self.first:
            return newer.since(newer.last - dt.timedelta(days=KEPT - 1))
        own = (newer.first - self.first).days
        gap = max(0, own - len(self.n))

        def join(mine: Floats, theirs: Floats) -> Floats:
            return np.concatenate([mine[:own], np.zeros(gap), theirs])

        whole = Days(
            self.first,
            join(self.n, newer.n),
            join(self.total, newer.total),
            join(self.squares, newer.squares),
        )
        return whole.since(whole.last - dt.timedelta(days=KEPT - 1))

    def differs(self, newer: Days) -> bool:
        """Whether days that both know are told quite differently: data came late, or other data is connected."""
        mine, theirs = self.since(newer.first), newer.since(self.first)
        both = min(len(mine.n), len(theirs.n))
        before, after = mine.n[:both], theirs.n[:both]
        return float(np.abs(after - before).sum()) > DIFFERS * max(float(before.sum()), 10.0)

    def first_with_any(self) -> dt.date:
        """The first day with an observation; the day after the last one where there is none."""
        found = np.flatnonzero(self.n)
        return self.first + dt.timedelta(days=int(found[0]) if len(found) else len(self.n))


def _short(values: Floats) -> list[float]:
    return [int(value) if float(value).is_integer() else round(float(value), 6) for value in values]

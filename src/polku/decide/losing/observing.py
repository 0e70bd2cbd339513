"""What is counted of one pain at one touchpoint, week by week, of everybody and of every unit."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from polku.decide.losing.series import Series
from polku.decide.losing.units import Units

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Hits:
    """Of a property: by week and value (the last column: not known) attempts `n` and `hits`."""

    units: Units
    n: Floats
    hits: Floats

    def series(self, values: Collection[int], *, is_count: bool) -> Series:
        at = sorted(values)
        return Series(self.hits[:, at].sum(axis=1), self.n[:, at].sum(axis=1), is_count)

    def rest(self, values: Collection[int]) -> list[int]:
        """All the other known values."""
        return [at for at in range(len(self.units.values)) if at not in values]


@dataclass(frozen=True)
class Observed:
    """`attempts` and `hits` are the weeks (from 0) in which they fell; `hit_of` is the attempt that each hit belongs
    to, −1 where none does, and `hit_by` the person (a number of the walk). A hit is somebody who went on (`is_count`
    false: more is better) or a contact (fewer)."""

    place: int
    reason: str | None
    weeks: int
    attempts: Ints
    hits: Ints
    hit_of: Ints
    hit_by: Ints
    units: list[Units]

    @property
    def is_count(self) -> bool:
        return self.reason is not None

    @cached_property
    def everybody(self) -> Series:
        return Series(
            np.bincount(self.hits, minlength=self.weeks).astype(float),
            np.bincount(self.attempts, minlength=self.weeks).astype(float),
            self.is_count,
        )

    @cached_property
    def by_property(self) -> list[Hits]:
        return [self._table(units) for units in self.units]

    def _table(self, units: Units) -> Hits:
        width = len(units.values) + 1
        codes = np.where(units.codes >= 0, units.codes, width - 1)
        own = self.hit_codes(units)
        size = self.weeks * width
        return Hits(
            units,
            np.bincount(self.attempts * width + codes, minlength=size).reshape(-1, width).astype(float),
            np.bincount(self.hits * width + own, minlength=size).reshape(-1, width).astype(float),
        )

    def hit_codes(self, units: Units) -> Ints:
        """The value of each hit; the number behind the last value where it is not known."""
        unknown = len(units.values)
        own = (
            np.append(units.codes, -1)[self.hit_of]
            if units.of_people is None
            else units.of_people[self.hit_by]
        )
        return np.where(own >= 0, own, unknown)

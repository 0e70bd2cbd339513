"""Who comes back in which period, counted over whole arrays at once. Nothing here knows a database."""

from __future__ import annotations

import numpy as np

from polku.eventstore.calendar_periods import Calendar
from polku.eventstore.chunks import Ints, Numbers, Pause, changes, each_chunk


def returns(
    unit: Numbers,
    time: Ints,
    mask: Numbers,
    calendar: Calendar,
    periods: int,
    *,
    pause: Pause,
    threads: int = 1,
) -> tuple[Ints, Ints]:
    """(cohorts, returned): the periods in which units began, and (shape (cohorts, periods)) how many came back.

    Rows are in order of unit and time. Bit 0 of `mask` starts a unit, bit 1 is a return; column 0 is the cohort's size,
    whether they returned in it or not.
    """

    def count(part: slice) -> tuple[Ints, Ints]:
        # Rows that are neither stand for nothing: they only part those around them.
        return _returns(unit[part], calendar.periods(time[part]), mask[part], periods)

    parts = each_chunk(count, unit, pause=pause, threads=threads)
    cohorts = np.unique(np.concatenate([part[0] for part in parts]))
    returned = np.zeros((cohorts.size, periods), dtype=np.int64)
    for begun, counts in parts:
        returned[np.searchsorted(cohorts, begun)] += counts
    return cohorts, returned


def _returns(unit: Numbers, period: Numbers, mask: Numbers, periods: int) -> tuple[Ints, Ints]:
    # Of one period of a unit only the first row of each kind matters.
    kept = np.flatnonzero(changes(unit) | changes(period) | changes(mask))
    unit, period, mask = unit[kept], period[kept], mask[kept]
    starts = np.flatnonzero(mask & 1 != 0)
    first = starts[changes(unit[starts])]
    if not first.size:
        return np.empty(0, dtype=np.int64), np.empty((0, periods), dtype=np.int64)
    begun = period[first].astype(np.int64)
    low = int(begun.min())
    sizes = np.bincount(begun - low)
    cohorts = np.flatnonzero(sizes)
    cohort_of = np.cumsum(sizes > 0) - 1
    returned = np.zeros((cohorts.size, periods), dtype=np.int64)
    returned[:, 0] = sizes[cohorts]
    # The place among `first` of each row's unit: units without a start have that of the one before, and do not fit.
    whose = np.flatnonzero(changes(unit))
    place = np.searchsorted(whose, first, side="right") - 1
    begun_of = np.full(whose.size, np.iinfo(np.int64).max // 2)
    begun_of[place] = begun
    spread = np.repeat(begun_of, np.diff(np.append(whose, unit.size)))
    age = period - spread
    back = np.flatnonzero((mask & 2 != 0) & (age >= 1) & (age < periods))
    # Rows of one unit and period follow one another, so each is counted where it begins.
    back = back[changes(spread[back]) | changes(unit[back]) | changes(age[back])]
    pairs = cohort_of[spread[back] - low] * periods + age[back]
    returned += np.bincount(pairs, minlength=returned.size).reshape(returned.shape)
    return cohorts + low, returned

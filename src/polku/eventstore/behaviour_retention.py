"""Who comes back in which period, counted over whole arrays at once. Nothing here knows a database."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


def returns(unit: Ints, period: Ints, mask: Ints, periods: int) -> tuple[Ints, Ints]:
    """(cohorts, returned): the periods in which units began, and (shape (cohorts, periods)) how many came back.

    Rows are in order of unit and time; `period` numbers the calendar's periods without a gap. Bit 0 of `mask` starts a
    unit, bit 1 is a return; column 0 is the cohort's size, whether they returned in it or not.
    """
    starts = np.flatnonzero(mask & 1)
    if not starts.size:
        return np.empty(0, dtype=np.int64), np.empty((0, periods), dtype=np.int64)
    first = starts[np.append(True, unit[starts[1:]] != unit[starts[:-1]])]
    members, begun = unit[first], period[first]
    cohorts, cohort = np.unique(begun, return_inverse=True)
    returned = np.zeros((cohorts.size, periods), dtype=np.int64)
    returned[:, 0] = np.bincount(cohort, minlength=cohorts.size)
    back = np.flatnonzero(mask & 2)
    member = np.minimum(np.searchsorted(members, unit[back]), members.size - 1)
    age = period[back] - begun[member]
    counts = (members[member] == unit[back]) & (age >= 1) & (age < periods)
    pairs = np.unique(member[counts] * periods + age[counts])
    np.add.at(returned, (cohort[pairs // periods], pairs % periods), 1)
    return cohorts, returned

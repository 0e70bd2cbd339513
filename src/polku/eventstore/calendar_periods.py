"""Days, weeks (from Monday) and months of a time zone's calendar, for whole arrays of moments."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from polku.eventstore.chunks import Flags, Ints, Numbers, Pause, changes, each_chunk

INTERVALS = ("day", "week", "month")
_QUARTER = 15 * 60 * 1_000_000  # no zone's offset from UTC changes within a quarter of an hour
_A_DAY = 96  # quarters
_EPOCH = date(1970, 1, 1)
_FIRST_MONDAY = date(1969, 12, 29)
# What datetime knows, but for a day at either end, in quarters; moments beyond have the offset there.
_EARLIEST, _LATEST = -62_135_510_400 // 900, 253_402_128_000 // 900
_MOST_QUARTERS = 4_000_000  # a hundred years; in wider ranges only quarters that are there are looked at


class Calendar:
    """Numbers the periods of the moments `time` (microseconds since 1970, UTC), one after another without a gap."""

    def __init__(self, time: Ints, interval: str, timezone: str) -> None:
        self._interval = interval
        low, high = (int(time.min()) // _QUARTER, int(time.max()) // _QUARTER) if time.size else (0, 0)
        self._is_dense = high - low < _MOST_QUARTERS
        quarters = np.arange(low, high + 1) if self._is_dense else np.unique(time // _QUARTER)
        self._quarters = quarters
        self._numbers = _numbers(_days(quarters, timezone), interval).astype(np.int32)

    def periods(self, time: Ints) -> NDArray[np.int32]:
        """The number of the period that each of the moments lies in; they must be among those of the calendar."""
        quarter = time // _QUARTER
        if self._is_dense:
            quarter -= self._quarters[0]
            return self._numbers[quarter]
        return self._numbers[np.searchsorted(self._quarters, quarter)]

    def start_of(self, number: int) -> date:
        """The first day of the period of this number."""
        if self._interval == "day":
            return _EPOCH + timedelta(days=number)
        if self._interval == "week":
            return _FIRST_MONDAY + timedelta(weeks=number)
        return date(1970 + number // 12, number % 12 + 1, 1)


def period_counts(
    unit: Numbers,
    time: Ints,
    calendar: Calendar,
    counts_in: Flags,
    *,
    once: bool,
    pause: Pause,
    threads: int = 1,
) -> dict[int, int]:
    """How many of the rows that count lie in each period that has any; with `once` how many of their units.

    Rows are in order of unit and time.
    """

    def count(part: slice) -> tuple[int, Ints]:
        period, whose = calendar.periods(time[part]), unit[part]
        if not counts_in[part].all():
            kept = np.flatnonzero(counts_in[part])
            period, whose = period[kept], whose[kept]
        if once:
            period = period[changes(whose) | changes(period)]
        if not period.size:
            return 0, np.empty(0, dtype=np.int64)
        low = int(period.min())
        return low, np.bincount(period - low)

    found: Counter[int] = Counter()
    for low, counts in each_chunk(count, unit, pause=pause, threads=threads):
        there = np.flatnonzero(counts)
        found.update(dict(zip((there + low).tolist(), counts[there].tolist(), strict=True)))
    return found


def _days(quarters: Ints, timezone: str) -> Ints:
    """The local day (since 1970) of each quarter of an hour, which ascend.

    The zone is asked at both ends of a day in UTC, and within only where they differ: none changes and changes back in
    a day.
    """
    day = quarters // _A_DAY
    distinct, place = np.unique(day, return_inverse=True)
    at_start, at_end = (
        np.array([_offset(quarter, timezone) for quarter in ends.tolist()], dtype=np.int64)
        for ends in (distinct * _A_DAY, (distinct + 1) * _A_DAY)
    )
    offset = at_start[place]
    changing = np.flatnonzero((at_start != at_end)[place])
    offset[changing] = [_offset(quarter, timezone) for quarter in quarters[changing].tolist()]
    return (quarters * 900 + offset) // 86_400


@lru_cache(maxsize=100_000)
def _offset(quarter: int, timezone: str) -> int:
    """Seconds that local time is ahead of UTC."""
    quarter = min(max(quarter, _EARLIEST), _LATEST)
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=quarter * 900)
    offset = moment.astimezone(ZoneInfo(timezone)).utcoffset()
    return int(offset.total_seconds()) if offset is not None else 0


def _numbers(days: Ints, interval: str) -> Ints:
    if interval == "day":
        return days
    if interval == "week":
        return (days + 3) // 7  # 1970 began on a Thursday
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)

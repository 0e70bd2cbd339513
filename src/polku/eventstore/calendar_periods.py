"""Days, weeks (from Monday) and months of a time zone's calendar, for whole arrays of moments."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

INTERVALS = ("day", "week", "month")
_QUARTER = 15 * 60 * 1_000_000  # no zone's offset from UTC changes within a quarter of an hour
_FIRST_MONDAY = date(1969, 12, 29)
_EPOCH = date(1970, 1, 1)


def periods_of(time: Ints, interval: str, timezone: str) -> tuple[Ints, Callable[[int], date]]:
    """(the number of the period that each moment lies in, what turns a number into the period's first day).

    `time` is microseconds since 1970 (UTC). Numbers follow one another without a gap.
    """
    if not time.size:
        return time, lambda number: start_of(number, interval)
    quarter = time // _QUARTER
    low, high = int(quarter.min()), int(quarter.max())
    if high - low < 10_000_000:
        there = np.zeros(high - low + 1, dtype=bool)
        there[quarter - low] = True
        distinct = np.flatnonzero(there) + low
        place = np.cumsum(there) - 1
        days = _days(distinct, timezone)
        return _numbers(days, interval)[place[quarter - low]], lambda number: start_of(number, interval)
    distinct, place = np.unique(quarter, return_inverse=True)
    return _numbers(_days(distinct, timezone), interval)[place], lambda number: start_of(number, interval)


def _days(quarters: Ints, timezone: str) -> Ints:
    """The local day (since 1970) of each quarter of an hour, asked of the zone once a quarter."""
    zone = ZoneInfo(timezone)
    offsets = np.array([_offset(quarter, zone) for quarter in quarters.tolist()], dtype=np.int64)
    return (quarters * 900 + offsets) // 86_400


def _offset(quarter: int, zone: ZoneInfo) -> int:
    """Seconds that local time is ahead of UTC."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=quarter * 900)
    offset = moment.astimezone(zone).utcoffset()
    return int(offset.total_seconds()) if offset is not None else 0


def _numbers(days: Ints, interval: str) -> Ints:
    if interval == "day":
        return days
    if interval == "week":
        return (days + 3) // 7  # 1970 began on a Thursday
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def start_of(number: int, interval: str) -> date:
    """The first day of the period of this number."""
    if interval == "day":
        return _EPOCH + timedelta(days=number)
    if interval == "week":
        return _FIRST_MONDAY + timedelta(weeks=number)
    return date(1970 + number // 12, number % 12 + 1, 1)

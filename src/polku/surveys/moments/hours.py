"""When to ask: a while after something happened, at decent hours where the person is. Pure.

Times are whole microseconds since 1970 (UTC). Minutes pass as they do, also when clocks are changed; months are those
of the calendar where the person is. A local time that does not exist (spring) moves forward, a repeated one (autumn) is
the first.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

MINUTE = 60_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def moment_of(at: int) -> datetime:
    """As an aware time, UTC."""
    return _EPOCH + timedelta(microseconds=at)


def microseconds(at: datetime) -> int:
    """Of an aware time, or a naive one that is UTC."""
    return ((at if at.tzinfo else at.replace(tzinfo=UTC)) - _EPOCH) // _MICROSECOND


def after_delay(at: int, zone: ZoneInfo, *, minutes: int = 0, months: int = 0) -> int:
    """`months` of the calendar later at the same local time (on the month's last day where it has no such day), and
    then `minutes` later."""
    if months:
        local = moment_of(at).astimezone(zone)
        years, month = divmod(local.month - 1 + months, 12)
        year = local.year + years
        day = min(local.day, monthrange(year, month + 1)[1])
        at = _instant(local.replace(year=year, month=month + 1, day=day, fold=0), zone)
    return at + minutes * MINUTE


def at_decent_hour(at: int, zone: ZoneInfo, *, first: int, last: int) -> int:
    """The earliest time from `at` on whose local hour is from `first` on and before `last` (0–24, `first` < `last`)."""
    if first <= 0 and last >= 24:
        return at
    local = moment_of(at).astimezone(zone)
    if first <= local.hour < last:
        return at
    day = local.date() if local.hour < first else local.date() + timedelta(days=1)
    while True:
        opening = _opening(day, first, zone)
        # Where clocks leave out the whole of a short window there is none that day.
        if opening >= at and first <= moment_of(opening).astimezone(zone).hour < last:
            return opening
        day += timedelta(days=1)


def is_decent(at: int, zone: ZoneInfo, *, first: int, last: int) -> bool:
    return first <= moment_of(at).astimezone(zone).hour < last


@lru_cache(maxsize=4096)
def _opening(day: date, hour: int, zone: ZoneInfo) -> int:
    return _instant(datetime.combine(day, time(hour), zone), zone)


def _instant(local: datetime, zone: ZoneInfo) -> int:
    """Python reads a time in a gap with the offset from before it: that is as long after the gap's beginning as it was
    written."""
    return microseconds(local.replace(tzinfo=zone, fold=0))

"""Stretches of time: ranges, windows, and the calendar periods of a workspace's zone."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from polku.analytics import values
from polku.analytics.errors import QueryError
from polku.eventstore.port import Interval

Range = tuple[datetime | None, datetime | None]
"""(start, end), naive UTC, half-open; None is open."""

_DURATION = re.compile(
    r"P(?:(?P<weeks>\d{1,6})W)?(?:(?P<days>\d{1,6})D)?"
    r"(?:T(?:(?P<hours>\d{1,9})H)?(?:(?P<minutes>\d{1,9})M)?(?:(?P<seconds>\d{1,9})S)?)?"
)
_LONGEST_WINDOW = timedelta(days=36_600)
_FIRST, _LAST = datetime(2, 1, 1), datetime(9998, 12, 31)
"""Between these every period has a day before and after it, in every zone. Later ones, as many write “for ever”, count
as the last; earlier ones are mistakes."""


def parse_range(data: object, timezone: str, *, field: str = "range") -> Range:
    """{"from", "to"} or null as naive UTC. Dates are midnights of `timezone`, times without a zone are its own.

    A local time that does not exist (spring) moves forward, a repeated one (autumn) is the first. Raises
    QueryError where a time cannot be read or the range is empty.
    """
    if data is None:
        return None, None
    parts = values.mapping(data, ("from", "to"), field=field)
    start = _instant(parts["from"], timezone, field=f"{field}.from") if "from" in parts else None
    end = _instant(parts["to"], timezone, field=f"{field}.to") if "to" in parts else None
    if start is not None and end is not None and start >= end:
        raise QueryError(
            _("“%(field)s” is empty: “from” must be before “to”, which itself is left out.")
            % {"field": field},
            field=field,
        )
    return start, end


def parse_window(data: object, *, field: str = "window") -> timedelta | None:
    """An ISO 8601 duration of weeks, days, hours, minutes and seconds, or null. A day is 86,400 s."""
    if data is None:
        return None
    found = _DURATION.fullmatch(data) if isinstance(data, str) else None
    amounts = {unit: int(amount) for unit, amount in found.groupdict().items() if amount} if found else {}
    if not amounts or (isinstance(data, str) and data.endswith("T")):
        raise QueryError(
            _(
                "“%(field)s” must be an ISO 8601 duration such as P7D or PT30M, not “%(value)s”. "
                "Months and years have no fixed length; give days."
            )
            % {"field": field, "value": values.shown(data)},
            field=field,
        )
    window = timedelta(**amounts)
    if not timedelta() < window <= _LONGEST_WINDOW:
        raise QueryError(
            _("“%(field)s” must be longer than nothing and at most a hundred years.") % {"field": field},
            field=field,
        )
    return window


def local_midnight(day: date, timezone: str) -> datetime:
    """The start of `day` in `timezone`, as naive UTC."""
    return _to_utc(datetime.combine(day, time()), timezone)


def next_period(start: date, interval: Interval) -> date:
    """The first day of the period after the one that starts on `start`."""
    if interval == "day":
        return start + timedelta(days=1)
    if interval == "week":
        return start + timedelta(days=7)
    return date(start.year + start.month // 12, start.month % 12 + 1, 1)


def is_finished(
    start: date, interval: Interval, timezone: str, limits: Range, newest: datetime | None
) -> bool:
    """Whether the whole period was seen: not cut by the range, and over by the newest signal's time."""
    begins, ends = local_midnight(start, timezone), local_midnight(next_period(start, interval), timezone)
    lower, upper = limits
    if (lower is not None and begins < lower) or (upper is not None and ends > upper):
        return False
    return newest is not None and ends <= newest


def _instant(data: object, timezone: str, *, field: str) -> datetime:
    try:
        if not isinstance(data, str):
            raise ValueError
        read = datetime.fromisoformat(data)
        if read.replace(tzinfo=None) < _FIRST:
            raise ValueError
        return _LAST if read.year > _LAST.year else min(_to_utc(read, timezone), _LAST)
    except (ValueError, OverflowError):
        raise QueryError(
            _("“%(field)s” must be a date or a time in ISO 8601, such as 2026-03-01, not “%(value)s”.")
            % {"field": field, "value": values.shown(data)},
            field=field,
        ) from None


def _to_utc(read: datetime, timezone: str) -> datetime:
    if read.tzinfo is None:
        read = read.replace(tzinfo=ZoneInfo(timezone))
    return read.astimezone(UTC).replace(tzinfo=None)

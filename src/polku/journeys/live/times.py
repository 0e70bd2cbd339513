"""Moments in the store (microseconds since 1970, UTC) and on the workspace's calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

_EPOCH = datetime(1970, 1, 1)


def microseconds(moment: datetime) -> int:
    """Naive UTC as microseconds since 1970, exactly."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def moment(time: int) -> datetime:
    """The reverse of `microseconds`."""
    return _EPOCH + timedelta(microseconds=int(time))


def local(time: int, timezone: str) -> datetime:
    """Microseconds as naive local time."""
    return moment(time).replace(tzinfo=UTC).astimezone(ZoneInfo(timezone)).replace(tzinfo=None)


def from_local(time: datetime, timezone: str) -> int:
    """Naive local time as microseconds (the first one where it is repeated)."""
    return microseconds(time.replace(tzinfo=ZoneInfo(timezone)).astimezone(UTC).replace(tzinfo=None))


def local_day(time: int, timezone: str) -> int:
    """The calendar day of a moment in a zone, as days since 1970."""
    return (local(time, timezone).date() - date(1970, 1, 1)).days

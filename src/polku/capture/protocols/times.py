"""Times as clients write them."""

from __future__ import annotations

from datetime import UTC, datetime

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAIVE_EPOCH = datetime(1970, 1, 1)
_MILLISECONDS_FROM = 1e11  # larger numbers are milliseconds: as seconds they would be the year 5138
_NO_TIME_FROM = 1e18


def microseconds(value: object) -> int:
    """An ISO 8601 text (without a zone: UTC) or a number of seconds or milliseconds since 1970, in microseconds.

    Raises ValueError for anything else.
    """
    if isinstance(value, str):
        moment = datetime.fromisoformat(value)
        since = moment - (_NAIVE_EPOCH if moment.tzinfo is None else _EPOCH)
        return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _NO_TIME_FROM:
        return round(value * (1_000 if abs(value) >= _MILLISECONDS_FROM else 1_000_000))
    raise ValueError("not a time")

"""What periods and cohorts are called."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from polku.site.formats import DASH, Reader


def period_number(place: int, period: str) -> str:
    """“1 wk”: how long after the first period."""
    return {"day": _("%d d"), "week": _("%d wk"), "month": _("%d mo")}[period] % place


def cohort_name(start: str, period: str, reader: Reader) -> str:
    """The day, “3.–9.3.” for a week, “3/2026” for a month."""
    day = dt.date.fromisoformat(start)
    if period == "month":
        return f"{day.month}/{day.year}"
    if period == "day":
        return reader.day(day)
    return f"{reader.day(day)}{DASH}{reader.day(day + dt.timedelta(days=6))}"

"""Periods as people choose them above a page: the last 28 days, all data, days of one's own."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polku.eventstore.port import StoreState

DAYS = (7, 28, 90)
DEFAULT = "28"
ALL, CUSTOM = "all", "custom"


@dataclass(frozen=True)
class Period:
    """`choice` is what the list says; `first` and `last` are calendar days of the workspace, both included, or None
    for all data. `problem` says why the default stands instead of what was asked."""

    choice: str
    first: dt.date | None
    last: dt.date | None
    problem: str = ""

    def range(self, timezone: str) -> dict[str, str] | None:
        """The range of a Query object, half-open; None for all data."""
        if self.first is None or self.last is None:
            return None
        zone = ZoneInfo(timezone)
        end = self.last + dt.timedelta(days=1)
        return {
            "from": dt.datetime.combine(self.first, dt.time(), zone).isoformat(),
            "to": dt.datetime.combine(end, dt.time(), zone).isoformat(),
        }

    def previous(self) -> Period | None:
        """The period of the same length just before; None for all data."""
        if self.first is None or self.last is None:
            return None
        length = self.last - self.first + dt.timedelta(days=1)
        return Period(CUSTOM, self.first - length, self.first - dt.timedelta(days=1))


def read_period(choice: str, first: str, last: str, *, newest: dt.date, default: str = DEFAULT) -> Period:
    """What a form asks for; `first` and `last` (ISO days) count only with the choice "custom". What makes no sense
    falls back to the default and is said in `problem`.

    A period such as "28 days" ends on `newest`, the last day with data, so that an imported history is never empty.
    """
    problem = ""
    if choice == ALL:
        return Period(ALL, None, None)
    if choice == CUSTOM:
        start, end = _date(first), _date(last)
        if start is None or end is None:
            problem = _("Give both days of the period.")
        elif start > end:
            problem = _("The period ends before it begins.")
        else:
            return Period(CUSTOM, start, end)
        choice = default
    if choice not in {str(days) for days in DAYS}:
        if default == ALL:
            return Period(ALL, None, None, problem)
        choice = default
    return Period(choice, newest - dt.timedelta(days=int(choice) - 1), newest, problem)


def newest_day(state: StoreState, timezone: str) -> dt.date:
    """The workspace's day of its newest signal; never after today, and today where there is none."""
    today = dt.datetime.now(ZoneInfo(timezone)).date()
    if state.data_as_of is None:
        return today
    newest = state.data_as_of.replace(tzinfo=dt.UTC).astimezone(ZoneInfo(timezone)).date()
    return min(newest, today)


def period_choices() -> list[tuple[str, str]]:
    """(value, name) for a list."""
    days = [(str(number), ngettext("%d day", "%d days", number) % number) for number in DAYS]
    return [*days, (ALL, _("All data")), (CUSTOM, _("Choose days…"))]


def _date(text: str) -> dt.date | None:
    try:
        found = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return found if 1970 <= found.year <= 2200 else None

"""Which days a comparison is of, on the workspace's calendar."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from polku.eventstore.port import StoreState
from polku.journeys.views.map_filters import last_day

DAYS = 28
YEAR = 364
"""Days back to the same time a year ago: the same days of the week."""


@dataclass(frozen=True)
class Days:
    """Calendar days of the workspace, both included."""

    first: dt.date
    last: dt.date

    @property
    def count(self) -> int:
        return (self.last - self.first).days + 1

    def earlier(self, days: int) -> Days:
        back = dt.timedelta(days=days)
        return Days(self.first - back, self.last - back)

    def previous(self) -> Days:
        """As many days just before."""
        return self.earlier(self.count)

    def range(self, timezone: str) -> dict[str, str]:
        """As the Query object has it: half-open, at the zone's midnights."""
        zone = ZoneInfo(timezone)
        ends = (self.first, self.last + dt.timedelta(days=1))
        first, behind = (dt.datetime.combine(day, dt.time(), zone).isoformat() for day in ends)
        return {"from": first, "to": behind}


def newest(state: StoreState, timezone: str, days: int = DAYS) -> Days:
    """The last so many days up to the day of the newest signal, as the map has them."""
    last = last_day(state, timezone)
    return Days(last - dt.timedelta(days=days - 1), last)

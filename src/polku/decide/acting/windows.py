"""The days before and after a change that are compared: equally many whole weeks, so that each weekday counts alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

WEEKS = 4
"""So long is the full window; what is known earlier is told as it stands so far."""
GRACE_DAYS = 7
"""So long after the window is full late signals are still waited for; then the estimate is final."""


@dataclass(frozen=True)
class Windows:
    """Half-open ranges of days. The day of the change itself belongs to neither."""

    before: tuple[date, date]
    after: tuple[date, date]
    weeks: int

    @property
    def is_full(self) -> bool:
        return self.weeks >= WEEKS


def windows_of(done_on: date, known_on: date) -> Windows | None:
    """The windows that can be compared, if the newest signal is of the day `known_on`, which is not over yet. None
    before the first week after the change is over."""
    whole_days = (known_on - done_on).days - 1
    weeks = min(WEEKS, whole_days // 7)
    if weeks < 1:
        return None
    length, morning_after = timedelta(weeks=weeks), done_on + timedelta(days=1)
    return Windows((done_on - length, done_on), (morning_after, morning_after + length), weeks)


def full_on(done_on: date) -> date:
    """The first day on which the full window is behind."""
    return done_on + timedelta(weeks=WEEKS, days=2)


def final_on(done_on: date) -> date:
    """From this day on the estimate is left as it is."""
    return full_on(done_on) + timedelta(days=GRACE_DAYS)

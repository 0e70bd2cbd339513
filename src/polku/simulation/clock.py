"""The world's time: 18 weeks of local seconds from a Monday's midnight, and how they become UTC.

`today` moves the world by whole weeks, so that weekdays stay weekdays; the 120 days that end on `today` are shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from polku.simulation.streams import Random
from polku.simulation.truths import WEEKS

DAY = 86_400
HOUR = 3_600
DAYS = 7 * WEEKS
SHOWN_DAYS = 120
ZONE = ZoneInfo("Europe/Helsinki")
_MORNING = 7 * HOUR  # the last day ends in the morning, when the data of the night has come in
_A_MONDAY = np.datetime64("1970-01-05")

Seconds = NDArray[np.float64]


@dataclass(frozen=True)
class Window:
    """Which part of the world is shown, in its own days and seconds, and the date of its day 0."""

    first_day: int
    end: float
    day_zero: date

    @classmethod
    def ending(cls, today: date) -> Window:
        last = SHOWN_DAYS - 1 + today.weekday()  # of the world's last seven days the one with today's weekday
        return cls(last - SHOWN_DAYS + 1, last * DAY + _MORNING, today - timedelta(days=last))

    def to_utc(self, seconds: Seconds) -> NDArray[np.datetime64]:
        """Local seconds of the world as naive UTC in microseconds."""
        day = np.floor(seconds / DAY).astype(np.int64)
        days = [self.day_zero + timedelta(days=int(number)) for number in range(day.max(initial=0) + 1)]
        before = np.array([_offset(day_, time(0)) for day_ in days])[day]
        after = np.array([_offset(day_, time(23)) for day_ in days])[day]
        offset = np.where(
            seconds % DAY < 4 * HOUR, before, after
        )  # Finland changes its clocks before 4 o'clock
        start = np.datetime64(self.day_zero, "us").astype(np.int64)
        micro = np.round((seconds - offset) * 1000).astype(np.int64) * 1000
        return (start + micro).astype("datetime64[us]")

    def to_dates(self, days: NDArray[np.int64]) -> NDArray[np.datetime64]:
        """Days of the world as calendar days."""
        return np.datetime64(self.day_zero, "D") + days


def _offset(day: date, at: time) -> float:
    offset = datetime.combine(day, at, ZONE).utcoffset() or timedelta()
    return offset.total_seconds()


def day_of(seconds: Seconds) -> NDArray[np.int64]:
    return np.floor(seconds / DAY).astype(np.int64)


def week_of(seconds: Seconds) -> NDArray[np.int64]:
    """The week from 1."""
    return day_of(seconds) // 7 + 1


def working_days_after(day: NDArray[np.int64], count: NDArray[np.int64] | int) -> NDArray[np.int64]:
    """`count` working days after `day` (a parcel company's days: Monday to Friday)."""
    moved = np.busday_offset(_A_MONDAY + day, count, roll="forward")
    return (moved - _A_MONDAY).astype(np.int64)


# ---- rhythms ---------------------------------------------------------------------------------------------------

_BY_WEEKDAY = np.array([1.08, 1.02, 1.0, 1.06, 0.9, 0.86, 1.18])  # the sofa on Sunday evening
_BY_HOUR = np.array(
    [5, 2, 1, 1, 1, 2, 8, 16, 24, 30, 33, 36, 42, 38, 36, 38, 44, 52, 60, 72, 84, 78, 48, 18], dtype=float
)
_STORE_HOURS = np.array([0] * 10 + [4, 6, 8, 7, 7, 9, 12, 12, 7] + [0] * 5, dtype=float)


def visiting_times(rng: np.random.Generator, count: int, *, growth: float) -> Seconds:
    """Moments at which people come to the web shop."""
    day = np.arange(DAYS)
    weight = _BY_WEEKDAY[day % 7] * (1 + growth) ** (day / 7)
    days = rng.choice(DAYS, count, p=weight / weight.sum())
    hours = rng.choice(24, count, p=_BY_HOUR / _BY_HOUR.sum())
    return days * DAY + (hours + rng.random(count)) * HOUR


def in_store_hours(rng: Random, seconds: Seconds) -> Seconds:
    """The same days, at a time when the stores are open; never earlier than `seconds`, perhaps the next day."""
    hours = rng.choice(24, len(seconds), p=_STORE_HOURS / _STORE_HOURS.sum())
    moved = day_of(seconds) * DAY + (hours + rng.random(len(seconds))) * HOUR
    return np.where(moved < seconds, moved + DAY, moved)


def in_office_hours(rng: np.random.Generator, seconds: Seconds) -> Seconds:
    """The first moment at or after `seconds` when customer service answers (8–20, weekends 10–16)."""
    day = day_of(seconds)
    opens = np.where(day % 7 < 5, 8, 10) * HOUR
    closes = np.where(day % 7 < 5, 20, 16) * HOUR
    at = seconds - day * DAY
    tomorrow = (day + 1) * DAY + np.where((day + 1) % 7 < 5, 8, 10) * HOUR
    wait = rng.exponential(70 * 60, len(seconds)).clip(0, 5 * HOUR)  # calls pile up after opening
    early = day * DAY + opens + wait
    late = tomorrow + wait
    return np.where(at < opens, early, np.where(at > closes, late, seconds))

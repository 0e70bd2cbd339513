"""Local clock to UTC for whole columns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from polku.capture.imports.problems import WrongUsage

_EPOCH = datetime(1970, 1, 1)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Clock:
    """The changes of one zone's clock: at `times` (UTC, microseconds) the offset becomes the next of `offsets`,
    which has one entry more."""

    times: NDArray[np.int64]
    offsets: NDArray[np.int64]

    def to_utc(
        self, wall: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.bool_]]:
        """(UTC, does not exist, occurs twice). A time that does not exist moves forward by the gap; of one that
        occurs twice the first is taken."""
        if not self.times.size:
            nowhere = np.zeros(wall.size, dtype=np.bool_)
            return wall - self.offsets[0], nowhere, nowhere
        before, after = self.offsets[:-1], self.offsets[1:]
        # Up to these local times the older offset is meant: the end of a gap, the end of the first repetition.
        until = self.times + np.maximum(before, after)
        index = np.searchsorted(until, wall, side="right")
        following = np.minimum(index, until.size - 1)
        odd = (index < until.size) & (wall >= (self.times + np.minimum(before, after))[following])
        missing = odd & (after > before)[following]
        return wall - self.offsets[index], missing, odd & ~missing

    def to_local(self, utc: NDArray[np.int64]) -> NDArray[np.int64]:
        return utc + self.offsets[np.searchsorted(self.times, utc, side="right")]


def zone_of(name: str) -> ZoneInfo:
    """The zone of that name. Raises WrongUsage."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise WrongUsage(_("There is no time zone “%s”; write for example Europe/Helsinki.") % name) from None


@lru_cache(maxsize=64)
def clock_of(name: str, first_year: int, last_year: int) -> Clock:
    """The clock of a zone between two years (inclusive)."""
    zone = zone_of(name)

    def offset(moment: datetime) -> timedelta:
        return moment.replace(tzinfo=UTC).astimezone(zone).utcoffset() or timedelta(0)

    moment, end = datetime(first_year - 1, 12, 30), datetime(last_year + 1, 1, 3)
    offsets, times = [offset(moment)], []
    while moment < end:
        following = moment + timedelta(days=1)
        if offset(following) != offsets[-1]:
            low, high = moment, following
            while high - low > timedelta(seconds=1):
                middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
                low, high = (low, middle) if offset(middle) != offsets[-1] else (middle, high)
            times.append(high)
            offsets.append(offset(following))
        moment = following
    return Clock(
        np.array([(time - _EPOCH) // _MICROSECOND for time in times], dtype=np.int64),
        np.array([value // _MICROSECOND for value in offsets], dtype=np.int64),
    )


def clock_for(name: str, wall: NDArray[np.int64]) -> Clock:
    """The clock of a zone for the years that `wall` (microseconds, any sort of time) spans."""
    if not wall.size:
        zone_of(name)
        return clock_of(name, 2000, 2000)
    years = [
        int(np.datetime64(int(value), "us").astype("datetime64[Y]").astype(int)) + 1970
        for value in (wall.min(), wall.max())
    ]
    return clock_of(name, years[0], years[1])

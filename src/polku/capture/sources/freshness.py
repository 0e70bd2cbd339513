"""When the silence of a source is an alarm. Pure: it knows neither the database nor the clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import numpy as np
from numpy.typing import NDArray

DAYS_OF_RHYTHM = 28
"""How far back a source's rhythm is looked for."""

_UNKNOWN_RHYTHM = 24  # hours, for a source that is young or has hardly sent anything
_SHORTEST, _LONGEST = (
    6,
    14 * 24,
)  # hours: no alarm for one quiet evening, one for two weeks of silence in any case
_YOUNG = timedelta(days=7)
_FEWEST_HOURS = 4

State = Literal["fresh", "silent", "quiet"]


@dataclass(frozen=True)
class Freshness:
    """`state` is "silent" where an alarm is due and "quiet" where silence means nothing. `silent_for` is the time
    since something was last taken, `threshold` the hours after which it is an alarm (None: never)."""

    state: State
    threshold: int | None
    silent_for: timedelta | None


def usual_threshold(hours: NDArray[np.int64], first: datetime, now: datetime) -> int:
    """After how many hours of silence something is probably wrong with a source that sends by itself.

    `hours` are the hours (since 1970, ascending) in which something of it was taken, at most `DAYS_OF_RHYTHM` back.
    Twice its longest pause but one: weekends and nights come again and again, while the very longest pause may have
    been a failure itself.
    """
    if now - first < _YOUNG or len(hours) < _FEWEST_HOURS:
        return _UNKNOWN_RHYTHM
    pauses = np.sort(np.diff(hours))
    return int(min(max(2 * pauses[-2], _SHORTEST), _LONGEST))


def judge(*, last_taken: datetime | None, first: datetime, threshold: int | None, now: datetime) -> Freshness:
    """A source of which nothing was ever taken counts as silent from its beginning."""
    silent_for = max(now - (last_taken or first), timedelta(0))
    if threshold is None:
        return Freshness("quiet", None, silent_for)
    is_silent = silent_for >= timedelta(hours=threshold)
    return Freshness("silent" if is_silent else "fresh", threshold, silent_for)

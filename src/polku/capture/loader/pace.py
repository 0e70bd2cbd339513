"""How much the loader takes at once, and how long it waits after a failure."""

from __future__ import annotations

_LONGEST = 2.5
"""Seconds of one transaction from which on fewer events are taken at once: others wait for their turn."""
_FEWEST = 5_000
# A transaction costs the store some 100 ms whatever it holds: few large ones, and yet soon seen.
_GATHERING, _GATHERING_MUCH, _LONGEST_GATHERING = 1.0, 1.5, 4.0
_MUCH = 2_000
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 5.0
_NARROWING_PAUSE = 0.25


class Pace:
    """The number of events of the next batch, and when the next cycle begins, by what the last ones did."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._loaded = 0
        self.events = most

    def took(self, events: int, seconds: float) -> None:
        """A transaction of so many events took so long."""
        self._loaded += events
        if seconds > _LONGEST:
            self.events = max(_FEWEST, self.events // 2)
        elif seconds < _LONGEST / 2:
            self.events = min(self._most, self.events * 3 // 2)

    def rest(self, seconds: float) -> float:
        """How long to let requests gather after a cycle that took so long and left nothing waiting."""
        period = _GATHERING_MUCH if self._loaded >= _MUCH else _GATHERING
        self._loaded = 0
        return max(0.0, min(max(period, 1.5 * seconds), _LONGEST_GATHERING) - seconds)


class Trouble:
    """A workspace that cannot be loaded: when it is tried again, and with how many rows.

    The first tries are with everything, as most troubles end by themselves. Where what is loaded may be at fault, it
    is then tried with ever fewer rows, so that all but the row at fault are loaded; with success they grow again.
    """

    def __init__(self, reason: str, rows: int) -> None:
        self.reason = reason
        self.rows = self._all = rows
        self.alone = 0
        self._failures = 0
        self._next = 0.0

    def failed(self, reason: str, *, rows: int, may_be_the_rows: bool, now: float) -> None:
        self.reason = reason
        self._failures += 1
        self.alone = self.alone + 1 if rows == 1 and may_be_the_rows else 0
        pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** min(self._failures - 1, 10))
        if may_be_the_rows and rows and self._failures > 2:
            self.rows = max(1, rows // 4)
            pause = _NARROWING_PAUSE
        self._next = now + pause

    def is_over_after_success(self) -> bool:
        self.rows *= 4
        self.alone = 0
        return self.rows > self._all

    def may_try(self, now: float) -> bool:
        """Whether it is time to try again."""
        return now >= self._next

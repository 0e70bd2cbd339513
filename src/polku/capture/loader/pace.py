"""How much the loader takes at once, and how long it waits after a failure."""

from __future__ import annotations

_GOAL = 0.8
"""Seconds that one transaction should take at most: so long others wait for their turn."""
_FEWEST = 500
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 5.0
_NARROWING_PAUSE = 0.25
_ALL = 5_000  # rows that are read at once, and more


class Pace:
    """The number of events of the next batch, by how long the last ones took."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.events = most

    def took(self, events: int, seconds: float) -> None:
        if seconds > _GOAL:
            self.events = max(_FEWEST, min(self.events, events) // 2)
        elif seconds < _GOAL / 2:
            self.events = min(self._most, self.events * 3 // 2)


class Trouble:
    """A workspace that cannot be loaded: when it is tried again, and with how many rows.

    The first tries are with everything, as most troubles end by themselves. Where what is loaded may be at fault, it
    is then tried with ever fewer rows, so that all but the row at fault are loaded; with success they grow again.
    """

    def __init__(self, reason: str) -> None:
        self.reason = reason
        self.rows = _ALL
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
        return self.rows > _ALL

    def may_try(self, now: float) -> bool:
        """Whether it is time to try again."""
        return now >= self._next

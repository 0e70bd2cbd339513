"""How fast one key may send."""

from __future__ import annotations

import math


class Bucket:
    """Holds up to `burst` events and fills by `rate` a second. Used by one thread.

    A request is let in as long as anything is left, and may take more than that: how many events it holds is known
    only when it was read. What it overdrew the next one waits for.
    """

    __slots__ = ("_at", "_burst", "_left", "_rate")

    def __init__(self, rate: float, burst: float, now: float) -> None:
        self._rate, self._burst, self._left, self._at = rate, burst, burst, now

    def wait(self, now: float) -> int:
        """Whole seconds until a request is let in; 0: now. `now` is of a clock that only goes forward."""
        self._left = min(self._burst, self._left + (now - self._at) * self._rate)
        self._at = now
        return 0 if self._left >= 1 else max(1, math.ceil((1 - self._left) / self._rate))

    def take(self, events: int) -> None:
        self._left -= events

"""Where values stand in a picture, and at which of them an axis has its ticks."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """`scale(value)` maps `low`…`high` evenly to `start`…`end` pixels; an empty stretch maps to `start`."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        if self.high == self.low:
            return self.start
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


def ticks(low: float, high: float, about: int = 4) -> list[float]:
    """Round numbers from `low` or below to `high` or above, about so many; never fewer than two."""
    if not (math.isfinite(low) and math.isfinite(high)):
        raise ValueError("ticks need finite numbers")
    if high <= low:
        high = low + 1
    step = _round_step((high - low) / max(1, about))
    first = math.floor(low / step + 1e-9)
    last = max(math.ceil(high / step - 1e-9), first + 1)
    return [round(number * step, 10) for number in range(first, last + 1)]


def _round_step(step: float) -> float:
    size = 10 ** math.floor(math.log10(step))
    for times in (1, 2, 2.5, 5, 10):
        if step <= times * size * (1 + 1e-9):
            return float(times * size)
    return float(10 * size)

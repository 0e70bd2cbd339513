"""The shape every figure has: a value with its interval, its n and the method that made it."""

from __future__ import annotations

from dataclasses import dataclass

Z95 = 1.959963984540054
"""The 97.5 % point of the standard normal distribution."""

SMALLEST_RESAMPLE = 30
"""A bootstrap of fewer independent units than this misses its nominal coverage and is not shown."""


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A figure with its uncertainty.

    `value`, `low` and `high` are in the unit of the figure (a share is 0–1, an NPS −100…100); `n` is the
    number of observations it rests on; `method` names the estimator. `standard_error` is None where the
    method has none. `mean` is the secondary plain mean of a scale, `z` and `p` belong to differences.
    `resampled` is the number of independent units that a bootstrap drew from, None for other methods.
    """

    value: float
    low: float
    high: float
    n: int
    method: str
    standard_error: float | None = None
    mean: float | None = None
    z: float | None = None
    p: float | None = None
    resampled: int | None = None

    @property
    def p_value(self) -> float | None:
        """The same as `p`."""
        return self.p

    @property
    def interval(self) -> tuple[float, float] | None:
        """(low, high) as it may be shown: None for a bootstrap of fewer than 30 independent units."""
        if self.resampled is not None and self.resampled < SMALLEST_RESAMPLE:
            return None
        return (self.low, self.high)

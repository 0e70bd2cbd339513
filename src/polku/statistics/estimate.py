"""The shape every figure has: a value with its interval, its n and the method that made it."""

from __future__ import annotations

from dataclasses import dataclass

Z95 = 1.959963984540054
"""The 97.5 % point of the standard normal distribution."""


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A figure with its uncertainty.

    `value`, `low` and `high` are in the unit of the figure (a share is 0–1, an NPS −100…100); `n` is the number
    of observations it rests on; `method` names the estimator. `standard_error` is None where the method has none.
    `mean` is the secondary plain mean of a scale, `z` and `p` belong to differences.
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

"""What every formula asks of its input, said in one voice."""

from __future__ import annotations

import math
from collections.abc import Mapping
from statistics import NormalDist


def whole(name: str, number: float, *, least: int = 0) -> int:
    """`number` as an int; ValueError unless it is a whole number of at least `least`."""
    if isinstance(number, bool) or not math.isfinite(number) or number != int(number) or number < least:
        raise ValueError(f"{name} must be a whole number of at least {least}, not {number!r}")
    return int(number)


def share(name: str, number: float) -> float:
    """`number` strictly between 0 and 1; ValueError otherwise."""
    if not 0 < number < 1:
        raise ValueError(f"{name} must lie between 0 and 1, not {number!r}")
    return float(number)


def z_of(confidence: float) -> float:
    """The two-sided standard normal quantile of `confidence` (0.95 gives 1.959964)."""
    return NormalDist().inv_cdf((1 + share("confidence", confidence)) / 2)


def two_sided_p(z: float) -> float:
    """The two-sided p-value of a standard normal `z`."""
    return math.erfc(abs(z) / math.sqrt(2))


def counted(counts: Mapping[int, int] | Mapping[float, int]) -> dict[float, int]:
    """Answer → number of answers, without the zeros, sorted by answer.

    ValueError where a number is negative or not whole, an answer is not finite, or nothing is left.
    """
    kept: dict[float, int] = {}
    for answer, times in sorted(counts.items()):
        if not math.isfinite(answer):
            raise ValueError(f"an answer must be a finite number, not {answer!r}")
        number = whole(f"the number of answers {answer:g}", times)
        if number:
            kept[float(answer)] = number
    if not kept:
        raise ValueError("there are no answers: n must be at least 1")
    return kept


def on_scale(counts: Mapping[int, int] | Mapping[float, int], low: int, high: int) -> dict[int, int]:
    """`counted`, where every answer is a whole step of the scale `low`–`high`; ValueError otherwise."""
    kept = counted(counts)
    for answer in kept:
        if answer != int(answer) or not low <= answer <= high:
            raise ValueError(f"the answer {answer:g} is not on the scale {low}–{high}")
    return {int(answer): number for answer, number in kept.items()}

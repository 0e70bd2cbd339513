"""The shape of the emotion curve: smooth lines and bands through values that stand one column apart.

The picture is 100 units wide for each column and 100 high; +1 is near its top and −1 near its bottom. Lines are
monotone cubics (Fritsch & Carlson 1980): they bend through every value and never overshoot one.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

COLUMN = 100.0
HEIGHT = 100.0
_REACH = 44.0  # from the middle to ±1; what is left is room for the points themselves

Point = tuple[float, float]


def across(index: int) -> float:
    """The middle of a column."""
    return (index + 0.5) * COLUMN


def down(feeling: float) -> float:
    """The height of a feeling of −1…+1, from the top."""
    return HEIGHT / 2 - _REACH * max(-1.0, min(1.0, feeling))


def runs(values: Sequence[float | None]) -> list[list[int]]:
    """The places that have a value, in stretches without a gap."""
    found: list[list[int]] = []
    for index, value in enumerate(values):
        if value is None:
            continue
        if found and found[-1][-1] == index - 1:
            found[-1].append(index)
        else:
            found.append([index])
    return found


def line(values: Sequence[float | None], columns: Sequence[int]) -> str:
    """The path of a line through values that stand in `columns`, with a gap where there is no value; a value
    alone draws nothing (its point does)."""
    stretches = [stretch for stretch in runs(values) if len(stretch) > 1]
    return " ".join(_smooth(_points(values, columns, stretch)) for stretch in stretches)


def band(lows: Sequence[float | None], highs: Sequence[float | None], columns: Sequence[int]) -> str:
    """The area between two lines; around a value alone a narrow upright bar."""
    parts = []
    for stretch in runs(lows):
        upper, lower = _points(highs, columns, stretch), _points(lows, columns, stretch)
        if len(stretch) == 1:
            (x, top), (_, bottom) = upper[0], lower[0]
            half = COLUMN * 0.06
            parts.append(f"M{x - half:.1f} {top:.1f}H{x + half:.1f}V{bottom:.1f}H{x - half:.1f}Z")
        else:
            parts.append(f"{_smooth(upper)}{_smooth(lower[::-1], start='L')}Z")
    return " ".join(parts)


def _points(values: Sequence[float | None], columns: Sequence[int], stretch: Sequence[int]) -> list[Point]:
    return [(across(columns[place]), down(values[place] or 0.0)) for place in stretch]


def _smooth(points: Sequence[Point], *, start: str = "M") -> str:
    slopes = _slopes(points)
    parts = [f"{start}{points[0][0]:.1f} {points[0][1]:.1f}"]
    for (x0, y0), (x1, y1), before, after in zip(points, points[1:], slopes, slopes[1:], strict=False):
        third = (x1 - x0) / 3
        parts.append(
            f"C{x0 + third:.1f} {y0 + before * third:.1f} {x1 - third:.1f} {y1 - after * third:.1f} {x1:.1f} {y1:.1f}"
        )
    return "".join(parts)


def _slopes(points: Sequence[Point]) -> list[float]:
    """Of the tangents: level at turning points, else the harmonic mean of the neighbouring secants."""
    secants = [(b[1] - a[1]) / (b[0] - a[0]) for a, b in itertools.pairwise(points)]
    inner = [
        0.0 if before * after <= 0 else 2 * before * after / (before + after)
        for before, after in itertools.pairwise(secants)
    ]
    return [secants[0], *inner, secants[-1]] if len(points) > 2 else [secants[0]] * 2

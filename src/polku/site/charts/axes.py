"""Axes: thin rules across the picture with round numbers, and names along its foot."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.utils.safestring import SafeString

from polku.site.charts.scales import Scale
from polku.site.charts.svg import join, line, text


def value_axis(
    steps: Sequence[float], scale: Scale, *, left: float, right: float, write: Callable[[float], str]
) -> SafeString:
    """A rule at each step from `left` to `right`, its number left of it; the one at 0 is stronger."""
    return join(
        *(
            join(
                line(left, y, right, y, class_="chart-zero" if step == 0 else "chart-rule"),
                text(left - 8, y + 4, write(step), anchor="end"),
            )
            for step in steps
            for y in (scale(step),)
        )
    )


def name_axis(
    names: Sequence[str],
    places: Sequence[float],
    *,
    y: float,
    width: float,
    letter: float = 7.0,
    ends: float | None = None,
) -> SafeString:
    """The names under their places; where there is no room for all, every second, third … and the last one.
    `ends` is where the picture ends: no name goes over it."""
    if not names:
        return SafeString("")
    widest = max(map(len, names)) * letter + 12
    every = max(1, -(-int(widest * len(names)) // max(1, int(width))))
    last = len(names) - 1
    shown = [
        number
        for number in range(len(names))
        if number == last or (number % every == 0 and last - number >= every)
    ]
    return join(*(_name(names[number], places[number], y, ends, letter) for number in shown))


def _name(name: str, place: float, y: float, end: float | None, letter: float) -> SafeString:
    """A name under its place, or ending where the picture ends where there is no room for its half."""
    if end is not None and place + len(name) * letter / 2 > end:
        return text(end, y, name, anchor="end")
    return text(place, y, name, anchor="middle")

"""What moved the revenue, as steps from what it was to what it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from polku.site.charts.axes import value_axis
from polku.site.charts.scales import Scale, ticks
from polku.site.charts.svg import element, line, picture, rectangle, shortened, text, titled

_HEIGHT, _TOP, _FOOT, _LEFT = 276, 26, 58, 64
_LETTER = 6.6
"""About how wide a letter of a name is, in pixels."""
_BAR = 0.56
"""Of a step's room, what its bar takes."""


@dataclass(frozen=True)
class Step:
    """`value` is a whole (the first and the last) or a change; `ends` is its interval, `says` the hint of pointing."""

    name: str
    value: float
    label: str
    says: str
    ends: Sequence[float] | None = None
    is_whole: bool = False


def waterfall(steps: Sequence[Step], write: Callable[[float], str], *, width: int = 720) -> SafeString:
    """The picture; hidden from screen readers, which get the table below it. Steps that go down hang in another
    colour; a thin line with ends is the interval of a change."""
    places = _places(steps)
    reach = [0.0, *(end for start, end in places), *(start for start, _end in places)]
    for (start, _end), step in zip(places, steps, strict=True):
        if step.ends and not step.is_whole:
            reach += [start + step.ends[0], start + step.ends[1]]
    rules = ticks(min(reach), max(reach))
    scale = Scale(rules[0], rules[-1], _HEIGHT - _FOOT, _TOP)
    room = (width - _LEFT) / len(steps)
    drawn: list[str] = [value_axis(rules, scale, left=_LEFT, right=width, write=write)]
    for number, (step, (start, end)) in enumerate(zip(steps, places, strict=True)):
        left = _LEFT + room * (number + (1 - _BAR) / 2)
        drawn.append(titled(_bar(step, scale, left, room * _BAR, start, end), step.says))
        if number + 1 < len(steps):
            level = scale(end)
            drawn.append(line(left + room * _BAR, level, left + room, level, class_="chart-note"))
        middle = left + room * _BAR / 2
        names = _lines(step.name, room)
        for row, name in enumerate(names):
            y = _HEIGHT - _FOOT + 18 + 15 * row
            drawn.append(text(middle, y, name, class_="chart-name", anchor="middle"))
        y = _HEIGHT - _FOOT + 20 + 15 * len(names)
        drawn.append(text(middle, y, step.label, class_="chart-strong", anchor="middle"))
    return picture(width, _HEIGHT, *drawn, class_="waterfall")


def _places(steps: Sequence[Step]) -> list[tuple[float, float]]:
    """Where each bar starts and ends: wholes from 0, changes from where the one before ended."""
    places, level = [], 0.0
    for step in steps:
        start = 0.0 if step.is_whole else level
        level = step.value if step.is_whole else level + step.value
        places.append((start, level))
    return places


def _lines(name: str, room: float) -> list[str]:
    """A name in one line, or in two where it has two words and too little room."""
    if len(name) * _LETTER <= room or " " not in name:
        return [shortened(name, room + 12)]
    return [shortened(part, room + 12) for part in name.split(" ", 1)]


def _bar(step: Step, scale: Scale, left: float, width: float, start: float, end: float) -> str:
    top, foot = sorted((scale(start), scale(end)))
    kind = "waterfall-whole" if step.is_whole else "waterfall-more" if step.value >= 0 else "waterfall-less"
    bar = rectangle(left, top, width, max(foot - top, 1.0), class_=kind, radius=1)
    if step.ends is None or step.is_whole:
        return bar
    middle = left + width / 2
    low, high = scale(start + step.ends[0]), scale(start + step.ends[1])
    whisker = [
        line(middle, low, middle, high, class_="waterfall-interval"),
        line(middle - 5, low, middle + 5, low, class_="waterfall-interval"),
        line(middle - 5, high, middle + 5, high, class_="waterfall-interval"),
    ]
    return element("g", bar, *whisker)

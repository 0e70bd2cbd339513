"""Pictures over time: bars, or lines with bands, on a common ground."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.utils.safestring import SafeString

from polku.site.charts import scales
from polku.site.charts.axes import name_axis, value_axis
from polku.site.charts.scales import Scale
from polku.site.charts.svg import element, join, path, picture, rectangle, titled


@dataclass(frozen=True)
class Point:
    """`value` None is a gap. `low` and `high` are an interval. What is not `complete` is drawn as unfinished."""

    value: float | None
    hint: str = ""
    low: float | None = None
    high: float | None = None
    complete: bool = True


@dataclass(frozen=True)
class Series:
    name: str
    points: Sequence[Point]


class Ground:
    """The room of a picture over time: `x(place)` is the middle of a period, `y(value)` a height."""

    def __init__(
        self,
        names: Sequence[str],
        *,
        width: int,
        height: int,
        low: float,
        high: float,
        write: Callable[[float], str],
        top: float = 14,
    ) -> None:
        self.names, self.width, self.height, self.write = names, width, height, write
        self.steps = scales.ticks(low, high)
        widest = max(len(write(step)) for step in self.steps)
        self.left, self.right = widest * 7.2 + 14, width - 10.0
        self.top, self.foot = top, height - 28.0
        self.y = Scale(self.steps[0], self.steps[-1], self.foot, self.top)
        self.slot = (self.right - self.left) / max(1, len(names))

    def x(self, place: float) -> float:
        return self.left + (place + 0.5) * self.slot

    def drawn(self, *parts: str, class_: str = "") -> SafeString:
        """The axes, and `parts` over them."""
        places = [self.x(number) for number in range(len(self.names))]
        return picture(
            self.width,
            self.height,
            value_axis(self.steps, self.y, left=self.left, right=self.right, write=self.write),
            name_axis(self.names, places, y=self.height - 8, width=self.right - self.left, ends=self.width),
            *parts,
            class_=class_,
        )


def bars(ground: Ground, series: Series, *, class_: str = "chart-bar") -> SafeString:
    """A bar for each point, from zero; an unfinished one is outlined."""
    width = max(1.0, min(48.0, ground.slot * 0.72))
    zero = ground.y(max(0.0, ground.steps[0]))
    parts = []
    for place, point in enumerate(series.points):
        if point.value is None:
            continue
        y = ground.y(point.value)
        bar = rectangle(
            ground.x(place) - width / 2,
            min(y, zero),
            width,
            abs(zero - y),
            class_=class_ if point.complete else f"{class_} is-open",
            radius=1,
        )
        parts.append(titled(bar, point.hint) if point.hint else bar)
    return join(*parts)


def lines(ground: Ground, series: Sequence[Series]) -> SafeString:
    """A line for each of at most eight series, with bands where there are intervals; the way to an unfinished point is
    dashed, and a gap stays one."""
    return join(*(_line(ground, each, f"series-{number % 8 + 1}") for number, each in enumerate(series)))


def _line(ground: Ground, series: Series, colour: str) -> SafeString:
    parts: list[SafeString] = []
    for run in _runs(series.points):
        band = [(place, point) for place, point in run if point.low is not None and point.high is not None]
        if len(band) > 1:
            edge = [(ground.x(place), ground.y(_inside(ground, point.high))) for place, point in band]
            back = [
                (ground.x(place), ground.y(_inside(ground, point.low))) for place, point in reversed(band)
            ]
            parts.append(path(edge + back, class_=f"chart-band {colour}", closed=True))
        whole = [(ground.x(place), ground.y(point.value or 0)) for place, point in run if point.complete]
        if len(whole) > 1:
            parts.append(path(whole, class_=f"chart-line {colour}"))
        for (before, first), (after, then) in pairwise(run):
            if not (first.complete and then.complete):
                ends = [
                    (ground.x(before), ground.y(first.value or 0)),
                    (ground.x(after), ground.y(then.value or 0)),
                ]
                parts.append(path(ends, class_=f"chart-line is-open {colour}"))
    many = len(series.points) > 60
    for place, point in enumerate(series.points):
        if point.value is None:
            continue
        open_mark = "" if point.complete else " is-open"
        dot = element(
            "circle",
            class_=f"chart-dot {colour}{open_mark}",
            cx=ground.x(place),
            cy=ground.y(point.value),
            r=1.5 if many else 3,
        )
        parts.append(titled(dot, point.hint) if point.hint else dot)
    return join(*parts)


def _runs(points: Sequence[Point]) -> list[list[tuple[int, Point]]]:
    """Stretches without gaps."""
    found: list[list[tuple[int, Point]]] = [[]]
    for place, point in enumerate(points):
        if point.value is None:
            found.append([])
        else:
            found[-1].append((place, point))
    return [run for run in found if run]


def _inside(ground: Ground, value: float | None) -> float:
    return min(max(value or 0.0, ground.steps[0]), ground.steps[-1])

"""The picture of a trend: bars of one thing or lines of several, what it is compared with, and what happened when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from polku.site.charts.series import Ground, Series, bars, lines
from polku.site.charts.svg import element, join, line, path, shortened, text, titled

_HEIGHT = 320
_ROW = 20  # of the key
_LOWEST_TOP = 4.0
"""The scale goes at least so high, so that where little happens its ticks are whole numbers."""


@dataclass(frozen=True)
class Mark:
    """An annotation at `place` among the periods, which are numbered from 0; the page lists it under its number."""

    id: int
    number: int
    place: float
    day: str
    kind: str
    text: str


@dataclass(frozen=True)
class Picture:
    """`before` are the compared values in the places of the periods; `compared` is what the key calls them."""

    names: Sequence[str]
    series: Sequence[Series]
    before: Sequence[float | None] | None
    marks: Sequence[Mark]
    write: Callable[[float], str]
    compared: str


def draw(picture: Picture, width: int) -> SafeString:
    """The picture, `width` pixels wide."""
    values = [point.value or 0.0 for each in picture.series for point in each.points]
    values += [value for value in picture.before or () if value is not None]
    key, key_height = _key(picture, width)
    top = 12.0 + key_height + (22 if picture.marks else 0)
    ground = Ground(
        picture.names,
        width=width,
        height=int(_HEIGHT if width > 600 else 240) + int(top),
        low=min(0.0, *values) if values else 0.0,
        high=max(_LOWEST_TOP, *values) if values else _LOWEST_TOP,
        write=picture.write,
        top=top,
    )
    one = len(picture.series) == 1
    return ground.drawn(
        key,
        bars(ground, picture.series[0]) if one else lines(ground, picture.series),
        _before(ground, picture.before),
        *draw_marks(ground, picture.marks),
    )


def _before(ground: Ground, values: Sequence[float | None] | None) -> SafeString:
    points = [
        (ground.x(place), ground.y(value)) for place, value in enumerate(values or ()) if value is not None
    ]
    if len(points) < 2:
        return SafeString("")
    return join(path(points, class_="chart-halo"), path(points, class_="chart-before is-over"))


def draw_marks(ground: Ground, marks: Sequence[Mark]) -> list[SafeString]:
    """A thin line at each mark and its number above; numbers of one day stand beside each other."""
    drawn, free = [], 0.0
    y = ground.top - 14
    for mark in marks:
        x = ground.x(mark.place)
        beside = min(max(x, free), ground.width - 10.0)
        free = beside + 21
        parts = join(
            line(x, ground.top - 5, x, ground.foot, class_="chart-note"),
            element("circle", class_="chart-mark", cx=beside, cy=y, r=9),
            text(beside, y + 4, str(mark.number), class_="chart-mark-number", anchor="middle"),
        )
        drawn.append(titled(parts, f"{mark.day} {mark.text}"))
    return drawn


def _key(picture: Picture, width: int) -> tuple[SafeString, float]:
    """Names of the lines in rows, and the height that they take; one bar alone needs none."""
    named = [(each.name, f"chart-key series-{number + 1}") for number, each in enumerate(picture.series)]
    entries = named if len(named) > 1 else []
    if picture.before is not None:
        entries = [*entries, (picture.compared, "")]
    if not entries:
        return SafeString(""), 0.0
    parts, x, y = [], 0.0, 12.0
    for name, class_ in entries:
        said = shortened(name, 220)
        room = len(said) * 6.6 + 34
        if x and x + room > width:
            x, y = 0.0, y + _ROW
        if class_:
            parts.append(element("circle", class_=class_, cx=x + 5, cy=y - 4, r=5))
        else:
            parts.append(line(x, y - 4, x + 14, y - 4, class_="chart-before is-over"))
        parts.append(text(x + (16 if class_ else 20), y, said))
        x += room
    return join(*parts), y + 10

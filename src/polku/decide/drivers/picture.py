"""Importance against performance: each driver a cross as long as its intervals, in four fields."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from polku.decide.drivers.zones import Placed, Zones
from polku.site.charts.scales import Scale, ticks
from polku.site.charts.svg import element, join, line, picture, rectangle, shortened, text, titled
from polku.site.formats import Reader

_LETTER = 7.0
"""Pixels of a letter of a name, about."""


@dataclass(frozen=True)
class _Box:
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: _Box) -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


def draw(zones: Zones, reader: Reader, width: int) -> SafeString:
    """`width` pixels wide. On a narrow picture drivers have numbers, which a list beside it names."""
    is_narrow = width < 600
    height = 340 if is_narrow else 460
    left, right, top, foot = (38.0 if is_narrow else 58.0), width - 12.0, 26.0, height - 44.0
    placed = zones.placed
    steps_x = ticks(*_reach([end for each in placed for end in each.performance_ends], 0, 100))
    steps_y = ticks(0, max(0.05, *(end for each in placed for end in each.share_ends)))
    x = Scale(steps_x[0], min(100.0, steps_x[-1]), left, right)
    y = Scale(0, steps_y[-1], foot, top)
    middle, equal = x(zones.usual_performance), y(zones.equal_share)
    decimals = 0 if steps_y[1] >= 0.0099 else 1
    parts = [
        # What is important and weak is the field to look at.
        rectangle(left, top, middle - left, equal - top, class_="zone-fix"),
        *(line(left, y(step), right, y(step)) for step in steps_y),
        *(text(left - 8, y(step) + 4, reader.percent(step, decimals), anchor="end") for step in steps_y),
        *(text(x(step), foot + 18, reader.number(step), anchor="middle") for step in steps_x if step <= 100),
        line(left, equal, right, equal, class_="chart-note"),
        line(middle, top, middle, foot, class_="chart-note"),
        text((left + right) / 2, height - 6, _("performance, 0–100 of its scale →"), anchor="middle"),
        text(4, 14, _("↑ importance: share of what is accounted for")),
        *_zone_names(left, right, top, foot, is_narrow),
    ]
    boxes: list[_Box] = []
    for number, each in enumerate(placed, 1):
        px, py = x(each.performance), y(each.share)
        low, high = (x(end) for end in each.performance_ends)
        bottom, upper = (y(end) for end in each.share_ends)
        kind = f"series-{'1' if each.is_fix else '2'}"
        cross = join(
            line(low, py, high, py, class_=f"driver-arm {kind}"),
            line(px, bottom, px, upper, class_=f"driver-arm {kind}"),
            element("circle", class_=f"chart-dot {kind}", cx=px, cy=py, r=6 if not is_narrow else 9),
        )
        parts.append(titled(cross, each.hint))
        if is_narrow:
            parts.append(text(px, py + 4, str(number), class_="driver-number", anchor="middle"))
        boxes.append(_Box(px - 8, py - 8, px + 8, py + 8))
    if not is_narrow:
        parts += _names(placed, x, y, boxes, right)
    return picture(width, height, *parts, class_="drivers-chart")


def _reach(values: Sequence[float], least: float, most: float) -> tuple[float, float]:
    """A stretch that holds all values with some air, within the limits."""
    low, high = min(values), max(values)
    air = max(4.0, 0.12 * (high - low))
    return max(least, low - air), min(most, high + air)


def _zone_names(left: float, right: float, top: float, foot: float, is_narrow: bool) -> list[SafeString]:
    class_ = "zone-name"
    return [
        text(left + 8, top + 16, _("Fix first"), class_=f"{class_} is-fix"),
        text(right - 8, top + 16, _("Keep"), class_=class_, anchor="end"),
        text(left + 8, foot - 8, _("Watch"), class_=class_),
        text(
            right - 8,
            foot - 8,
            _("In order") if is_narrow else _("In order as it is"),
            class_=class_,
            anchor="end",
        ),
    ]


def _names(placed: Sequence[Placed], x: Scale, y: Scale, boxes: list[_Box], right: float) -> list[SafeString]:
    """Each name beside its dot where there is room: right of it, left, above or below."""
    drawn = []
    for each in placed:
        words = shortened(each.name, 280)
        length = len(words) * _LETTER
        px, py = x(each.performance), y(each.share)
        options = [
            (px + 11, py - 5, "start"),
            (px - 11, py - 5, "end"),
            (px + 11, py + 15, "start"),
            (px - 11, py + 15, "end"),
            (px + 11, py - 20, "start"),
            (px - 11, py + 30, "end"),
        ]
        chosen = None
        for at, base, anchor in options:
            start = at if anchor == "start" else at - length
            box = _Box(start, base - 12, start + length, base + 3)
            if start > 60 and start + length < right and not any(box.meets(other) for other in boxes):
                chosen = (at, base, anchor, box)
                break
        if chosen is None:
            at, base, anchor = options[0] if px + 11 + length < right else options[1]
            start = at if anchor == "start" else at - length
            chosen = (at, base, anchor, _Box(start, base - 12, start + length, base + 3))
        boxes.append(chosen[3])
        drawn.append(text(chosen[0], chosen[1], words, class_="chart-name driver-name", anchor=chosen[2]))
    return drawn

"""The chart: one bar a period, with the period before as a line across each."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from polku.analytics.web.words import METRIC_NAMES
from polku.site.formats import Reader

Record = Mapping[str, Any]
_GAP = 0.14
"""Of a period's room, what is left free on each side of its bar."""


@dataclass(frozen=True)
class Bar:
    """SVG percentages; `before` is the height at which the period before stood, "" where there is none."""

    x: str
    width: str
    y: str
    height: str
    before: str
    end: str
    is_open: bool
    says: str


@dataclass(frozen=True)
class Chart:
    """`rules` are (height, text) of the rules across; `rows` the same as a table: (start, now, before)."""

    title: str
    by: str
    bars: Sequence[Bar]
    rules: Sequence[tuple[str, str]]
    first: str
    last: str
    has_open: bool
    has_before: bool
    alternative: str
    rows: Sequence[tuple[str, str, str]]


def draw(answer: Record, metric: str, reader: Reader) -> Chart | None:
    """None where there is nothing to draw."""
    points = answer["points"]
    if not points:
        return None
    earlier = answer["compared"]["points"] if "compared" in answer else []
    value_of = _value_of(metric, answer["interval"])
    was = [value_of(point) for point in earlier[: len(points)]]
    now = [value_of(point) for point in points]
    top = _round_up(max(*now, *was, 1))
    write = reader.money if metric == "revenue" else reader.number
    room = 100 / len(points)

    def height(value: float) -> float:
        return 100 * value / top

    bars = [
        Bar(
            x=f"{(index + _GAP) * room:.3f}%",
            width=f"{(1 - 2 * _GAP) * room:.3f}%",
            y=f"{100 - height(value):.2f}%",
            height=f"{height(value):.2f}%",
            before=f"{100 - height(was[index]):.2f}%" if index < len(was) else "",
            end=f"{(index + 1 - _GAP) * room:.3f}%",
            is_open=not point["complete"],
            says=_says(point, write(value), write(was[index]) if index < len(was) else "", reader),
        )
        for index, (point, value) in enumerate(zip(points, now, strict=True))
    ]
    best = max(range(len(now)), key=lambda index: now[index])
    return Chart(
        title=str(METRIC_NAMES[metric]),
        by={"day": _("by day"), "week": _("by week"), "month": _("by month")}[answer["interval"]],
        bars=bars,
        rules=[(f"{100 - 50 * step:.1f}%", write(top * step / 2)) for step in (2, 1)],
        first=_start(points[0], reader),
        last=_start(points[-1], reader),
        has_open=any(not point["complete"] for point in points),
        has_before=bool(was),
        alternative=_("%(name)s from %(first)s to %(last)s; the most, %(most)s, on %(best)s.")
        % {
            "name": METRIC_NAMES[metric],
            "first": _start(points[0], reader),
            "last": _start(points[-1], reader),
            "most": write(now[best]),
            "best": _start(points[best], reader),
        },
        rows=[
            (
                _start(point, reader) + ("" if point["complete"] else f" ({_('unfinished')})"),
                write(value),
                write(was[index]) if index < len(was) else "",
            )
            for index, (point, value) in enumerate(zip(points, now, strict=True))
        ],
    )


def _value_of(metric: str, interval: str) -> Callable[[Record], float]:
    """Visitors without cookies live a day: within one they can be added to the others, over more they never are."""
    if metric == "visitors" and interval == "day":
        return lambda point: float(point["visitors"] + point["daily_visitors"])
    return lambda point: float(point[metric])


def _says(point: Record, now: str, before: str, reader: Reader) -> str:
    said = f"{_start(point, reader)}: {now}"
    if not point["complete"]:
        said += f" ({_('unfinished')})"
    return f"{said} · {_('before %(value)s') % {'value': before}}" if before else said


def _start(point: Record, reader: Reader) -> str:
    return reader.day(dt.date.fromisoformat(point["start"]))


def _round_up(value: float) -> float:
    """The next 1, 2, 4, 6 or 8 times a power of ten, so that the middle rule is a round number too."""
    scale = 10.0 ** math.floor(math.log10(value))
    return next(step * scale for step in (1, 2, 4, 6, 8, 10) if step * scale >= value)

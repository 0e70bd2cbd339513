"""The funnel as one picture, for files; the page draws the same with its own elements, so that names may wrap."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.safestring import SafeString

from polku.site.charts.svg import join, line, picture, rectangle, shortened, text, titled
from polku.site.formats import MINUS, Reader

if TYPE_CHECKING:
    from polku.analytics.explore.funnel.steps import Step

_ROW, _BAR = 64, 26


def draw(steps: Sequence[Step], reader: Reader, width: int) -> SafeString:
    """A row for each step: its name and figures over a bar as long as its share of the first."""
    rows = []
    for place, step in enumerate(steps):
        top = 20 + place * _ROW
        figures = f"{reader.number(step.count)} · {reader.percent(step.from_first)}"
        lost = ""
        if step.lost:
            lost = f"{MINUS}{reader.number(step.lost)}"
        rows.append(
            join(
                text(
                    0,
                    top + 12,
                    f"{step.number}. {shortened(step.name, width * 0.6)}",
                    class_="chart-name",
                ),
                text(width, top + 12, figures, class_="chart-strong", anchor="end"),
                titled(rectangle(0, top + 20, width, _BAR, class_="chart-lost", radius=3), step.name),
                rectangle(0, top + 20, width * step.from_first, _BAR, class_="chart-bar", radius=3),
                _compared(step, top + 20, width),
                text(
                    width - 8,
                    top + 38,
                    lost,
                    class_="chart-alarm" if step.is_worst else "chart-text",
                    anchor="end",
                )
                if lost
                else "",
            )
        )
    return picture(width, 28 + len(steps) * _ROW, *rows, class_="chart-funnel")


def _compared(step: Step, top: float, width: int) -> SafeString:
    """A dashed mark where what is compared with ends."""
    if step.before_first is None or step.number == 1:
        return SafeString("")
    x = width * step.before_first
    return line(x, top - 3, x, top + _BAR + 3, class_="chart-before")

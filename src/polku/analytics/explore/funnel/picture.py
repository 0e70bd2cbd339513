"""The funnel as one picture, for files; the page draws the same with its own elements, so that names may wrap."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.safestring import SafeString

from polku.site.charts.svg import join, picture, rectangle, shortened, text, titled
from polku.site.formats import MINUS, Reader

if TYPE_CHECKING:
    from polku.analytics.explore.funnel.steps import Step

_ROW, _BAR = 64, 26


def draw(steps: Sequence[Step], reader: Reader, width: int) -> SafeString:
    """A row for each step: its name and figures over a bar as long as its share of the first."""
    margin = 24 if width > 500 else 12
    room = width - 2 * margin
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
                    margin,
                    top + 12,
                    f"{step.number}. {shortened(step.name, room * 0.6)}",
                    class_="chart-name",
                ),
                text(margin + room, top + 12, figures, class_="chart-strong", anchor="end"),
                titled(rectangle(margin, top + 20, room, _BAR, class_="chart-lost", radius=3), step.name),
                rectangle(margin, top + 20, room * step.from_first, _BAR, class_="chart-bar", radius=3),
                text(
                    margin + room - 8,
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

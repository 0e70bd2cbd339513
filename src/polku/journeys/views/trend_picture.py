"""A touchpoint's trend as a small picture: people as bars, and the score asked most as a line with its interval."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from polku.journeys.display_names import metric_name
from polku.journeys.views import figures
from polku.site.formats import Reader

Record = Mapping[str, Any]


def picture(trend: Record, reader: Reader, *, rule: str) -> dict[str, Any] | None:
    """Bars and points with percentages as SVG attributes; None where there is nothing to draw.

    `rule` says how the score was made, as in the journey query.
    """
    points = trend["points"]
    if len(points) < 2 or not any(point["reached"] or point["score"] for point in points):
        return None
    most = max(point["reached"] for point in points)
    width = 100 / len(points)
    bars = [
        {
            "x": f"{index * width + width * 0.12:.2f}%",
            "width": f"{width * 0.76:.2f}%",
            "y": f"{100 - 100 * point['reached'] / most if most else 100:.1f}%",
            "height": f"{100 * point['reached'] / most if most else 0:.1f}%",
            "is_open": not point["finished"],
        }
        for index, point in enumerate(points)
    ]
    return {
        "name": {"day": _("by day"), "week": _("by week"), "month": _("by month")}[trend["interval"]],
        "bars": bars,
        "most": reader.number(most),
        "first": _start(points[0], reader),
        "last": _start(points[-1], reader),
        "has_open": any(not point["finished"] for point in points),
        "score": _score(trend, reader),
        "rows": [_row(point, trend, reader, rule) for point in points],
    }


def _score(trend: Record, reader: Reader) -> dict[str, Any] | None:
    points = trend["points"]
    scored = [(index, point["score"]) for index, point in enumerate(points) if point["score"]]
    if not trend["metric"] or len(scored) < 2:
        return None
    # Intervals of a handful of answers may cover the whole scale; the picture keeps to the points.
    values = [score["value"] for _, score in scored]
    low, high = min(values), max(values)
    room = (high - low) * 0.25 or abs(high) * 0.25 or 1.0
    low, high = low - room, high + room

    def down(value: float) -> float:
        return 100 - 100 * max(0.0, min(1.0, (value - low) / (high - low)))

    def across(index: int) -> float:
        return (index + 0.5) * 100 / len(points)

    spots = [
        {
            "x": f"{across(index):.2f}%",
            "y": f"{down(score['value']):.1f}%",
            "low": f"{down(score['ci'][0]):.1f}%" if score["ci"] else "",
            "high": f"{down(score['ci'][1]):.1f}%" if score["ci"] else "",
            "is_small": score["small"],
        }
        for index, score in scored
    ]
    line = ""
    for place, (index, score) in enumerate(scored):
        joins = place > 0 and scored[place - 1][0] == index - 1
        line += f"{'L' if joins else 'M'}{across(index):.2f} {down(score['value']):.2f}"
    return {"name": metric_name(trend["metric"]), "spots": spots, "line": line}


def _row(point: Record, trend: Record, reader: Reader, rule: str) -> dict[str, Any]:
    """The same in words, for a table that readers of the picture do not need."""
    score = point["score"]
    said = ""
    if score:
        said = figures.score_sentence({**score, "metric": trend["metric"], "rule": rule}, reader)
    return {
        "start": _start(point, reader) + ("" if point["finished"] else f" ({_('unfinished')})"),
        "reached": reader.number(point["reached"]),
        "score": said,
    }


def _start(point: Record, reader: Reader) -> str:
    return reader.day(dt.date.fromisoformat(point["start"]))

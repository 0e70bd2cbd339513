"""The share that came back, period after period, with its band; what it is compared with beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.safestring import SafeString

from polku.analytics.explore.retention.naming import period_number
from polku.site.charts.scales import ticks
from polku.site.charts.series import Ground, Point, Series, lines
from polku.site.charts.svg import element, join, text
from polku.site.formats import Reader

Rows = Sequence[Mapping[str, Any]]


def draw(
    overall: Rows, compared: Rows | None, names: tuple[str, str], period: str, reader: Reader, width: int
) -> SafeString:
    """`width` pixels wide; `names` are those of the two sides. The first period is left out: all are there by
    definition."""
    places = [period_number(place, period) for place in range(1, len(overall))]
    series = [Series(names[0], _points(overall, places, reader))]
    if compared is not None:
        series.append(Series(names[1], _points(compared, places, reader)))
    highs = [point.high or point.value or 0.0 for each in series for point in each.points]
    key_height = 26.0 if len(series) > 1 else 0.0

    high = min(1.0, max([0.02, *highs]))
    decimals = _decimals(ticks(0.0, high))
    ground = Ground(
        places,
        width=width,
        height=int((260 if width > 600 else 220) + key_height),
        low=0.0,
        high=high,
        write=lambda share: reader.percent(share, decimals),
        top=14 + key_height,
    )
    return ground.drawn(_key(series) if key_height else "", lines(ground, series))


def _decimals(steps: Sequence[float]) -> int:
    """How many decimals of a per cent tell the ticks as they are."""
    return next(
        (
            number
            for number in (0, 1)
            if all(abs(step * 100 - round(step * 100, number)) < 1e-6 for step in steps)
        ),
        2,
    )


def _points(rows: Rows, names: Sequence[str], reader: Reader) -> list[Point]:
    return [
        Point(
            row["share"],
            hint=""
            if row["share"] is None
            else f"{name}: {reader.percent(row['share'], 1)} ({reader.percent_interval(row['ci'], 1)})",
            low=row["ci"][0] if row["ci"] else None,
            high=row["ci"][1] if row["ci"] else None,
        )
        for name, row in zip(names, rows[1:], strict=True)
    ]


def _key(series: Sequence[Series]) -> SafeString:
    parts, x = [], 0.0
    for number, each in enumerate(series, 1):
        parts.append(element("circle", class_=f"chart-key series-{number}", cx=x + 5, cy=8, r=5))
        parts.append(text(x + 16, 12, each.name))
        x += len(each.name) * 6.6 + 40
    return join(*parts)

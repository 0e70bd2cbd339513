"""A score over time: a line with its band, unfinished periods dashed, and a mark where the wording changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from polku.analytics.explore.trend.picture import Mark, draw_marks
from polku.site.charts.series import Ground, Series, lines


@dataclass(frozen=True)
class ScorePicture:
    """`limits` are the lowest and highest that the figure can be; the picture shows of them what is needed."""

    names: Sequence[str]
    series: Series
    marks: Sequence[Mark]
    limits: tuple[float, float]
    write: Callable[[float], str]


def draw(picture: ScorePicture, width: int) -> SafeString:
    """The picture, `width` pixels wide."""
    points = [point for point in picture.series.points if point.value is not None]
    lows = [point.value if point.low is None else point.low for point in points]
    highs = [point.value if point.high is None else point.high for point in points]
    lowest, highest = picture.limits
    # Zero belongs to points and shares; a mean of a scale from 1 to 5 has none.
    low = min([each for each in lows if each is not None] + [max(0.0, lowest)], default=lowest)
    high = max([each for each in highs if each is not None] + [low + (highest - lowest) / 4], default=highest)
    ground = Ground(
        picture.names,
        width=width,
        height=220 if width > 600 else 190,
        low=low,
        high=min(highest, high),
        write=picture.write,
        top=34 if picture.marks else 14,
    )
    return ground.drawn(lines(ground, [picture.series]), *draw_marks(ground, picture.marks))

"""The lane Feel: the emotion curve of a map, and each touchpoint's feeling in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from polku.journeys.display_names import metric_name
from polku.journeys.feelings import step_of, word_of
from polku.journeys.views import emotion_curve
from polku.journeys.views.differences import Difference, clear_changes, measure_of_numbers, told
from polku.journeys.views.figures import SMALL, small_text
from polku.site.formats import Reader

Record = Mapping[str, Any]


@dataclass(frozen=True)
class FeelingPoint:
    """A measured point of the curve; `x` and `y` are percentages as SVG attributes."""

    x: str
    y: str
    step: int
    is_small: bool


@dataclass(frozen=True)
class Surprise:
    """The biggest surprise, named on the picture: a line from the measured point to the guess."""

    x: str
    y_measured: str
    y_label: str
    is_label_above: bool
    anchor: str
    step: int


@dataclass(frozen=True)
class Curve:
    width: str
    view_box: str
    measured: str
    band: str
    assumed: str
    points: list[FeelingPoint]
    surprise: Surprise | None


@dataclass(frozen=True)
class FeelingCell:
    """One touchpoint in the lane Feel: in words, for the tooltip and for those who do not see the curve."""

    step: int | None
    words: str
    is_small: bool
    tips: tuple[str, ...]
    differences: tuple[Difference, ...]


def curve(touchpoints: Sequence[Record], surprises: Sequence[Record]) -> Curve:
    """The picture of the whole map. Lines pass over work behind the scenes, which customers cannot feel."""
    columns = [index for index, point in enumerate(touchpoints) if not point["backstage"]]
    feels = [touchpoints[index]["feel"] for index in columns]
    measured = [feel["measured"] for feel in feels]
    values: list[float | None] = [each["value"] if each else None for each in measured]
    ends = [(each["ci"] or [each["value"]] * 2) if each else (None, None) for each in measured]
    points = [
        FeelingPoint(
            x=_percent(emotion_curve.across(index), len(touchpoints) * emotion_curve.COLUMN),
            y=_percent(emotion_curve.down(each["value"]), emotion_curve.HEIGHT),
            step=step_of(each["value"]),
            is_small=each["n"] < SMALL,
        )
        for index, each in zip(columns, measured, strict=True)
        if each
    ]
    return Curve(
        width=f"{len(touchpoints) * 100}%",
        view_box=f"0 0 {len(touchpoints) * emotion_curve.COLUMN:.0f} {emotion_curve.HEIGHT:.0f}",
        measured=emotion_curve.line(values, columns),
        band=emotion_curve.band([low for low, _high in ends], [high for _low, high in ends], columns),
        assumed=emotion_curve.line([feel["assumed"] for feel in feels], columns),
        points=points,
        surprise=_biggest(touchpoints, surprises),
    )


def cell(touchpoint: Record, reader: Reader) -> FeelingCell:
    """The touchpoint's feeling in words."""
    feel = touchpoint["feel"]
    measured, assumed = feel["measured"], feel["assumed"]
    tips = []
    if measured:
        words = _("measured: %(feeling)s %(value)s") % {
            "feeling": word_of(measured["value"]),
            "value": reader.number(measured["value"], 2, signed=True),
        }
        between = reader.interval(measured["ci"], 2, signed=True) if measured["ci"] else ""
        tail = [_("probably %(interval)s") % {"interval": between}] if between else []
        tail += [f"n\N{NO-BREAK SPACE}{reader.number(measured['n'])}", source_name(measured["source"])]
        tips.append(f"{words}, {', '.join(tail)}")
        if measured["n"] < SMALL:
            tips.append(small_text())
    else:
        tips.append(_("feeling not measured yet"))
    if assumed is not None:
        tips.append(guess(assumed, reader))
    change = (touchpoint["change"] or {}).get("feel")
    measure = measure_of_numbers(reader, 2, signed=True)
    tips += told("", change, measure)
    return FeelingCell(
        step=step_of(measured["value"]) if measured else None,
        words=word_of(measured["value"]) if measured else _("not measured yet"),
        is_small=bool(measured and measured["n"] < SMALL),
        tips=tuple(tips),
        differences=clear_changes(_("feeling"), change, measure, more_is="good"),
    )


def guess(assumed: float, reader: Reader) -> str:
    return _("the team’s guess: %(feeling)s %(value)s") % {
        "feeling": word_of(assumed),
        "value": reader.number(assumed, 2, signed=True),
    }


def source_name(source: str) -> str:
    """Which question the feeling was measured by."""
    return _("by %(metric)s") % {"metric": metric_name(source)}


def _biggest(touchpoints: Sequence[Record], surprises: Sequence[Record]) -> Surprise | None:
    if not surprises:
        return None
    found = surprises[0]
    index = [point["id"] for point in touchpoints].index(found["touchpoint"])
    y_measured, y_assumed = (emotion_curve.down(found[key]) for key in ("measured", "assumed"))
    above = y_assumed < y_measured
    gap = 7.0 if above else -7.0
    anchor = "start" if index == 0 else "end" if index == len(touchpoints) - 1 else "middle"
    return Surprise(
        x=_percent(emotion_curve.across(index), len(touchpoints) * emotion_curve.COLUMN),
        y_measured=_percent(y_measured - gap, emotion_curve.HEIGHT),
        y_label=_percent(max(12.0, min(94.0, y_assumed - gap / 2)), emotion_curve.HEIGHT),
        is_label_above=above,
        anchor=anchor,
        step=step_of(found["measured"]),
    )


def _percent(value: float, whole: float) -> str:
    return f"{100 * value / whole:.2f}%"

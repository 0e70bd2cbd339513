"""A score question period by period."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from polku.analytics.explore.presentation import Chart, Column, Table
from polku.analytics.explore.trend.picture import Mark
from polku.analytics.explore.trend.reading import period_name
from polku.analytics.ranges import next_period
from polku.site.charts.series import Point, Series
from polku.site.formats import Reader
from polku.surveys.results import words
from polku.surveys.results.asked import Asked
from polku.surveys.results.pictures import ScorePicture, draw
from polku.surveys.results.scores import ScoreFigure, figure_of, unit_of
from polku.surveys.results.selection import Selection, View

MOST_PERIODS = 120
_LIMITS = {"nps": (-100.0, 100.0), "smiley": (0.0, 100.0)}


@dataclass(frozen=True)
class Period:
    """`figure` is None where it may not be shown."""

    start: dt.date
    is_finished: bool
    figure: ScoreFigure | None


@dataclass(frozen=True)
class OverTime:
    chart: Chart | None
    table: Table | None
    has_unfinished: bool
    marks: Sequence[Mark]


def periods_of(selection: Selection, asked: Asked, view: View, *, today: dt.date) -> list[Period]:
    """Every period from the first answer to the last, the newest 120 of them; those without answers have n = 0."""
    starts, places = selection.periods
    found = {}
    numbers = sorted(set(places[view.mask].tolist()))
    for place in numbers:
        mask = view.mask & (places == place)
        may = view.may_split("month", int(place))
        found[starts[place]] = figure_of(asked, view.array[mask]) if may else None
    if not found:
        return []
    periods, start = [], min(found)
    while start <= max(found):
        end = next_period(start, selection.interval)
        figure = found[start] if start in found else ScoreFigure(0, None, unit_of(asked))
        periods.append(Period(start, end <= today, figure))
        start = end
    return periods[-MOST_PERIODS:]


def over_time(selection: Selection, asked: Asked, view: View, reader: Reader, *, today: dt.date) -> OverTime:
    """The picture and the table; neither where there is only one period, or a group of an anonymous survey."""
    if view.is_group:
        return OverTime(None, None, False, ())
    periods = periods_of(selection, asked, view, today=today)
    if len(periods) < 2:
        return OverTime(None, None, False, ())
    unit = unit_of(asked)
    marks = _marks(selection, asked, periods, reader)
    picture = ScorePicture(
        names=[period_name(each.start, selection.interval, reader) for each in periods],
        series=Series(words.metric_word(asked), [_point(each, selection, reader) for each in periods]),
        marks=marks,
        limits=_limits(asked),
        write=lambda amount: words.value(amount, unit, reader),
    )
    name = _("%(metric)s over time") % {"metric": words.metric_word(asked)}
    return OverTime(
        Chart(name, lambda width: draw(picture, width), _alternative(periods, asked, selection, reader)),
        _table(name, periods, asked, selection, reader),
        any(not each.is_finished for each in periods),
        marks,
    )


def _point(period: Period, selection: Selection, reader: Reader) -> Point:
    figure = period.figure
    name = period_name(period.start, selection.interval, reader)
    if figure is None or figure.estimate is None:
        return Point(None)
    said = f"{name}: {words.value(figure.estimate.value, figure.unit, reader)}"
    ends = figure.interval
    if ends:
        said += f" ({words.interval(ends, figure.unit, reader)})"
    said += f", n {reader.number(figure.n)}"
    if not period.is_finished:
        said = _("%(figure)s (unfinished)") % {"figure": said}
    low, high = ends or (None, None)
    return Point(figure.estimate.value, said, low, high, complete=period.is_finished)


def _limits(asked: Asked) -> tuple[float, float]:
    if asked.metric in _LIMITS:
        return _LIMITS[asked.metric]
    if unit_of(asked) == "share":
        return 0.0, 1.0
    return asked.scale or (0.0, 1.0)


def _marks(selection: Selection, asked: Asked, periods: Sequence[Period], reader: Reader) -> list[Mark]:
    """Where a version changed the wording, between the periods."""
    zone = ZoneInfo(selection.survey.workspace.timezone)
    marks: list[Mark] = []
    for version in asked.changed:
        published = selection.versions.published.get(version)
        if published is None:
            continue
        day = published.astimezone(zone).date()
        for place, period in enumerate(periods):
            following = next_period(period.start, selection.interval)
            if period.start <= day < following:
                within = (day - period.start).days / (following - period.start).days
                text = _("Version %d: the wording changed") % version
                kind = _("wording")
                number = len(marks) + 1
                said = reader.day(day, year=True)
                marks.append(
                    Mark(
                        id=version, number=number, place=place - 0.5 + within, day=said, kind=kind, text=text
                    )
                )
    return marks


def _table(name: str, periods: Sequence[Period], asked: Asked, selection: Selection, reader: Reader) -> Table:
    unit = unit_of(asked)
    share = unit == "share"
    decimals = words.decimals(unit)
    rows = []
    for each in periods:
        figure = each.figure
        estimate = figure.estimate if figure else None
        label = period_name(each.start, selection.interval, reader)
        rows.append(
            [
                label if each.is_finished else _("%(figure)s (unfinished)") % {"figure": label},
                estimate.value if estimate else None,
                figure.interval if figure else None,
                figure.n if figure else None,
            ]
        )
    columns = [
        Column(_("Period")),
        Column(words.metric_word(asked), "share" if share else "number", decimals),
        Column(_("95% interval"), "share_interval" if share else "number_interval", decimals),
        Column("n", "count"),
    ]
    return Table(name, columns, rows)


def _alternative(periods: Sequence[Period], asked: Asked, selection: Selection, reader: Reader) -> str:
    told = [each for each in periods if each.figure and each.figure.estimate]
    if not told:
        return _("No period has enough answers.")
    first, last = told[0], told[-1]

    def said(period: Period) -> str:
        estimate = period.figure.estimate if period.figure else None
        return words.value(estimate.value, unit_of(asked), reader) if estimate else ""

    return _("%(metric)s was %(first)s in %(start)s and %(last)s in %(end)s.") % {
        "metric": words.metric_word(asked),
        "first": said(first),
        "start": period_name(first.start, selection.interval, reader),
        "last": said(last),
        "end": period_name(last.start, selection.interval, reader),
    }

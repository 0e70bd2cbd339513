"""A trend's answer in words, a picture and a table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from polku.analytics import resolvers
from polku.analytics.annotations import annotations_of
from polku.analytics.explore.pages import Asked
from polku.analytics.explore.presentation import Chart, Column, Presentation, Table
from polku.analytics.explore.trend.form import TrendForm, periods_between
from polku.analytics.explore.trend.picture import Mark, Picture, draw
from polku.analytics.kinds.trend import start_of_period
from polku.analytics.models import Annotation
from polku.analytics.ranges import is_finished, local_midnight, next_period, parse_range
from polku.eventstore.port import Interval
from polku.site.charts.series import Point, Series
from polku.site.formats import Reader

MOST_LINES = 6
Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Shown:
    """The answer laid out on the periods of the page, the empty ones at its ends included."""

    starts: Sequence[dt.date]
    complete: Sequence[bool]
    values: Sequence[float]
    parts: Sequence[tuple[str, Sequence[float]]]
    before: Sequence[float | None] | None
    interval: Interval
    measure: str


def present(answer: Mapping[str, Any], asked: Asked) -> Presentation:
    """The sentence, the picture with what happened meanwhile, and the periods as a table."""
    form: TrendForm = asked.form
    reader = asked.reader
    shown = _lay_out(answer, form)
    marks = _marks(asked, shown)
    series = [(form.name, shown.values)] if not shown.parts else list(shown.parts[:MOST_LINES])
    picture = Picture(
        names=[period_name(start, shown.interval, reader) for start in shown.starts],
        series=[
            Series(
                name,
                [
                    Point(value, _hint(name, start, value, whole, shown, reader), complete=whole)
                    for start, value, whole in zip(shown.starts, values, shown.complete, strict=True)
                ],
            )
            for name, values in series
        ],
        before=shown.before,
        marks=marks,
        write=lambda value: figure(value, shown.measure, reader),
        compared=compared_name(form),
    )
    cautions = []
    if not all(shown.complete):
        cautions.append(_("What is outlined is not over yet, or only partly in the period."))
    if form.cleaned_data["interval"] not in ("", shown.interval):
        cautions.append(_("The period is too long to be shown so finely."))
    if len(shown.parts) > MOST_LINES:
        cautions.append(_("The six largest are drawn; the table has more."))
    return Presentation(
        reading=_reading(answer, form, shown, reader),
        charts=[
            Chart(
                str(_("Trend")),
                lambda width: draw(picture, width),
                _alternative(form, shown, reader),
            )
        ]
        if shown.starts
        else [],
        tables=[_table(form, shown, reader)],
        more={
            "cautions": cautions,
            "marks": marks,
            "kinds": Annotation.Kind.choices,
            "state": asked.request.GET.urlencode()[:4_000],
            "today": form.period.last or (shown.starts[-1] if shown.starts else None),
        },
    )


def figure(value: float, measure: str, reader: Reader) -> str:
    """A value of the measure; whole numbers without decimals, a mean below ten with one."""
    if measure == "sum_value":
        return reader.money(value)
    return reader.number(value, 0 if float(value).is_integer() or abs(value) >= 10 else 1)


def compared_name(form: TrendForm) -> str:
    """The segment or the period that the answer is compared with."""
    return form.compared_segment or _("Previous period")


def period_name(start: dt.date, interval: Interval, reader: Reader) -> str:
    """“3.5.” for days and weeks (its Monday), “5/2026” for months."""
    return f"{start.month}/{start.year}" if interval == "month" else reader.day(start)


def _lay_out(answer: Mapping[str, Any], form: TrendForm) -> Shown:
    interval: Interval = answer["interval"]
    found = _values(answer["points"])
    starts: list[dt.date] = []
    if found and form.days:
        first, last = form.days
        starts = periods_between(start_of_period(first, interval), last, interval)
    limits = parse_range(form.period.range(form.workspace.timezone), form.workspace.timezone)
    whole = {dt.date.fromisoformat(point["start"]): point["complete"] for point in answer["points"]}
    zone, newest = form.workspace.timezone, form.state.data_as_of
    complete = [
        whole[start] if start in whole else is_finished(start, interval, zone, limits, newest)
        for start in starts
    ]
    parts = [
        (_part_name(part, form), [_values(part["points"]).get(start, 0) for start in starts])
        for part in answer.get("series", ())
    ]
    return Shown(
        starts=starts,
        complete=complete,
        values=[found.get(start, 0) for start in starts],
        parts=parts,
        before=_before(answer, form, starts, interval),
        interval=interval,
        measure=answer["measure"],
    )


def _before(
    answer: Mapping[str, Any], form: TrendForm, starts: Sequence[dt.date], interval: Interval
) -> list[float | None] | None:
    """The compared values, each in the place of the period that it stands beside."""
    compared = answer.get("compared")
    if not compared or not starts:
        return None
    found = _values(compared["points"])
    earlier = form.period.previous() if form.compare == "previous" else None
    if earlier is None or earlier.first is None or earlier.last is None:  # a segment: the same periods
        return [found.get(start, 0) for start in starts]
    stretch = periods_between(start_of_period(earlier.first, interval), earlier.last, interval)
    zone, first = form.workspace.timezone, form.state.first_time
    values: list[float | None] = [
        # Before the first data nothing is known, which is not the same as nothing.
        found.get(start, 0)
        if first is not None and local_midnight(next_period(start, interval), zone) > first
        else None
        for start in stretch[: len(starts)]
    ]
    return values + [None] * (len(starts) - len(values))


def _values(points: Rows) -> dict[dt.date, float]:
    return {dt.date.fromisoformat(point["start"]): point["value"] for point in points}


def _part_name(part: Mapping[str, Any], form: TrendForm) -> str:
    if part.get("others"):
        return _("All others together")
    if not part["key"]:
        return _("not known")
    return resolvers.words().value(form.breakdown, part["key"])


def _marks(asked: Asked, shown: Shown) -> list[Mark]:
    """Annotations numbered in the order of their days, with their places between the periods."""
    if not shown.starts:
        return []
    end = next_period(shown.starts[-1], shown.interval)
    names = dict(Annotation.Kind.choices)
    marks: list[Mark] = []
    for note in annotations_of(asked.workspace):
        if shown.starts[0] <= note.on < end:
            place = max(number for number, start in enumerate(shown.starts) if start <= note.on)
            following = next_period(shown.starts[place], shown.interval)
            within = (note.on - shown.starts[place]).days / (following - shown.starts[place]).days
            marks.append(
                Mark(
                    id=note.id,
                    number=len(marks) + 1,
                    place=place - 0.5 + within,
                    day=asked.reader.day(note.on, year=True),
                    kind=str(names.get(note.kind, note.kind)),
                    text=note.text,
                )
            )
    return marks


def _hint(name: str, start: dt.date, value: float, whole: bool, shown: Shown, reader: Reader) -> str:
    said = f"{name}, {period_name(start, shown.interval, reader)}: {figure(value, shown.measure, reader)}"
    return said if whole else _("%(figure)s (unfinished)") % {"figure": said}


def _reading(answer: Mapping[str, Any], form: TrendForm, shown: Shown, reader: Reader) -> str:
    if not any(shown.values):
        return _("There is nothing of “%(what)s” in this period.") % {"what": form.name}
    finished = [value for value, whole in zip(shown.values, shown.complete, strict=True) if whole]
    parts = []
    if finished:
        mean = sum(finished) / len(finished)
        words = {
            "day": _("“%(what)s”: %(mean)s a day on average."),
            "week": _("“%(what)s”: %(mean)s a week on average."),
            "month": _("“%(what)s”: %(mean)s a month on average."),
        }[shown.interval]
        if shown.measure == "persons":
            words = {
                "day": _("“%(what)s”: %(mean)s people a day on average."),
                "week": _("“%(what)s”: %(mean)s people a week on average."),
                "month": _("“%(what)s”: %(mean)s people a month on average."),
            }[shown.interval]
        rounded = float(round(mean)) if mean >= 10 else mean
        parts.append(words % {"what": form.name, "mean": figure(rounded, shown.measure, reader)})
    if shown.measure in ("events", "sum_value"):
        parts.append(_("%(total)s in all.") % {"total": figure(sum(shown.values), shown.measure, reader)})
    if answer.get("compared"):
        parts.append(_change(answer["compared"]["changes"][0], shown.measure, reader))
    return " ".join(parts)


def _change(change: Mapping[str, Any], measure: str, reader: Reader) -> str:
    if change["ci"] is None or change["p_value"] is None:
        return _("There are too few finished periods to tell whether that is a change.")
    if not change["clear"]:
        return _("There is no evidence of a change against what it is compared with.")
    ends = sorted(abs(end) for end in change["ci"])
    interval = (
        reader.money_interval(ends)
        if measure == "sum_value"
        else reader.interval(ends, 0 if ends[1] >= 10 else 1)
    )
    words = (
        _("That is clearly more than what it is compared with: by %(difference)s (probably %(interval)s).")
        if change["difference"] > 0
        else _(
            "That is clearly less than what it is compared with: by %(difference)s (probably %(interval)s)."
        )
    )
    return words % {
        "difference": figure(abs(change["difference"]), measure, reader),
        "interval": interval,
    }


def _alternative(form: TrendForm, shown: Shown, reader: Reader) -> str:
    places = range(len(shown.values))
    # A period of which only a part is known is the least by that alone.
    whole = [place for place in places if shown.complete[place]] or places
    most = max(places, key=lambda place: shown.values[place])
    least = min(whole, key=lambda place: shown.values[place])
    return _("“%(what)s” over time: most %(most)s (%(most_when)s), least %(least)s (%(least_when)s).") % {
        "what": form.name,
        "most": figure(shown.values[most], shown.measure, reader),
        "most_when": period_name(shown.starts[most], shown.interval, reader),
        "least": figure(shown.values[least], shown.measure, reader),
        "least_when": period_name(shown.starts[least], shown.interval, reader),
    }


def _table(form: TrendForm, shown: Shown, reader: Reader) -> Table:
    kind: Any = "money" if shown.measure == "sum_value" else "count"
    columns = [Column(_("Begins"), "date"), Column(form.name, kind)]
    columns += [Column(name, kind) for name, _values in shown.parts]
    if shown.before is not None:
        columns.append(Column(compared_name(form), kind))
    columns.append(Column(_("Finished")))
    rows: list[list[object]] = []
    for place, start in enumerate(shown.starts):
        row: list[object] = [start, shown.values[place], *(values[place] for _name, values in shown.parts)]
        if shown.before is not None:
            row.append(shown.before[place])
        rows.append([*row, _("yes") if shown.complete[place] else _("no")])
    return Table(_("Period by period"), columns, rows)

"""A simulation as people read it: sentences, a picture of the weeks, and a table of the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from polku.site.charts.series import Ground, Point, Series, bars
from polku.site.formats import Reader
from polku.surveys.moments import words
from polku.surveys.moments.answers import ASSUMED, Expected
from polku.surveys.moments.engine import Outcome
from polku.surveys.moments.simulating import Simulation, Week

WIDE, NARROW = 960, 360
_HEIGHT = 200


@dataclass(frozen=True)
class Outlook:
    """`reading` is the answer in a sentence, `answers` what to expect; `steps` (words, number) lead from what happened
    to who would have been asked; `columns` and `rows` are the weeks."""

    reading: str
    answers: str
    cautions: Sequence[str]
    steps: Sequence[tuple[str, str]]
    wide: SafeString
    narrow: SafeString
    alternative: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


def outlook(found: Simulation, reader: Reader) -> Outlook:
    days = f"{reader.day(found.first, year=True)}–{reader.day(found.last, year=True)}"
    a_week = found.asked_a_week
    reading = ngettext(
        "%(days)s: it would have asked %(asked)s time, about %(week)s a week.",
        "%(days)s: it would have asked %(asked)s times, about %(week)s a week.",
        found.asked,
    ) % {
        "days": days,
        "asked": reader.number(found.asked),
        "week": reader.number(a_week, 1 if a_week < 9.95 else 0),
    }
    drawn = _drawn(found, reader)
    return Outlook(
        reading=reading if found.triggered else _("%(days)s: it never happened.") % {"days": days},
        answers=_answers(found.expected, reader) if found.asked else "",
        cautions=_cautions(found, reader),
        steps=_steps(found, reader),
        wide=drawn[0],
        narrow=drawn[1],
        alternative=_alternative(found, reader),
        columns=[
            _("Week from"),
            _("Happened"),
            _("Asked"),
            _("Refused by a limit"),
            _("No e-mail"),
            _("Not drawn"),
            pgettext("outcome", "Other"),
        ],
        rows=[_row(week, reader) for week in found.weeks],
    )


def _answers(expected: Expected, reader: Reader) -> str:
    low, high = round(expected.low), round(expected.high)
    ends = reader.interval((low, high))
    if expected.is_measured:
        return _(
            "Expect about %(value)s answers, probably %(ends)s: of %(sent)s people invited here before, "
            "%(answered)s answered."
        ) % {
            "value": reader.number(round(expected.value)),
            "ends": ends,
            "sent": reader.number(expected.sent),
            "answered": reader.number(expected.answered),
        }
    return _(
        "Expect perhaps %(ends)s answers. This is an assumption: %(share)s of invited people answer. It is replaced by "
        "your own response rate when enough have been invited."
    ) % {"ends": ends, "share": reader.percent_interval((ASSUMED[0], ASSUMED[2]))}


def _cautions(found: Simulation, reader: Reader) -> list[str]:
    said = []
    if found.is_cut:
        said.append(
            _("So much happened that only the time up to %(day)s was gone through.")
            % {"day": reader.day(found.last, year=True)}
        )
    if found.others:
        said.append(
            ngettext(
                "It was run beside %(n)s other moment that is on, because limits hold across surveys.",
                "It was run beside %(n)s other moments that are on, because limits hold across surveys.",
                found.others,
            )
            % {"n": found.others}
        )
    return said


def _steps(found: Simulation, reader: Reader) -> list[tuple[str, str]]:
    named = [
        (_("Happened"), found.triggered),
        (_("Not drawn: outside the share"), found.counts[Outcome.NOT_DRAWN]),
        (_("Could not be reached: no e-mail"), found.counts[Outcome.UNREACHABLE]),
        (_("The order was cancelled"), found.counts[Outcome.CANCELLED]),
        (_("Happened again before they were asked"), found.counts[Outcome.SUPERSEDED]),
        (_("Asked too lately by any survey"), found.counts[Outcome.LIMIT_ANY]),
        *(
            (_("Asked too lately: %(metric)s") % {"metric": words.metric_name(metric)}, count)
            for metric, count in sorted(found.by_metric.items())
        ),
        (_("This moment’s own limit"), found.counts[Outcome.LIMIT_MOMENT]),
        (_("Would have been asked"), found.asked),
    ]
    shown = [(name, reader.number(count)) for name, count in named if count]
    if found.asked and found.people_asked != found.asked:
        shown.append((_("Different people among them"), reader.number(found.people_asked)))
    return shown


def _refused(week: Week) -> int:
    return sum(week.counts[each] for each in (Outcome.LIMIT_ANY, Outcome.LIMIT_METRIC, Outcome.LIMIT_MOMENT))


def _row(week: Week, reader: Reader) -> list[str]:
    happened = sum(week.counts.values())
    named = [
        week.counts[Outcome.ASKED],
        _refused(week),
        week.counts[Outcome.UNREACHABLE],
        week.counts[Outcome.NOT_DRAWN],
    ]
    return [
        reader.day(week.start),
        *(reader.number(each) for each in (happened, *named, happened - sum(named))),
    ]


def _drawn(found: Simulation, reader: Reader) -> tuple[SafeString, SafeString]:
    """Asked by week, at two widths; weeks of which only a part was looked at are open."""
    names = [reader.day(week.start) for week in found.weeks]
    values = [week.counts[Outcome.ASKED] for week in found.weeks]
    points = [
        Point(float(value), hint=f"{name} {reader.number(value)}", complete=week.is_whole)
        for name, value, week in zip(names, values, found.weeks, strict=True)
    ]
    series = Series(_("Asked"), points)
    wide, narrow = (
        Ground(
            names,
            width=width,
            height=_HEIGHT,
            low=0.0,
            high=float(max(4, *values)) if values else 4.0,
            write=reader.number,
        )
        for width in (WIDE, NARROW)
    )
    return wide.drawn(bars(wide, series)), narrow.drawn(bars(narrow, series))


def _alternative(found: Simulation, reader: Reader) -> str:
    values = [week.counts[Outcome.ASKED] for week in found.weeks]
    if not values:
        return ""
    return _("Asked by week: from %(least)s to %(most)s. The table below has every week.") % {
        "least": reader.number(min(values)),
        "most": reader.number(max(values)),
    }

"""The same metric over all surveys: beside each other, never added together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from polku.accounts.models import Workspace
from polku.analytics.comparing import score_changes
from polku.analytics.periods import Period
from polku.site.formats import Reader
from polku.statistics import benjamini_hochberg
from polku.surveys.definition.wordings import text_of
from polku.surveys.models import Survey
from polku.surveys.results import words
from polku.surveys.results.asked import Asked, versions_of
from polku.surveys.results.columns import columns_of
from polku.surveys.results.scores import ScoreFigure, figure_of, unit_of
from polku.surveys.results.sections import ShownFigure, shown_figure
from polku.surveys.results.selection import Selection, Wish

MOST_SURVEYS = 100


@dataclass(frozen=True)
class AcrossRow:
    """`change` says in words how the figure differs from the period before; "" where nothing can be said."""

    survey: Survey
    title: str
    figure: ShownFigure | None
    n: int
    change: str
    hidden: str


@dataclass(frozen=True)
class AcrossTable:
    """One metric on one scale."""

    metric: str
    rule: str
    rows: Sequence[AcrossRow]


def across_surveys(
    workspace: Workspace, period: Period, reader: Reader, *, today: dt.date
) -> list[AcrossTable]:
    """Anonymous surveys are shown whole, whatever the period: a stretch of days could isolate somebody."""
    found: dict[tuple[str, Any], list[tuple[Survey, Asked, ScoreFigure, ScoreFigure | None, str]]] = {}
    surveys = Survey.objects.filter(deleted_at=None).exclude(state=Survey.State.DRAFT)
    for survey in surveys.select_related("workspace").order_by("name")[:MOST_SURVEYS]:
        versions = versions_of(survey)
        if not versions.scores:
            continue
        columns = columns_of(survey, versions)
        now, before = _wishes(period, survey.is_anonymous)
        sides = [
            Selection(survey, versions, columns, wish, sees_people=False, today=today) if wish else None
            for wish in (now, before)
        ]
        for asked in versions.scores:
            place = (asked.metric or "", asked.scale)
            figures: list[ScoreFigure | None] = []
            hidden = ""
            for side in sides:
                view = side.view_of(asked) if side else None
                if view is None or not view.shows_score:
                    hidden = hidden or (
                        _("Too few answers of an anonymous survey.") if view and view.n else ""
                    )
                    figures.append(None)
                    continue
                figures.append(figure_of(asked, view.array[view.mask]))
            figure = figures[0] or ScoreFigure(0, None, unit_of(asked))
            found.setdefault(place, []).append((survey, asked, figure, figures[1], hidden))
    return [
        AcrossTable(words.metric_word(rows[0][1]), words.rule_words(rows[0][1]), _rows(rows, reader))
        for _place, rows in sorted(found.items(), key=lambda each: -sum(row[2].n for row in each[1]))
    ]


def _wishes(period: Period, is_anonymous: bool) -> tuple[Wish, Wish | None]:
    earlier = period.previous()
    if is_anonymous or earlier is None:
        return (Wish() if is_anonymous else _wish(period)), None
    return _wish(period), _wish(earlier)


def _wish(period: Period) -> Wish:
    if period.first is None or period.last is None:
        return Wish()
    return Wish(range="custom", first=period.first.isoformat(), last=period.last.isoformat())


def _rows(
    found: Sequence[tuple[Survey, Asked, ScoreFigure, ScoreFigure | None, str]], reader: Reader
) -> list[AcrossRow]:
    changes = score_changes(
        [figure.estimate for _survey, _asked, figure, _before, _hidden in found],
        [before.estimate if before else None for _survey, _asked, _figure, before, _hidden in found],
        correct=benjamini_hochberg,
    )
    return [
        AcrossRow(
            survey,
            text_of(asked.question, reader.language),
            shown_figure(asked, figure, reader),
            figure.n,
            _said(change, asked, reader),
            hidden,
        )
        for (survey, asked, figure, _before, hidden), change in zip(found, changes, strict=True)
    ]


def _said(change: dict[str, Any] | None, asked: Asked, reader: Reader) -> str:
    if change is None:
        return ""
    if change.get("p_value") is None:
        return _("too few answers to tell")
    if not change["clear"]:
        return _("no evidence of a change")
    unit = unit_of(asked)
    difference = float(change["difference"])
    if unit == "share":
        said = f"{reader.number(100 * difference, signed=True)} %-{_('points')}"
    else:
        said = reader.number(difference, words.decimals(unit), signed=True)
    return said

"""The tables of questions: one look for pages and files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from polku.analytics.explore.presentation import Column, Table
from polku.statistics import Estimate
from polku.surveys.definition.questions import (
    AnyQuestion,
    Consent,
    Date,
    Matrix,
    Multiple,
    Number,
    Points,
    Ranking,
    Single,
    TaskSuccess,
)
from polku.surveys.definition.wordings import choices_of, ends_of, in_language, metric_of, scale_of
from polku.surveys.results.counting import (
    Share,
    mean_of,
    ranks_of,
    shares_of_places,
    shares_of_several,
    shares_of_values,
    spread_of,
)
from polku.surveys.results.encoding import TASK_POINTS, Array


def tables_of(question: AnyQuestion, answers: Array, language: str) -> list[Table]:
    """What was answered, of those who answered; texts have none."""
    if metric_of(question):
        return [_distribution(question, answers, language)]
    match question:
        case Single():
            labels = [label for _key, label in choices_of(question, language)]
            return [_shares(labels, shares_of_places(answers, len(labels)))]
        case Multiple():
            labels = [label for _key, label in choices_of(question, language)]
            return [_shares(labels, shares_of_several(answers))]
        case Consent():
            return [_shares([_("No"), _("Yes")], shares_of_places(answers, 2))]
        case Matrix():
            return [_matrix(question, answers, language)]
        case Ranking():
            return [_ranking(question, answers, language)]
        case Points():
            return [_points(question, answers, language)]
        case Number():
            return [_numbers(answers, float)]
        case Date():
            return [_numbers(answers, lambda days: dt.date(1970, 1, 1) + dt.timedelta(days=round(days)))]
    return []


def _distribution(question: AnyQuestion, answers: Array, language: str) -> Table:
    """Every step of the scale, with the words at its ends."""
    offered = choices_of(question, language)
    if isinstance(question, TaskSuccess):
        steps = [TASK_POINTS[str(value)] for value, _label in offered]
    else:
        steps = [float(value) for value, _label in offered]
    labels = [
        label if label == str(value) or isinstance(question, TaskSuccess) else f"{value} · {label}"
        for value, label in offered
    ]
    low, _high = scale_of(question) or (0, 0)
    ends = ends_of(question, language)
    if labels and labels[0] == str(low) and any(ends):
        labels[0], labels[-1] = (
            f"{labels[0]} · {ends[0]}".rstrip(" ·"),
            f"{labels[-1]} · {ends[1]}".rstrip(" ·"),
        )
    return _shares(labels, shares_of_values(answers, steps))


def _shares(labels: Sequence[str], shares: Sequence[Share]) -> Table:
    columns = [
        Column(pgettext("survey", "Answer")),
        Column(_("Answers"), "count"),
        Column(_("Share"), "share", 0, has_bars=True),
        Column(_("95% interval"), "share_interval"),
    ]
    rows = [
        [label, share.count, share.estimate.value if share.estimate else None, _ends(share.estimate)]
        for label, share in zip(labels, shares, strict=True)
    ]
    return Table(_("Distribution"), columns, rows)


def _matrix(question: Matrix, answers: Array, language: str) -> Table:
    names = [in_language(column.text, language) for column in question.columns]
    worth = [column.value for column in question.columns]
    has_mean = sum(value is not None for value in worth) > 1
    columns = [Column(pgettext("survey", "Row"))]
    if has_mean:  # before the shares: of a scale from 0 to 10 the last columns are scrolled out of sight
        columns += [
            Column(pgettext("figure", "Mean"), "number", 2),
            Column(_("95% interval"), "number_interval", 2),
        ]
    columns += [Column(name, "share", 0, has_bars=True) for name in names]
    columns.append(Column("n", "count"))
    valued = np.array([np.nan if value is None else value for value in worth] + [np.nan])
    rows: list[list[object]] = []
    for place, row in enumerate(question.rows):
        given = answers[:, place]
        shares = shares_of_places(given, len(names))
        cells: list[object] = [in_language(row.text, language)]
        if has_mean:
            mean = mean_of(valued[given])
            cells += [mean.value if mean else None, _ends(mean)]
        cells += [share.estimate.value if share.estimate else None for share in shares]
        rows.append([*cells, int((given >= 0).sum())])
    return Table(_("Rows"), columns, rows)


def _ranking(question: Ranking, answers: Array, language: str) -> Table:
    columns = [
        Column(pgettext("survey", "Option")),
        Column(_("Mean rank"), "number", 2),
        Column(_("95% interval"), "number_interval", 2),
        Column(_("Ranked first"), "share", 0, has_bars=True),
        Column("n", "count"),
    ]
    found = zip(question.options, ranks_of(answers), strict=True)
    rows = [
        [
            in_language(option.text, language),
            ranked.mean.value if ranked.mean else None,
            _ends(ranked.mean),
            ranked.first.estimate.value if ranked.first.estimate else None,
            ranked.mean.n if ranked.mean else 0,
        ]
        for option, ranked in sorted(found, key=lambda each: each[1].mean.value if each[1].mean else np.inf)
    ]
    return Table(_("Ranks, 1 is the most important"), columns, rows)


def _points(question: Points, answers: Array, language: str) -> Table:
    columns = [
        Column(pgettext("survey", "Option")),
        Column(_("Mean points"), "number", 1),
        Column(_("95% interval"), "number_interval", 1),
        Column(_("Share"), "share", 0, has_bars=True),
    ]
    rows: list[list[object]] = []
    for place, option in enumerate(question.options):
        mean = mean_of(answers[:, place])
        share = mean.value / question.total if mean and question.total else None
        rows.append([in_language(option.text, language), mean.value if mean else None, _ends(mean), share])
    return Table(_("Points shared out"), columns, rows)


def _numbers(answers: Array, shown: Callable[[float], Any]) -> Table:
    spread = spread_of(answers)
    is_date = shown is not float
    value = Column(_("Value"), "date" if is_date else "number", 0 if is_date else 1)
    rows: list[list[object]] = []
    if spread:
        named = [
            (_("Earliest") if is_date else _("Lowest"), spread.lowest),
            (_("A quarter below"), spread.quarter),
            (_("Middle (median)"), spread.middle),
            (_("A quarter above"), spread.three_quarters),
            (_("Latest") if is_date else _("Highest"), spread.highest),
        ]
        rows = [[name, shown(amount)] for name, amount in named]
        if not is_date:
            mean = mean_of(answers)
            rows.append([pgettext("figure", "Mean"), mean.value if mean else None])
    return Table(_("Spread"), [Column(_("Measure")), value], rows)


def _ends(estimate: Estimate | None) -> tuple[float, float] | None:
    return estimate.interval if estimate else None

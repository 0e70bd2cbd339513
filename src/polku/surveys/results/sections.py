"""The results of a survey, question by question, as pages and files show them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polku.analytics.explore.presentation import Chart, Column, Table
from polku.analytics.explore.trend.picture import Mark
from polku.site.formats import Reader
from polku.surveys.definition.questions import Email, LongText, ShortText
from polku.surveys.definition.wordings import TRADEMARK, in_language, text_of
from polku.surveys.honesty.suppression import K_DETAILS, K_SCORES
from polku.surveys.models import SurveyLink
from polku.surveys.results import words
from polku.surveys.results.asked import Asked
from polku.surveys.results.over_time import over_time
from polku.surveys.results.scores import ScoreFigure, figure_of, unit_of
from polku.surveys.results.selection import Selection, View
from polku.surveys.results.tables import tables_of

MOST_GROUPS = 30
WRITTEN = (ShortText, LongText, Email)


@dataclass(frozen=True)
class ShownFigure:
    """The interval comes first where there are few answers."""

    main: str
    beside: str
    rule: str
    is_small: bool


@dataclass(frozen=True)
class Section:
    """One question. `hidden` says why nothing of it is shown. Of `tables` the first is its distribution."""

    column: str
    title: str
    n: int
    is_score: bool
    hidden: str = ""
    figure: ShownFigure | None = None
    reading: str = ""
    cautions: Sequence[str] = ()
    notes: Sequence[str] = ()
    charts: Sequence[Chart] = ()
    marks: Sequence[Mark] = ()
    tables: Sequence[Table] = ()
    groups: Table | None = None
    periods: Table | None = None
    is_text: bool = False

    @property
    def every_table(self) -> list[Table]:
        """For files."""
        found = [*self.tables, self.groups, self.periods]
        return [table for table in found if table is not None]


def sections_of(selection: Selection, reader: Reader, *, today: dt.date) -> list[Section]:
    """All questions, in their order. Raises StoreError where the event store is asked and gives up."""
    return [_section(selection, asked, reader, today) for asked in selection.versions.questions]


def _section(selection: Selection, asked: Asked, reader: Reader, today: dt.date) -> Section:
    view = selection.view_of(asked)
    title = text_of(asked.question, reader.language)
    base = Section(asked.column, title, view.n, asked.metric is not None)
    if isinstance(asked.question, WRITTEN):
        return replace(base, is_text=True, reading=_written(view, reader))
    if not view.shows_details and not (view.shows_score and asked.metric):
        return replace(base, hidden=_why_hidden(view))
    answers: Any = view.array[view.mask]
    tables = tables_of(asked.question, answers, reader.language) if view.shows_details else []
    cautions = [] if view.shows_details else [_fewer_than(K_DETAILS)]
    notes: list[str] = []
    older = [number for number in selection.versions.definitions if number not in asked.versions]
    if older and len(selection.versions.definitions) > 1:
        notes.append(_not_asked_in(older))
    if not asked.metric:
        return replace(base, tables=tables, cautions=cautions, notes=notes)
    figure = figure_of(asked, answers, _blocks(selection, asked, view))
    time = over_time(selection, asked, view, reader, today=today)
    if figure.is_small and figure.n:
        cautions.insert(
            0,
            _("Fewer than 30 answers: look at the interval, not at the figure.")
            if figure.interval
            else _("Fewer than 30 answers: too few to say how sure the figure is."),
        )
    if time.has_unfinished:
        notes.append(_("The last period is unfinished: it is drawn with a dashed line."))
    if asked.metric == "nps":
        notes.append(in_language(TRADEMARK, reader.language))
    groups = _groups(selection, asked, view, reader)
    return replace(
        base,
        figure=shown_figure(asked, figure, reader),
        reading=_reading(asked, answers, reader) if view.shows_details else "",
        cautions=cautions,
        notes=notes,
        charts=[time.chart] if time.chart else [],
        marks=time.marks,
        tables=tables,
        groups=groups,
        periods=time.table,
    )


def shown_figure(asked: Asked, figure: ScoreFigure, reader: Reader) -> ShownFigure | None:
    """None without answers."""
    if figure.estimate is None:
        return None
    value = words.value(figure.estimate.value, figure.unit, reader)
    ends = figure.interval
    between = words.interval(ends, figure.unit, reader) if ends else ""
    metric = words.metric_word(asked)
    if figure.is_small:
        main = between or value
        beside = f"{metric} {value}" if between else metric
    else:
        main = value
        beside = _("probably %(interval)s") % {"interval": between} if between else ""
    return ShownFigure(main, beside, words.rule_words(asked), figure.is_small)


def _reading(asked: Asked, answers: Any, reader: Reader) -> str:
    if asked.metric != "nps" or not len(answers):
        return ""
    n = len(answers)
    return _("Promoters %(promoters)s, passives %(passives)s, detractors %(detractors)s.") % {
        "promoters": reader.percent(float((answers >= 9).sum()) / n),
        "passives": reader.percent(float(((answers >= 7) & (answers < 9)).sum()) / n),
        "detractors": reader.percent(float((answers < 7).sum()) / n),
    }


def _written(view: View, reader: Reader) -> str:
    return ngettext("%(n)s person wrote something.", "%(n)s people wrote something.", view.n) % {
        "n": reader.number(view.n)
    }


def _blocks(selection: Selection, asked: Asked, view: View) -> Any:
    """Faces pressed on one tablet in one hour; None where no tablet was used."""
    if asked.metric != "smiley":
        return None
    tablets = SurveyLink.objects.filter(survey=selection.survey, kind=SurveyLink.Kind.TABLET)
    numbers = list(tablets.values_list("pk", flat=True))
    columns = selection.columns
    on_tablet = np.isin(columns.links, numbers) & view.mask
    if not on_tablet.any():
        return None
    hours = columns.links * 10_000_000 + columns.seen // 3600
    return np.where(on_tablet, hours, -columns.ids)[view.mask]


def _groups(selection: Selection, asked: Asked, view: View, reader: Reader) -> Table | None:
    """The score of each group of what results are split by, the largest first; what may not be shown is named without
    figures."""
    by = selection.by
    if by is None or view.is_group:
        return None
    unit = unit_of(asked)
    share, decimals = unit == "share", words.decimals(unit)
    codes = by.codes[view.mask]
    answers = view.array[view.mask]
    unknown = len(by.values)
    sizes = np.bincount(np.where(codes < 0, unknown, codes), minlength=unknown + 1)
    rows: list[tuple[int, list[object]]] = []
    for place in np.argsort(-sizes, kind="stable")[:MOST_GROUPS]:
        size = int(sizes[place])
        if not size:
            continue
        label = _("not known") if place == unknown else by.labels[place]
        if not view.may_split(by.key, int(place)):
            rows.append((0, [label, None, None, None]))
            continue
        figure = figure_of(asked, answers[codes == (-1 if place == unknown else place)])
        estimate = figure.estimate
        value = estimate.value if estimate else None
        rows.append((size, [label, value, figure.interval, size]))
    if not rows:
        return None
    rows.sort(key=lambda row: -row[0])
    columns = [
        Column(by.name),
        Column(words.metric_word(asked), "share" if share else "number", decimals),
        Column(_("95% interval"), "share_interval" if share else "number_interval", decimals),
        Column("n", "count"),
    ]
    caption = _("By: %(what)s") % {"what": by.name}
    return Table(caption, columns, [row for _size, row in rows])


def _why_hidden(view: View) -> str:
    if view.n == 0:
        return _("No answers yet.")
    return _fewer_than(K_SCORES if view.n < K_SCORES else K_DETAILS)


def _fewer_than(k: int) -> str:
    return _("Hidden, because the survey is anonymous: it would show what fewer than %d people answered.") % k


def _not_asked_in(versions: Sequence[int]) -> str:
    listed = ", ".join(map(str, versions))
    return ngettext(
        "Not asked in version %(versions)s.", "Not asked in versions %(versions)s.", len(versions)
    ) % {"versions": listed}

"""The results of one survey."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from polku.accounts.access import WorkspaceRequest, workspace_view
from polku.analytics import resolvers
from polku.analytics.explore.cells import DrawnTable, draw
from polku.analytics.periods import CUSTOM, period_choices
from polku.eventstore.port import StoreError
from polku.surveys.honesty.rates import rates_of
from polku.surveys.results import comments
from polku.surveys.results.header import facts_of
from polku.surveys.results.sections import Section, sections_of
from polku.surveys.results.selection import Selection
from polku.surveys.results.views.shown import Opened, open_results
from polku.surveys.tabs import tabs_of

LATEST = 6


@dataclass(frozen=True)
class Drawn:
    """A section with its tables as text."""

    section: Section
    tables: list[DrawnTable]
    groups: DrawnTable | None
    periods: DrawnTable | None


@require_safe
@never_cache
@workspace_view("view")
def results(request: WorkspaceRequest, survey: int) -> HttpResponse:
    opened = open_results(request, survey)
    problem, sections, selection = "", [], None
    try:
        selection = opened.select(request.GET)
        problem = selection.problem
        if not problem:
            sections = sections_of(selection, opened.reader, today=opened.today)
    except StoreError as error:
        problem = str(error)
    context: dict[str, Any] = {
        "survey": opened.survey,
        "tabs": tabs_of(opened.survey, "surveys:results"),
        "base": reverse("surveys:results", args=[request.workspace.slug, opened.survey.pk]),
        "facts": facts_of(opened.columns, rates_of(opened.survey), opened.reader),
        "has_answers": len(opened.columns) > 0,
        "as_of": opened.as_of,
        "problem": problem,
        "tests": int(opened.columns.is_test.sum()),
    }
    if selection is not None:
        context |= choices_of(opened, selection, context["base"])
        context["sections"] = [_drawn(each, selection, opened, context["base"]) for each in sections]
        context["comments"] = comments.latest(selection, opened.reader, LATEST) if not problem else None
    return render(request, "surveys/results.html", context)


def parameters_of(selection: Selection, **changes: str | None) -> list[tuple[str, str]]:
    """The address's parameters, with `changes` made; None takes one away."""
    wish = selection.wish
    period = selection.period
    own = period.choice == CUSTOM
    found = [
        ("by", wish.by),
        ("segment", selection.segment),
        ("range", period.choice if period.choice != "all" else ""),
        ("from", period.first.isoformat() if own and period.first else ""),
        ("to", period.last.isoformat() if own and period.last else ""),
        ("interval", wish.interval if wish.interval != "month" else ""),
    ]
    pairs = [(name, value) for name, value in found if value and name not in changes]
    pairs += [(name, value) for name, value in changes.items() if value]
    return [*pairs, *(("only", each.parameter) for each in selection.filters)]


def choices_of(opened: Opened, selection: Selection, base: str) -> dict[str, Any]:
    """What the filters above an answer offer; `base` is the page's address without them."""
    workspace, anonymous = opened.survey.workspace, opened.survey.is_anonymous
    by = selection.by.key if selection.by else ""
    chips = []
    for number, each in enumerate(selection.filters):
        left = [filter_ for place, filter_ in enumerate(selection.filters) if place != number]
        pairs = [pair for pair in parameters_of(selection) if pair[0] != "only"]
        pairs += [("only", filter_.parameter) for filter_ in left]
        chips.append((each.words, f"{base}?{urlencode(pairs)}" if pairs else base, each.parameter))
    state = urlencode(parameters_of(selection))
    return {
        "selection": selection,
        "state": f"?{state}" if state else "",
        "chips": chips,
        "splits": [(key, name, key == by) for key, name in selection.dimensions.names().items()],
        "segments": []
        if anonymous or not opened.versions.scores
        else [(name, name == selection.segment) for name in resolvers.segment_names(workspace)],
        "ranges": []
        if anonymous
        else [(value, name, value == selection.period.choice) for value, name in period_choices()],
        "is_custom": selection.period.choice == CUSTOM,
        "intervals": []
        if anonymous
        else [
            ("month", _("By month"), selection.interval == "month"),
            ("week", _("By week"), selection.interval == "week"),
        ],
        "n": int(selection.mask.sum()),
        "is_filtered": bool(selection.filters or selection.segment or selection.period.first),
    }


def _drawn(section: Section, selection: Selection, opened: Opened, base: str) -> Drawn:
    groups = section.groups
    if groups is not None and selection.by is not None:
        first = replace(groups.columns[0], links=_links(groups.rows, selection, base))
        groups = replace(groups, columns=[first, *groups.columns[1:]])
    return Drawn(
        section,
        [draw(table, opened.reader) for table in section.tables],
        draw(groups, opened.reader) if groups else None,
        draw(section.periods, opened.reader) if section.periods else None,
    )


def _links(rows: Any, selection: Selection, base: str) -> list[str | None]:
    """A group's name leads to its own results; one that may not be shown leads nowhere."""
    by = selection.by
    links: list[str | None] = []
    for row in rows:
        known = by is not None and row[0] in by.labels and row[3] is not None
        if not known or by is None:
            links.append(None)
            continue
        value = by.values[by.labels.index(row[0])]
        pairs = [*parameters_of(selection), ("only", f"{by.key}={value}")]
        links.append(f"{base}?{urlencode(pairs)}")
    return links

"""The pages of the revenue: what it is made of and what moved it, what if, and what new customers cost."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from polku.accounts.access import WorkspaceRequest, workspace_view
from polku.accounts.models import Workspace
from polku.analytics.errors import QueryError
from polku.analytics.money import money_note, money_terms
from polku.analytics.periods import newest_day
from polku.analytics.web.latest import latest
from polku.decide.revenue.acquisition import acquisition
from polku.decide.revenue.choices import Choices, form_of, read_choices
from polku.decide.revenue.costs import build_costs
from polku.decide.revenue.page import build
from polku.decide.revenue.results import build_result
from polku.decide.revenue.sliders import WhatIfForm
from polku.decide.revenue.whatif import present_of
from polku.decide.tabs import tabs_of
from polku.eventstore.port import StoreError
from polku.eventstore.registry import store
from polku.site.formats import Reader


@require_safe
@never_cache
@workspace_view("view")
def revenue(request: WorkspaceRequest) -> HttpResponse:
    """The page; htmx takes of it what changed."""
    workspace = request.workspace
    choices, reader, context = _frame(request)
    context["form"] = form_of(choices, workspace)
    try:
        answer = latest.ask(workspace, choices.query(workspace.timezone))
    except (StoreError, QueryError) as error:
        return _failed(request, "decide/revenue/page.html", context, error)
    context["page"] = build(answer, choices, reader)
    context["warnings"] = answer["warnings"]
    return render(request, "decide/revenue/page.html", context)


@require_safe
@never_cache
@workspace_view("view")
def what_if(request: WorkspaceRequest) -> HttpResponse:
    """The sliders and what they would make; htmx takes the result anew while they move."""
    workspace = request.workspace
    choices, reader, context = _frame(request)
    context["form"] = form_of(choices, workspace) | {"ways": ()}
    question = replace(choices, is_compared=False, property="").query(workspace.timezone)
    try:
        answer = latest.ask(workspace, question)
    except (StoreError, QueryError) as error:
        return _failed(request, "decide/revenue/what_if.html", context, error)
    terms = money_terms(workspace)
    present = present_of(answer, terms.margin_of(1.0) if terms else None)
    sliders = WhatIfForm(request.GET, present=present, reader=reader)
    context |= {
        "sliders": sliders,
        "is_example": present is None,
        "decimal": "," if reader.language == "fi" else ".",
        "result": build_result(sliders, present, reader) if sliders.is_valid() else None,
    }
    return render(request, "decide/revenue/what_if.html", context)


@require_safe
@never_cache
@workspace_view("view")
def acquisition_page(request: WorkspaceRequest) -> HttpResponse:
    """What visitors and new customers cost, by source."""
    workspace = request.workspace
    choices, reader, context = _frame(request)
    context["form"] = form_of(choices, workspace) | {"ways": (), "segments": ()}
    state = store().state(workspace.key.hex)
    first, last = choices.period.first, choices.period.last
    if first is None or last is None:
        last = newest_day(state, workspace.timezone)
        first = reader.local(state.first_time).date() if state.first_time else last
    try:
        found = acquisition(workspace, first=min(first, last), last=last)
    except StoreError as error:
        return _failed(request, "decide/revenue/acquisition.html", context, error)
    context["costs"] = build_costs(found, reader)
    return render(request, "decide/revenue/acquisition.html", context)


def _frame(request: WorkspaceRequest) -> tuple[Choices, Reader, dict[str, Any]]:
    """What all pages of the revenue have in common: (choices, reader, context)."""
    workspace = request.workspace
    choices = read_choices(request.GET, workspace, store().state(workspace.key.hex))
    reader = reader_of(workspace)
    context: dict[str, Any] = {
        "tabs": tabs_of(workspace, "decide:revenue"),
        "choices": choices,
        "period": period_in_words(choices.period.first, choices.period.last, reader),
        "money": money_note(workspace, money_terms(workspace), reader),
        "kept": urlencode(replace(choices, is_compared=True, way="channel").parts()),
    }
    return choices, reader, context


def _failed(
    request: WorkspaceRequest, template: str, context: dict[str, Any], error: Exception
) -> HttpResponse:
    context["problem"] = str(error)
    return render(request, template, context, status=503 if isinstance(error, StoreError) else 422)


def reader_of(workspace: Workspace) -> Reader:
    return Reader((get_language() or "fi")[:2], workspace.currency, workspace.timezone)


def period_in_words(first: dt.date | None, last: dt.date | None, reader: Reader) -> str:
    if first is None or last is None:
        return ""
    return f"{reader.day(first, year=first.year != last.year)}–{reader.day(last, year=True)}"

"""The overview of the website, and who is there now."""

from __future__ import annotations

import datetime as dt

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from polku.accounts.access import WorkspaceRequest, workspace_view
from polku.analytics.money import money_note, money_terms
from polku.analytics.web.choices import form_of, read_choices
from polku.analytics.web.latest import latest
from polku.analytics.web.page import build
from polku.eventstore.port import StoreError
from polku.eventstore.registry import store
from polku.site.formats import Reader

LIVE = dt.timedelta(minutes=5)


@require_safe
@never_cache
@workspace_view("view")
def overview(request: WorkspaceRequest) -> HttpResponse:
    """The page; htmx takes of it what changed."""
    workspace = request.workspace
    newest = store().state(workspace.key.hex)
    choices = read_choices(request.GET, workspace, newest)
    reader = Reader((get_language() or "fi")[:2], workspace.currency, workspace.timezone)
    context = {
        "choices": choices,
        "form": form_of(choices, workspace),
        "has_signals": newest.signals > 0,
        # Asked only where there is nothing to show.
        "has_pages": lambda: bool(store().catalog(workspace.key.hex, "url", limit=1)),
        "now_text": _now_text(workspace.key.hex),
        "period": _period(choices.period.first, choices.period.last, reader),
    }
    try:
        answer = latest.ask(workspace, choices.query(workspace.timezone))
    except StoreError as error:
        context["problem"] = str(error)
        return render(request, "web/overview.html", context, status=503)
    terms = money_terms(workspace)
    context["money"] = money_note(workspace, terms, reader)
    context["page"] = build(answer, choices, reader, terms)
    context["warnings"] = answer["warnings"]
    return render(request, "web/overview.html", context)


@require_safe
@never_cache
@workspace_view("view")
def now(request: WorkspaceRequest) -> JsonResponse:
    """{"text"}: who sent an event from a page in the last five minutes, in words."""
    return JsonResponse({"text": _now_text(request.workspace.key.hex)})


def _now_text(workspace: str) -> str:
    since = dt.datetime.now(dt.UTC).replace(tzinfo=None) - LIVE
    number = store().visitors_since(workspace, since)
    return ngettext("%(number)d visitor now", "%(number)d visitors now", number) % {"number": number}


def _period(first: dt.date | None, last: dt.date | None, reader: Reader) -> str:
    if first is None or last is None:
        return ""
    return f"{reader.day(first, year=first.year != last.year)}–{reader.day(last, year=True)}"

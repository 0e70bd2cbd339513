"""The page that says how well signals join, and what would mend it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from polku.accounts.access import WorkspaceRequest, allows, workspace_view
from polku.eventstore.registry import store
from polku.people import joining, timeline_sources
from polku.people.joins_page import PERIODS, examples, joins_page, kind_of, scope_of
from polku.people.views.people import reader_of


@require_safe
@never_cache
@workspace_view("view")
def joins(request: WorkspaceRequest) -> HttpResponse:
    """Counts are for everybody; ids of customers only for those who may see customers one by one."""
    state = store().state(request.workspace.key.hex)
    period = _period(request)
    context: dict[str, Any] = {"periods": _choices(period), "period": period, "has_data": state.signals > 0}
    if state.signals:
        scope = scope_of(period, request.workspace, state)
        context["joins"] = joins_page(request.workspace, scope, reader_of(request))
        sees_people = allows(request.membership.role, "act")
        context["sees_people"] = sees_people
        context["keys"] = joining.keys(request.workspace, reader_of(request), with_examples=sees_people)
    return render(request, "people/joins.html", context)


@require_safe
@never_cache
@workspace_view("act")
def unjoined(request: WorkspaceRequest) -> HttpResponse:
    """The newest signals of one source and kind (`source`, `kind`) that joined nothing."""
    kind = kind_of(request.GET.get("kind", ""))
    origin = request.GET.get("source", "")
    if kind is None or "\x00" in origin or len(origin) > 255:
        return redirect("people:joins", workspace=request.workspace.slug)
    state = store().state(request.workspace.key.hex)
    period = _period(request)
    names = timeline_sources.source_names(request.workspace)
    context = {
        "period": period,
        "source": names.get(origin, origin) or _("before sources were kept"),
        "examples": examples(
            request.workspace, scope_of(period, request.workspace, state), origin, kind, reader_of(request)
        ),
    }
    return render(request, "people/unjoined.html", context)


def _period(request: WorkspaceRequest) -> str:
    asked = request.GET.get("range", PERIODS[0])
    return asked if asked in PERIODS else PERIODS[0]


def _choices(period: str) -> list[tuple[str, str, bool]]:
    names = {days: ngettext("%d day", "%d days", int(days)) % int(days) for days in PERIODS if days.isdigit()}
    return [(value, names.get(value, _("All data")), value == period) for value in PERIODS]

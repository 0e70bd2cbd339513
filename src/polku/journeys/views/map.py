"""The live map: the page, the part beside it, and the version that tells when to draw it anew."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from polku import analytics
from polku.accounts.access import allows, workspace_view
from polku.eventstore.registry import store
from polku.journeys import acting_marks, goal_marks, queries
from polku.journeys.models import Journey, Touchpoint
from polku.journeys.start_page import remember_journey
from polku.journeys.views import map_drawing, map_filters, map_model, panel_model
from polku.journeys.views.lookups import get_journey, get_touchpoint, read_view
from polku.journeys.views.map_filters import Filters
from polku.site.formats import Reader

_PARTS = {"map-live": "journeys/map_live.html", "map-side": "journeys/map_side.html"}


@require_safe
@never_cache
@read_view
def journey_map(request: Any, journey: int) -> HttpResponse:
    """The whole page, or the part that htmx asks for: the map (target `map-live`) or what stands beside it."""
    found = get_journey(journey)
    remember_journey(request, found)
    page = _page(request, found)
    target = (request.htmx.target or "") if request.htmx else ""
    if page["chosen"] is not None:
        page["panel"] = _panel(request, get_touchpoint(found.pk, page["chosen"]), page)
    page["swap_out_of_band"] = target == "map-live"
    return render(request, _PARTS.get(target, "journeys/map.html"), page)


@require_safe
@never_cache
@read_view
def touchpoint_panel(request: Any, journey: int, touchpoint: int) -> HttpResponse:
    """The panel of one touchpoint, with the same filters as the map in the query string."""
    found = get_journey(journey)
    point = get_touchpoint(found.pk, touchpoint)
    page = _page(request, found, chosen=point.pk)
    page["panel"] = _panel(request, point, page)
    return render(request, "journeys/map_side.html", page)


@require_safe
@never_cache
@workspace_view("view")
def journey_version(request: Any, journey: int) -> JsonResponse:
    """{"version"}: grows by every write to the workspace's signals. Asks nothing of the signals themselves."""
    get_journey(journey)
    return JsonResponse({"version": store().state(request.workspace.key.hex).version})


def _panel(request: Any, touchpoint: Touchpoint, page: Mapping[str, Any]) -> dict[str, Any]:
    panel = panel_model.panel(
        touchpoint,
        filters=page["filters"],
        reader=page["reader"],
        drawn=page["drawing"].map,
        addresses=page["drawing"].addresses,
        search=request.GET.get("search", "").replace("\x00", "").strip()[:200],
    )
    marks = acting_marks.marks_of(page["journey"], page["reader"])
    return panel | {
        "questions": queries.questions_at(touchpoint, request.user),
        "work": marks.get(touchpoint.pk, ()),
        "new_work": acting_marks.new_address(touchpoint),
        "goals": goal_marks.goals_at(touchpoint, page["reader"]),
    }


def _page(request: Any, journey: Journey, chosen: int | None = None) -> dict[str, Any]:
    workspace = request.workspace
    # Asked before the figures: of a rebuild that ends meanwhile the page asks once more.
    rebuild = queries.rebuild_state(workspace)
    is_counting = rebuild is not None and rebuild.is_going_on
    state = store().state(workspace.key.hex)
    filters = map_filters.read_filters(request.GET, workspace, state)
    reader = Reader((get_language() or "fi")[:2], workspace.currency, workspace.timezone)
    result: Any
    result, state = analytics.run_lately(workspace, filters.query(journey.pk, workspace.timezone), now=state)
    sequence = map_model.sequence_of(result)
    if chosen is None:
        chosen = _chosen(request, sequence)
    drawn = map_drawing.drawing(
        result,
        journey=journey,
        filters=filters,
        reader=reader,
        chosen=chosen,
        has_signals=state.signals > 0,
        may_edit=allows(request.membership.role, "edit"),
    )
    base = reverse("journeys:map", args=[workspace.slug, journey.pk])
    now = reader.local(dt.datetime.now(dt.UTC))
    return {
        "journey": journey,
        "reader": reader,
        "drawing": drawn,
        "filters": filters,
        "form": map_filters.form_of(filters, workspace, state),
        "period": _period(filters, reader),
        "chosen": chosen,
        "chosen_text": str(chosen or ""),
        "measured_share": reader.percent(result["measured_share"]),
        "data_as_of": _data_day(result, reader),
        "clock": reader.clock(now),
        "reviewed": journey.reviewed_at is not None,
        "reviewed_text": _ago(journey.reviewed_at, now.date()) if journey.reviewed_at else "",
        "version": str(state.version),
        "map_address": base,
        "closed_address": base + filters.address(),
        "version_address": reverse("journeys:version", args=[workspace.slug, journey.pk]),
        "has_signals": state.signals > 0,
        "is_counting": is_counting,
    }


def _chosen(request: HttpRequest, sequence: Any) -> int | None:
    """The touchpoint that the address names; one that is not on the map is a wrong address."""
    text = request.GET.get("touchpoint", "")
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 18 or int(text) not in sequence:
        raise Http404
    return int(text)


def _ago(then: dt.date, today: dt.date) -> str:
    days = (today - then).days
    if days <= 0:
        return _("today")
    return ngettext("%(days)d day ago", "%(days)d days ago", days) % {"days": days}


def _period(filters: Filters, reader: Reader) -> str:
    if filters.first is None or filters.last is None:
        return ""
    same_year = filters.first.year == filters.last.year
    return f"{reader.day(filters.first, year=not same_year)}–{reader.day(filters.last, year=True)}"


def _data_day(result: Mapping[str, Any], reader: Reader) -> str:
    text = result["data_as_of"]
    if not text:
        return ""
    moment = reader.local(dt.datetime.fromisoformat(text))
    return reader.day(moment.date())

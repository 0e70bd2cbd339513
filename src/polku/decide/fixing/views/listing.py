"""The list itself."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from polku.accounts.access import WorkspaceRequest, allows, workspace_view
from polku.analytics.money import money_note, money_terms
from polku.decide.fixing.page import page_of
from polku.decide.fixing.reading import read_list
from polku.decide.fixing.views.shared import find_journey, list_address
from polku.journeys.models import Journey
from polku.journeys.start_page import LAST_JOURNEY, remember_journey


@require_safe
@never_cache
@workspace_view("view")
def fix_first(request: WorkspaceRequest) -> HttpResponse:
    """The list of one journey: the one that `journey` names, else the one whose map was open last."""
    journeys = list(Journey.objects.select_related("workspace").order_by("pk"))
    journey = _chosen(request, journeys)
    if journey is None:
        return render(request, "decide/fixing/no_journey.html", {})
    remember_journey(request, journey)
    listed = read_list(request.workspace, journey)
    workspace = request.workspace
    return render(
        request,
        "decide/fixing/list.html",
        {
            "journey": journey,
            "journeys": journeys,
            "page": page_of(listed),
            "money": money_note(workspace, money_terms(workspace), listed.reader),
            "money_address": reverse("decide:money", args=[workspace.slug]),
            "may_change": allows(request.membership.role, "edit"),
            "list_address": list_address(journey),
        },
    )


@require_safe
@never_cache
@workspace_view("view")
def counted(request: WorkspaceRequest, journey: int) -> HttpResponse:
    """Asked by a page while a newer list is being counted: 204 until it is there, then what says so; a page that waits
    for nothing else (`reload` in the query string) is told to load itself anew."""
    listed = read_list(request.workspace, find_journey(journey))
    if not listed.losses.is_newest:
        return HttpResponse(status=204)
    if "reload" in request.GET:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "decide/fixing/counted.html", {"list_address": list_address(listed.journey)})


def _chosen(request: WorkspaceRequest, journeys: list[Journey]) -> Journey | None:
    """Raises Http404 for a number that is no journey of the workspace."""
    text = request.GET.get("journey", "")
    if text:
        if not text.isascii() or not text.isdigit() or len(text) > 18:
            raise Http404(_("There is no such journey."))
        return find_journey(int(text))
    last = request.session.get(LAST_JOURNEY)
    return next((each for each in journeys if each.pk == last), journeys[0] if journeys else None)

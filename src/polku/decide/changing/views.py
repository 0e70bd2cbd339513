"""The page of changes and goals."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from polku.accounts.access import WorkspaceRequest, workspace_view
from polku.decide.acting.shown import reader_of
from polku.decide.alerting.page import newest_alerts
from polku.decide.changing.goal_words import form_address, shown_goals
from polku.decide.changing.page import PERIODS, Choice, page_of
from polku.decide.tabs import tabs_of
from polku.journeys.models import Journey
from polku.journeys.start_page import LAST_JOURNEY, remember_journey


@require_safe
@never_cache
@workspace_view("view")
def changes_page(request: WorkspaceRequest) -> HttpResponse:
    """What really changed on one journey, its goals, and the newest alerts."""
    workspace = request.workspace
    journeys = list(Journey.objects.select_related("workspace").order_by("pk"))
    journey = chosen_journey(request, journeys)
    context: dict[str, object] = {"tabs": tabs_of(workspace, "decide:changes"), "journeys": journeys}
    if journey is None:
        return render(request, "decide/changing/page.html", context)
    remember_journey(request, journey)
    reader = reader_of(workspace)
    choice = _choice(request)
    context |= {
        "journey": journey,
        "page": page_of(journey, choice, reader),
        "choice": choice,
        "periods": [
            (days, ngettext("%d day", "%d days", days) % days, days == choice.days) for days in PERIODS
        ],
        "comparisons": [
            ("", _("the days before"), not choice.is_year),
            ("year", _("the same time a year ago"), choice.is_year),
        ],
        "goals": shown_goals(journey, reader),
        "new_goal": form_address(journey),
        "alerts": newest_alerts(workspace, reader, most=3),
        "alerts_address": reverse("decide:alerts", args=[workspace.slug]),
    }
    return render(request, "decide/changing/page.html", context)


def _choice(request: WorkspaceRequest) -> Choice:
    text = request.GET.get("range", "")
    days = int(text) if text in {str(each) for each in PERIODS} else 28
    return Choice(days, request.GET.get("compare") == "year")


def chosen_journey(request: WorkspaceRequest, journeys: list[Journey]) -> Journey | None:
    """The one that `journey` names, else the one whose map was open last. Raises Http404 for a wrong number."""
    text = request.GET.get("journey", "")
    if text:
        found = next((each for each in journeys if str(each.pk) == text), None)
        if found is None:
            raise Http404(_("There is no such journey."))
        return found
    last = request.session.get(LAST_JOURNEY)
    return next((each for each in journeys if each.pk == last), journeys[0] if journeys else None)

"""Where a workspace opens: at the map that was open last, else the first one, else the list, which says what to do."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse

from polku.accounts.models import Workspace
from polku.journeys.models import Journey

LAST_JOURNEY = "journey"
"""Key in the session: the number of the journey whose map was open last."""


def start_page(request: HttpRequest, workspace: Workspace) -> str:
    """The address; runs inside the workspace's scope."""
    journeys = Journey.objects.filter(workspace=workspace)
    last = request.session.get(LAST_JOURNEY)
    journey = journeys.filter(pk=last).first() if isinstance(last, int) else None
    journey = journey or journeys.first()
    if journey is None:
        return reverse("journeys:list", kwargs={"workspace": workspace.slug})
    return reverse("journeys:map", kwargs={"workspace": workspace.slug, "journey": journey.pk})


def remember_journey(request: HttpRequest, journey: Journey) -> None:
    """Let the workspace open at this journey's map next time."""
    if request.session.get(LAST_JOURNEY) != journey.pk:
        request.session[LAST_JOURNEY] = journey.pk

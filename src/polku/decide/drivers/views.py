"""The page of drivers."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from polku.accounts.access import WorkspaceRequest, workspace_view
from polku.analytics.explore.views.questions import show
from polku.decide.drivers.pages import DRIVERS
from polku.decide.tabs import tabs_of


@require_safe
@never_cache
@workspace_view("view")
def drivers(request: WorkspaceRequest) -> HttpResponse:
    """What goes with an outcome; the question is the query string."""
    return show(request, DRIVERS, tabs=tabs_of(request.workspace, "decide:drivers"))

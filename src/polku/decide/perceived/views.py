"""The page of perceived value."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from polku.accounts.access import WorkspaceRequest, workspace_view
from polku.analytics.explore.views.questions import show
from polku.decide.perceived.pages import PERCEIVED
from polku.decide.tabs import tabs_of


@require_safe
@never_cache
@workspace_view("view")
def perceived_value(request: WorkspaceRequest) -> HttpResponse:
    """What customers get against what they give up; the question is the query string."""
    return show(request, PERCEIVED, tabs=tabs_of(request.workspace, "decide:perceived-value"))

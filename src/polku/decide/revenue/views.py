"""The page of the revenue: what it is made of, and what moved it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from polku.accounts.access import WorkspaceRequest, workspace_view
from polku.decide.tabs import tabs_of


@require_safe
@never_cache
@workspace_view("view")
def revenue(request: WorkspaceRequest) -> HttpResponse:
    """The page; htmx takes of it what changed."""
    return render(
        request, "decide/revenue/page.html", {"tabs": tabs_of(request.workspace, "decide:revenue")}
    )

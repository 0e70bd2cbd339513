"""The start page, and the choice between workspaces."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from polku.accounts.access import LAST_WORKSPACE, WorkspaceRequest, workspace_view
from polku.accounts.demo import is_offered
from polku.accounts.domain import is_without_users
from polku.accounts.queries import workspaces_of
from polku.accounts.start_pages import start_page_of


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Where work goes on: the last workspace, the only one, or the choice. Strangers are asked to sign in."""
    user: Any = request.user
    if not user.is_authenticated:
        if is_without_users():
            return render(request, "accounts/nobody.html")
        return redirect("accounts:demo" if is_offered(request) else settings.LOGIN_URL)
    found = workspaces_of(user)
    last = request.session.get(LAST_WORKSPACE)
    chosen = next((one for one in found if one.slug == last), found[0] if len(found) == 1 else None)
    if chosen is None:
        return redirect("accounts:choose")
    return redirect("accounts:open", workspace=chosen.slug)


@require_safe
@login_required
def choose(request: HttpRequest) -> HttpResponse:
    """The user's workspaces; says what to do where there is none."""
    return render(request, "accounts/choose.html", {"found": workspaces_of(request.user)})  # type: ignore[arg-type]


@require_safe
@workspace_view("view")
def open_workspace(request: WorkspaceRequest) -> HttpResponse:
    """To the page at which the workspace opens."""
    return HttpResponseRedirect(start_page_of(request, request.workspace))

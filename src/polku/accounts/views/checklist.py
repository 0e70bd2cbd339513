"""The first steps in a workspace, and putting their list away."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from polku.accounts import domain
from polku.accounts.access import WorkspaceRequest, workspace_view
from polku.site import checklist as steps


@require_safe
@workspace_view("view")
def checklist(request: WorkspaceRequest) -> HttpResponse:
    """All steps with a tick where done; it is there also when the list is put away."""
    context = {
        "list": steps.whole(request),
        "is_shown": request.workspace.checklist_dismissed_at is None,
    }
    return render(request, "accounts/checklist.html", context)


@require_POST
@workspace_view("edit")
def dismiss(request: WorkspaceRequest) -> HttpResponse:
    """Put the list away for everybody in the workspace; its page brings it back."""
    domain.dismiss_checklist(workspace=request.workspace, actor=request.user)
    messages.success(request, _("The list is put away. Here you can still look at it, and bring it back."))
    return redirect("accounts:checklist", workspace=request.workspace.slug)


@require_POST
@workspace_view("edit")
def show(request: WorkspaceRequest) -> HttpResponse:
    domain.show_checklist(workspace=request.workspace, actor=request.user)
    messages.success(request, _("The list is shown again."))
    return redirect("accounts:checklist", workspace=request.workspace.slug)

"""A workspace's general settings."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from polku.accounts import domain
from polku.accounts.access import WorkspaceRequest, workspace_view
from polku.accounts.forms import WorkspaceForm
from polku.accounts.queries import order_states
from polku.accounts.views.forms import add_errors


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view("manage")
def general(request: WorkspaceRequest) -> HttpResponse:
    workspace = request.workspace
    states = order_states(workspace)
    form = WorkspaceForm(
        request.POST if request.method == "POST" else None, workspace=workspace, states=states
    )
    if request.method == "POST" and form.is_valid():
        try:
            domain.update_workspace(workspace=workspace, changes=form.cleaned_data, actor=request.user)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("accounts:settings", workspace=workspace.slug)
    context = {"form": form, "has_states": bool(states)}
    return render(request, "accounts/general.html", context, status=422 if form.errors else 200)

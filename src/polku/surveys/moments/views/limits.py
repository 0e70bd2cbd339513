"""How often one person may be asked, across all surveys."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from polku.accounts.access import WorkspaceRequest, workspace_view
from polku.surveys.moments import words
from polku.surveys.moments.fatigue import limits_of, set_limits
from polku.surveys.moments.forms import LimitsForm


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view("edit")
def fatigue(request: WorkspaceRequest) -> HttpResponse:
    limits = limits_of(request.workspace)
    form = LimitsForm(request.POST if request.method == "POST" else None, limits=limits)
    if request.method == "POST" and form.is_valid():
        set_limits(workspace=request.workspace, limits=form.limits(), actor=request.user)
        messages.success(request, _("Saved."))
        return redirect("surveys:fatigue", workspace=request.workspace.slug)
    context = {"form": form, "limits": words.limits_in_words(limits)}
    return render(request, "surveys/fatigue.html", context, status=422 if form.is_bound else 200)

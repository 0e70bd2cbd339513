"""Settings of the way in: the company's own traffic, and counting without cookies."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from polku.accounts.access import WorkspaceRequest, workspace_view
from polku.accounts.views.forms import add_errors
from polku.capture import queries
from polku.capture.domain.settings import update_capture_settings
from polku.capture.forms import CaptureForm


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view("manage")
def collection(request: WorkspaceRequest) -> HttpResponse:
    """The button that adds the reader's own address saves what else the form holds too."""
    chosen = queries.capture_settings(request.workspace)
    address = request.META.get("REMOTE_ADDR", "")
    initial = {
        "own_addresses": "\n".join(chosen.own_addresses),
        "is_cookieless": chosen.is_cookieless,
    }
    form = CaptureForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        fields = form.cleaned_data
        if "add_address" in request.POST:
            fields["own_addresses"] += f"\n{address}"
        try:
            update_capture_settings(workspace=request.workspace, actor=request.user, **fields)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("Saved. It holds from now on."))
            return redirect("capture:collection", workspace=request.workspace.slug)
    return render(
        request,
        "capture/collection.html",
        {"form": form, "address": address, "is_own": address in chosen.own_addresses},
        status=422 if form.errors else 200,
    )

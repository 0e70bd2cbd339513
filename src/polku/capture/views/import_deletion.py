"""Deleting a file that was brought, for good or to be brought back for a day."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from polku.accounts.access import WorkspaceRequest, workspace_view
from polku.accounts.undo import posted_undo, undo_message
from polku.capture.domain import uploads as domain
from polku.capture.models import Upload

_RESTORE = "capture:import_restore"


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view("edit")
def delete(request: WorkspaceRequest, upload: int) -> HttpResponse:
    """Ask with the file's name, then delete it: to be brought back for a day, or at once for good."""
    found = get_object_or_404(Upload.objects.select_related("workspace"), pk=upload)
    if request.method != "POST":
        return render(request, "capture/import_delete.html", {"upload": found})
    if "for_good" in request.POST:
        domain.remove_upload(upload=found, actor=request.user)
        messages.success(request, _("%s is deleted for good. What was imported from it stays.") % found.name)
    else:
        deleted_at = domain.delete_upload(upload=found, actor=request.user)
        text = _("%s is deleted. What was imported from it stays.") % found.name
        if deleted_at is not None:
            kept = {"upload": found.pk, "deleted_at": deleted_at.isoformat()}
            undo_message(request, text, restore=_RESTORE, kept=kept)
    return redirect("capture:imports", workspace=request.workspace.slug)


@require_POST
@workspace_view("edit")
def restore(request: WorkspaceRequest) -> HttpResponse:
    """Bring back the file that the signed token names."""
    kept = posted_undo(request, restore=_RESTORE)
    if kept is not None:
        found = domain.restore_upload(
            workspace=request.workspace,
            upload=kept["upload"],
            deleted_at=datetime.fromisoformat(kept["deleted_at"]),
            actor=request.user,
        )
        if found is None:
            messages.error(request, _("The file is gone or there already, so nothing was brought back."))
        else:
            messages.success(request, _("%s is there again.") % found.name)
    return redirect("capture:imports", workspace=request.workspace.slug)

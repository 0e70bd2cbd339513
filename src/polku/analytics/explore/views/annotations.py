"""What happened when: writing it down on the page of trends, deleting it, bringing it back.

Every form brings `state`, the query string of the page, and leads back to that page.
"""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from polku.accounts.access import WorkspaceRequest, workspace_view
from polku.accounts.undo import posted_undo, undo_message
from polku.analytics.annotations import add_annotation, delete_annotation, restore_annotation
from polku.analytics.models import Annotation

_RESTORE = "explore:annotation-restore"
_LONGEST_STATE = 4_000


@require_POST
@workspace_view("analyse")
def add(request: WorkspaceRequest) -> HttpResponse:
    """Write down `text` of `kind` that happened on the day `on`."""
    try:
        add_annotation(
            workspace=request.workspace,
            on=_day(request.POST.get("on", "")),
            text=request.POST.get("text", ""),
            kind=request.POST.get("kind", ""),
            actor=request.user,
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return _back(request)


@require_POST
@workspace_view("analyse")
def delete(request: WorkspaceRequest, annotation: int) -> HttpResponse:
    """Delete at once; the message offers to undo it for a day."""
    found = get_object_or_404(Annotation.objects.select_related("workspace"), pk=annotation)
    kept = delete_annotation(annotation=found, actor=request.user)
    undo_message(
        request,
        _("“%s” is deleted.") % kept["text"],
        restore=_RESTORE,
        kept={**kept, "state": _state(request)},
    )
    return _back(request)


@require_POST
@workspace_view("analyse")
def restore(request: WorkspaceRequest) -> HttpResponse:
    """Bring back the annotation that the signed token holds."""
    kept = posted_undo(request, restore=_RESTORE)
    if kept is None:
        return _back(request)
    restore_annotation(workspace=request.workspace, kept=kept, actor=request.user)
    messages.success(request, _("“%s” is back.") % kept["text"])
    return _back(request, kept["state"])


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValidationError({"on": _("Give the day.")}) from None


def _state(request: WorkspaceRequest) -> str:
    """The query string that was posted, written anew so that nothing but a query string can be in it."""
    return QueryDict(request.POST.get("state", "")[:_LONGEST_STATE]).urlencode()


def _back(request: WorkspaceRequest, state: str | None = None) -> HttpResponse:
    base = reverse("explore:question", args=[request.workspace.slug, "trend"])
    wanted = _state(request) if state is None else state
    return redirect(f"{base}?{wanted}#annotations" if wanted else f"{base}#annotations")

"""Switching moments on and off, deleting them and taking that back."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from polku.accounts.access import WorkspaceRequest, workspace_view
from polku.accounts.undo import posted_undo, undo_message
from polku.surveys.moments import domain
from polku.surveys.moments.views.lookups import get_moment

_RESTORE = "surveys:moment_restore"


@require_POST
@workspace_view("edit")
def moment_switch(request: WorkspaceRequest, survey: int, moment: int) -> HttpResponse:
    found = get_moment(survey, moment)
    is_on = request.POST.get("on") == "1"
    try:
        domain.switch_moment(moment=found, is_on=is_on, actor=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        said = _("“%s” is on: it asks from now on.") if is_on else _("“%s” is off: it asks nobody.")
        messages.success(request, said % found.name)
    return redirect("surveys:moments", workspace=request.workspace.slug, survey=survey)


@require_POST
@workspace_view("edit")
def moment_delete(request: WorkspaceRequest, survey: int, moment: int) -> HttpResponse:
    """Delete at once; the message offers to undo it for a day."""
    found = domain.delete_moment(moment=get_moment(survey, moment), actor=request.user)
    undo_message(
        request, _("The moment “%s” is deleted.") % found.name, restore=_RESTORE, kept={"moment": found.pk}
    )
    return redirect("surveys:moments", workspace=request.workspace.slug, survey=survey)


@require_POST
@workspace_view("edit")
def moment_restore(request: WorkspaceRequest) -> HttpResponse:
    """Bring back the moment that the signed token names."""
    kept = posted_undo(request, restore=_RESTORE)
    if kept is not None:
        found = domain.restore_moment(workspace=request.workspace, number=kept["moment"], actor=request.user)
        if found is not None:
            messages.success(request, _("The moment “%s” is back.") % found.name)
            return redirect("surveys:moments", workspace=request.workspace.slug, survey=found.survey_id)
        messages.error(request, _("This can no longer be undone."))
    return redirect("surveys:list", workspace=request.workspace.slug)

"""One touchpoint: everything the team says about it, and what data is connected to it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from polku.journeys import domain
from polku.journeys.catching import words_of
from polku.journeys.forms.changes import add_errors
from polku.journeys.forms.journeys import TouchpointForm
from polku.journeys.models import Touchpoint
from polku.journeys.views.lookups import edit_view, get_touchpoint


@edit_view
def touchpoint_edit(request: Any, journey: int, touchpoint: int) -> HttpResponse:
    row = get_touchpoint(journey, touchpoint)
    form = TouchpointForm.of(row, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _save(row, form.changes(), request.user)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("“%s” saved.") % row.name)
            response = redirect("journeys:edit", workspace=request.workspace.slug, journey=journey)
            response["Location"] += f"#touchpoint-{row.pk}"
            return response
    context = {
        "form": form,
        "journey": row.stage.journey,
        "touchpoint": row,
        "bindings": [(binding, words_of(binding)) for binding in row.bindings.all()],
    }
    return render(request, "journeys/touchpoint.html", context)


def _save(touchpoint: Touchpoint, changes: dict[str, Any], user: Any) -> None:
    """Another stage is a move; the rest are fields. Somebody's move in between is not undone by a save."""
    stage = changes.pop("stage", None)
    if changes:
        domain.update_touchpoint(touchpoint=touchpoint, actor=user, **changes)
    if stage is not None:
        domain.place_touchpoint(touchpoint=touchpoint, stage=stage, actor=user)

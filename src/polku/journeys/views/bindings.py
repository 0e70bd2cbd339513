"""Data connections of a touchpoint: the list, a new one, a change, and the way back from deleting one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from polku.journeys import domain, queries
from polku.journeys.catching import CATALOG_OF, words_of
from polku.journeys.forms.bindings import BindingForm
from polku.journeys.forms.changes import add_errors
from polku.journeys.models import Binding, Deletion, Touchpoint
from polku.journeys.views.catching import name_choices, suggestions
from polku.journeys.views.lookups import (
    edit_view,
    get_binding,
    get_touchpoint,
    shown_deletion,
    tell,
    with_deletion,
)


@edit_view
def binding_list(request: Any, journey: int, touchpoint: int) -> HttpResponse:
    """What is connected, and a form for one more."""
    row = get_touchpoint(journey, touchpoint)
    kind = request.POST.get("kind") or request.GET.get("kind", "")
    blank = Binding(kind=kind if kind in CATALOG_OF else Binding.Kind.EVENT, touchpoint=row)
    form = BindingForm(request.POST or None, binding=blank)
    if request.method == "POST" and form.is_valid():
        try:
            domain.add_binding(touchpoint=row, actor=request.user, **form.fields_of_binding)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("Connected. The figures follow in a moment."))
            return _back(request, row)
    return render(request, "journeys/bindings.html", _context(request, row, form, blank))


@edit_view
def binding_edit(request: Any, journey: int, touchpoint: int, binding: int) -> HttpResponse:
    row = get_binding(journey, touchpoint, binding)
    form = BindingForm(request.POST or None, binding=row)
    if request.method == "POST" and form.is_valid():
        try:
            domain.update_binding(binding=row, actor=request.user, **form.fields_of_binding)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("Saved. The figures follow in a moment."))
            return _back(request, row.touchpoint)
    return render(request, "journeys/bindings.html", _context(request, row.touchpoint, form, row))


@require_POST
@edit_view
def binding_delete(request: Any, journey: int, touchpoint: int, binding: int) -> HttpResponse:
    row = get_binding(journey, touchpoint, binding)
    try:
        deletion = domain.delete_binding(binding=row, actor=request.user)
    except ValidationError as error:
        tell(request, error)
        return _back(request, row.touchpoint)
    return _back(request, row.touchpoint, deletion)


def _context(request: Any, touchpoint: Touchpoint, form: BindingForm, binding: Binding) -> dict[str, Any]:
    workspace, kind = request.workspace, binding.kind
    return {
        "journey": touchpoint.stage.journey,
        "touchpoint": touchpoint,
        "form": form,
        "binding": binding,
        "kinds": Binding.Kind.choices,
        "bindings": [(other, words_of(other)) for other in touchpoint.bindings.all()],
        "names": name_choices(workspace, kind, search="", chosen=form.chosen_names),
        "urls": suggestions(workspace, "url"),
        "channels": suggestions(workspace, "channel"),
        "properties": suggestions(workspace, "property"),
        "rebuild": queries.rebuild_state(workspace),
        "deleted": shown_deletion(request, journey=touchpoint.stage.journey_id),
    }


def _back(request: Any, touchpoint: Touchpoint, deletion: Deletion | None = None) -> HttpResponse:
    page = redirect(
        "journeys:bindings",
        workspace=request.workspace.slug,
        journey=touchpoint.stage.journey_id,
        touchpoint=touchpoint.pk,
    )
    return with_deletion(page, deletion)

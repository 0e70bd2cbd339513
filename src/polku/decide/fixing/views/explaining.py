"""How a row was counted: its page, and changing what it was counted from."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from polku.accounts.access import WorkspaceRequest, allows
from polku.accounts.views.forms import add_errors
from polku.decide.fixing import inputs, voices
from polku.decide.fixing.derivation import derivation_of, form_prefix
from polku.decide.fixing.forms import InputForm
from polku.decide.fixing.inputs import COST
from polku.decide.fixing.reading import Listed, Record
from polku.decide.fixing.rows import row_id, scale_end, shown_row
from polku.decide.fixing.views.shared import address, asked_row, is_part, list_address, row_view
from polku.decide.fixing.who import who_meets
from polku.decide.losing import domain
from polku.decide.losing.queries import history_of


@require_safe
@never_cache
@row_view("view")
def explain(request: WorkspaceRequest, journey: int) -> HttpResponse:
    """How the row that `pain` names was counted: a page of its own, or for htmx what opens below the row."""
    listed, row = asked_row(request, journey)
    return _page(request, listed, row)


@require_safe
@never_cache
@row_view("view")
def people(request: WorkspaceRequest, journey: int) -> HttpResponse:
    """Who meets the row that `pain` names: asked for only when somebody wants to know."""
    listed, row = asked_row(request, journey)
    context = {
        "row": shown_row(row, reader=listed.reader, end=scale_end([row]), action=None),
        "who": who_meets(listed, row, sees_people=allows(request.membership.role, "act")),
        "list_address": address("fix-derivation", listed, row),
    }
    template = "decide/fixing/people_part.html" if is_part(request) else "decide/fixing/people.html"
    return render(request, template, context)


@require_POST
@row_view("edit")
def change_input(request: WorkspaceRequest, journey: int) -> HttpResponse:
    """Let a person's figure hold for the input `name` of the row, the cost of the fix included."""
    listed, row = asked_row(request, journey)
    name, kind = _named(request, row)
    form = InputForm(request.POST, name=name, kind=kind, reader=listed.reader, prefix=form_prefix(row, name))
    if not form.is_valid():
        return _page(request, listed, row, failed=form)
    try:
        domain.override_input(
            journey=listed.journey,
            pain_key=row["key"],
            name=name,
            reason=form.cleaned_data["reason"],
            actor=request.user,
            **form.figures(),
        )
    except ValidationError as error:
        add_errors(form, error)
        return _page(request, listed, row, failed=form)
    messages.success(request, _("Saved. The figure follows in a moment."))
    return redirect(address("fix-derivation", listed, row))


@require_POST
@row_view("edit")
def withdraw_input(request: WorkspaceRequest, journey: int) -> HttpResponse:
    """Let what is measured hold again for the input `name`; the person's figure stays in its history."""
    listed, row = asked_row(request, journey)
    name, _kind = _named(request, row)
    try:
        domain.withdraw_override(journey=listed.journey, pain_key=row["key"], name=name, actor=request.user)
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
    else:
        messages.success(request, _("Withdrawn. What is measured holds again; the history keeps both."))
    return redirect(address("fix-derivation", listed, row))


def _named(request: WorkspaceRequest, row: Record) -> tuple[str, str]:
    """The input that the form is about, and its kind. Raises Http404."""
    name = request.POST.get("name", "")
    if name == COST:
        return name, "money"
    for each in row["inputs"]:
        if each["name"] == name:
            return name, each["kind"]
    raise Http404


def _page(
    request: WorkspaceRequest, listed: Listed, row: Record, failed: InputForm | None = None
) -> HttpResponse:
    key, reader = row["key"], listed.reader
    shown = derivation_of(listed, row, history_of(request.workspace, listed.journey, key))
    may_change = allows(request.membership.role, "edit")
    forms: dict[str, Any] = {}
    if may_change:
        kinds = {each["name"]: each["kind"] for each in inputs.factors(row)} | {COST: "money"}
        for each in [*shown.inputs, shown.cost]:
            low, middle, high = each.fields
            forms[each.name] = InputForm(
                name=each.name,
                kind=kinds[each.name],
                reader=reader,
                prefix=form_prefix(row, each.name),
                initial={"low": low, "middle": middle, "high": high},
            )
    if failed is not None:
        forms[failed.name] = failed
    context = {
        "journey": listed.journey,
        "row": shown.row,
        "shown": shown,
        "lines": [(each, forms.get(each.name)) for each in shown.inputs],
        "cost": (shown.cost, forms.get(COST)),
        "failed": failed.name if failed is not None else "",
        "may_change": may_change,
        "is_newest": listed.losses.is_newest,
        "voices": voices.voices_of(listed, row),
        "list_address": list_address(listed.journey, row_id(key)),
    }
    part = is_part(request)
    context["level"] = 5 if part else 2
    template = "decide/fixing/derivation_part.html" if part else "decide/fixing/derivation.html"
    return render(request, template, context, status=422 if failed is not None else 200)

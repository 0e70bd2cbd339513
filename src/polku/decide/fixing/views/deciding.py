"""Taking a row into work, leaving it, and bringing it back."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from polku.accounts.access import WorkspaceRequest, workspace_view
from polku.accounts.models import User
from polku.accounts.undo import posted_undo, undo_message
from polku.accounts.views.forms import add_errors
from polku.decide.acting.metrics import gap_of_row, unit_of_row
from polku.decide.fixing import words
from polku.decide.fixing.forms import USUAL_FIGURE, ReasonForm, TakeForm
from polku.decide.fixing.reading import Listed, Record
from polku.decide.fixing.rows import row_id, scale_end, shown_row
from polku.decide.fixing.views.shared import address, asked_row, find_journey, list_address, row_view, to_list
from polku.decide.losing import domain
from polku.journeys.domain.acting import take_into_work
from polku.journeys.models import Touchpoint

_USUAL_DAYS = 28
_RESTORE = "decide:fix-restore"


@require_http_methods(["GET", "HEAD", "POST"])
@row_view("edit")
def take(request: WorkspaceRequest, journey: int) -> HttpResponse:
    """Make an opportunity and an action of the row that `pain` names, with owner and day."""
    listed, row = asked_row(request, journey)
    touchpoint = _touchpoint(row)
    members = User.objects.filter(memberships__workspace=request.workspace).distinct()
    form = TakeForm(
        request.POST if request.method == "POST" else None,
        members=members,
        initial=_usual(request, row, touchpoint),
        auto_id=f"{row_id(row['key'])}-take-%s",
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            take_into_work(
                touchpoint=touchpoint,
                name=given["name"],
                pain_key=row["key"],
                estimate=_estimate(listed, row, given["figure"]),
                owner=given["owner"],
                due_on=given["due_on"],
                metric={"figure": given["figure"], "unit": unit_of_row(row)},
                actor=request.user,
            )
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("“%(name)s” is in work and on the map.") % {"name": given["name"]})
            return to_list(listed, row)
    return _form(request, "decide/fixing/take.html", listed, row, form)


@require_http_methods(["GET", "HEAD", "POST"])
@row_view("edit")
def dismiss(request: WorkspaceRequest, journey: int) -> HttpResponse:
    """Leave the row that `pain` names, and remember why."""
    listed, row = asked_row(request, journey)
    form = ReasonForm(
        request.POST if request.method == "POST" else None, auto_id=f"{row_id(row['key'])}-leave-%s"
    )
    if request.method == "POST" and form.is_valid():
        try:
            domain.dismiss_pain(
                journey=listed.journey,
                pain_key=row["key"],
                reason=form.cleaned_data["reason"],
                actor=request.user,
            )
        except ValidationError as error:
            add_errors(form, error)
        else:
            undo_message(
                request,
                _("“%(name)s” was left. It stays below the list with its reason.")
                % {"name": row["touchpoint"]["name"]},
                restore=_RESTORE,
                kept={"journey": listed.journey.pk, "pain": row["key"]},
            )
            return redirect(list_address(listed.journey))
    return _form(request, "decide/fixing/dismiss.html", listed, row, form)


@require_POST
@row_view("edit")
def bring_back(request: WorkspaceRequest, journey: int) -> HttpResponse:
    """Bring the row that `pain` names back to the list."""
    listed, row = asked_row(request, journey)
    domain.take_back_dismissal(journey=listed.journey, pain_key=row["key"], actor=request.user)
    messages.success(request, _("“%(name)s” is back on the list.") % {"name": row["touchpoint"]["name"]})
    return to_list(listed, row)


@require_POST
@workspace_view("edit")
def restore(request: WorkspaceRequest) -> HttpResponse:
    """Undo a dismissal by the button of its message."""
    kept = posted_undo(request, restore=_RESTORE)
    if kept is None:
        return redirect("decide:fix-first", workspace=request.workspace.slug)
    journey = find_journey(kept["journey"])
    domain.take_back_dismissal(journey=journey, pain_key=kept["pain"], actor=request.user)
    return redirect(list_address(journey, row_id(kept["pain"])))


def _touchpoint(row: Record) -> Touchpoint:
    found = (
        Touchpoint.objects.select_related("stage__journey__workspace", "owner")
        .filter(pk=row["touchpoint"]["id"])
        .first()
    )
    if found is None:
        raise Http404
    return found


def _usual(request: WorkspaceRequest, row: Record, touchpoint: Touchpoint) -> dict[str, Any]:
    """What most would fill in: the touchpoint's owner or oneself, four weeks from now."""
    unit = words.unit_name(row)
    where = f"{touchpoint.name}, {unit}" if unit else touchpoint.name
    return {
        "name": (_("Mend: %(where)s") % {"where": where})[:120],
        "owner": touchpoint.owner or request.user,
        "due_on": timezone.localdate() + dt.timedelta(days=_USUAL_DAYS),
        "figure": USUAL_FIGURE[row["pain"]],
    }


def _estimate(listed: Listed, row: Record, figure: str) -> dict[str, Any] | None:
    if row["p50"] is None or listed.document is None:
        return None
    return {
        **{name: row[name] for name in ("p10", "p50", "p90", "grade", "pain")},
        "data_as_of": listed.document.get("data_as_of"),
        **gap_of_row(row, figure),
    }


def _form(request: WorkspaceRequest, template: str, listed: Listed, row: Record, form: Any) -> HttpResponse:
    context = {
        "form": form,
        "journey": listed.journey,
        "row": shown_row(row, reader=listed.reader, end=scale_end([row]), action=None),
        "here": address("fix-take" if "take" in template else "fix-dismiss", listed, row),
        "list_address": list_address(listed.journey),
        "back_address": list_address(listed.journey, row_id(row["key"])),
    }
    return render(request, template, context, status=422 if form.errors else 200)

"""The page of all actions, and making one by hand."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from polku.accounts.access import WorkspaceRequest, workspace_view
from polku.accounts.views.forms import add_errors
from polku.decide.acting.forms import NewActionForm
from polku.decide.acting.shown import all_shown
from polku.journeys import domain
from polku.journeys.acting import actions_of
from polku.journeys.models import Action, Touchpoint

_MOST = 500


@require_safe
@workspace_view("view")
def actions(request: WorkspaceRequest) -> HttpResponse:
    """All actions by state; with `?mine=1` those of the reader."""
    found = actions_of(request.workspace)
    is_mine = request.GET.get("mine") == "1"
    if is_mine:
        found = found.filter(owner=request.user)
    rows = all_shown(found[:_MOST], request.workspace)
    groups = [
        {"key": state.value, "name": name, "rows": _sorted(rows, state), "is_closed": state == Action.State.DROPPED}
        for state, name in (
            (Action.State.UNDER_WAY, _("Under way")),
            (Action.State.PLANNED, _("Planned")),
            (Action.State.DONE, _("Done, and what changed after it")),
            (Action.State.DROPPED, pgettext("actions", "Dropped")),
        )
    ]  # fmt: skip
    context = {
        "groups": [group for group in groups if group["rows"]],
        "is_mine": is_mine,
        "overdue": sum(row.is_overdue for row in rows),
        "has_any": bool(rows) or (is_mine and actions_of(request.workspace).exists()),
    }
    return render(request, "decide/acting/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view("edit")
def new_action(request: WorkspaceRequest) -> HttpResponse:
    points = Touchpoint.objects.select_related("stage__journey__workspace").order_by(
        "stage__journey__created_at", "stage__journey_id", "stage__order_key", "order_key", "pk"
    )
    by_number = {str(point.pk): point for point in points}
    wanted = request.GET.get("touchpoint", "")
    form = NewActionForm(
        request.POST if request.method == "POST" else None,
        workspace=request.workspace,
        points=_grouped(by_number),
        initial={"touchpoint": wanted if wanted in by_number else None, "owner": request.user.pk},
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            action = domain.take_into_work(
                touchpoint=by_number[given["touchpoint"]],
                name=given["name"],
                pain_key="",
                estimate=None,
                owner=given["owner"],
                due_on=given["due_on"],
                metric={},
                actor=request.user,
            )
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("In work. Choose next which figure it should move."))
            return redirect("decide:action", workspace=request.workspace.slug, action=action.pk)
    context = {"form": form, "has_points": bool(by_number)}
    return render(request, "decide/acting/new.html", context, status=422 if form.errors else 200)


def _grouped(points: dict[str, Touchpoint]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The touchpoints of each stage under its name, with the map's where there are several."""
    journeys = {point.stage.journey_id for point in points.values()}
    groups: dict[str, list[tuple[str, str]]] = {}
    for number, point in points.items():
        stage = point.stage.name
        name = f"{point.stage.journey.name} · {stage}" if len(journeys) > 1 else stage
        groups.setdefault(name, []).append((number, point.name))
    return [("", [("", _("Choose a touchpoint"))]), *groups.items()] if points else []


def _sorted(rows: list[Any], state: Action.State) -> list[Any]:
    """What is overdue and due next first; of what is done the newest."""
    mine = [row for row in rows if row.action.state == state]
    if state == Action.State.DONE:
        return sorted(mine, key=lambda row: (row.action.done_on, row.action.pk), reverse=True)
    return sorted(mine, key=lambda row: (row.action.due_on is None, row.action.due_on or 0, row.action.pk))

"""Setting a goal, and taking it away."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from polku.accounts.access import WorkspaceRequest, workspace_view
from polku.accounts.undo import posted_undo, undo_message
from polku.accounts.views.forms import add_errors
from polku.decide.acting.shown import reader_of
from polku.decide.changing import goal_domain
from polku.decide.changing.gathering import WHOLE, numbers_of_places, numbers_of_touchpoints
from polku.decide.changing.goal_forms import GoalForm
from polku.decide.changing.goal_words import form_address, options, words_of
from polku.decide.changing.goals import states_of
from polku.decide.changing.periods import newest
from polku.decide.models import Goal
from polku.decide.tabs import tabs_of
from polku.eventstore.registry import store as open_store
from polku.journeys.live.numbers import PointNumbers
from polku.journeys.live.structure import read_structure
from polku.journeys.models import Journey, Stage, Touchpoint

RESTORE = "decide:goal-restore"


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view("edit")
def goal_new(request: WorkspaceRequest) -> HttpResponse:
    """A form for one place: the touchpoint or stage that the address names, else the journey."""
    journey, stage, touchpoint = _place(request)
    reader = reader_of(request.workspace)
    choices = options(_numbers(journey, stage, touchpoint), reader)
    asked = request.GET.get("figure", "")
    known = [value for value, _name in choices]
    form = GoalForm(
        request.POST if request.method == "POST" else None,
        options=choices,
        reader=reader,
        initial={"figure": asked if asked in known else None},
    )
    if request.method == "POST" and form.is_valid():
        try:
            goal_domain.set_goal(
                journey=journey, stage=stage, touchpoint=touchpoint, actor=request.user, **form.chosen()
            )
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("The goal is set."))
            return redirect(_back(journey, touchpoint))
    context = {
        "tabs": tabs_of(request.workspace, "decide:changes"),
        "form": form,
        "journey": journey,
        "stage": stage,
        "touchpoint": touchpoint,
        "has_figures": bool(choices),
        "back": _back(journey, touchpoint),
        "places": _places(journey, stage, touchpoint),
        "goals": [
            words_of(state, reader)
            for state in states_of(
                journey,
                Goal.objects.filter(journey=journey, stage=stage, touchpoint=touchpoint).select_related(
                    "stage", "touchpoint", "journey__workspace"
                ),
            )
        ],
    }
    return render(request, "decide/changing/goal.html", context, status=422 if form.errors else 200)


@require_POST
@workspace_view("edit")
def goal_delete(request: WorkspaceRequest, goal: int) -> HttpResponse:
    found = get_object_or_404(
        Goal.objects.select_related("workspace", "journey__workspace", "stage", "touchpoint"), pk=goal
    )
    try:
        kept = goal_domain.delete_goal(goal=found, actor=request.user)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        undo_message(request, _("The goal was deleted."), restore=RESTORE, kept=kept)
    return redirect(_page(found.journey))


@require_POST
@workspace_view("edit")
def goal_restore(request: WorkspaceRequest) -> HttpResponse:
    kept = posted_undo(request, restore=RESTORE)
    if kept is None:
        return redirect("decide:changes", workspace=request.workspace.slug)
    try:
        goal = goal_domain.restore_goal(workspace=request.workspace, kept=kept, actor=request.user)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect("decide:changes", workspace=request.workspace.slug)
    messages.success(request, _("The goal is back."))
    return redirect(_page(goal.journey))


def _place(request: WorkspaceRequest) -> tuple[Journey, Stage | None, Touchpoint | None]:
    journeys = Journey.objects.select_related("workspace").order_by("pk")
    journey = get_object_or_404(journeys, pk=_number(request, "journey") or _first(journeys))
    touchpoint = stage = None
    if number := _number(request, "touchpoint"):
        points = Touchpoint.objects.select_related("stage__journey__workspace")
        touchpoint = get_object_or_404(points, pk=number, stage__journey=journey)
    elif number := _number(request, "stage"):
        stage = get_object_or_404(Stage.objects.filter(journey=journey), pk=number)
    return journey, stage, touchpoint


def _first(journeys: QuerySet[Journey]) -> int:
    found = journeys.values_list("pk", flat=True).first()
    return found or 0


def _number(request: WorkspaceRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise Http404(_("There is no such place."))
    return int(text)


def _numbers(journey: Journey, stage: Stage | None, touchpoint: Touchpoint | None) -> PointNumbers | None:
    """The figures of the last 28 days."""
    workspace = journey.workspace
    structure, state = read_structure(workspace, journey), open_store().state(workspace.key.hex)
    days = newest(state, workspace.timezone).range(workspace.timezone)
    if touchpoint is not None:
        return numbers_of_touchpoints(workspace, structure, days, state).get(touchpoint.pk)
    numbers = [each.pk for each, _points in structure.stages]
    place = WHOLE if stage is None else numbers.index(stage.pk) + 1
    return numbers_of_places(workspace, structure, days, state).get(place)


def _places(
    journey: Journey, stage: Stage | None, touchpoint: Touchpoint | None
) -> list[tuple[str, str, bool, bool]]:
    """(address, name, whether it is this one, whether it is below another) of every place, to choose another."""
    found = [(form_address(journey), journey.name, stage is None and touchpoint is None, False)]
    for each, points in read_structure(journey.workspace, journey).stages:
        found.append((form_address(journey, each), each.name, stage == each, False))
        found += [
            (form_address(journey, None, point), point.name, touchpoint == point, True)
            for point in points
            if not point.is_backstage
        ]
    return found


def _back(journey: Journey, touchpoint: Touchpoint | None) -> str:
    if touchpoint is None:
        return _page(journey)
    path = reverse("journeys:map", args=[journey.workspace.slug, journey.pk])
    return f"{path}?touchpoint={touchpoint.pk}"


def _page(journey: Journey) -> str:
    path = reverse("decide:changes", args=[journey.workspace.slug])
    return f"{path}?journey={journey.pk}#goals"

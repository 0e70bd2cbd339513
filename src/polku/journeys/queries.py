"""Reads of maps. All but the first two expect the caller inside the workspace's scope."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Model, Prefetch, Q, QuerySet
from django.urls import reverse
from django_scopes import scope

from polku.accounts.models import User, Workspace
from polku.analytics.explore.placements import Place
from polku.analytics.models import SavedQuestion
from polku.analytics.resolvers import JourneyChoice, StageChoice
from polku.jobs.models import Job
from polku.journeys.models import (
    Binding,
    Deletion,
    Journey,
    MeasurementCheck,
    Stage,
    Touchpoint,
    TouchpointQuestion,
)
from polku.journeys.rebuilding import KIND


def find_touchpoint(workspace: Workspace, reference: int | str) -> Touchpoint | None:
    """The workspace's touchpoint of that number or name; of equal names the one of the oldest journey."""
    with scope(workspace=workspace):
        points = Touchpoint.objects.select_related("stage").order_by("stage__journey__created_at", "pk")
        if isinstance(reference, int):
            return points.filter(pk=reference).first()
        found = points.filter(name=reference).first() or points.filter(name__iexact=reference).first()
        if found is None and reference.isdecimal() and len(reference) < 19:
            found = points.filter(pk=int(reference)).first()
        return found


def touchpoint_names(workspace: Workspace) -> list[str]:
    """The names of all touchpoints, each once, to suggest from."""
    with scope(workspace=workspace):
        return list(Touchpoint.objects.order_by("name").values_list("name", flat=True).distinct())


def journey_choices(workspace: Workspace) -> list[JourneyChoice]:
    """The journeys with their connected touchpoints, stage by stage, to choose from: three queries."""
    with scope(workspace=workspace):
        connected = Touchpoint.objects.filter(bindings__isnull=False).distinct().order_by("order_key", "pk")
        journeys = Journey.objects.prefetch_related(
            Prefetch("stages", queryset=Stage.objects.order_by("order_key", "pk")),
            Prefetch("stages__touchpoints", queryset=connected),
        )
        return [
            JourneyChoice(
                journey.pk,
                journey.name,
                [
                    StageChoice(stage.name, [(point.pk, point.name) for point in stage.touchpoints.all()])
                    for stage in journey.stages.all()
                ],
            )
            for journey in journeys
        ]


def places_of(question: SavedQuestion) -> list[Place]:
    """The touchpoints beside which a saved question is shown."""
    with scope(workspace=question.workspace):
        shown = TouchpointQuestion.objects.filter(question=question).select_related("touchpoint__stage")
        return [
            Place(each.touchpoint_id, each.touchpoint.name, _address_of(question.workspace, each.touchpoint))
            for each in shown
        ]


def questions_at(touchpoint: Touchpoint, reader: User) -> list[tuple[str, str]]:
    """(name, address) of the saved questions shown beside the touchpoint, as far as the reader may open them."""
    shown = TouchpointQuestion.objects.filter(
        Q(question__is_shared=True) | Q(question__owner=reader), touchpoint=touchpoint
    ).select_related("question__workspace")
    return [
        (
            each.question.name,
            reverse("explore:open", args=[each.question.workspace.slug, each.question_id]),
        )
        for each in shown
    ]


def _address_of(workspace: Workspace, point: Touchpoint) -> str:
    base = reverse("journeys:map", args=[workspace.slug, point.stage.journey_id])
    return f"{base}?touchpoint={point.pk}"


def list_journeys() -> QuerySet[Journey]:
    """Journeys with `stage_count`, `touchpoint_count` and `connected_count` (touchpoints with a binding)."""
    return Journey.objects.annotate(
        stage_count=Count("stages", distinct=True),
        touchpoint_count=Count("stages__touchpoints", distinct=True),
        connected_count=Count(
            "stages__touchpoints", filter=Q(stages__touchpoints__bindings__isnull=False), distinct=True
        ),
    )


def journey_structure(journey: Journey) -> list[Stage]:
    """Stages in order with `touchpoints` prefetched, each with `binding_count` and its owner: three queries."""
    touchpoints = (
        Touchpoint.objects.select_related("owner")
        .annotate(binding_count=Count("bindings"))
        .order_by("order_key", "pk")
    )
    return list(journey.stages.prefetch_related(Prefetch("touchpoints", queryset=touchpoints)))


def bindings_of(journey: Journey) -> QuerySet[Binding]:
    return Binding.objects.filter(touchpoint__stage__journey=journey).select_related("touchpoint")


def recent_deletions(journey_number: int | None) -> QuerySet[Deletion]:
    """What may be brought back: parts of one journey, or (None) whole journeys."""
    if journey_number is None:
        return Deletion.objects.filter(kind=Deletion.Kind.JOURNEY).select_related("actor")
    return (
        Deletion.objects.filter(journey_number=journey_number)
        .exclude(kind=Deletion.Kind.JOURNEY)
        .select_related("actor")
    )


def has_connected_journey(workspace: Workspace) -> bool:
    """Whether some touchpoint has data connected to it."""
    return Binding.objects.filter(workspace=workspace).exists()


def has_checked_plan(workspace: Workspace) -> bool:
    """Whether somebody has checked off something of a measurement plan."""
    return MeasurementCheck.objects.filter(workspace=workspace).exists()


def members(workspace: Workspace) -> QuerySet[User]:
    """Those who may own a touchpoint."""
    return User.objects.filter(memberships__workspace=workspace).order_by("name", "email")


@dataclass(frozen=True)
class Rebuild:
    """How far the newest rebuild of hits is. `share` is 0–1, None before it has begun to count."""

    is_going_on: bool
    has_failed: bool
    share: float | None


def rebuild_state(workspace: Workspace) -> Rebuild | None:
    """The state of the workspace's rebuilds; None where none was asked for lately."""
    jobs = Job.objects.filter(kind=KIND, workspace_id=workspace.pk)
    waiting = list(jobs.filter(state__in=[Job.State.WAITING, Job.State.RUNNING]))
    if waiting:
        total = sum(job.total for job in waiting)
        return Rebuild(True, False, sum(job.done for job in waiting) / total if total else None)
    last = jobs.order_by("-pk").first()
    return Rebuild(False, last.state == Job.State.FAILED, 1.0) if last else None


def find_deletion(model: type[Model], number: int, journey_number: int) -> Deletion | None:
    """The deletion that took this row away, alone or with what held it, and can bring it back."""
    label = model._meta.label_lower
    for deletion in Deletion.objects.filter(journey_number=journey_number).select_related("actor"):
        if any(row["model"] == label and row["pk"] == number for row in deletion.rows):
            return deletion
    return None

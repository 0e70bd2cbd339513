"""Deleting with a way back: the rows are kept as they were and return under their old numbers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core import serializers
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_scopes import scope

from polku.accounts.models import User
from polku.analytics.models import SavedQuestion
from polku.journeys import limits
from polku.journeys.domain.writing import audit, require_room, writing
from polku.journeys.kept_below import rows_below
from polku.journeys.models import (
    Binding,
    Deletion,
    Journey,
    MeasurementCheck,
    Stage,
    Touchpoint,
    TouchpointQuestion,
)
from polku.journeys.rebuilding import request_rebuild

_PARENTS: dict[type[Any], tuple[str, Any]] = {
    Stage: ("journey_id", Journey),
    Touchpoint: ("stage_id", Stage),
    Binding: ("touchpoint_id", Touchpoint),
}


def keep_and_delete(
    row: Journey | Stage | Touchpoint | Binding, *, journey: Journey, kind: str, actor: User | None
) -> Deletion:
    """Delete `row` with all below it and keep the rows. Hits of touchpoints that had bindings are rebuilt."""
    with writing(journey):
        rows = _family(row)
        if not type(row).objects.filter(pk=row.pk).exists():
            raise ValidationError(_("“%s” has been deleted.") % row, code="gone")
        Deletion.objects.filter(at__lt=timezone.now() - timedelta(days=limits.DELETIONS_KEPT_DAYS)).delete()
        name = row.touchpoint.name if isinstance(row, Binding) else row.name
        deletion = Deletion.objects.create(
            workspace=journey.workspace,
            kind=kind,
            name=name,
            journey_number=journey.pk,
            rows=serializers.serialize("python", rows),
            actor=actor,
        )
        bound = _bound_touchpoints(rows)
        number = row.pk
        # The instance keeps its number, so that the caller can still say what went.
        type(row).objects.filter(pk=number).delete()
        request_rebuild(workspace=journey.workspace, touchpoints=bound)
        audit(journey, actor, f"{kind}.deleted", name, number=number)
    return deletion


def undo_deletion(*, deletion: Deletion, actor: User | None = None) -> Journey:
    """Bring back what was deleted, under its old numbers, and return its journey. Hits are rebuilt.

    Twice at once brings it back once. Raises ValidationError where what held it is itself deleted, or the map has
    no room left. Atomic; audited.
    """
    workspace = deletion.workspace
    with scope(workspace=workspace), transaction.atomic():
        Journey.objects.select_for_update().filter(pk=deletion.journey_number).first()
        if not Deletion.objects.filter(pk=deletion.pk).delete()[0]:
            raise ValidationError(_("“%s” has been brought back already.") % deletion.name, code="gone")
        rows = [row.object for row in serializers.deserialize("python", deletion.rows)]
        _require_parent(rows[0])
        journey = next((row for row in rows if isinstance(row, Journey)), None)
        if journey is None:
            journey = Journey.objects.get(pk=deletion.journey_number)
            require_room(
                journey,
                stages=sum(isinstance(row, Stage) for row in rows),
                touchpoints=sum(isinstance(row, Touchpoint) for row in rows),
            )
        _forget_departed_people(rows)
        rows = _without_deleted_questions(rows)
        for row in rows:
            row.save_base(raw=True, force_insert=True)
        request_rebuild(workspace=workspace, touchpoints=_bound_touchpoints(rows))
        audit(journey, actor, f"{deletion.kind}.restored", deletion.name)
        return Journey.objects.select_related("workspace").get(pk=journey.pk)


def _family(row: Journey | Stage | Touchpoint | Binding) -> list[Any]:
    """`row` and everything below it, parents first, as they stand now."""
    journeys = list(Journey.objects.filter(pk=row.pk)) if isinstance(row, Journey) else []
    stages: list[Stage] = []
    touchpoints: list[Touchpoint] = []
    if isinstance(row, Journey):
        stages = list(Stage.objects.filter(journey=row.pk))
    elif isinstance(row, Stage):
        stages = list(Stage.objects.filter(pk=row.pk))
    if isinstance(row, Touchpoint):
        touchpoints = list(Touchpoint.objects.filter(pk=row.pk))
    elif stages:
        touchpoints = list(Touchpoint.objects.filter(stage__in=[stage.pk for stage in stages]))
    if isinstance(row, Binding):
        bindings = list(Binding.objects.filter(pk=row.pk))
    else:
        bindings = list(Binding.objects.filter(touchpoint__in=[point.pk for point in touchpoints]))
    below = {"touchpoint__in": [point.pk for point in touchpoints]}
    questions, checks = TouchpointQuestion.objects.filter(**below), MeasurementCheck.objects.filter(**below)
    others = rows_below(
        journeys=[journey.pk for journey in journeys],
        stages=[stage.pk for stage in stages],
        touchpoints=[point.pk for point in touchpoints],
    )
    return [*journeys, *stages, *touchpoints, *bindings, *questions, *checks, *others]


def _bound_touchpoints(rows: list[Any]) -> list[int]:
    return sorted({row.touchpoint_id for row in rows if isinstance(row, Binding)})


def _require_parent(row: Any) -> None:
    if type(row) not in _PARENTS:
        return
    attribute, parent = _PARENTS[type(row)]
    if not parent.objects.filter(pk=getattr(row, attribute)).exists():
        raise ValidationError(
            _("What it belonged to has been deleted as well; bring that back first."), code="orphan"
        )


def _without_deleted_questions(rows: list[Any]) -> list[Any]:
    asked = [row.question_id for row in rows if isinstance(row, TouchpointQuestion)]
    there = set(SavedQuestion.objects.filter(pk__in=asked).values_list("pk", flat=True))
    return [row for row in rows if not isinstance(row, TouchpointQuestion) or row.question_id in there]


def _forget_departed_people(rows: list[Any]) -> None:
    """Of people who have left the installation since, no number is written."""
    named = [
        (row, field.attname)
        for row in rows
        for field in row._meta.concrete_fields
        if field.related_model is User and getattr(row, field.attname)
    ]
    there = set(
        User.objects.filter(pk__in={getattr(row, name) for row, name in named}).values_list("pk", flat=True)
    )
    for row, name in named:
        if getattr(row, name) not in there:
            setattr(row, name, None)

"""The page on which a map's stages and touchpoints are added, named, moved and deleted.

Every form works as a plain form; with htmx only the structure is drawn anew, so that the focus and the place on
the page stay where they were.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST

from polku.eventstore.registry import store
from polku.journeys import domain, feelings, queries
from polku.journeys.models import Channel, Deletion, Journey, Stage, Touchpoint
from polku.journeys.views.lookups import (
    edit_view,
    get_journey,
    get_stage,
    get_touchpoint,
    shown_deletion,
    tell,
    with_deletion,
)


@edit_view
def journey_edit(request: Any, journey: int) -> HttpResponse:
    row = get_journey(journey)
    deleted = shown_deletion(request, journey=row.pk)
    return render(request, "journeys/edit.html", structure_context(row, deleted=deleted))


@require_POST
@edit_view
def stage_add(request: Any, journey: int) -> HttpResponse:
    row = get_journey(journey)
    try:
        domain.add_stage(journey=row, name=request.POST.get("name", ""), actor=request.user)
    except ValidationError as error:
        tell(request, error)
    return _structure(request, row)


@require_POST
@edit_view
def stage_rename(request: Any, journey: int, stage: int) -> HttpResponse:
    row = get_stage(journey, stage)
    try:
        domain.update_stage(stage=row, name=request.POST.get("name", ""), actor=request.user)
    except ValidationError as error:
        tell(request, error)
    return _only_messages(request, row.journey)


@require_POST
@edit_view
def stage_move(request: Any, journey: int, stage: int) -> HttpResponse:
    row = get_stage(journey, stage)
    try:
        domain.move_stage(stage=row, by=_direction(request), actor=request.user)
    except ValidationError as error:
        tell(request, error)
    return _structure(request, row.journey)


@require_POST
@edit_view
def stage_delete(request: Any, journey: int, stage: int) -> HttpResponse:
    row = get_stage(journey, stage)
    return _deleted(request, row.journey, lambda: domain.delete_stage(stage=row, actor=request.user))


@require_POST
@edit_view
def touchpoint_add(request: Any, journey: int, stage: int) -> HttpResponse:
    row = get_stage(journey, stage)
    try:
        domain.add_touchpoint(stage=row, name=request.POST.get("name", ""), actor=request.user)
    except ValidationError as error:
        tell(request, error)
    return _structure(request, row.journey)


@require_POST
@edit_view
def touchpoint_rename(request: Any, journey: int, touchpoint: int) -> HttpResponse:
    row = get_touchpoint(journey, touchpoint)
    try:
        domain.update_touchpoint(touchpoint=row, name=request.POST.get("name", ""), actor=request.user)
    except ValidationError as error:
        tell(request, error)
    return _only_messages(request, row.stage.journey)


@require_POST
@edit_view
def touchpoint_move(request: Any, journey: int, touchpoint: int) -> HttpResponse:
    row = get_touchpoint(journey, touchpoint)
    try:
        domain.move_touchpoint(touchpoint=row, by=_direction(request), actor=request.user)
    except ValidationError as error:
        tell(request, error)
    return _structure(request, row.stage.journey)


@require_POST
@edit_view
def touchpoint_delete(request: Any, journey: int, touchpoint: int) -> HttpResponse:
    row = get_touchpoint(journey, touchpoint)
    return _deleted(
        request,
        row.stage.journey,
        lambda: domain.delete_touchpoint(touchpoint=row, actor=request.user),
    )


@dataclass(frozen=True)
class TouchpointRow:
    """A touchpoint with what its row says about it. `is_first`, `is_last`: of the whole map."""

    touchpoint: Touchpoint
    binding_count: int
    channels: list[str]
    feeling_step: int | None
    feeling_word: str
    is_first: bool
    is_last: bool


def structure_context(journey: Journey, *, deleted: Deletion | None = None) -> dict[str, Any]:
    stages = queries.journey_structure(journey)
    return {
        "journey": journey,
        "stages": [(stage, _rows(stage, stage is stages[0], stage is stages[-1])) for stage in stages],
        "deleted": deleted,
        "deletions": queries.recent_deletions(journey.pk)[:10],
        "rebuild": queries.rebuild_state(journey.workspace),
        "has_signals": store().state(journey.workspace.key.hex).signals > 0,
    }


def _rows(stage: Stage, is_first: bool, is_last: bool) -> list[TouchpointRow]:
    labels = dict(Channel.choices)
    touchpoints: list[Any] = list(stage.touchpoints.all())
    rows = []
    for touchpoint in touchpoints:
        feeling = touchpoint.assumed_feeling
        rows.append(
            TouchpointRow(
                touchpoint=touchpoint,
                binding_count=touchpoint.binding_count,
                channels=[str(labels.get(channel, channel)) for channel in touchpoint.channels],
                feeling_step=None if feeling is None else feelings.step_of(feeling),
                feeling_word="" if feeling is None else feelings.word_of(feeling),
                # A stage's first touchpoint can still move to the stage before it, the map's very first cannot.
                is_first=is_first and touchpoint is touchpoints[0],
                is_last=is_last and touchpoint is touchpoints[-1],
            )
        )
    return rows


def _structure(request: Any, journey: Journey, *, deleted: Deletion | None = None) -> HttpResponse:
    if not request.htmx:
        page = redirect("journeys:edit", workspace=request.workspace.slug, journey=journey.pk)
        return with_deletion(page, deleted)
    body = render_to_string("journeys/structure.html", structure_context(journey, deleted=deleted), request)
    return HttpResponse(body + _messages(request))


def _only_messages(request: Any, journey: Journey) -> HttpResponse:
    """After a new name the field already shows it: nothing is drawn but what went wrong."""
    return HttpResponse(_messages(request)) if request.htmx else _structure(request, journey)


def _messages(request: Any) -> str:
    return render_to_string("journeys/messages.html", {}, request)


def _deleted(request: Any, journey: Journey, delete: Any) -> HttpResponse:
    deletion = None
    try:
        deletion = delete()
    except ValidationError as error:
        tell(request, error)
    return _structure(request, journey, deleted=deletion)


def _direction(request: Any) -> int:
    return -1 if request.POST.get("by") == "-1" else 1

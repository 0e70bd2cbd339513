"""The map as people wrote it, read fresh for every answer, and the plan for counting that follows from it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from polku.accounts.models import Workspace
from polku.journeys import queries
from polku.journeys.live.plan import DAY, Plan, Point
from polku.journeys.models import Binding, Channel, Journey, Stage, Touchpoint

_VISITS = {Binding.Kind.EVENT.value, Binding.Kind.ORDER.value}


@dataclass(frozen=True)
class Structure:
    """Stages in order, each with its touchpoints in order (`binding_count` and `owner` are there)."""

    journey: Journey
    stages: list[tuple[Stage, list[Touchpoint]]]
    plan: Plan


def read_structure(workspace: Workspace, journey: Journey) -> Structure:
    """Three queries, inside the workspace's scope, whatever the size of the map."""
    kinds: dict[int, set[str]] = defaultdict(set)
    for touchpoint, kind in queries.bindings_of(journey).values_list("touchpoint_id", "kind"):
        kinds[touchpoint].add(kind)
    stages = [(stage, list(stage.touchpoints.all())) for stage in queries.journey_structure(journey)]
    points = tuple(
        _point(touchpoint, place, kinds[touchpoint.pk])
        for place, (_, touchpoints) in enumerate(stages)
        for touchpoint in touchpoints
    )
    plan = Plan(
        points=points,
        window=journey.window_days * DAY,
        timezone=workspace.timezone,
        cancelled_states=frozenset(workspace.cancelled_states),
    )
    return Structure(journey=journey, stages=stages, plan=plan)


def _point(touchpoint: Touchpoint, place: int, kinds: set[str]) -> Point:
    return Point(
        id=touchpoint.pk,
        stage=place,
        basis="signals" if kinds & _VISITS else "answers_and_contacts",
        takes_contacts=Binding.Kind.CONTACT.value in kinds,
        takes_answers=Binding.Kind.SCORE.value in kinds,
        backstage=touchpoint.is_backstage,
        bound=bool(kinds),
        delivers=Channel.DELIVERY in touchpoint.channels or Binding.Kind.ORDER.value in kinds,
    )

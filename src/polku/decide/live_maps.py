"""The map as everybody sees it first, for pages that show a part of it: the same question, so the same kept answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from polku import analytics
from polku.eventstore.port import StoreState
from polku.eventstore.registry import store
from polku.journeys.models import Journey
from polku.journeys.views.map_filters import Filters, read_filters

Record = Mapping[str, Any]


def newest_map(journey: Journey, state: StoreState | None = None) -> tuple[Record, Filters]:
    """The answer of kind "journey" with the filters of a map that somebody opens, and those filters; inside the
    workspace's scope. It may be some seconds old where much comes in."""
    workspace = journey.workspace
    state = state or store().state(workspace.key.hex)
    filters = read_filters(QueryDict(), workspace, state)
    answer, _of = analytics.run_lately(workspace, filters.query(journey.pk, workspace.timezone), now=state)
    return answer, filters


def cell_of(answer: Record, touchpoint: int) -> Record | None:
    """The touchpoint's cell; None where the map has none any more."""
    cells = (cell for stage in answer["stages"] for cell in stage["touchpoints"])
    return next((cell for cell in cells if cell["id"] == touchpoint), None)

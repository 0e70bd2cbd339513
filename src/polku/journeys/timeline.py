"""What journeys tell the pages of people: touchpoints by name, words of channels and metrics, feelings of answers."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.urls import reverse
from django_scopes import scope

from polku.accounts.models import Workspace
from polku.journeys.feelings import step_of, word_of
from polku.journeys.models import Touchpoint
from polku.people.timeline_sources import Feeling, TouchpointLink


def find_touchpoints(workspace: Workspace, numbers: Collection[int]) -> Mapping[int, TouchpointLink]:
    """Those of the workspace's touchpoints that are there still, each with its place on its map."""
    with scope(workspace=workspace):
        points = Touchpoint.objects.filter(pk__in=numbers).values_list("pk", "name", "stage__journey")
        return {
            number: TouchpointLink(
                name,
                reverse("journeys:map", kwargs={"workspace": workspace.slug, "journey": journey})
                + f"?touchpoint={number}",
            )
            for number, name, journey in points
        }


def rate_answer(metric: str, score: float, low: float, high: float) -> Feeling | None:
    """The score's place on its scale; None where no feeling can be told (CES 1.0, on which low is good)."""
    if metric == "ces" and (low, high) != (1, 7):
        return None
    feeling = (score - (low + high) / 2) / ((high - low) / 2)
    return Feeling(step_of(feeling), word_of(feeling))

"""What people wrote about a map above it comes back with the map."""

from __future__ import annotations

from datetime import date

import pytest
from django_scopes import scope

from polku.decide.models import Dismissal, Goal, InputOverride
from polku.journeys import domain


@pytest.mark.parametrize("part", ["touchpoint", "journey"])
def test_undoing_a_deletion_brings_goals_figures_and_reasons_back(workspace, owner, part):
    journey = domain.create_journey(workspace=workspace, name="Polku")
    stage = domain.add_stage(journey=journey, name="Osto")
    touchpoint = domain.add_touchpoint(stage=stage, name="Maksu")
    with scope(workspace=workspace):
        place = {"workspace": workspace, "journey": journey}
        goals = [
            Goal.objects.create(
                **place, touchpoint=at, figure="continued", target=0.9, by=date(2027, 1, 1), author=owner
            )
            for at in (touchpoint, None)
        ]
        InputOverride.objects.create(
            **place, pain_key="a", name="margin", low=1, middle=2, high=3, author=owner
        )
        Dismissal.objects.create(**place, pain_key="b", reason="Ei nyt", author=owner)
    row = {"touchpoint": touchpoint, "journey": journey}[part]
    deletion = getattr(domain, f"delete_{part}")(**{part: row})
    with scope(workspace=workspace):
        assert Goal.objects.count() == (1 if part == "touchpoint" else 0)
    domain.undo_deletion(deletion=deletion)
    with scope(workspace=workspace):
        assert list(Goal.objects.order_by("pk")) == goals
        assert (InputOverride.objects.get().middle, Dismissal.objects.get().reason) == (2.0, "Ei nyt")

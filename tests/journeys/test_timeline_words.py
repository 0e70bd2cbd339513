"""What journeys tell a customer's timeline."""

from __future__ import annotations

import pytest

from polku.accounts import domain as accounts
from polku.journeys import domain
from polku.journeys.timeline import find_touchpoints, rate_answer
from polku.people.timeline_sources import TouchpointLink


def test_touchpoints_are_the_workspaces_own_and_lead_to_their_map(workspace):
    journey = domain.create_journey(workspace=workspace, name="Polku")
    point = domain.add_touchpoint(stage=domain.add_stage(journey=journey, name="Osto"), name="Maksu")
    elsewhere, *_keys = accounts.create_workspace(name="Muualla")
    other = domain.create_journey(workspace=elsewhere, name="Polku")
    foreign = domain.add_touchpoint(stage=domain.add_stage(journey=other, name="Osto"), name="Salainen")
    assert find_touchpoints(workspace, {point.pk, foreign.pk, 10**9}) == {
        point.pk: TouchpointLink("Maksu", f"/w/testikauppa/journeys/{journey.pk}/?touchpoint={point.pk}")
    }


@pytest.mark.parametrize(
    ("metric", "score", "scale", "step"),
    [
        ("nps", 0, (0, 10), 1),
        ("nps", 10, (0, 10), 5),
        ("csat", 3, (1, 5), 3),
        ("ces", 7, (1, 7), 5),
        ("ces", 1, (1, 5), None),  # CES 1.0, on which low is good
    ],
)
def test_answers_are_felt_by_their_place_on_the_scale(metric, score, scale, step):
    feeling = rate_answer(metric, score, *scale)
    assert (feeling and feeling.step) == step

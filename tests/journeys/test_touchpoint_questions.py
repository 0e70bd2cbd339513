"""Saved questions beside touchpoints: put there, shown in the panel, and never lost by an undo."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django_scopes import scope

from polku.analytics.explore import domain as explore
from polku.journeys import domain, queries

PARAMETERS = [("step", "event:a"), ("step", "event:b")]


@pytest.fixture
def point(workspace, owner):
    journey = domain.create_journey(workspace=workspace, name="Ostopolku", actor=owner)
    return domain.add_touchpoint(stage=domain.add_stage(journey=journey, name="Osto"), name="Maksu")


@pytest.fixture
def question(workspace, owner):
    return explore.create_question(
        workspace=workspace, kind="funnel", name="Kassalle", parameters=PARAMETERS, owner=owner
    )


def panel(user, point) -> str:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    journey = point.stage.journey_id
    return client.get(f"/w/testikauppa/journeys/{journey}/touchpoints/{point.pk}/").content.decode()


def test_it_is_put_and_taken_by_the_page_of_the_question(workspace, owner, teammate, question, point):
    client = Client(headers={"accept-language": "en"})
    client.force_login(owner)
    place = f"/w/testikauppa/explore/{question.pk}/place/"
    page = client.post(place, {"put": point.pk}, follow=True).content.decode()
    assert f"?touchpoint={point.pk}" in page
    client.post(place, {"put": point.pk})  # twice changes nothing
    assert [each.name for each in queries.places_of(question)] == ["Maksu"]
    link = f'<a href="/w/testikauppa/explore/{question.pk}/">Kassalle</a>'
    assert link in panel(owner, point) and link in panel(teammate, point)
    explore.update_question(question=question, is_shared=False)
    assert link in panel(owner, point) and link not in panel(teammate, point)
    client.post(place, {"take": point.pk})
    assert queries.places_of(question) == []
    client.force_login(teammate)
    assert client.post(place, {"put": point.pk}).status_code == 403


def test_another_workspaces_touchpoint_is_none(workspace, owner, question, point):
    from polku.accounts.domain import create_workspace

    other, *_keys = create_workspace(name="Toinen", owner=owner)
    journey = domain.create_journey(workspace=other, name="x")
    foreign = domain.add_touchpoint(stage=domain.add_stage(journey=journey, name="x"), name="x")
    with pytest.raises(ValidationError):
        domain.put_question(question=question, touchpoint=foreign.pk)


def test_undoing_a_deletion_brings_it_back(workspace, owner, question, point):
    domain.put_question(question=question, touchpoint=point.pk, actor=owner)
    deletion = domain.delete_touchpoint(touchpoint=point)
    assert queries.places_of(question) == []
    domain.undo_deletion(deletion=deletion)
    assert [each.touchpoint for each in queries.places_of(question)] == [point.pk]
    kept = explore.delete_question(question=question, actor=owner)
    back = explore.restore_question(workspace=workspace, kept=kept, actor=owner)
    assert [each.touchpoint for each in queries.places_of(back)] == [point.pk]


def test_a_question_deleted_meanwhile_does_not_stand_in_the_way(workspace, owner, question, point):
    domain.put_question(question=question, touchpoint=point.pk, actor=owner)
    deletion = domain.delete_touchpoint(touchpoint=point)
    explore.delete_question(question=question)
    domain.undo_deletion(deletion=deletion)
    with scope(workspace=workspace):
        assert not point.questions.exists()

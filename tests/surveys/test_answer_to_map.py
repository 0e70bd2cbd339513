"""An answer is on the live map within five seconds, and results are split by what the store knows of its person."""

from __future__ import annotations

import threading
import time
from uuid import uuid4

import pyarrow as pa
import pytest
from django.utils import timezone
from django_scopes import scope

from polku.analytics import run
from polku.capture.draining import Drain, drain
from polku.eventstore.port import PERSON_BATCH, Scope
from polku.journeys import domain as journeys
from polku.people import domain as people
from polku.surveys import domain as surveys
from polku.surveys.answering import gathering
from polku.surveys.answering.domain import hold_response, let_in_response, submit
from polku.surveys.models import SurveyLink
from polku.surveys.results import columns as kept
from tests.surveys.results.answered import SHOP

WITHIN = 5.0


@pytest.fixture
def touchpoint(workspace, owner):
    journey = journeys.create_journey(workspace=workspace, name="Ostopolku", actor=owner)
    return journeys.add_touchpoint(stage=journeys.add_stage(journey=journey, name="Osto"), name="Kassa")


@pytest.fixture
def survey(workspace, owner, touchpoint):
    kept.forget()
    made = surveys.create_survey(
        workspace=workspace, definition=SHOP, name="Oston jälkeen", actor=owner, touchpoint=touchpoint
    )
    surveys.publish_survey(survey=made, actor=owner)
    return made


def give(survey, score, **more):
    with scope(workspace=survey.workspace):
        link = SurveyLink.objects.get(survey=survey, kind=SurveyLink.Kind.OPEN)
    answers = {"recommend": score, "why": "Kassalla oli jono"}
    return submit(link=link, number=uuid4().hex, answers=answers, at=timezone.now(), **more)


def said(workspace, touchpoint):
    """(n, value) of the scores at the touchpoint on the live map."""
    answer = run(workspace, {"kind": "journey", "journey": touchpoint.stage.journey_id})
    (shown,) = [each for stage in answer["stages"] for each in stage["touchpoints"]]
    return [(score["metric"], score["n"], score["value"]) for score in shown["say"]]


@pytest.mark.contract
@pytest.mark.django_db(transaction=True)
def test_an_answer_is_on_the_live_map_within_five_seconds(survey, workspace, touchpoint):
    assert said(workspace, touchpoint) == []
    thread = Drain()
    thread.start()
    tick = threading.Event()
    try:
        begun = time.monotonic()
        give(survey, 10)
        while not said(workspace, touchpoint) and time.monotonic() - begun < 2 * WITHIN:
            tick.wait(0.05)
        took = time.monotonic() - begun
        assert said(workspace, touchpoint) == [("nps", 1, 100.0)]
        assert took < WITHIN
    finally:
        thread.stop()


def test_a_held_answer_leaves_the_map_and_comes_back(survey, workspace, touchpoint, owner):
    response = give(survey, 10)
    drain()
    assert said(workspace, touchpoint) == [("nps", 1, 100.0)]
    hold_response(response=response, actor=owner)
    drain()
    assert said(workspace, touchpoint) == []
    let_in_response(response=response, actor=owner)
    drain()
    assert said(workspace, touchpoint) == [("nps", 1, 100.0)]


def test_results_are_split_by_touchpoint_property_and_segment_as_questions_are(
    survey, workspace, store, owner, owner_client, touchpoint
):
    owner.language = "en"
    owner.save()
    rows = [
        {"person": name, "properties": f'{{"tier": "{tier}"}}'}
        for name, tier in [("mari", "gold"), ("olli", "gold"), ("pia", "basic")]
    ]
    store.load_people(workspace.key.hex, pa.Table.from_pylist(rows, schema=PERSON_BATCH), rules=[])
    mari, _olli, _pia = [
        give(survey, score, person=name, person_kind="file")
        for name, score in [("mari", 10), ("olli", 9), ("pia", 2)]
    ]
    give(survey, 5)
    drain()
    whole = owner_client.get(f"/w/testikauppa/surveys/{survey.pk}/results/answers/{mari.pk}/")
    timeline = owner_client.get(whole.context["whole"].person).content.decode()
    assert "mari" in timeline and "Kassalla oli jono" in timeline
    rule = {"where": [{"property": "tier", "op": "eq", "value": "gold"}]}
    people.create_segment(workspace=workspace, name="Kanta", rule=rule)

    def section(query):
        response = owner_client.get(f"/w/testikauppa/surveys/{survey.pk}/results/?{query}")
        return next(
            each.section for each in response.context["sections"] if each.section.column == "recommend"
        )

    tiers = {row[0]: (row[1], row[3]) for row in section("by=person.tier").groups.rows}
    assert tiers == {"gold": (100.0, 2), "basic": (-100.0, 1), "not known": (-100.0, 1)}
    where = [{"property": "survey", "op": "eq", "value": survey.key}]
    asked = run(workspace, {"kind": "score", "metric": "nps", "where": where, "group_by": ["person.tier"]})
    told = {
        group["key"]["person.tier"] or "not known": (group["value"], group["n"]) for group in asked["groups"]
    }
    assert told == tiers
    assert section("segment=Kanta").n == 2
    (row,) = section("segment=Kanta&by=touchpoint").groups.rows
    assert (row[0], row[1], row[3]) == ("Kassa", 100.0, 2)
    assert section("only=person.tier=gold&by=link").n == 2


def test_signals_of_anonymous_answers_have_nothing_to_split_them_by(workspace, store, owner):
    made = surveys.create_survey(
        workspace=workspace, definition=SHOP, name="Pulssi", actor=owner, is_anonymous=True
    )
    surveys.publish_survey(survey=made, actor=owner)
    for score in range(8):
        give(made, score, fields={"store": "Oulu"})
    drain()
    assert store.scores(workspace.key.hex, Scope(), "nps", interval=None, group_by=[]).num_rows == 0
    gathering.tell_gathered(workspace.pk, {}, lambda done, total: None)
    drain()
    table = store.scores(
        workspace.key.hex,
        Scope(),
        "nps",
        interval=None,
        group_by=["survey", "response", "link", "language", "store"],
    )
    rows = table.to_pylist()
    assert sum(row["n"] for row in rows) == 8
    groups = {tuple(row[f"g{place}"] for place in range(5)) for row in rows}
    assert groups == {(made.key, None, None, None, None)}

"""The answer to a moment carries person, order and touchpoint, and lands where it was asked about."""

from __future__ import annotations

import pyarrow as pa
import pytest
from django.utils import timezone

from polku.capture.draining import drain
from polku.eventstore.port import SIGNAL_BATCH, Scope
from polku.eventstore.registry import hit_rules
from polku.journeys import domain as journeys
from polku.journeys.models import Binding
from polku.surveys.answering.domain import begin_response, complete_response, keep_answers
from polku.surveys.models import Invitation
from polku.surveys.moments import looking
from polku.surveys.moments.domain import switch_moment
from polku.surveys.queries import published_definition
from tests.surveys.moments.shop import moment_on, open_survey

pytestmark = pytest.mark.django_db


@pytest.fixture
def pickup(shop):
    """A touchpoint that the event of picking up a parcel hits."""
    journey = journeys.create_journey(workspace=shop, name="Polku")
    point = journeys.add_touchpoint(stage=journeys.add_stage(journey=journey, name="Toimitus"), name="Nouto")
    journeys.add_binding(touchpoint=point, kind="event", names=["Parcel Picked Up"], rebuild=False)
    return point


def test_from_a_touchpoint_back_to_it(store, shop, pickup):
    survey = open_survey(shop, "nps")
    moment = moment_on(survey, trigger={"touchpoint": pickup.pk})
    key, now = shop.key.hex, timezone.now()
    row = {
        "message_id": "a" * 32,
        "kind": 1,
        "name": "Parcel Picked Up",
        "person": "a@example.com",
        "order": "O-1",
        "time": now.replace(tzinfo=None),
    }
    store.load_signals(key, pa.Table.from_pylist([row], schema=SIGNAL_BATCH), rules=hit_rules(key))
    assert looking.look(shop) == 1
    invitation = Invitation.objects.select_related("survey__workspace", "link").get()
    assert (invitation.order, invitation.touchpoint, invitation.moment) == ("O-1", pickup, moment)

    question = published_definition(survey).questions[0].key
    response = begin_response(invitation=invitation, language="fi", at=now)
    response = keep_answers(response=response, answers={question: 9}, at=now)
    complete_response(response=response, at=now)
    drain()
    (score,) = (each for each in store.hits(key, Scope(), [pickup.pk]).to_pylist() if each["name"] == "nps")
    assert score["score"] == 9.0
    assert score["order"] is not None
    (who,) = store.people(key, [score["person"]]).to_pylist()
    assert who["ids"] == ["a@example.com"]
    (signal,) = store.timeline(key, score["person"], kinds=[2]).to_pylist()
    assert f'"moment": "{moment.pk}"' in signal["properties"]
    assert '"touchpoint": "Nouto"' in signal["properties"]


def test_the_connection_is_made_once_and_only_where_the_survey_has_none_of_its_own(store, shop, pickup):
    survey = open_survey(shop, "nps")
    moment = moment_on(survey, trigger={"touchpoint": pickup.pk})
    switch_moment(moment=moment, is_on=False, actor=None)
    switch_moment(moment=moment, is_on=True, actor=None)
    assert [row.where for row in Binding.objects.filter(touchpoint=pickup, kind="score")] == [
        [
            {"property": "survey", "op": "eq", "value": survey.key},
            {"property": "moment", "op": "eq", "value": str(moment.pk)},
        ]
    ]
    other = open_survey(shop, "ces")
    other.touchpoint = pickup
    other.save()
    moment_on(other, trigger={"touchpoint": pickup.pk})
    moment_on(other)
    assert Binding.objects.filter(kind="score").count() == 1

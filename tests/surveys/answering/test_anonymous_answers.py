"""Anonymous surveys keep nothing that tells who answered, nor when beyond the day."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from django_scopes import scope

from polku.jobs.models import Job
from polku.outbox.models import News
from polku.surveys.answering import gathering, idle
from polku.surveys.models import Invitation, Response
from tests.surveys.answering.conftest import SIMPLE, Respondent, publish

pytestmark = pytest.mark.django_db

HELSINKI = ZoneInfo("Europe/Helsinki")


@pytest.fixture
def anonymous(workspace):
    return publish(
        workspace, SIMPLE | {"thanks": {"asks_to_contact": True, "asks_to_quote": True}}, is_anonymous=True
    )


def answer(address, query="?lang=en", score="2"):
    visitor = Respondent(address)
    visitor.open(query)
    visitor.send({"q-nps": score})
    visitor.send({"q-why": "Too hot"})
    return visitor


def test_neither_person_nor_moment_is_kept(anonymous):
    address = anonymous.invite(
        known={"first_name": "Mari"}, fields={"store": "Oulu"}, order="A-1", language="en"
    )
    visitor = answer(address)
    assert "Thank you" in visitor.html
    response = anonymous.responses()[0]
    noon = dt.datetime.combine(timezone.now().astimezone(HELSINKI).date(), dt.time(12), HELSINKI)
    assert {response.started_at, response.changed_at, response.completed_at} == {noon}
    assert (response.invitation, response.person, response.order) == (None, "", "")
    assert (response.fields, response.digest, response.seconds) == ({}, "", None)
    assert News.objects.count() == 0  # it waits for others


def test_answers_are_told_eight_together_with_nothing_to_tell_them_by(anonymous):
    workspace, survey = anonymous.survey.workspace, anonymous.survey.pk
    for score in range(7):
        answer(anonymous.invite(), score=str(score))
    gathering.look_for_gathered()
    assert Job.objects.filter(kind=gathering.JOB).count() == 0
    assert gathering.tell_group(workspace, survey, timezone.now()) == 0
    answer(anonymous.address, score="7")
    gathering.look_for_gathered()
    assert Job.objects.filter(kind=gathering.JOB).count() == 1
    later = dt.datetime.combine(timezone.now().date() + dt.timedelta(days=3), dt.time(8), HELSINKI)
    assert gathering.tell_group(workspace, survey, later) == 8
    assert gathering.tell_group(workspace, survey, later) == 0
    signals = News.objects.get().payload["signals"]
    assert sorted(signal["score"] for signal in signals) == list(range(8))
    noon = dt.datetime.combine(later.date() - dt.timedelta(days=1), dt.time(12), HELSINKI)  # the last one
    assert {signal["time"] for signal in signals} == {int(noon.timestamp() * 1e6)}
    for alike in ("channel", "order", "url", "person_kind", "text"):
        assert len({signal[alike] for signal in signals}) == 1
    assert {frozenset(signal["properties"].items()) for signal in signals} == {
        frozenset({("survey", anonymous.survey.key), ("question", "nps")})
    }
    people = {signal["person"] for signal in signals}
    assert len(people) == 8
    assert not people & {response.number for response in anonymous.responses()}
    answer(anonymous.address, score="8")
    assert gathering.tell_group(workspace, survey, later) == 0


def test_no_group_leaves_fewer_than_eight_behind_it_to_be_guessed(anonymous):
    workspace, survey = anonymous.survey.workspace, anonymous.survey.pk
    answer(anonymous.address)
    with scope(workspace=workspace):
        first = Response.objects.get()
        Response.objects.bulk_create(
            Response(
                **{
                    field.attname: getattr(first, field.attname)
                    for field in Response._meta.concrete_fields
                    if field.attname not in ("id", "number")
                },
                number=f"{number:032x}",
            )
            for number in range(110)
        )
    told = []
    while group := gathering.tell_group(workspace, survey, timezone.now()):
        told.append(group)
    assert told == [100, 11]


def test_held_and_test_answers_wait_for_nobody(anonymous):
    for _ in range(8):
        answer(anonymous.address)
    workspace = anonymous.survey.workspace
    with scope(workspace=workspace):
        held = Response.objects.first()
        Response.objects.filter(pk=held.pk).update(is_held=True)
    assert gathering.tell_group(workspace, anonymous.survey.pk, timezone.now()) == 0


def test_no_column_of_the_answer_names_the_invitation(anonymous):
    address = anonymous.invite()
    answer(address)
    with scope(workspace=anonymous.survey.workspace):
        invitation = Invitation.objects.get()
        kept = Response.objects.values().get()
    for _ in range(7):
        answer(anonymous.address)
    gathering.tell_gathered(anonymous.survey.workspace.pk, {}, lambda done, total: None)
    told = str(News.objects.get().payload)
    for secret in (invitation.email, invitation.digest, address[3:]):
        assert secret not in str(kept)
        assert secret not in told
    assert invitation.is_answered


def test_a_personal_link_is_used_once_and_cannot_correct(anonymous):
    address = anonymous.invite()
    answer(address)
    again = Respondent(address)
    assert again.open("?q-nps=9&lang=en").status_code == 200
    assert "cannot be changed" in again.html
    assert len(anonymous.responses()) == 1


def test_two_tabs_of_one_personal_link_are_one_answer(anonymous):
    address = anonymous.invite()
    one, two = Respondent(address), Respondent(address)
    for visitor in (one, two):
        visitor.open("?lang=en")
        visitor.send({"q-nps": "5"})
    for visitor in (one, two):
        visitor.send({"q-why": ""})
    assert "cannot be changed" in two.html
    assert [each.state for each in anonymous.responses()] == ["completed", "partial"]
    for _ in range(7):
        answer(anonymous.address)
    tomorrow = timezone.now() + dt.timedelta(days=1)
    # One person is one answer, though a half-done one of theirs is left over.
    assert gathering.tell_group(anonymous.survey.workspace, anonymous.survey.pk, tomorrow) == 8


def test_nobody_can_be_reached_but_what_was_written_may_be_quoted(anonymous):
    visitor = answer(anonymous.invite())
    assert 'name="contact"' not in visitor.html
    visitor.send({"next-step": "1", "quote": "1", "contact": "1", "contact-at": "mari@example.com"})
    assert "Your wish is kept." in visitor.html
    response = anonymous.responses()[0]
    assert (response.may_be_quoted, response.wants_contact, response.contact) == (True, False, "")


def test_a_half_done_answer_is_told_when_its_day_is_over(anonymous):
    visitor = Respondent(anonymous.address)
    visitor.open("?lang=en")
    visitor.send({"q-nps": "5"})
    workspace = anonymous.survey.workspace
    tonight = dt.datetime.combine(timezone.now().astimezone(HELSINKI).date(), dt.time(23, 59), HELSINKI)
    for _ in range(7):
        answer(anonymous.address)
    survey = anonymous.survey.pk
    assert idle.tell_some_idle(workspace, tonight + dt.timedelta(minutes=2)) == 0
    assert gathering.tell_group(workspace, survey, tonight) == 0
    assert gathering.tell_group(workspace, survey, tonight + dt.timedelta(minutes=2)) == 8


def test_what_was_completed_is_shown_to_nobody_again(anonymous):
    visitor = Respondent(anonymous.address)
    visitor.open("?lang=en")
    visitor.send({"q-nps": "5"})
    address = visitor.address
    visitor.send({"q-why": "Secret"})
    for query in ("", "&at=why", "&at=nps"):
        again = Respondent(address)
        again.open(query)
        assert "Thank you" in again.html
        assert "Secret" not in again.html

"""Anonymous surveys keep nothing that tells who answered, nor when beyond the day."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from django_scopes import scope

from polku.outbox.models import News
from polku.surveys.answering import idle
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
    signal = News.objects.get().payload["signals"][0]
    assert signal["person_kind"] == "cookieless"
    assert signal["person"] not in ("mari@example.com", response.number)
    assert (signal["order"], signal["time"]) == (None, int(noon.timestamp() * 1e6))


def test_no_column_of_the_answer_names_the_invitation(anonymous):
    address = anonymous.invite()
    answer(address)
    with scope(workspace=anonymous.survey.workspace):
        invitation = Invitation.objects.get()
        kept = Response.objects.values().get()
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
    tomorrow = timezone.now() + dt.timedelta(days=1)
    assert idle.tell_some_idle(anonymous.survey.workspace, tomorrow) == 0


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
    assert idle.tell_some_idle(workspace, tonight) == 0
    assert idle.tell_some_idle(workspace, tonight + dt.timedelta(minutes=2)) == 1
    assert idle.tell_some_idle(workspace, tonight + dt.timedelta(minutes=3)) == 0


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

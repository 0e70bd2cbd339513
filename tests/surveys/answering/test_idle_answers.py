"""Half-done answers count as far as they go, half an hour after their last change."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from polku.jobs.models import Job
from polku.outbox.models import News
from polku.surveys.answering import idle
from polku.surveys.models import Response
from tests.surveys.answering.conftest import Respondent

pytestmark = pytest.mark.django_db

HALF_AN_HOUR = dt.timedelta(minutes=30)


@pytest.fixture
def half_done(respondent, simple):
    respondent.open("?lang=en")
    respondent.send({"q-nps": "4"})
    return respondent


def age(simple, by):
    Response._base_manager.update(changed_at=timezone.now() - by)


def test_they_are_told_once_and_no_sooner(half_done, simple):
    workspace = simple.survey.workspace
    now = timezone.now()
    assert idle.tell_some_idle(workspace, now + HALF_AN_HOUR - dt.timedelta(minutes=1)) == 0
    assert idle.tell_some_idle(workspace, now + HALF_AN_HOUR) == 1
    assert idle.tell_some_idle(workspace, now + HALF_AN_HOUR) == 0
    assert [each["score"] for each in News.objects.get().payload["signals"]] == [4.0]
    assert simple.responses()[0].state == "partial"


def test_whoever_comes_back_later_corrects_what_was_told(half_done, simple):
    idle.tell_some_idle(simple.survey.workspace, timezone.now() + HALF_AN_HOUR)
    half_done.send({"q-why": "Slow"})
    first, second = (row.payload for row in News.objects.order_by("pk"))
    assert [(each["score"], each["text"]) for each in second["signals"]] == [(4.0, "Slow")]
    assert first["signals"][0]["message_id"] in second["withdrawn"]


def test_the_server_looks_for_them_and_works_them_as_a_job(half_done, simple):
    idle.look_for_idle()
    assert not Job.objects.filter(kind=idle.JOB).exists()
    age(simple, HALF_AN_HOUR)
    idle.look_for_idle()
    idle.look_for_idle()
    job = Job.objects.get(kind=idle.JOB)
    idle.tell_idle(job.workspace_id, job.payload, lambda _done, _total: None)
    assert News.objects.count() == 1


def test_answers_of_test_links_and_held_ones_stay_untold(simple):
    visitor = Respondent(simple.link_of("test"))
    visitor.open()
    visitor.send({"q-nps": "9"})
    assert idle.tell_some_idle(simple.survey.workspace, timezone.now() + HALF_AN_HOUR) == 0
    assert News.objects.count() == 0

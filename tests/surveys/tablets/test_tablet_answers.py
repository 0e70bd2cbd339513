"""Answers of a tablet: each once, at its right moment, with the device that took it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from django_scopes import scope

from polku.outbox import news
from polku.outbox.models import News
from polku.surveys.domain import close_survey, publish_survey
from polku.surveys.models import Response, SurveyVersion, Tablet, TabletPress
from polku.surveys.tablets.domain import test_tablet as begin_test
from tests.surveys.tablets.conftest import make_paired, make_survey

HOUR = 3_600_000


def number(of: int) -> str:
    return f"{of:032x}"


def pressed(of: int, at: float, face: int = 4, **some):
    return {"number": number(of), "at": at, "face": face, "version": 1, "language": "fi"} | some


def deliver(client, token, *answers, sent_at=None, **some):
    body = {"sent_at": _now() if sent_at is None else sent_at, "answers": answers} | some
    return client.post(
        "/tablet/answers",
        json.dumps(body),
        content_type="application/json",
        headers={"authorization": f"Bearer {token}"},
    )


def _now() -> float:
    return datetime.now(UTC).timestamp() * 1000


def responses(workspace):
    with scope(workspace=workspace):
        return list(Response.objects.order_by("started_at"))


def test_what_it_shows_is_worked_out_for_every_face_and_language(client, paired):
    answer = client.post(
        "/tablet/setup",
        "{}",
        content_type="application/json",
        headers={"authorization": f"Bearer {paired[1]}"},
    )
    setup = answer.json()["setup"]
    assert setup["follow"] == {"1": ["why", "more"], "2": ["why", "more"], "3": ["more"], "4": ["more"]}
    assert [each["language"] for each in setup["languages"]] == ["fi", "en"]
    assert setup["languages"][0]["question"] == "Miten palvelumme onnistui tänään?"
    assert setup["languages"][1]["questions"]["why"]["choices"] == [
        ["queue", "The queue"],
        ["stock", "Out of stock"],
    ]
    assert paired[1] not in answer.content.decode()


def test_a_closed_survey_is_asked_no_more_but_what_was_answered_before_comes_in(
    client, workspace, survey, paired
):
    close_survey(survey=survey, actor=None)
    headers = {"authorization": f"Bearer {paired[1]}"}
    answer = client.post("/tablet/setup", "{}", content_type="application/json", headers=headers)
    assert answer.json()["setup"] is None
    assert deliver(client, paired[1], pressed(1, _now() - HOUR)).json()["mark"] == ""
    assert len(responses(workspace)) == 1


def test_an_answer_is_stored_once_however_often_it_comes(client, workspace, survey, paired):
    at = _now() - HOUR
    first = pressed(1, at, 1, chosen={"why": ["queue", "stock"]}, text={"more": "Jono\0 oli pitkä"})
    for _again in range(3):
        answer = deliver(client, paired[1], first, pressed(2, at + 5_000))
        assert answer.status_code == 200
        assert answer.json()["stored"] == [number(1), number(2)]
    one, other = responses(workspace)
    assert one.answers == {"smiley": 1, "why": ["queue", "stock"], "more": "Jono oli pitkä"}
    assert other.answers == {"smiley": 4}
    assert (one.state, one.channel, one.fields, one.person) == (
        "completed",
        "store",
        {"device": "Tampere, ovi"},
        "",
    )
    assert abs(one.started_at.timestamp() * 1000 - at) < 2_000


def test_scores_carry_the_device(client, workspace, paired):
    deliver(client, paired[1], pressed(1, _now()))
    _origin, (signal, *_more), _withdrawn = news.told(News.objects.get())
    assert (signal.name, signal.score, signal.channel) == ("smiley", 4.0, "store")
    assert signal.properties["device"] == "Tampere, ovi"


@pytest.mark.parametrize("wrong_by", [-5 * HOUR, 0, 400 * 24 * HOUR])
def test_a_clock_that_is_wrong_is_put_right(client, workspace, paired, wrong_by):
    now = _now()
    deliver(client, paired[1], pressed(1, now - 2 * HOUR + wrong_by), sent_at=now + wrong_by)
    (response,) = responses(workspace)
    assert abs(response.started_at.timestamp() * 1000 - (now - 2 * HOUR)) < 5_000


def test_a_moment_that_cannot_be_is_now(client, workspace, paired):
    deliver(client, paired[1], pressed(1, _now() + HOUR), pressed(2, 0.0))
    for response in responses(workspace):
        assert timezone.now() - response.started_at < timedelta(seconds=10)


def test_quick_presses_are_kept_beside_the_answer_that_they_became(client, workspace, paired):
    at = _now() - HOUR
    burst = pressed(1, at, 2, presses=[[at, 4], [at + 900, 1], [at + 1_800, 2]])
    deliver(client, paired[1], burst)
    deliver(client, paired[1], burst)
    deliver(client, paired[1], pressed(2, at, presses=[[at, 4]]))
    with scope(workspace=workspace):
        assert list(TabletPress.objects.values_list("number", "face")) == [
            (number(1), face) for face in (4, 1, 2)
        ]


def test_an_anonymous_survey_keeps_no_device_and_no_moment(client, workspace):
    _tablet, token = make_paired(make_survey(workspace, is_anonymous=True))
    at = _now() - HOUR
    for _again in range(2):
        deliver(client, token, pressed(1, at, 2, presses=[[at, 4], [at + 900, 2]]))
    (response,) = responses(workspace)
    assert response.fields == {}
    assert response.started_at.astimezone(timezone.get_default_timezone()).hour == 12
    with scope(workspace=workspace):
        assert not TabletPress.objects.exists()


def test_what_can_never_be_stored_is_not_sent_again(client, workspace, paired):
    answer = deliver(
        client, paired[1], pressed(1, _now(), 5), pressed(2, _now(), 2**62), pressed(3, _now(), 3)
    )
    assert answer.json()["refused"] == [number(1), number(2)]
    assert answer.json()["stored"] == [number(3)]
    assert len(responses(workspace)) == 1


def test_what_follows_but_cannot_be_read_does_not_cost_the_face(client, workspace, paired):
    deliver(client, paired[1], pressed(1, _now(), 1, chosen={"why": ["ei-ole"]}, text={"more": "x" * 4_000}))
    (response,) = responses(workspace)
    assert response.answers == {"smiley": 1}


@pytest.mark.parametrize(
    "some",
    [
        {"sent_at": -1},
        {"sent_at": 1e300},
        {"waiting": -1},
        {"battery": 101},
        {"program": "x" * 41},
        {"answers": [{"number": "x", "at": 1, "face": 1}]},
        {"answers": [pressed(1, 1, presses=[[1, 1]] * 201)]},
        {"answers": [pressed(of, 1) for of in range(101)]},
    ],
    ids=lambda some: str(some)[:60],
)
def test_what_no_tablet_sends_is_refused(client, workspace, paired, some):
    body = {"sent_at": _now(), "answers": []} | some
    answer = client.post(
        "/tablet/answers",
        json.dumps(body),
        content_type="application/json",
        headers={"authorization": f"Bearer {paired[1]}"},
    )
    assert answer.status_code == 400
    assert responses(workspace) == []


def test_an_answer_belongs_to_the_version_that_was_shown(client, workspace, survey, paired):
    publish_survey(survey=survey, actor=None)
    deliver(client, paired[1], pressed(1, _now()), pressed(2, _now(), version=77))
    with scope(workspace=workspace):
        newest = SurveyVersion.objects.filter(survey=survey).order_by("-number")[0].number
        assert [each.version.number for each in Response.objects.order_by("number")] == [1, newest]


def test_its_state_is_noted_with_every_delivery(client, workspace, paired):
    tablet, token = paired
    answer = deliver(client, token, pressed(1, _now()), waiting=7, battery=54, program="3f2a90b1")
    assert answer.json()["testing"] is False
    with scope(workspace=workspace):
        row = Tablet.objects.get(pk=tablet.pk)
    assert (row.waiting, row.battery, row.program) == (6, 54, "3f2a90b1")
    assert timezone.now() - row.seen_at < timedelta(seconds=10)


def test_a_test_is_noted_and_not_kept(client, workspace, paired):
    tablet, token = paired
    begin_test(tablet=tablet, actor=None)
    assert deliver(client, token).json()["testing"] is True
    assert deliver(client, token, pressed(1, _now(), test=True)).json()["stored"] == [number(1)]
    with scope(workspace=workspace):
        assert Tablet.objects.get(pk=tablet.pk).tested_at is not None
    assert responses(workspace) == []

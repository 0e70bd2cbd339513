"""What the widget asks of the server: for allowed sites alone, without cookies, and never a failure of ours."""

from __future__ import annotations

import json

import pytest
from django_scopes import scope

from polku.accounts.domain import create_api_key, revoke_api_key
from polku.surveys import domain
from polku.surveys.definition.questions import from_data
from polku.surveys.models import Ask, Response
from polku.surveys.onsite.callers import LARGEST_BODY, preview_key
from polku.surveys.onsite.domain import add_web_link, update_web_link
from polku.surveys.onsite.targeting import Targeting
from tests.surveys.onsite.conftest import SITE

NUMBER = "0123456789abcdef" * 2


def post(client, name, body, origin=SITE, **more):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"origin": origin} if origin else {}
    return client.post(f"/polku-surveys/{name}", content, content_type="text/plain", headers=headers, **more)


def step(link, key, **some):
    return {
        "key": key,
        "link": link.pk,
        "number": NUMBER,
        "version": 1,
        "language": "fi",
        "page": ["nps"],
        "form": {"q-nps": ["9"]},
        "url": "https://www.shop.example/kassa",
    } | some


def responses(workspace):
    with scope(workspace=workspace):
        return list(Response.objects.all())


def test_the_configuration_is_small_kept_for_minutes_and_for_the_site_alone(client, link, key):
    answer = client.get("/polku-surveys/config", {"key": key}, headers={"origin": SITE})
    assert answer.status_code == 200
    assert answer["Access-Control-Allow-Origin"] == SITE
    assert "Access-Control-Allow-Credentials" not in answer
    assert answer["Cache-Control"] == "public, max-age=300"
    assert "Origin" in answer["Vary"]
    assert "Set-Cookie" not in answer and not answer.cookies
    (told,) = answer.json()["surveys"]
    assert told["link"] == link.pk
    assert "sites" not in told  # where else it is shown is nobody's business
    assert len(answer.content) < 400


@pytest.mark.parametrize("name", ["config", "show", "answer"])
@pytest.mark.parametrize(
    "origin", ["https://evil.example", "https://shop.example.evil", "null", "", "https://xshop.example"]
)
def test_other_sites_and_unknown_or_revoked_keys_get_one_and_the_same_refusal(
    client, workspace, link, key, name, origin
):
    row, revoked = create_api_key(workspace=workspace, kind="write", name="vanha", actor=None)
    revoke_api_key(key=row, actor=None)
    _secret, secret = create_api_key(workspace=workspace, kind="secret", name="salainen", actor=None)
    answers = []
    for tried, origin_of in (
        (key, origin),
        (revoked, SITE),
        ("pk_tuntematon", SITE),
        (secret, SITE),
        ("", SITE),
    ):
        if name == "config":
            headers = {"origin": origin_of} if origin_of else {}
            answers.append(client.get("/polku-surveys/config", {"key": tried}, headers=headers))
        else:
            answers.append(post(client, name, step(link, tried), origin_of))
    assert {answer.status_code for answer in answers} == {403}
    assert len({answer.content for answer in answers}) == 1
    assert not any("Access-Control-Allow-Origin" in answer for answer in answers)
    assert responses(workspace) == []


def test_a_link_of_another_workspace_or_survey_that_is_closed_is_not_asked(
    client, workspace, link, key, survey
):
    assert post(client, "show", {"key": key, "link": link.pk + 1}).status_code == 403
    assert post(client, "show", {"key": key, "link": link.pk}).json()["show"] is True
    domain.close_survey(survey=survey, actor=None)
    assert post(client, "show", {"key": key, "link": link.pk}).status_code == 403
    assert post(client, "answer", step(link, key)).status_code == 403


def test_a_step_is_kept_the_next_follows_and_the_last_completes(client, workspace, link, key):
    first = post(client, "answer", step(link, key, form={"q-nps": ["3"]}))
    assert [question["text"] for question in first.json()["step"]["questions"]] == ["Miksi 3?"]
    (response,) = responses(workspace)
    assert (response.state, response.answers) == ("partial", {"nps": 3})
    second = step(link, key, page=["why"], form={"q-nps": ["3"], "q-why": ["Vuoti"]})
    assert post(client, "answer", second).json()["step"]["questions"][0]["key"] == "email"
    last = second | {"page": ["email"], "form": {**second["form"], "q-email": ["ei-osoite"]}}
    refused = post(client, "answer", last)
    assert refused.status_code == 422
    assert refused.json()["problem"]["key"] == "email"
    last["form"]["q-email"] = ["matti@example.fi"]
    for _again in range(3):
        assert post(client, "answer", last).json()["thanks"]["text"] == ""
    (response,) = responses(workspace)
    assert response.state == "completed"
    assert response.answers == {"nps": 3, "why": "Vuoti", "email": "matti@example.fi"}
    assert (response.channel, response.url, response.person) == ("web", "https://www.shop.example/kassa", "")


def test_nobody_gets_past_what_is_required(client, workspace, link, key):
    assert post(client, "answer", step(link, key, form={})).json()["problem"]["key"] == "nps"
    skipped = post(client, "answer", step(link, key, page=["email"], form={}))
    assert [question["key"] for question in skipped.json()["step"]["questions"]] == ["nps"]
    assert [each.state for each in responses(workspace)] == ["started"]


def test_whoever_was_asked_lately_is_not_asked_again(client, workspace, link, key):
    body = {"key": key, "link": link.pk, "device": "laite-1", "user": "asiakas-7"}
    assert post(client, "show", body).json()["show"] is True
    assert post(client, "show", body).json() == {"show": False}
    assert post(client, "show", body | {"device": "laite-2"}).json() == {"show": False}
    assert post(client, "show", {"key": key, "link": link.pk}).json()["show"] is True  # nobody that is known
    with scope(workspace=workspace):
        assert "laite-1" not in str(list(Ask.objects.values()))


def test_a_preview_shows_the_draft_and_keeps_nothing(client, workspace, link):
    body = {"key": preview_key(link), "link": link.pk, "device": "laite-1"}
    own = "http://testserver"
    assert post(client, "show", body, own).json()["show"] is True
    assert post(client, "show", body, own).json()["show"] is True
    assert post(client, "answer", step(link, body["key"]), own).status_code == 200
    assert post(client, "show", body, "https://evil.example").status_code == 403
    assert post(client, "show", body | {"key": body["key"] + "x"}, own).status_code == 403
    assert responses(workspace) == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"[" * 100_000,
        b'{"key":' * 50_000,
        b'{"key": "\xff"}',
        b'{"key": "\\ud800", "link": 1}',
        b'{"key": 1e400, "link": NaN}',
        b'{"key": "x", "link": 9223372036854775808}',
        b'{"key": "x", "link": "1"}',
        b"null",
    ],
    ids=lambda body: body[:20].decode("latin-1"),
)
@pytest.mark.parametrize("name", ["show", "answer"])
def test_hostile_bodies_are_refused(client, link, key, name, body):
    assert post(client, name, body).status_code in (400, 403, 413)


@pytest.mark.parametrize(
    "some",
    [
        {"number": "x" * 32},
        {"number": NUMBER + "0"},
        {"version": 99},
        {"version": 2**63},
        {"page": ["nps"] * 101},
        {"form": {"q-nps": ["9" * 10_001]}},
        {"form": {f"q-{number}": ["1"] for number in range(501)}},
        {"url": "x" * 2_001},
        {"device": "x" * 256},
    ],
    ids=str,
)
def test_what_is_too_much_is_refused_and_nothing_kept(client, workspace, link, key, some):
    assert post(client, "answer", step(link, key, **some)).status_code == 400
    assert responses(workspace) == []


def test_texts_with_what_no_database_keeps_are_kept_without_it(client, workspace, link, key):
    body = step(link, key, form={"q-nps": ["3"]}, device="laite\0", url="https://x/\0", language="fi\0")
    assert post(client, "answer", body).status_code == 200
    body |= {"page": ["why"], "form": {"q-nps": ["3"], "q-why": ["a\0b\u202e<script>"]}}
    assert post(client, "answer", body).status_code == 200
    (response,) = responses(workspace)
    assert "\0" not in str(response.answers) + response.person + response.url


def test_one_byte_over_the_limit_is_too_long(client, link, key):
    exact = json.dumps(step(link, key, form={"q-nps": ["9"]})).encode()
    padded = exact[:-1] + b" " * (LARGEST_BODY - len(exact)) + b"}"
    assert len(padded) == LARGEST_BODY
    assert post(client, "answer", padded).status_code == 200
    assert post(client, "answer", padded[:-1] + b" }").status_code == 413


def test_a_number_of_another_survey_is_not_taken(client, workspace, link, key, survey):
    assert post(client, "answer", step(link, key)).status_code == 200
    other = domain.create_survey(
        workspace=workspace, definition=from_data(survey.draft), name="Toinen", actor=None
    )
    domain.publish_survey(survey=other, actor=None)
    other.refresh_from_db()
    web = add_web_link(survey=other, name="Toinen", targeting=Targeting(sites=["shop.example"]), actor=None)
    assert post(client, "answer", step(web, key)).status_code == 400


def test_the_counts_of_some_are_not_pushed_out_by_calls_of_many_others(client, link, key):
    for _ in range(60):
        post(client, "show", {"key": key, "link": link.pk})
    others = [f"2001:db8::{number:x}" for number in range(400)]
    for address in others:
        client.get("/polku-surveys/config", {"key": "x"}, REMOTE_ADDR=address)
    assert post(client, "show", {"key": key, "link": link.pk}).status_code == 429


def test_who_asks_too_often_waits(client, link, key):
    codes = [post(client, "show", {"key": key, "link": link.pk}).status_code for _ in range(61)]
    assert codes[:60] == [200] * 60
    assert codes[60] == 429
    assert post(client, "show", {"key": key, "link": link.pk})["Retry-After"] == "60"


def test_a_link_that_is_switched_off_is_gone_from_the_configuration(client, link, key):
    update_web_link(
        link=link, name="x", targeting=Targeting(sites=["shop.example"]), is_active=False, actor=None
    )
    answer = client.get("/polku-surveys/config", {"key": key}, headers={"origin": SITE})
    assert answer.json() == {"surveys": []}  # not an error in the console of every page
    assert post(client, "show", {"key": key, "link": link.pk}).status_code == 403

"""The HTTP API: who may call, what is answered, and how errors are told."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pytest
from django.test import Client
from django_scopes import scope

from polku.accounts import domain
from polku.accounts.models import Membership
from polku.analytics import kinds
from polku.analytics.questions import COMMON_FIELDS
from polku.api.application import api
from polku.api.schemas import KINDS
from polku.eventstore.port import SIGNAL_BATCH
from polku.eventstore.registry import use_store

QUERY = "/api/v1/query"
TREND = {"kind": "trend", "select": {"event": "visit"}, "interval": "day", "measure": "events"}
SNAPSHOT = Path(__file__).parent / "openapi.json"


@pytest.fixture
def key(workspace) -> str:
    return domain.create_api_key(workspace=workspace, kind="secret", name="Testi", actor=None)[1]


@pytest.fixture
def visits(store, workspace):
    rows = [
        {
            "message_id": f"{n:032x}",
            "kind": 1,
            "name": "visit",
            "time": datetime(2026, 3, 1, 12, n),
            "person": "a",
        }
        for n in range(3)
    ]
    store.load_signals(workspace.key.hex, pa.Table.from_pylist(rows, schema=SIGNAL_BATCH), rules=[])


def ask(client: Client, key: str | None, body: object = TREND, **headers: str):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    sent = {"authorization": f"Bearer {key}"} if key is not None else {}
    return client.post(QUERY, raw, content_type="application/json", headers=sent | headers)


def problem(response, status: int) -> dict[str, object]:
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    document = json.loads(response.content)
    assert document["status"] == status
    assert document["title"]
    assert document["detail"]
    return document


def test_a_secret_key_asks_about_its_workspace(client, key, visits):
    response = ask(client, key)
    assert response.status_code == 200
    answer = response.json()
    assert [point["value"] for point in answer["points"]] == [3]
    assert (answer["kind"], answer["data_as_of"], answer["warnings"]) == ("trend", "2026-03-01T12:02:00Z", [])
    assert "no-store" in response["Cache-Control"]


def test_the_workspace_of_a_key(client, key, visits):
    response = client.get("/api/v1/workspace", headers={"authorization": f"Bearer {key}"})
    assert response.json() == {
        "workspace": "testikauppa",
        "name": "Testikauppa",
        "language": "fi",
        "timezone": "Europe/Helsinki",
        "currency": "EUR",
        "is_simulated": False,
        "data_as_of": "2026-03-01T12:02:00Z",
        "signals": 3,
        "people": 1,
    }


def test_no_key_an_unknown_and_a_revoked_key_get_the_same_answer(client, workspace, key):
    row = domain.find_api_key(key)
    assert row is not None
    domain.revoke_api_key(key=row, actor=None)
    answers = [ask(client, text) for text in (None, "", "sk_unknown", key, "\0", "ä" * 300)]
    bodies = {response.content for response in answers}
    assert len(bodies) == 1
    for response in answers:
        problem(response, 401)
        assert response["WWW-Authenticate"] == "Bearer"
    assert problem(client.get("/api/v1/workspace"), 401)["title"] == "Unauthorized"


def test_a_write_key_asks_nothing(client, workspace):
    _row, text = domain.create_api_key(workspace=workspace, kind="write", name="Verkkokauppa", actor=None)
    problem(ask(client, text), 403)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"\xff\xfe{}",
        b'{"kind": "trend\xe4"}',
        b"[" * 100_000,
        b'{"a":' * 40_000,
        b'{"kind": NaN}',
        b'{"kind": Infinity}',
        b'{"kind": 1e400}',
        b'{"kind": -1e400}',
        b'{"kind": ' + b"9" * 10_000 + b"}",
        b'{"kind": "trend", "kind": "score"}',
        b'{"range": {"from": "2026-01-01", "from": "2026-01-02"}}',
        b'{"kind": "\\ud800"}',
        b'{"\\udfff": 1}',
    ],
)
def test_what_is_not_strict_json_is_a_problem_and_never_a_fault(client, key, body):
    problem(ask(client, key, body), 400)


@pytest.mark.parametrize(
    "question",
    [
        {},
        {"kind": None},
        {"kind": 9_223_372_036_854_775_808},
        {"kind": {"a": "b"}},
        {"kind": "trend", "select": {"touchpoint": 2**63}},
        {"kind": "trend", "select": {"event": "\0"}},
        {"kind": "trend", "where": [{"property": "value", "op": "gt", "value": 2**70}], "interval": "hour"},
        {"kind": "trend", "where": {"property": "x"}},
        {"kind": "trend", "range": {"from": "2026-13-01"}},
        {f"field{number}": number for number in range(5_000)},
        {"kind": "funnel", "steps": [{"event": "x"}] * 500},
    ],
)
def test_a_question_without_an_answer_says_what_is_wrong(client, key, question):
    assert problem(ask(client, key, question), 422)["field"] is not None


def test_a_wrong_field_is_named_with_the_nearest_one(client, key):
    document = problem(ask(client, key, TREND | {"intervall": "day"}), 422)
    assert (document["field"], document["suggestion"]) == ("intervall", "interval")
    document = problem(ask(client, key, {"kind": "funel"}), 422)
    assert (document["field"], document["suggestion"]) == ("kind", "funnel")


def test_errors_speak_the_callers_language(client, key):
    english = problem(ask(client, key, {"kind": "funel"}), 422)["detail"]
    finnish = problem(ask(client, key, {"kind": "funel"}, **{"accept-language": "fi"}), 422)["detail"]
    assert "Did you mean" in str(english)
    assert english != finnish


def test_the_limit_of_a_body_is_256_kilobytes(client, key):
    def body(size: int) -> bytes:
        return b'{"kind": "trend", "x": "' + b"a" * (size - 26) + b'"}'

    at_limit, over = body(256 * 1024), body(256 * 1024 + 1)
    assert (len(at_limit), len(over)) == (262_144, 262_145)
    problem(ask(client, key, at_limit), 422)
    problem(ask(client, key, over), 413)
    problem(ask(client, key, b" " * 5_000_000), 413)


def test_the_key_is_looked_at_before_the_body(client, db):
    problem(ask(client, "sk_unknown", b" " * 300_000), 401)


def test_a_member_asks_with_the_session_and_the_csrf_token(visits, workspace, teammate, outsider):
    client = Client(enforce_csrf_checks=True)
    client.force_login(teammate)
    client.get("/account/")
    token = client.cookies["csrftoken"].value

    def post(slug: str, **headers: str):
        return client.post(
            f"{QUERY}?workspace={slug}", json.dumps(TREND), content_type="application/json", headers=headers
        )

    assert post("testikauppa", **{"x-csrftoken": token}).status_code == 200
    problem(post("testikauppa"), 403)
    problem(post("testikauppa", **{"x-csrftoken": "x" * 64}), 403)
    problem(post("testikauppa", **{"x-csrftoken": token, "origin": "https://evil.example"}), 403)
    for slug in ("toinen", "olematon", ""):
        problem(post(slug, **{"x-csrftoken": token}), 404)


@pytest.mark.parametrize(("role", "sees"), [("viewer", False), ("agent", True), ("owner", True)])
def test_a_member_is_told_of_people_one_by_one_as_the_role_allows(visits, workspace, teammate, role, sees):
    question = {"kind": "people", "funnel": {"steps": [{"event": "visit"}]}, "step": 1, "outcome": "reached"}
    with scope(workspace=workspace):
        Membership.objects.filter(user=teammate).update(role=role)
    client = Client()
    client.force_login(teammate)
    answer = client.post(
        f"{QUERY}?workspace=testikauppa", json.dumps(question), content_type="application/json"
    ).json()
    assert (answer["total"], [row["ids"] for row in answer["people"]]) == (1, [["a"]] if sees else [])


def test_a_secret_key_is_told_of_people_one_by_one(client, key, visits):
    question = {"kind": "people", "funnel": {"steps": [{"event": "visit"}]}, "step": 1, "outcome": "reached"}
    assert [row["ids"] for row in ask(client, key, question).json()["people"]] == [["a"]]


def test_a_session_does_not_help_a_wrong_key(visits, workspace, owner):
    client = Client()
    client.force_login(owner)
    response = client.post(
        f"{QUERY}?workspace=testikauppa",
        json.dumps(TREND),
        content_type="application/json",
        headers={"authorization": "Bearer sk_unknown"},
    )
    problem(response, 401)


def test_a_key_asks_about_its_own_workspace_only(client, key, visits, store):
    _elsewhere, _write, other = domain.create_workspace(name="Muualla")
    response = client.post(
        f"{QUERY}?workspace=testikauppa",
        json.dumps(TREND),
        content_type="application/json",
        headers={"authorization": f"Bearer {other}"},
    )
    assert response.json()["points"] == []


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("get", QUERY, 405),
        ("delete", QUERY, 405),
        ("post", "/api/v1/workspace", 405),
        ("get", "/api/v1/nothing", 404),
        ("get", "/api/nothing", 404),
        ("get", "/api/", 404),
    ],
)
def test_wrong_addresses_and_methods_are_problems_too(client, key, method, path, status):
    response = getattr(client, method)(path, headers={"authorization": f"Bearer {key}"})
    problem(response, status)
    assert ("Allow" in response) == (status == 405)


def test_a_fault_of_ours_is_a_problem_without_details(client, key, workspace, store):
    client.raise_request_exception = False
    use_store(None)
    response = ask(client, key)
    use_store(store)
    document = problem(response, 500)
    assert "store" not in str(document["detail"])


def test_health(client, db, store):
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ready"}
    use_store(None)
    response = client.get("/readyz")
    assert (response.status_code, response.json()["missing"]) == (503, ["event store"])
    assert response["Retry-After"] == "5"
    assert client.get("/healthz").status_code == 200
    use_store(store)


def test_the_schema_is_what_it_was(client, db):
    """Changed on purpose? Write it anew: POLKU_WRITE_SNAPSHOTS=1 pytest tests/api."""
    import os

    served = client.get("/api/openapi.json").json()
    text = json.dumps(served, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
    if os.environ.get("POLKU_WRITE_SNAPSHOTS"):
        SNAPSHOT.write_text(text, encoding="utf-8")
    assert served["openapi"].startswith("3.1")
    assert text == SNAPSHOT.read_text(encoding="utf-8")


def test_every_reference_of_the_schema_leads_somewhere(client, db):
    served = client.get("/api/openapi.json").content.decode()
    document = json.loads(served)
    names = set(document["components"]["schemas"])
    found = {part.split('"')[0] for part in served.split('"#/components/schemas/')[1:]}
    assert found <= names
    assert found >= {"Query", "Problem", "Workspace"}


def test_the_schema_describes_the_questions_that_there_are():
    assert sorted(KINDS) == kinds.names()
    for name in kinds.names():
        kind = kinds.find(name)
        assert kind is not None
        assert set(KINDS[name]) == set(kind.fields)
    question = api.get_openapi_schema(path_prefix="/api/")["components"]["schemas"]["Query"]["oneOf"][0]
    assert set(COMMON_FIELDS) <= set(question["properties"])

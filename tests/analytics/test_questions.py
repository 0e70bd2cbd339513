"""run(): what every answer carries, what is kept, and what is refused."""

from __future__ import annotations

import json

import pytest
from django.utils import translation

from polku.analytics import QueryError, kinds, resolvers, run
from polku.analytics.kinds import Kind
from polku.analytics.questions import answers
from polku.eventstore.port import SegmentRule, Selector, SignalKind

FUNNEL = {"kind": "funnel", "steps": [{"event": "visit"}, {"event": "pay"}]}


@pytest.fixture
def visits(shop):
    shop.events(
        ("ada", "visit", "2026-03-02T08:00"),
        ("ada", "pay", "2026-03-02T09:00"),
        ("bo", "visit", "2026-03-03T09:00:00.5", {"channel": "web"}),
    )
    return shop


def test_every_answer_says_how_fresh_it_is(visits, workspace):
    got = run(workspace, FUNNEL)
    assert got["kind"] == "funnel"
    assert got["data_as_of"] == "2026-03-03T09:00:00.500000Z"
    assert got["rows_scanned"] == 3
    assert got["warnings"] == []
    assert json.loads(json.dumps(got)) == got


def test_an_empty_workspace_answers_too(shop, workspace):
    got = run(workspace, {"kind": "trend"})
    assert (got["data_as_of"], got["rows_scanned"], got["points"]) == (None, 0, [])
    got = run(workspace, FUNNEL)
    assert [step["count"] for step in got["steps"]] == [0, 0]
    assert got["warnings"] == [
        "The event “visit” has never been received.",
        "The event “pay” has never been received.",
    ]
    assert run(workspace, {"kind": "score", "metric": "nps"})["groups"] == []


def test_null_means_left_out(visits, workspace):
    empty = {"range": None, "where": None, "segment": None, "breakdown": None, "unit": None, "window": None}
    assert run(workspace, {**FUNNEL, **empty}) == run(workspace, FUNNEL)


def test_new_signals_change_a_kept_answer(visits, workspace):
    assert [step["count"] for step in run(workspace, FUNNEL)["steps"]] == [2, 1]
    visits.events(("bo", "pay", "2026-03-04T09:00"))
    assert [step["count"] for step in run(workspace, FUNNEL)["steps"]] == [2, 2]


def test_a_kept_answer_is_not_worked_out_again_and_cannot_be_spoilt(visits, workspace):
    times = []
    kinds.register(Kind(name="counting", fields=("a", "b"), run=lambda *_: times.append(1) or {"list": [1]}))
    try:
        run(workspace, {"kind": "counting", "a": 1, "b": 2})["list"].append(2)
        assert run(workspace, {"b": 2, "a": 1, "kind": "counting"})["list"] == [1]
        assert times == [1]
        run(workspace, {"kind": "counting", "a": 2, "b": 2})
        answers.clear()
        run(workspace, {"kind": "counting", "a": 2, "b": 2})
        assert times == [1, 1, 1]
    finally:
        del kinds._kinds["counting"]


def test_warnings_speak_the_readers_language(visits, workspace):
    query = {**FUNNEL, "steps": [{"event": "vist"}]}
    with translation.override("en"):
        assert run(workspace, query)["warnings"] == [
            "The event “vist” has never been received. Did you mean “visit”?"
        ]
    with translation.override("fi"):
        assert run(workspace, query)["warnings"] == [
            "Tapahtumaa ”vist” ei ole koskaan vastaanotettu. Tarkoititko ”visit”?"
        ]


def test_unknown_words_are_warnings_with_suggestions(visits, workspace):
    visits.orders({"order": "o1", "person": "ada", "status": "delivered", "time": "2026-03-02T09:00"})
    where = [
        {"property": "chanel", "op": "eq", "value": "web"},
        {"property": "channel", "op": "in", "value": ["webb", "web"]},
        {"property": "order.status", "op": "eq", "value": "deliverd"},
        {"property": "order.channel", "op": "exists", "value": False},
    ]
    assert run(workspace, {**FUNNEL, "where": where})["warnings"] == [
        "No signal, order or person has the property “chanel”. Did you mean “channel”?",
        "The property “channel” never had the value “webb”. Did you mean “web”?",
        "The property “order.status” never had the value “deliverd”. Did you mean “delivered”?",
    ]


def test_properties_received_are_known(visits, workspace):
    visits.people({"person": "ada", "properties": {"city": "Oulu"}})
    visits.events(("ada", "visit", "2026-03-05T08:00", {"properties": {"page": "home"}}))
    where = [
        {"property": "person.city", "op": "eq", "value": "Oulu"},
        {"property": "page", "op": "eq", "value": "home"},
    ]
    got = run(workspace, {**FUNNEL, "where": where})
    assert (got["warnings"], got["steps"][0]["count"]) == ([], 1)


def test_a_field_that_makes_no_difference_is_a_warning(visits, workspace):
    visits.answers("nps", (0, 10), ("ada", 9, "2026-03-03T08:00"))
    query = {"kind": "score", "metric": "nps", "breakdown": {"property": "channel"}, "unit": "order"}
    assert run(workspace, query)["warnings"] == [
        "“breakdown” makes no difference to questions of the kind “score”.",
        "“unit” makes no difference to questions of the kind “score”.",
    ]


def test_a_segment_that_changes_its_meaning_changes_a_kept_answer(visits, workspace):
    before = resolvers._segments
    rule = SegmentRule(did=(Selector(kinds=(SignalKind.EVENT,), names=("pay",)),))
    try:
        resolvers.register_segment(lambda *_: rule, lambda _: ["Some"])
        assert run(workspace, {**FUNNEL, "segment": "Some"})["steps"][0]["count"] == 1
        rule = SegmentRule(did_not=rule.did)
        got = run(workspace, {**FUNNEL, "segment": "Some"})
        assert [step["count"] for step in got["steps"]] == [1, 0]
        resolvers.register_segment(lambda *_: None, lambda _: ["Some"])
        got = run(workspace, {**FUNNEL, "segment": "some"})
        assert [step["count"] for step in got["steps"]] == [0, 0]
        assert got["warnings"] == [
            "There is no segment “some”, so nobody belongs to it. Did you mean “Some”?"
        ]
    finally:
        resolvers._segments = before


def test_workspaces_do_not_share_answers(visits, workspace, store):
    from polku.accounts.models import Workspace

    other = Workspace.objects.create(name="Toinen", slug="toinen")
    store.create(other.key.hex)
    assert run(workspace, FUNNEL)["steps"][0]["count"] == 2
    assert run(other, FUNNEL)["steps"][0]["count"] == 0


@pytest.mark.parametrize(
    ("query", "field", "said"),
    [
        ({}, "kind", "lacks its “kind”"),
        ({"kind": "funel"}, "kind", "Did you mean “funnel”?"),
        ({"kind": "zzz"}, "kind", "Known: changes, churn, clv, drivers"),
        ({"kind": 7}, "kind", "no kind of question “7”"),
        ({"kind": "trend", "intervall": "day"}, "intervall", "Did you mean “interval”?"),
        ({"kind": "paths", "compare": {"from": "2026-01-01"}}, "compare", "no field “compare”"),
        ({"kind": "trend", "unit": "customer"}, "unit", "possible value of “unit”"),
        (
            {"kind": "trend", "where": [{"property": "a", "op": "eq", "value": "x" * 70_000}]},
            "",
            "larger than",
        ),
        ({"kind": "trend", "where": float("nan")}, "", "not JSON"),
        ({"kind": "trend", "where": {1, 2}}, "", "not JSON"),
        ({"kind": "\ud800"}, "", "not JSON"),
        ([], "", "JSON object"),
        (None, "", "JSON object"),
        ({"kind": "funnel"}, "steps", "at least one step"),
        ({"kind": "funnel", "steps": []}, "steps", "at least one step"),
        ({"kind": "funnel", "steps": [{"event": "a"}] * 21}, "steps", "at most 20"),
        ({"kind": "funnel", "steps": [{"event": "a"}], "window": "P1M"}, "window", "ISO 8601"),
        (
            {"kind": "funnel", "steps": [{"event": "a"}], "order": "strickt"},
            "order",
            "Did you mean “strict”?",
        ),
        ({"kind": "score"}, "metric", "“metric” is missing"),
        ({"kind": "score", "metric": "npss"}, "metric", "Did you mean “nps”?"),
        ({"kind": "score", "metric": "nps", "interval": "year"}, "interval", "Known: day, week, month"),
        ({"kind": "score", "metric": "nps", "group_by": {"a": 1}}, "group_by", "must be a list"),
        (
            {"kind": "score", "metric": "nps", "group_by": ["a", "b", "c", "d", "e", "f"]},
            "group_by",
            "at most 5",
        ),
        ({"kind": "trend", "measure": "people"}, "measure", "possible value"),
    ],
)
def test_what_cannot_be_answered_says_why(workspace, query, field, said):
    with pytest.raises(QueryError) as caught:
        run(workspace, query)
    assert caught.value.field == field
    assert said in caught.value.message


HOSTILE = [
    "'; DROP TABLE signal; --",
    '"',
    "\\",
    "%",
    "_",
    "🙂",
    "‮",
    "a\nb",
    "$v0",
    "NaN",
    "1e400",
    "-0",
    "{x}",
    "%(x)s",
    "{",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_odd_texts_are_only_texts(visits, workspace, text):
    visits.events(("cai", text, "2026-03-03T08:00", {"properties": {text: text}, "channel": text}))
    condition = [
        {"property": text, "op": "eq", "value": text},
        {"property": "channel", "op": "eq", "value": text},
    ]
    got = run(
        workspace,
        {
            "kind": "funnel",
            "steps": [{"event": text, "where": condition}],
            "breakdown": {"property": text},
            "where": [{"property": "channel", "op": "contains", "value": text}],
        },
    )
    assert [step["count"] for step in got["steps"]] == [1]
    assert [row["key"] for row in got["breakdown"]] == [text]
    assert got["warnings"] == []


@pytest.mark.parametrize("text", HOSTILE)
def test_odd_texts_come_back_in_warnings(visits, workspace, text):
    where = [
        {"property": text, "op": "eq", "value": text},
        {"property": "channel", "op": "eq", "value": text},
    ]
    got = run(workspace, {"kind": "funnel", "steps": [{"event": text}], "where": where})
    assert [warning.split(" Did you")[0] for warning in got["warnings"]] == [
        f"No signal, order or person has the property “{text}”.",
        f"The property “channel” never had the value “{text}”.",
        f"The event “{text}” has never been received.",
    ]

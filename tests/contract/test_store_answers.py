"""Answers row by row: what was answered together, on which scale, about which order, at which touchpoint."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from polku.eventstore.answers import ANSWER_ROWS, ASKED, MOST_SELECTORS
from polku.eventstore.port import Condition, HitRule, Scope, Selector, SignalKind, StoreError
from tests.contract.store_implementations import KEY, any_store
from tests.contract.store_reference import START, message_id, order_table, signal_table

__all__ = ["any_store"]
pytestmark = pytest.mark.contract

SCORE = SignalKind.SCORE
RULES = [HitRule(4, Selector((SCORE,), ("csat",))), HitRule(5, Selector((SCORE,)))]


def answer(number, name, person, score, **more):
    properties = more.pop("properties", None)
    return {
        "message_id": message_id(number),
        "kind": int(SCORE),
        "name": name,
        "person": person,
        "time": START + timedelta(minutes=number),
        "score": score,
        "scale_low": 1.0,
        "scale_high": 5.0,
        "properties": json.dumps(properties) if properties else None,
    } | more


def test_answers_that_belong_together(any_store):
    together = {"response": "r1", "question": "legroom"}
    rows = [
        answer(1, "csat", "a", 4.0, properties={"response": "r1"}, order="T-1"),
        answer(2, "number", "a", 3.0, properties=together, order="T-1"),
        answer(3, "nps", "b", 9.0, scale_low=0.0, scale_high=10.0),
        {
            **answer(4, "view", "b", None),
            "kind": int(SignalKind.EVENT),
            "scale_low": None,
            "scale_high": None,
        },
    ]
    any_store.load_signals(KEY, signal_table(rows), rules=RULES)
    orders = [
        {
            "message_id": message_id(9),
            "order": "T-1",
            "person": "a",
            "promised": START.date(),
            "delivered": START.date(),
        }
    ]
    any_store.load_orders(KEY, order_table(orders), rules=RULES)
    selectors = [
        Selector((SCORE,), ("csat",)),
        Selector((SCORE,), where=(Condition("question", "eq", "legroom"),)),
        Selector((SCORE,), touchpoint=4),
    ]
    found = any_store.answer_rows(
        KEY, Scope(), selectors, properties=["order.on_time", "question"], by_touchpoint=True
    )
    assert found.schema.names == [*ANSWER_ROWS.names, "p0", "p1", "touchpoint"]
    told = found.to_pylist()
    assert [(row["arrival"], row["selectors"], row["touchpoint"]) for row in told] == [
        (1, 0b101, 4),
        (1, 0b101, 5),
        (2, 0b010, 5),
    ]
    assert {row["response"] for row in told} == {"r1"}
    assert {row["p0"] for row in told} == {"true"}
    assert [row["p1"] for row in told] == [None, None, "legroom"]
    assert len({row["person"] for row in told}) == len({row["order"] for row in told}) == 1
    last = told[-1]
    assert (last["score"], last["scale_low"], last["scale_high"]) == (3.0, 1.0, 5.0)
    assert last["time"] == START + timedelta(minutes=2)


def test_what_was_asked(any_store):
    said = [{"response": f"r{k}", "question": "legroom", "survey": "seats"} for k in (1, 2)]
    rows = [
        answer(1, "csat", "a", 4.0),
        answer(2, "number", "a", 3.0, properties=said[0]),
        answer(3, "number", "b", 3.0, properties=said[1]),
        answer(4, "csat", "b", 4.0),
        answer(5, "csat", "b", 4.0),
        answer(6, "csat", "b", None),
        answer(7, "number", "a", 2.0, properties={**said[0], "question": "width"}),
    ]
    rules = [HitRule(4, Selector((SCORE,), ("csat",)))]
    assert any_store.asked(KEY).schema == ASKED
    any_store.load_signals(KEY, signal_table(rows), rules=rules)
    found = any_store.asked(KEY)
    assert found.schema == ASKED
    rows = found.to_pylist()
    assert [tuple(row.values())[:6] for row in rows] == [
        ("csat", None, None, 4, 3, 2),
        ("csat", None, None, None, 3, 2),
        ("number", "legroom", "seats", None, 2, 2),
        ("number", "width", "seats", None, 1, 1),
    ]
    responses = [row["responses"] for row in rows]
    assert (responses[:2], len(responses[2])) == ([[], []], 2)
    assert set(responses[3]) < set(responses[2])


def test_the_scope_holds_and_nothing_asked_is_nothing(any_store):
    rows = [answer(1, "csat", "a", 4.0), answer(2, "csat", "b", 5.0)]
    any_store.load_signals(KEY, signal_table(rows), rules=[])
    later = Scope(start=START + timedelta(minutes=2))
    found = any_store.answer_rows(KEY, later, [Selector((SCORE,), ("csat",))])
    assert (found["score"].to_pylist(), found.schema) == ([5.0], ANSWER_ROWS)
    assert any_store.answer_rows(KEY, Scope(), []).schema == ANSWER_ROWS
    with pytest.raises(StoreError):
        any_store.answer_rows(KEY, Scope(), [Selector()] * (MOST_SELECTORS + 1))

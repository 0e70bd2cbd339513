"""Conditions, selectors and segments, each against what plain Python says about the same rows."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta

import pytest

from polku.eventstore.port import (
    Condition,
    HitRule,
    Scope,
    SegmentRule,
    Selector,
    SignalKind,
    StoreError,
)
from tests.contract.store_implementations import KEY, any_store
from tests.contract.store_reference import (
    EVERYTHING,
    START,
    local,
    message_id,
    order_table,
    person_table,
    signal_table,
)

__all__ = ["any_store"]
pytestmark = pytest.mark.contract
HELSINKI = "Europe/Helsinki"

NAMES = [
    "a",
    'a"b',
    "a/b",
    "a~b",
    "a.b",
    "$.x",
    "*",
    "",
    "å ö",
    "a\\b",
    "0",
    "a\nb",
    "x'y",
    "[0]",
    "'; DROP--",
    "🙂",
]
TEXTS = ["5", "5.0", "10", "-3", "abc", "ABC", "Ä", "true", "True", "false", "2026-03-01", "nan", "inf", "1e400",
         "2026-03-01T23:30:00Z", "2026-03-01T23:30:00+02:00", "2026-03-02 00:10", "", "%", "_", "a'b",
         "'; DROP--"]  # fmt: skip


def load(store, rows):
    table = signal_table(
        {"message_id": message_id(n), "name": "view", "time": START, "person": f"p{n}", "text": str(n), **row}
        for n, row in enumerate(rows)
    )
    store.load_signals(KEY, table, rules=[EVERYTHING])


def taken(store, *conditions, timezone="UTC", **scope):
    """Which rows (by the number in their text) hold all conditions."""
    found = store.comments(KEY, Scope(where=conditions, timezone=timezone, **scope), 1, limit=1000)
    return {int(text) for text in found["text"].to_pylist()}


def number(text):
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) < float("inf") else None


SIGNS = {
    "eq": lambda a, b: a == b,
    "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b,
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
}


@pytest.mark.parametrize("name", NAMES)
def test_a_property_may_have_any_name_and_hostile_text_is_a_literal(any_store, name):
    load(any_store, [{"properties": json.dumps({name: text})} for text in TEXTS] + [{}])
    assert taken(any_store, Condition(name, "exists", True)) == set(range(len(TEXTS)))
    assert taken(any_store, Condition(name, "exists", False)) == {len(TEXTS)}
    for wanted in ("abc", "'; DROP--", "%", ""):
        assert taken(any_store, Condition(name, "eq", wanted)) == {
            n for n, text in enumerate(TEXTS) if text == wanted
        }


@pytest.mark.parametrize("op", SIGNS)
def test_comparisons_by_the_type_of_the_value(any_store, op):
    load(any_store, [{"properties": json.dumps({"x": text})} for text in TEXTS] + [{}])
    holds = SIGNS[op]
    numbers = {n for n, text in enumerate(TEXTS) if number(text) is not None and holds(number(text), 5)}
    assert taken(any_store, Condition("x", op, 5)) == numbers == taken(any_store, Condition("x", op, 5.0))
    texts = {n for n, text in enumerate(TEXTS) if holds(text.encode(), b"abc")}
    assert taken(any_store, Condition("x", op, "abc")) == texts
    truths = {n for n, text in enumerate(TEXTS) if holds(text.lower().encode(), b"true")}
    assert taken(any_store, Condition("x", op, True)) == truths


@pytest.mark.parametrize("op", SIGNS)
def test_dates_compare_by_calendar_day_in_the_scopes_zone(any_store, op):
    days = {
        "2026-03-01": date(2026, 3, 1),
        "2026-03-01T23:30:00Z": date(2026, 3, 2),
        "2026-03-01T23:30:00+02:00": date(2026, 3, 1),
        "2026-03-02 00:10": date(2026, 3, 2),
    }
    load(any_store, [{"properties": json.dumps({"x": text})} for text in TEXTS])
    for wanted in ("2026-03-01", date(2026, 3, 1)):
        assert taken(any_store, Condition("x", op, wanted), timezone=HELSINKI) == {
            n for n, text in enumerate(TEXTS) if text in days and SIGNS[op](days[text], date(2026, 3, 1))
        }


def test_ne_in_contains(any_store):
    load(any_store, [{"properties": json.dumps({"x": text})} for text in TEXTS] + [{}])
    everyone = set(range(len(TEXTS) + 1))
    assert taken(any_store, Condition("x", "ne", "abc")) == everyone - {TEXTS.index("abc")}
    assert taken(any_store, Condition("x", "ne", 5)) == everyone - {0, 1}
    assert taken(any_store, Condition("x", "in", ["abc", "Ä", 10, False])) == {
        TEXTS.index(text) for text in ("abc", "Ä", "10", "false")
    }
    assert taken(any_store, Condition("x", "in", [])) == set()
    for wanted in ("aB", "ä", "%", "_", "'", "", "2026"):
        assert taken(any_store, Condition("x", "contains", wanted)) == {
            n for n, text in enumerate(TEXTS) if wanted.lower() in text.lower()
        }
    assert taken(any_store, Condition("x", "contains", 5)) == {
        n for n, text in enumerate(TEXTS) if "5" in text
    }


def test_a_bare_name_is_the_signals_own_property_first(any_store):
    rows = [
        {"channel": "web", "value": 5.0},
        {"channel": "web", "value": 7.5, "properties": json.dumps({"channel": "store", "value": "6"})},
        {"kind": 2, "name": "csat", "score": 4.0, "scale_low": 1.0, "scale_high": 5.0},
        {"kind": 3, "name": "delivery", "session": "s1", "url": "/help"},
    ]
    load(any_store, rows)
    expected = {
        ("channel", "eq", "web"): {0},
        ("channel", "eq", "store"): {1},
        ("value", "ge", 5): {0, 1},
        ("value", "gt", 6): set(),
        ("value", "eq", "5"): {0},
        ("value", "contains", "5"): {0},
        ("kind", "eq", "score"): {2},
        ("event", "eq", "view"): {0, 1},
        ("event", "exists", False): {2, 3},
        ("metric", "eq", "csat"): {2},
        ("reason", "eq", "delivery"): {3},
        ("name", "contains", "E"): {0, 1, 3},
        ("score", "ge", 4): {2},
        ("session", "exists", True): {3},
        ("url", "eq", "/help"): {3},
        ("text", "eq", "2"): {2},
        ("unheard_of", "exists", True): set(),
        ("unheard_of", "ne", "x"): {0, 1, 2, 3},
    }
    for (name, op, value), rows_taken in expected.items():
        assert taken(any_store, Condition(name, op, value)) == rows_taken, (name, op, value)


def test_time_is_a_day_or_a_moment_of_the_scopes_zone(any_store):
    moments = [datetime(2026, 3, 28, 21, 59) + timedelta(minutes=n * 47) for n in range(40)]
    load(any_store, [{"time": moment} for moment in moments])
    for op, holds in SIGNS.items():
        assert taken(any_store, Condition("time", op, "2026-03-29"), timezone=HELSINKI) == {
            n for n, each in enumerate(moments) if holds(local(each, HELSINKI).date(), date(2026, 3, 29))
        }
        assert taken(any_store, Condition("time", op, "2026-03-29T01:30"), timezone=HELSINKI) == {
            n for n, each in enumerate(moments) if holds(each, datetime(2026, 3, 28, 23, 30))
        }
    assert taken(any_store, start=moments[3], end=moments[7]) == {3, 4, 5, 6}


def test_properties_of_the_order_and_of_the_person(any_store):
    load(any_store, [{"order": "A"}, {"order": "B"}, {"order": "C"}, {"person": "maija"}])
    orders = [
        {"order": "A", "status": "done", "value": 9.5, "promised": date(2026, 3, 2), "delivered": date(2026, 3, 2)},
        {"order": "B", "status": "done", "promised": date(2026, 3, 2), "delivered": date(2026, 3, 3),
         "channel": "web", "properties": '{"store": "Oulu", "status": "never seen"}'},
    ]  # fmt: skip
    table = order_table({"message_id": message_id(50 + n), **row} for n, row in enumerate(orders))
    any_store.load_orders(KEY, table, rules=[EVERYTHING])
    people = person_table([{"person": "maija", "properties": '{"city": "Oulu", "age": "41"}'}])
    any_store.load_people(KEY, people)
    expected = [
        ("order.status", "eq", "done", {0, 1}),
        ("order.status", "ne", "done", {2, 3}),
        ("order.on_time", "eq", True, {0}),
        ("order.on_time", "eq", False, {1}),
        ("order.on_time", "exists", False, {2, 3}),
        ("order.value", "gt", 9, {0}),
        ("order.delivered", "gt", "2026-03-02", {1}),
        ("order.promised", "eq", "2026-03-02", {0, 1}),
        ("order.id", "in", ["A", "C"], {0, 2}),
        ("order.store", "eq", "Oulu", {1}),
        ("order.channel", "eq", "web", {1}),
        ("order.time", "exists", True, set()),
        ("person.city", "eq", "Oulu", {3}),
        ("person.age", "lt", 42, {3}),
        ("person.city", "exists", False, {0, 1, 2}),
    ]
    for name, op, value, rows_taken in expected:
        assert taken(any_store, Condition(name, op, value)) == rows_taken, (name, op, value)


@pytest.mark.parametrize(
    "condition",
    [
        Condition("x", "like", "a"),
        Condition("x", "in", "text"),
        Condition("x", "eq", {"a": 1}),
        Condition("x", "gt", None),
        Condition("x", "gt", 10**400),
        Condition("x", "gt", float("nan")),
        Condition("x", "eq", "\ud800"),
        Condition("\ud800", "exists", True),
    ],
)
def test_what_makes_no_sense_is_said_so(any_store, condition):
    with pytest.raises(StoreError):
        taken(any_store, condition)
    with pytest.raises(StoreError):
        taken(any_store, timezone="Europe/Atlantis")


def test_selectors_by_kind_name_address_channel_and_touchpoint(any_store):
    addresses = ["/cart", "/cart?x=1", "https://shop/cart", "/cart/100%_off", "/CART", None]
    load(any_store, [{"url": url, "channel": "web" if url else "store"} for url in addresses])
    load_more = [{"kind": 3, "name": "cart", "message_id": message_id(90), "time": START, "person": "a"}]
    any_store.load_signals(KEY, signal_table(load_more), rules=[HitRule(2, Selector(names=("cart",)))])

    def count(**parts):
        return any_store.preview(KEY, [Selector(**parts)], Scope()).signals

    patterns = {"/cart": 1, "/cart*": 3, "*/cart": 2, "*cart*": 4, "/cart/100%_*": 1, "*": 5, "_cart": 0}
    assert {pattern: count(url=pattern) for pattern in patterns} == patterns
    assert count() == 7
    assert (count(channel="web"), count(channel="store")) == (5, 1)
    assert (count(kinds=(SignalKind.CONTACT,)), count(kinds=(SignalKind.EVENT, SignalKind.CONTACT))) == (1, 7)
    assert (count(names=("view",)), count(names=("view", "cart"))) == (6, 7)
    assert (count(touchpoint=1), count(touchpoint=2), count(touchpoint=2, names=("view",))) == (6, 1, 0)
    several = [Selector(url="/cart"), Selector(touchpoint=2), Selector(url="/ca*")]
    assert any_store.preview(KEY, several, Scope()).signals == 4


def test_segments_choose_people_by_what_they_are_and_did_up_to_the_end(any_store):
    days = [START + timedelta(days=n) for n in range(6)]
    load(
        any_store,
        [
            {"person": "maija", "time": days[0]},
            {"person": "maija", "time": days[2], "name": "pay"},
            {"person": "pekka", "time": days[1]},
            {"person": "pekka", "time": days[5], "name": "pay"},
            {"person": "aino", "time": days[3], "name": "return"},
        ],
    )
    people = person_table(
        [{"person": name, "properties": json.dumps({"city": city})} for name, city in
         [("maija", "Oulu"), ("pekka", "Turku"), ("aino", "Oulu")]]
    )  # fmt: skip
    any_store.load_people(KEY, people)
    pay, back = Selector(names=("pay",)), Selector(names=("return",))

    def rows(end=None, **rule):
        return taken(any_store, segment=SegmentRule(**rule), end=end)

    assert rows() == {0, 1, 2, 3, 4}
    assert rows(did=(pay,)) == {0, 1, 2, 3}
    assert rows(did=(pay,), end=days[5]) == {0, 1}
    assert rows(did_not=(pay,)) == {4}
    assert rows(did_not=(pay,), end=days[5]) == {2, 4}
    assert rows(where=(Condition("city", "eq", "Oulu"),)) == {0, 1, 4}
    assert rows(where=(Condition("person.city", "ne", "Oulu"),)) == {2, 3}
    assert rows(where=(Condition("city", "eq", "Oulu"),), did_not=(back,)) == {0, 1}
    assert rows(did=(pay, back)) == set()
    with pytest.raises(StoreError):
        rows(where=(Condition("order.status", "eq", "done"),))

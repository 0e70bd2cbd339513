"""Selectors, conditions and the words for what is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pytest

from polku.accounts.models import Workspace
from polku.analytics import QueryError, resolvers
from polku.analytics.context import Breakdown
from polku.analytics.errors import nearest
from polku.analytics.parsing import (
    NOBODY,
    parse_breakdown,
    parse_compare,
    parse_conditions,
    parse_scope,
    parse_selector,
    parse_selectors,
    parse_unit,
)
from polku.eventstore.port import Condition, Scope, SegmentRule, Selector, SignalKind

SHOP = Workspace(name="Kauppa", slug="kauppa", timezone="Europe/Helsinki")


@dataclass
class Touchpoint:
    id: int
    name: str


LOYAL = SegmentRule(where=(Condition("person.loyal", "eq", "yes"),))


@pytest.fixture
def resolving():
    """Two touchpoints and a segment, registered as upper rooms do; afterwards what was registered before."""
    before = resolvers._segments, resolvers._touchpoints
    points = [Touchpoint(3, "Checkout"), Touchpoint(4, "Delivery")]
    resolvers.register_touchpoint(
        lambda workspace, ref: next((p for p in points if ref in (p.id, p.name)), None),
        lambda workspace: [p.name for p in points],
    )
    resolvers.register_segment(
        lambda workspace, name: LOYAL if name == "Loyal" else None, lambda workspace: ["Loyal"]
    )
    yield
    resolvers._segments, resolvers._touchpoints = before


def test_events_and_their_conditions():
    got = parse_selector(
        SHOP,
        {"event": ["pay", "paid"], "where": [{"property": "method", "op": "in", "value": ["card", 5]}]},
        field="select",
    )
    where = (Condition("method", "in", ("card", 5)),)
    assert got == Selector(kinds=(SignalKind.EVENT,), names=("pay", "paid"), where=where)
    assert parse_selector(SHOP, {"event": "pay"}, field="select").names == ("pay",)
    only = parse_selector(
        SHOP, {"where": [{"property": "kind", "op": "eq", "value": "contact"}]}, field="select"
    )
    assert (only.kinds, only.where) == ((), (Condition("kind", "eq", "contact"),))


@pytest.mark.usefixtures("resolving")
def test_touchpoints_by_number_and_by_name():
    assert parse_selector(SHOP, {"touchpoint": 3}, field="select") == Selector(touchpoint=3)
    assert parse_selector(SHOP, {"touchpoint": "Delivery"}, field="select") == Selector(touchpoint=4)


@pytest.mark.usefixtures("resolving")
@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        ({"touchpoint": 5}, "s.touchpoint", "no touchpoint “5”"),
        ({"touchpoint": 2**70}, "s.touchpoint", "no touchpoint"),
        ({"touchpoint": "Delivry"}, "s.touchpoint", "Did you mean “Delivery”?"),
        ({"touchpoint": True}, "s.touchpoint", "number or the name"),
        ({"touchpoint": 1.5}, "s.touchpoint", "number or the name"),
        ({"evnt": "pay"}, "s.evnt", "Did you mean “event”?"),
        ({"event": []}, "s.event", "at least one"),
        ({"event": [1]}, "s.event[0]", "must be a text"),
        ({"event": "a\0b"}, "s.event", "must be a text"),
        ({"event": "a" * 1_001}, "s.event", "longer than 1000"),
        ({"event": ["a"] * 201}, "s.event", "at most 200"),
        ({}, "s", "which signals"),
        ({"event": None}, "s", "which signals"),
        ("pay", "s", "must be an object"),
        ({1: 2}, "s.1", "no field"),
    ],
)
def test_wrong_selectors(given, field, said):
    with pytest.raises(QueryError) as caught:
        parse_selector(SHOP, given, field="s")
    assert caught.value.field == field
    assert said in caught.value.message
    assert str(caught.value) == caught.value.message


def test_at_most_twenty_selectors():
    assert len(parse_selectors(SHOP, [{"event": "a"}] * 20, field="steps")) == 20
    assert parse_selectors(SHOP, None, field="steps") == ()
    with pytest.raises(QueryError, match="at most 20"):
        parse_selectors(SHOP, [{"event": "a"}] * 21, field="steps")


def test_conditions_keep_their_values_typed():
    rows = [
        {"property": "a", "op": "eq", "value": "007"},
        {"property": "a", "op": "ne", "value": 7},
        {"property": "a", "op": "eq", "value": True},
        {"property": "a", "op": "eq", "value": ""},
        {"property": "a", "op": "ge", "value": 1.5},
        {"property": "order.time", "op": "lt", "value": "2026-01-01"},
        {"property": "a", "op": "in", "value": []},
        {"property": "a", "op": "contains", "value": "ä"},
        {"property": "a", "op": "exists", "value": False},
        {"property": "a", "op": "exists"},
    ]
    values = ["007", 7, True, "", 1.5, "2026-01-01", (), "ä", False, True]
    assert [row.value for row in parse_conditions(rows, field="where")] == values
    assert parse_conditions(None, field="where") == ()


@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        ([{"property": "a", "op": "eqq", "value": 1}], "where[0].op", "Did you mean “eq”?"),
        ([{"property": "a", "op": "~", "value": 1}], "where[0].op", "Known: eq, ne, in"),
        ([{"property": "a", "op": "eq"}], "where[0].value", "“exists”"),
        ([{"property": "a", "op": "eq", "value": [1]}], "where[0].value", "“in”"),
        ([{"property": "a", "op": "in", "value": "x"}], "where[0].value", "must be a list"),
        ([{"property": "a", "op": "in", "value": [None]}], "where[0].value[0]", "must be a text"),
        ([{"property": "a", "op": "in", "value": ["x"] * 201}], "where[0].value", "at most 200"),
        ([{"property": "a", "op": "exists", "value": "yes"}], "where[0].value", "true or false"),
        ([{"property": "a", "op": "contains", "value": 3}], "where[0].value", "must be a text"),
        ([{"property": "a", "op": "eq", "value": {"x": 1}}], "where[0].value", "must be a text"),
        ([{"property": "a", "op": "gt", "value": 10**400}], "where[0].value", "usable number"),
        ([{"op": "eq", "value": 1}], "where[0].property", "lacks “property”"),
        ([{"property": "a", "value": 1}], "where[0].op", "lacks “op”"),
        ([{"property": "", "op": "eq", "value": 1}], "where[0].property", "must be a text"),
        ([{"prop": "a"}], "where[0].prop", "Did you mean “property”?"),
        ([3], "where[0]", "must be an object"),
        ({"property": "a"}, "where", "must be a list"),
        ([{"property": "a", "op": "exists"}] * 51, "where", "at most 50"),
    ],
)
def test_wrong_conditions(given, field, said):
    with pytest.raises(QueryError) as caught:
        parse_conditions(given, field="where")
    assert caught.value.field == field
    assert said in caught.value.message


@pytest.mark.usefixtures("resolving")
def test_a_scope_holds_range_conditions_and_segment():
    warnings: list = []
    query = {"where": [{"property": "channel", "op": "eq", "value": "web"}], "segment": "Loyal"}
    where = (Condition("channel", "eq", "web"),)
    got = parse_scope(SHOP, query, warnings=warnings)
    assert got == Scope(where=where, segment=LOYAL, timezone="Europe/Helsinki")
    assert warnings == []


@pytest.mark.usefixtures("resolving")
def test_an_unknown_segment_holds_nobody_and_warns():
    warnings: list = []
    assert parse_scope(SHOP, {"segment": "loyale"}, warnings=warnings).segment == NOBODY
    assert parse_scope(SHOP, {"segment": "xyz"}, warnings=warnings).segment == NOBODY
    assert [str(warning) for warning in warnings] == [
        "There is no segment “loyale”, so nobody belongs to it. Did you mean “Loyal”?",
        "There is no segment “xyz”, so nobody belongs to it.",
    ]


def compared(data: object, *, segments: bool = True) -> tuple[Scope, list]:
    warnings: list = []
    scope = parse_scope(SHOP, {"range": {"from": "2026-03-01"}, "segment": "Loyal"}, warnings=warnings)
    return parse_compare(SHOP, data, scope, segments=segments, warnings=warnings), warnings


def test_compared_is_another_stretch_of_time_or_another_segment(resolving):
    march, loyal = datetime(2026, 2, 28, 22), LOYAL
    shop = "Europe/Helsinki"
    assert compared({"from": "2026-02-01", "to": "2026-03-01"}) == (
        Scope(start=datetime(2026, 1, 31, 22), end=march, segment=loyal, timezone=shop),
        [],
    )
    assert compared({}) == (Scope(segment=loyal, timezone=shop), [])
    scope, warnings = compared({"segment": "Loyale"})
    assert scope == Scope(start=march, segment=NOBODY, timezone=shop)
    assert [str(warning).split("?")[0] for warning in warnings] == [
        "There is no segment “Loyale”, so nobody belongs to it. Did you mean “Loyal”"
    ]
    assert compared({"segment": "Loyal", "to": "2026-02-01"})[0] == Scope(
        end=datetime(2026, 1, 31, 22), segment=loyal, timezone=shop
    )


@pytest.mark.parametrize(
    ("data", "segments", "field"),
    [
        ({"segment": "Loyal"}, False, "compare.segment"),
        ({"segment": 3}, True, "compare.segment"),
        ({"form": "2026-01-01"}, True, "compare.form"),
        ({"from": "2026-02-01", "to": "2026-01-01"}, True, "compare"),
        ("last week", True, "compare"),
    ],
)
def test_what_cannot_be_compared(resolving, data, segments, field):
    with pytest.raises(QueryError) as caught:
        compared(data, segments=segments)
    assert caught.value.field == field


def test_units_and_breakdowns():
    assert (parse_unit(None), parse_unit("order")) == ("person", "order")
    assert parse_breakdown(None) is None
    assert parse_breakdown({"property": "channel"}) == Breakdown("channel", "first")
    assert parse_breakdown({"property": "channel", "attribution": "last"}) == Breakdown("channel", "last")
    for bad, field in [
        ({}, "breakdown.property"),
        ({"property": "a", "attribution": "x"}, "breakdown.attribution"),
    ]:
        with pytest.raises(QueryError) as caught:
            parse_breakdown(bad)
        assert caught.value.field == field
    with pytest.raises(QueryError, match="Did you mean “person”"):
        parse_unit("persons")


def test_the_nearest_word():
    assert nearest("Purchse", ["purchase", "approved"]) == "purchase"
    assert nearest("PURCHASE", ["purchase"]) == "purchase"
    assert nearest("zzz", ["purchase"]) is None
    assert nearest("a", []) is None

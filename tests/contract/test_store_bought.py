"""Segments by purchases, people of a segment, and the orders of single people."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from polku.eventstore.port import Condition, Scope, SegmentRule, Selector, StoreError
from tests.contract.store_implementations import KEY, any_store
from tests.contract.store_reference import message_id, order_table, signal_table

__all__ = ["any_store"]
pytestmark = pytest.mark.contract
START = datetime(2026, 1, 1, 10)


def day(number: float) -> datetime:
    return START + timedelta(days=number)


@pytest.fixture
def sold(any_store):
    """maija bought on three days (once twice), pekka once, aino once and took it back, tuomas looked on day 20."""
    bought = [
        ("maija", 0, 10.0, None),
        ("maija", 0.1, 5.0, None),
        ("maija", 4, 20.0, "paid"),
        ("maija", 12.6, 30.0, None),  # after midnight in Helsinki
        ("pekka", 2, 40.0, None),
        ("aino", 3, 50.0, "cancelled"),
    ]
    any_store.load_orders(
        KEY,
        order_table(
            {
                "message_id": message_id(n),
                "order": f"T{n}",
                "person": who,
                "time": day(at),
                "value": value,
                "status": state,
            }
            for n, (who, at, value, state) in enumerate(bought)
        ),
        rules=[],
    )
    rows = [{"message_id": message_id(99), "name": "view", "time": day(20), "person": "tuomas"}]
    any_store.load_signals(KEY, signal_table(rows), rules=[])
    return any_store


def found(store, *conditions, end=None, void=("cancelled",), **more):
    rule = SegmentRule(bought=tuple(Condition(*each) for each in conditions), void=void)
    scope = Scope(segment=rule, end=end, timezone="Europe/Helsinki")
    rows = store.find_people(KEY, scope=scope, **more).to_pylist()
    return sorted(row["ids"][0] for row in rows)


def test_by_how_often_how_lately_and_how_much(sold):
    assert found(sold, ("bought_times", "ge", 1)) == ["maija", "pekka"]
    assert found(sold, ("bought_times", "ge", 1), void=()) == ["aino", "maija", "pekka"]
    assert found(sold, ("bought_times", "eq", 3)) == ["maija"]
    assert found(sold, ("bought_times", "lt", "1")) == ["aino", "tuomas"]
    assert found(sold, ("bought_days_ago", "le", 7)) == ["maija"]
    assert found(sold, ("bought_days_ago", "in", [7, 18])) == ["maija", "pekka"]
    assert found(sold, ("bought_days_ago", "exists", False)) == ["aino", "tuomas"]
    assert found(sold, ("bought_for", "gt", 40), ("bought_times", "ne", 1)) == ["maija"]
    assert found(sold, ("bought_times", "ge", 1), search="PEK") == ["pekka"]
    assert found(sold, ("bought_times", "ge", 1), limit=1, offset=2) == []


def test_up_to_the_end_of_the_range(sold):
    assert found(sold, ("bought_times", "eq", 2), end=day(5)) == ["maija"]
    assert found(sold, ("bought_days_ago", "eq", 1), end=day(5)) == ["maija"]
    assert found(sold, ("bought_times", "ge", 1), end=day(1)) == ["maija"]


def test_signals_of_those_who_bought(sold):
    rule = SegmentRule(bought=(Condition("bought_times", "eq", 0),), void=("cancelled",))
    assert sold.preview(KEY, [Selector()], Scope(segment=rule)).people == 2


@pytest.mark.parametrize(("op", "value"), [("contains", "3"), ("eq", "many"), ("ge", None), ("in", "3")])
def test_only_numbers_can_be_asked(sold, op, value):
    with pytest.raises(StoreError):
        found(sold, ("bought_times", op, value))


def test_the_orders_of_single_people(sold):
    numbers = {row["ids"][0]: row["person"] for row in sold.find_people(KEY).to_pylist()}
    rows = sold.orders_of(KEY, [numbers["pekka"], numbers["aino"], 10**9]).to_pylist()
    assert [(row["value"], row["status"]) for row in rows if row["person"] == numbers["aino"]] == [
        (50.0, "cancelled")
    ]
    assert [row["time"] for row in rows if row["person"] == numbers["pekka"]] == [day(2)]
    assert len(rows) == 2
    assert sold.orders_of(KEY, []).num_rows == 0

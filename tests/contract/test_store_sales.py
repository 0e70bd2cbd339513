"""What was sold, against plain Python over the same rows."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from datetime import datetime, timedelta

import pyarrow as pa
import pytest

from polku.eventstore.port import ORDER_BATCH, PERSON_BATCH, PERSON_KIND, SIGNAL_BATCH, Condition, Scope
from polku.eventstore.sales import Refunded, Sales, SalesPart, SalesQuestion
from tests.contract.store_implementations import KEY, any_store
from tests.contract.store_reference import message_id

__all__ = ["any_store"]
pytestmark = pytest.mark.contract
DAY = datetime(2026, 3, 2)
RANGE = Scope(start=DAY + timedelta(days=3), end=DAY + timedelta(days=20))
QUESTION = SalesQuestion(void=frozenset({"cancelled"}), unseen=("Contract Ended",))


@pytest.fixture
def world(any_store):
    """(events, orders, traits) as they were made, in order of arrival."""
    chance = random.Random(11)
    people = [f"p{number}" for number in range(30)]

    def moment():
        return DAY + timedelta(minutes=chance.randrange(30 * 24 * 60))

    orders = [
        {
            "order": f"o{number}",
            "person": chance.choice(people[:14]),
            "time": moment(),
            "value": chance.choice([None, -4.0, 0.0, 10.1, 25.35, 120.0]),
            "status": chance.choice([None, "paid", "cancelled"]),
            "properties": json.dumps({"method": chance.choice(["card", "bank", ""])}),
        }
        for number in range(40)
    ]
    events = [
        {
            "person": chance.choice(people),
            "name": chance.choice(["view", "view", "Contract Ended"]),
            "time": moment(),
            "properties": chance.choice([None, *(json.dumps({"source": name}) for name in ("ads", "mail"))]),
        }
        for _ in range(60)
    ]
    # Of an order: a page about it is a visit, a parcel on its way is not, and refunds make it smaller.
    for number in range(40):
        what = {"person": orders[number]["person"], "order": f"o{number}", "time": moment()}
        if number % 3 == 0:
            events.append({**what, "name": "Order Refunded", "value": chance.choice([5.0, 5.25, 500.0])})
        events.append({**what, "name": "view", "url": chance.choice([None, "https://shop.fi/order"])})
    daily = {"kind": "cookieless", "name": "view", "time": DAY + timedelta(days=5), "url": "https://shop.fi/"}
    events += [{**daily, "person": "daily-1"}, {**daily, "person": "daily-2", "order": "d"}]
    orders.append({"order": "n", "person": "p1", "time": DAY + timedelta(days=4), "value": float("nan")})
    orders.append({"order": "d", "time": DAY + timedelta(days=5), "value": 9.0})
    traits = {name: {"town": chance.choice(["Oulu", "Turku"])} for name in people[:20]}
    any_store.load_signals(KEY, signals(events), rules=[])
    any_store.load_orders(KEY, rows_of(ORDER_BATCH, orders), rules=[])
    any_store.load_people(
        KEY,
        rows_of(PERSON_BATCH, [{"person": p, "properties": json.dumps(t)} for p, t in traits.items()]),
    )
    orders[-1]["person"] = "daily-2"  # known by the event
    return events, orders, traits


def rows_of(schema, rows):
    columns = {name: [row.get(name) for row in rows] for name in schema.names}
    if "message_id" in columns:
        columns["message_id"] = [message_id(number + 10_000) for number in range(len(rows))]
    return pa.table(columns, schema=schema)


def signals(events):
    columns = {name: [event.get(name) for event in events] for name in SIGNAL_BATCH.names}
    columns["message_id"] = [message_id(number) for number in range(len(events))]
    columns["kind"] = [1] * len(events)
    columns["person_kind"] = [event.get("kind") for event in events]
    return pa.table(columns, schema=SIGNAL_BATCH.append(PERSON_KIND))


def bought(world, scope, *, until=None):
    """The orders that count: (person, method, value after refunds, refunded)."""
    events, orders, _traits = world
    back = defaultdict(float)
    for event in events:
        if event["name"] == "Order Refunded" and (until is None or event["time"] < until):
            back[event["order"]] += event["value"]
    found = []
    for order in orders:
        counts = order.get("status") != "cancelled" and is_priced(order)
        if counts and inside(order["time"], scope):
            off = min(back[order["order"]], order["value"])
            method = json.loads(order.get("properties") or "{}").get("method") or None
            found.append((order["person"], method, order["value"] - off, off))
    return found


def is_priced(order):
    return order["value"] is not None and order["value"] >= 0  # which no NaN is


def inside(time, scope):
    return (scope.start is None or time >= scope.start) and (scope.end is None or time < scope.end)


def seen(world, scope):
    """Person → the values of `source` that their signals in scope told, in order."""
    events, orders, _traits = world
    found = defaultdict(list)
    for event in sorted(events, key=lambda event: event["time"]):
        own = not event.get("order") or event.get("url")
        if inside(event["time"], scope) and own and event["name"] == "view":
            told = json.loads(event.get("properties") or "{}").get("source")
            found[event["person"]] += [told] if told else []
    for order in orders:
        if inside(order["time"], scope):
            found[order["person"]] += []
    return found


def sales_of(people, rows):
    """Of these people and orders."""
    buyers = defaultdict(int)
    for person, _method, _value, _off in rows:
        buyers[person] += 1
    daily = {person for person in people if person.startswith("daily") and person not in buyers}
    return Sales(
        visitors=len(set(people) - daily),
        daily=len(daily),
        buyers=len(buyers),
        orders=len(rows),
        repeat_squares=sum(number**2 for number in buyers.values()),
        revenue=round(sum(row[2] for row in rows), 2),
        order_squares=pytest.approx(sum(row[2] ** 2 for row in rows)),
        refunds=sum(row[3] > 0 for row in rows),
        refunded=round(sum(row[3] for row in rows), 2),
    )


def divided(world, scope, value_of):
    people, rows = seen(world, scope), bought(world, scope)
    keys = {person: value_of(person, people) for person in people}
    return {
        key: sales_of([p for p in people if keys[p] == key], [row for row in rows if keys[row[0]] == key])
        for key in set(keys.values())
    }


@pytest.mark.parametrize("scope", [Scope(), RANGE], ids=["all", "range"])
def test_the_whole_is_counted_as_plain_python_does(any_store, world, scope):
    answer = any_store.sales(KEY, scope, QUESTION)
    assert answer.total == sales_of(seen(world, scope), bought(world, scope))
    assert answer.total.daily == 1
    assert answer.unpriced == sum(
        inside(order["time"], scope) and order.get("status") != "cancelled" and not is_priced(order)
        for order in world[1]
    )


@pytest.mark.parametrize("attribution", ["first", "last"])
def test_people_are_divided_by_what_their_first_or_last_signal_told(any_store, world, attribution):
    question = SalesQuestion(QUESTION.void, QUESTION.unseen, breakdown="source", attribution=attribution)
    place = 0 if attribution == "first" else -1
    expected = divided(world, RANGE, lambda person, people: people[person][place] if people[person] else None)
    assert {part.key: part.sales for part in any_store.sales(KEY, RANGE, question).parts} == expected
    assert len(expected) == 3


def test_people_are_divided_by_a_property_of_theirs(any_store, world):
    question = SalesQuestion(QUESTION.void, QUESTION.unseen, breakdown="person.town")
    expected = divided(world, RANGE, lambda person, people: world[2].get(person, {}).get("town"))
    assert {part.key: part.sales for part in any_store.sales(KEY, RANGE, question).parts} == expected


def test_orders_are_divided_by_a_property_of_theirs_among_the_same_people(any_store, world):
    question = SalesQuestion(QUESTION.void, QUESTION.unseen, breakdown="order.method")
    answer = any_store.sales(KEY, RANGE, question)
    rows = bought(world, RANGE)
    assert {part.key for part in answer.parts} == {"card", "bank", None}
    for part in answer.parts:
        of_part = sales_of([], [row for row in rows if row[1] == part.key])
        assert part.sales.visitors == answer.total.visitors
        assert (part.sales.orders, part.sales.revenue) == (of_part.orders, of_part.revenue)
    assert round(sum(part.sales.revenue for part in answer.parts), 2) == answer.total.revenue


def test_parts_behind_the_most_are_told_as_one(any_store, world):
    question = SalesQuestion(QUESTION.void, QUESTION.unseen, breakdown="order.id", most=3)
    answer = any_store.sales(KEY, Scope(), question)
    assert [part.is_others for part in answer.parts] == [False, False, False, True]
    assert sum(part.sales.orders for part in answer.parts) == answer.total.orders
    assert answer.parts[0].sales.revenue == max(row[2] for row in bought(world, Scope()))


def test_refunds_that_came_later_are_left_out(any_store, world):
    until = DAY + timedelta(days=12)
    question = SalesQuestion(QUESTION.void, QUESTION.unseen, refunded_until=until)
    rows = bought(world, RANGE, until=until)
    assert any_store.sales(KEY, RANGE, question).total == sales_of(seen(world, RANGE), rows)
    assert rows != bought(world, RANGE)


def test_a_condition_takes_the_signals_that_satisfy_it(any_store, world):
    scope = Scope(where=(Condition("order.method", "eq", "card"),))
    total = any_store.sales(KEY, scope, QUESTION).total
    rows = [row for row in bought(world, Scope()) if row[1] == "card"]
    assert (total.orders, total.revenue) == (len(rows), round(sum(row[2] for row in rows), 2))


def test_what_came_back_is_told_of_orders_since_the_first_refunded_one(any_store, world):
    events, orders, _traits = world
    time_of = {order["order"]: order["time"] for order in orders}
    first = min(time_of[event["order"]] for event in events if event["name"] == "Order Refunded")
    assert any_store.sales(KEY, RANGE, QUESTION).refunds_since == first
    rows = bought(world, Scope(start=first))
    assert any_store.refunded(KEY, Scope(), QUESTION) == Refunded(
        orders=len(rows),
        refunds=sum(row[3] > 0 for row in rows),
        sold=round(sum(row[2] + row[3] for row in rows), 2),
        refunded=round(sum(row[3] for row in rows), 2),
    )


def test_first_orders_are_those_that_no_other_of_the_person_came_before(any_store, world):
    question = SalesQuestion(QUESTION.void, QUESTION.unseen, only_first=True)
    first = {}
    for order in sorted(world[1], key=lambda order: order["time"]):
        if order.get("status") != "cancelled":
            first.setdefault(order["person"], order)
    counted = [order for order in first.values() if inside(order["time"], RANGE) and is_priced(order)]
    total = any_store.sales(KEY, RANGE, question).total
    assert (total.buyers, total.orders) == (len(counted), len(counted))
    assert 0 < total.orders < any_store.sales(KEY, RANGE, QUESTION).total.orders


def test_an_empty_store_sold_nothing(any_store):
    answer = any_store.sales(KEY, Scope(), SalesQuestion(breakdown="order.method"))
    assert (answer.total, answer.parts, answer.unpriced) == (Sales(), (), 0)
    answer = any_store.sales(KEY, Scope(), SalesQuestion(breakdown="source"))
    assert (answer.total, answer.parts) == (Sales(), ())
    assert any_store.refunded(KEY, Scope(), SalesQuestion()) is None
    assert SalesPart(None, Sales()).is_others is False

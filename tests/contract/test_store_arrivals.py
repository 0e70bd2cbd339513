"""What arrived after a number, and between two times, told again by plain Python."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import pyarrow as pa
import pytest

from polku.eventstore.arrivals import ARRIVED, MOST_LOOKED_AT, MOST_SELECTORS
from polku.eventstore.port import SIGNAL_BATCH, Condition, HitRule, Selector, SignalKind, StoreError
from tests.contract.store_implementations import KEY, any_store
from tests.contract.store_reference import START, message_id, order_table, person_table, signal_table
from tests.eventstore.streaming import NOON, stream_batch

__all__ = ["any_store"]
pytestmark = pytest.mark.contract

EVENT, CONTACT, ORDER = SignalKind.EVENT, SignalKind.CONTACT, SignalKind.ORDER
RULES = [HitRule(7, Selector((EVENT,), ("view",))), HitRule(8, Selector((CONTACT,)))]
NOTHING_TAKES = Selector((EVENT,), ("no such name",))


def event(number: int, name: str, person: str, **more):
    row = {"message_id": message_id(number), "name": name, "person": person, "channel": "web"}
    return row | {"time": START + timedelta(minutes=number)} | more


def load(store, *rows):
    store.load_signals(KEY, signal_table(rows), rules=RULES)


def test_nothing_came_yet(any_store):
    assert any_store.newest_arrival(KEY) == 0
    found = any_store.signals_after(KEY, after=0, selectors=[Selector()])
    assert (found.rows.num_rows, found.rows.schema, found.last) == (0, ARRIVED, 0)
    none = any_store.signals_between(KEY, start=None, end=None, selectors=[Selector()], limit=5)
    assert (none.num_rows, none.schema) == (0, ARRIVED)


def test_who_it_was_and_which_selectors_take_it(any_store):
    load(any_store, event(1, "view", "a", order="T-1"), event(2, "noise", "b"), event(3, "cart", "b"))
    people = [{"person": "a", "aliases": ["a@kauppa.example"], "properties": '{"level":"gold"}'}]
    any_store.load_people(KEY, person_table(people), rules=RULES)
    selectors = [
        Selector(touchpoint=7),
        Selector((EVENT,), ("cart", "view")),
        NOTHING_TAKES,
        Selector(where=(Condition("person.level", "eq", "gold"),)),
    ]
    found = any_store.signals_after(KEY, after=0, selectors=selectors)
    assert found.rows.schema == ARRIVED
    view, cart = found.rows.to_pylist()
    a, b = view.pop("person"), cart.pop("person")
    assert a != b
    assert view == {
        "arrival": 1,
        "selectors": 0b1011,
        "time": START + timedelta(minutes=1),
        "kind": 1,
        "name": "view",
        "order": "T-1",
        "channel": "web",
        "ids": ["a", "a@kauppa.example"],
        "kinds": ["file", "email"],
        "traits": '{"level":"gold"}',
    }
    assert (cart["arrival"], cart["selectors"], cart["order"], cart["ids"]) == (3, 0b10, None, ["b"])
    assert found.last == any_store.newest_arrival(KEY) == 3
    more = any_store.signals_after(KEY, after=found.last, selectors=selectors)
    assert (more.rows.num_rows, more.last) == (0, 3)


def test_a_page_at_a_time_nothing_is_missed_or_told_twice(any_store):
    load(
        any_store,
        *(event(number, "view" if number % 3 else "noise", f"p{number % 7}") for number in range(50)),
    )
    for number in range(5):  # late ones: their time is before, their arrival after
        batch = stream_batch([{"id": number, "user": "u", "name": "view", "time": NOON - timedelta(days=9)}])
        any_store.load_stream(KEY, batch, rules=RULES)
    views = [Selector((EVENT,), ("view",))]
    whole = any_store.signals_after(KEY, after=0, selectors=views).rows
    assert whole.num_rows == 33 + 5
    assert whole["arrival"].to_pylist() == sorted(whole["arrival"].to_pylist())
    after, told = 0, []
    while after < any_store.newest_arrival(KEY):
        found = any_store.signals_after(KEY, after=after, selectors=views, limit=4)
        told += found.rows.to_pylist()
        assert found.last > after
        after = found.last
    assert told == whole.to_pylist()


def test_looking_far_back_goes_on_where_it_stopped(any_store):
    """No one question goes through more than some arrivals, whatever there is."""
    count = MOST_LOOKED_AT + 10
    columns = {name: pa.repeat(value, count) for name, value in event(1, "noise", "a").items()}
    columns["message_id"] = pa.array([message_id(number) for number in range(count)])
    rows = {
        field.name: columns.get(field.name, pa.nulls(count)).cast(field.type)
        for field in SIGNAL_BATCH
        if field.name != "kind"
    }
    any_store.load_signals(
        KEY, pa.table({**rows, "kind": pa.repeat(1, count)}).select(SIGNAL_BATCH.names), rules=[]
    )
    load(any_store, event(count, "view", "b"))
    views = [Selector((EVENT,), ("view",))]
    first = any_store.signals_after(KEY, after=0, selectors=views)
    assert (first.rows.num_rows, first.last) == (0, MOST_LOOKED_AT)
    then = any_store.signals_after(KEY, after=first.last, selectors=views)
    assert (then.rows.num_rows, then.last) == (1, count + 1)


def test_a_number_is_never_given_again(any_store):
    load(any_store, event(1, "view", "a"), event(2, "view", "a"))
    any_store.load_signals(KEY, signal_table([]), rules=RULES, withdrawn=[message_id(2)])
    load(any_store, event(2, "view", "a"))
    assert any_store.signals_after(KEY, after=0, selectors=[Selector()]).rows["arrival"].to_pylist() == [1, 3]


def test_an_order_arrives_once(any_store):
    order = {"order": "T-1", "person": "a", "time": START, "value": 5.0, "status": "paid"}
    any_store.load_orders(KEY, order_table([order | {"message_id": message_id(1)}]), rules=RULES)
    orders = [Selector((ORDER,))]
    first = any_store.signals_after(KEY, after=0, selectors=orders)
    assert [(row["name"], row["order"]) for row in first.rows.to_pylist()] == [("paid", "T-1")]
    told = order | {"message_id": message_id(2), "status": "delivered"}
    any_store.load_orders(KEY, order_table([told]), rules=RULES)
    assert any_store.signals_after(KEY, after=first.last, selectors=orders).rows.num_rows == 0


def test_between_two_times(any_store):
    chance = random.Random(5)
    rows = [
        event(number, chance.choice(["view", "cart", "noise"]), f"p{chance.randrange(9)}")
        | {"time": START + timedelta(hours=chance.randrange(40))}
        for number in range(200)
    ]
    load(any_store, *rows)
    any_store.compact(KEY)
    start, end = START + timedelta(hours=5), START + timedelta(hours=20)
    selectors = [Selector((EVENT,), ("cart",)), Selector(touchpoint=7)]
    wanted = sorted(
        (row["time"], number + 1, {"cart": 1, "view": 2}[row["name"]], [row["person"]])
        for number, row in enumerate(rows)
        if start <= row["time"] < end and row["name"] != "noise"
    )
    found = any_store.signals_between(KEY, start=start, end=end, selectors=selectors, limit=1_000)
    told = [(row["time"], row["arrival"], row["selectors"], row["ids"]) for row in found.to_pylist()]
    assert told == wanted
    few = any_store.signals_between(KEY, start=start, end=end, selectors=selectors, limit=7)
    assert few.to_pylist() == found.to_pylist()[:7]
    whole = any_store.signals_between(KEY, start=None, end=None, selectors=selectors, limit=1_000)
    assert whole.num_rows == sum(row["name"] != "noise" for row in rows)
    assert any_store.signals_between(KEY, start=start, end=end, selectors=[], limit=9).num_rows == 0


def test_more_selectors_than_a_number_has_bits(any_store):
    load(any_store, event(1, "view", "a"))
    most = [NOTHING_TAKES] * (MOST_SELECTORS - 1) + [Selector()]
    (row,) = any_store.signals_after(KEY, after=0, selectors=most).rows.to_pylist()
    assert row["selectors"] == 2 ** (MOST_SELECTORS - 1)
    with pytest.raises(StoreError):
        any_store.signals_after(KEY, after=0, selectors=[*most, Selector()])
    with pytest.raises(StoreError):
        any_store.signals_between(
            KEY, start=datetime(2026, 1, 1), end=None, selectors=[*most, Selector()], limit=1
        )

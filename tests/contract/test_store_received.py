"""What a store tells about all that was received, worked out again from the rows by plain Python."""

from __future__ import annotations

from datetime import datetime, timedelta

import pyarrow as pa
import pytest

from polku.eventstore.port import ORDER_BATCH, SIGNAL_BATCH, HitRule, Scope, Selector, SignalKind
from polku.eventstore.received import Bought, Counted, Heard, UsualPlace
from tests.contract.store_implementations import KEY, any_store  # noqa: F401

pytestmark = pytest.mark.contract
START = datetime(2026, 3, 2, 12)
EVENT, CONTACT, ORDER = SignalKind.EVENT, SignalKind.CONTACT, SignalKind.ORDER
VIEW, PAY = HitRule(7, Selector((EVENT,), ("view",))), HitRule(8, Selector((EVENT, CONTACT), ("pay", "help")))


def minute(number: int) -> datetime:
    return START + timedelta(minutes=number)


def signals(*rows: tuple[SignalKind, str, str, int]) -> pa.Table:
    blank = dict.fromkeys(SIGNAL_BATCH.names)
    return pa.Table.from_pylist(
        [
            blank | {"message_id": f"{n:032x}", "kind": kind, "name": name, "person": person, "time": minute(at)}
            for n, (kind, name, person, at) in enumerate(rows)
        ],
        schema=SIGNAL_BATCH,
    )  # fmt: skip


def orders(*rows: tuple[str, str, int | None, float | None]) -> pa.Table:
    blank = dict.fromkeys(ORDER_BATCH.names)
    return pa.Table.from_pylist(
        [
            blank
            | {"message_id": f"{n + 500:032x}", "order": order, "person": person, "value": value, "status": "sent"}
            | {"time": None if at is None else minute(at)}
            for n, (order, person, at, value) in enumerate(rows)
        ],
        schema=ORDER_BATCH,
    )  # fmt: skip


@pytest.fixture
def loaded(any_store):  # noqa: F811
    rows = signals(
        (EVENT, "view", "a", 0), (EVENT, "view", "a", 9), (EVENT, "cart", "a", 1), (EVENT, "pay", "a", 2),
        (EVENT, "view", "b", 5), (EVENT, "cart", "b", 5), (CONTACT, "help", "b", 7),
        (EVENT, "view", "c", 3),
    )  # fmt: skip
    any_store.load_signals(KEY, rows, rules=[VIEW, PAY])
    bought = orders(
        ("o1", "a", 0, 5.0), ("o2", "a", 10, 7.0), ("o3", "a", None, 9.0), ("o4", "b", 6, None),
        ("o5", "b", 8, 4.0), ("o6", "c", 2, 4.0), ("o7", "c", 30, 4.0),
    )  # fmt: skip
    any_store.load_orders(KEY, bought, rules=[VIEW, PAY])
    return any_store


def test_the_usual_place_of_a_name_is_the_mean_of_where_people_come_to_it(loaded):
    # a: view and order at 0, cart, pay; b: view and cart at 5, order, help; c: order, view.
    expected = [
        UsualPlace(EVENT, "view", (0.5 / 3 + 0.5 / 3 + 1) / 3, 3),
        UsualPlace(EVENT, "cart", (2 / 3 + 0.5 / 3) / 2, 2),
        UsualPlace(EVENT, "pay", 1.0, 1),
        UsualPlace(CONTACT, "help", 1.0, 1),
        UsualPlace(ORDER, "sent", (0.5 / 3 + 2 / 3 + 0) / 3, 3),
    ]
    found = loaded.usual_places(KEY)
    assert [(each.kind, each.name, round(each.place, 9), each.people) for each in found] == sorted(
        ((each.kind, each.name, round(each.place, 9), each.people) for each in expected),
        key=lambda each: (each[2], each[0], each[1]),
    )
    # One of several people is read: the numbers of people decide, so the same ones each time.
    assert loaded.usual_places(KEY, most_people=1) == loaded.usual_places(KEY, most_people=1)
    assert sum(each.people for each in loaded.usual_places(KEY, most_people=2)) < 10


def test_groups_are_counted_each_for_itself(loaded):
    groups = [
        [Selector((EVENT,), ("view",))],
        [Selector((EVENT,), ("cart",)), Selector((CONTACT,), ("help",))],
        [Selector((EVENT,), ("never",))],
        [Selector((ORDER,))],
        # Taken by both selectors, and counted once.
        [Selector((EVENT,), ("view",)), Selector((EVENT, CONTACT), ("view", "help"))],
        [],
    ]
    everything = [
        Counted(4, 3, minute(9)),
        Counted(3, 2, minute(7)),
        Counted(0, 0, None),
        Counted(6, 3, minute(30)),
        Counted(5, 3, minute(9)),
        Counted(0, 0, None),
    ]
    assert loaded.count_each(KEY, groups, Scope()) == everything
    assert loaded.count_each(KEY, groups[:1], Scope(end=minute(5))) == [Counted(2, 2, minute(3))]
    assert loaded.count_each(KEY, groups * 10, Scope()) == everything * 10
    names = [[Selector((EVENT,), (name,))] for name in ("view", "cart", "pay", "never")]
    early = Scope(end=minute(5))
    assert loaded.count_each(KEY, names, early) == [loaded.count_each(KEY, [one], early)[0] for one in names]
    assert loaded.count_each(KEY, [], Scope()) == []


def test_what_is_heard_at_touchpoints_by_kind(loaded):
    assert loaded.heard_at(KEY, [7, 8, 9]) == [
        Heard(7, EVENT, Counted(4, 3, minute(9))),
        Heard(8, EVENT, Counted(1, 1, minute(2))),
        Heard(8, CONTACT, Counted(1, 1, minute(7))),
    ]
    assert loaded.heard_at(KEY, []) == []


def test_orders_that_came_after_a_touchpoint_and_within_the_window(loaded):
    wide, narrow = 60 * 60_000_000, 3 * 60_000_000
    # Of a both orders with a time (one at the very moment), of b the one with a value, of c the later one.
    assert loaded.bought_after(KEY, [7, 8], kinds=[EVENT], window=wide) == [
        Bought(7, Counted(4, 3, minute(30))),
        Bought(8, Counted(1, 1, minute(10))),
    ]
    assert loaded.bought_after(KEY, [7], kinds=[EVENT], window=narrow) == [
        Bought(7, Counted(3, 2, minute(10)))
    ]
    assert loaded.bought_after(KEY, [8], kinds=[CONTACT], window=narrow) == [
        Bought(8, Counted(1, 1, minute(8)))
    ]
    assert loaded.bought_after(KEY, [7], kinds=[EVENT], window=wide, cancelled=["sent"]) == []
    assert len(loaded.bought_after(KEY, [7], kinds=[EVENT], window=wide, cancelled=["lost"])) == 1
    assert loaded.bought_after(KEY, [9], kinds=[EVENT], window=wide) == []


def test_channels_come_by_how_often_they_were_used(any_store):  # noqa: F811
    blank = dict.fromkeys(SIGNAL_BATCH.names) | {"kind": EVENT, "name": "view", "person": "a", "time": START}
    channels = ["web", "app", None, "web", "store", "app", "", "kiosk"]
    rows = [blank | {"message_id": f"{n:032x}", "channel": each} for n, each in enumerate(channels)]
    assert any_store.channels(KEY, limit=9) == []
    any_store.load_signals(KEY, pa.Table.from_pylist(rows, schema=SIGNAL_BATCH), rules=[])
    assert any_store.channels(KEY, limit=9) == ["app", "web", "", "kiosk", "store"]
    assert any_store.channels(KEY, limit=2) == ["app", "web"]

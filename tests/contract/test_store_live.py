"""The rows of a map as arrays: all of them, and what changed since a version."""

from __future__ import annotations

from datetime import timedelta

import pytest

from polku.eventstore.port import Condition, HitRule, Scope, Selector, SignalKind
from tests.contract.store_implementations import KEY, OTHER_KEY, any_store
from tests.contract.store_reference import order_table, signal_table
from tests.eventstore.streaming import NOON, stream_batch

__all__ = ["any_store"]
pytestmark = pytest.mark.contract

RULES = [
    HitRule(1, Selector(names=("view",))),
    HitRule(2, Selector(names=("view", "add"))),
    HitRule(3, Selector(kinds=(SignalKind.SCORE,))),
    HitRule(3, Selector(kinds=(SignalKind.CONTACT,))),
]
BLANK = {"kind": SignalKind.EVENT, "score": None, "scale_low": None, "scale_high": None, "order": None}


def hour(number: float):
    return NOON + timedelta(hours=number)


def load_signals(store) -> None:
    rows = [
        {"person": "b", "name": "add", "time": hour(3)},
        {"person": "a", "name": "view", "time": hour(2)},
        {"person": "a", "name": "view", "time": hour(1), "order": "A"},
        {"person": "a", "name": "nps", "time": hour(2), "kind": 2, "score": -0.0, "scale_low": 0.0}
        | {"scale_high": 10.0},
        {"person": "b", "name": "nps", "time": hour(2), "kind": 2, "score": 0.0, "scale_low": 0.0}
        | {"scale_high": 10.0},
        {"person": "b", "name": "help", "time": hour(4), "kind": 3},
        {"person": "b", "name": "noise", "time": hour(4)},
    ]
    numbered = [BLANK | row | {"message_id": f"{n:032x}"} for n, row in enumerate(rows)]
    store.load_signals(KEY, signal_table(numbered), rules=RULES)
    orders = [
        {"order": "A", "person": "a", "time": hour(5), "value": 7.0, "status": "paid", "channel": "web"},
        {"order": "B", "person": "b", "time": None, "value": 1.0, "status": "open", "channel": "store"},
    ]
    numbered = [row | {"message_id": f"{n + 100:032x}"} for n, row in enumerate(orders)]
    store.load_orders(KEY, order_table(numbered), rules=RULES)


def told(rows) -> list[tuple]:
    """(touchpoint's place, person, hours after noon, the same signal as before?, kind, what was said, order)."""
    hits, words = rows.hits, rows.hits.words
    noon = (NOON - NOON.__class__(1970, 1, 1)) // timedelta(microseconds=1)
    return [
        (
            int(hits.touchpoint[n]),
            int(hits.person[n]),
            (int(hits.time[n]) - noon) / 3_600_000_000,
            bool(hits.is_again[n]),
            int(hits.kind[n]),
            (words.name[hits.said[n]], float(words.score[hits.said[n]])) if hits.said[n] >= 0 else None,
            int(hits.order[n]) >= 0,
        )
        for n in range(len(hits))
    ]


def test_all_rows_in_the_order_of_people(any_store):
    load_signals(any_store)
    rows = any_store.live_rows(KEY, Scope(), [2, 1, 3])
    b, a = sorted({row[1] for row in told(rows)})  # numbered as they came
    assert [row[:5] + row[6:] for row in told(rows)] == [
        (2, b, 2.0, False, 2, False),
        (0, b, 3.0, False, 1, False),
        (2, b, 4.0, False, 3, False),
        (0, a, 1.0, False, 1, True),
        (1, a, 1.0, True, 1, True),
        (0, a, 2.0, False, 1, False),
        (1, a, 2.0, True, 1, False),
        (2, a, 2.0, False, 2, False),
    ]
    # An answer of −0 is one of 0.
    assert sorted(rows.hits.words.name) == ["help", "nps"]
    assert rows.change is None
    assert rows.bought is None
    assert rows.orders.num_rows == 2
    assert rows.version == any_store.state(KEY).version


def test_a_scope_leaves_out_signals_but_tells_of_every_order(any_store):
    load_signals(any_store)
    late = any_store.live_rows(KEY, Scope(start=hour(2.5)), [1, 2, 3])
    assert [row[2] for row in told(late)] == [3.0, 4.0]
    assert late.orders.num_rows == 2
    web = any_store.live_rows(KEY, Scope(where=(Condition("channel", "eq", "web"),)), [1, 2, 3])
    assert len(web.hits) == 0
    numbers = dict(zip(web.orders["value"].to_pylist(), web.orders["order"].to_pylist(), strict=True))
    assert web.bought.tolist() == [numbers[7.0]]


def test_nothing_was_received(any_store):
    rows = any_store.live_rows(KEY, Scope(), [1, 2])
    assert (len(rows.hits), rows.orders.num_rows) == (0, 0)
    any_store.create(OTHER_KEY)
    load_signals(any_store)
    assert len(any_store.live_rows(OTHER_KEY, Scope(), [1, 2]).hits) == 0


def test_what_arrived_since(any_store):
    load_signals(any_store)
    before = any_store.live_rows(KEY, Scope(), [1, 2, 3])
    event = {"id": 1, "name": "add", "time": hour(0.5), "user": "new", "device": "d"}
    any_store.load_stream(KEY, stream_batch([event]), rules=RULES)
    rows = any_store.live_rows(KEY, Scope(), [1, 2, 3], since=before.version)
    if rows.change is None:  # a store may always answer with everything
        assert len(rows.hits) == len(before.hits) + 1
        return
    assert [(row[0], row[2]) for row in told(rows)] == [(1, 0.5)]
    assert rows.orders.num_rows == 0
    same = any_store.live_rows(KEY, Scope(), [1, 2, 3], since=rows.version)
    assert (len(same.hits), same.version) == (0, rows.version)


def test_a_write_of_which_nobody_knows_what_it_changed_gives_everything(any_store):
    load_signals(any_store)
    before = any_store.live_rows(KEY, Scope(), [1, 2, 3])
    any_store.rebuild_hits(KEY, [2], [])
    rows = any_store.live_rows(KEY, Scope(), [1, 2, 3], since=before.version)
    assert rows.change is None
    assert 1 not in {row[0] for row in told(rows)}


def test_a_batch_that_fails_leaves_no_note_of_what_it_would_have_changed(any_store):
    load_signals(any_store)
    before = any_store.live_rows(KEY, Scope(), [1, 2, 3])
    event = {"id": 1, "name": "view", "time": hour(1), "user": "new", "device": "d"}
    broken = HitRule(1, Selector(names=("view",), where=(Condition("x", "no such comparison", 1),)))
    with pytest.raises(Exception, match="comparison"):
        any_store.load_stream(KEY, stream_batch([event]), rules=[broken])
    any_store.rebuild_hits(KEY, [2], [])
    rows = any_store.live_rows(KEY, Scope(), [1, 2, 3], since=before.version)
    assert rows.change is None

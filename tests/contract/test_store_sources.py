"""What a store tells of its sources, their counts, rows kept raw, and the signals that arrived last."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta

import pytest

from polku.eventstore.streams import InboxPlace, RejectedGroup, RejectedRow, SourceState
from tests.contract.store_implementations import KEY, OTHER_KEY, any_store
from tests.contract.store_reference import START, message_id, signal_table
from tests.eventstore.streaming import NOON, digest, stream_batch

__all__ = ["any_store"]
pytestmark = pytest.mark.contract
HOUR = timedelta(hours=1)


def event(number: object, **more):
    return {"id": number, "user": "asiakas-1", **more}


def row(name: object, *, reason: str = "not_json", **more):
    return {"id": digest(name), "reason": reason, "raw": f"raw {name}", **more}


_rows = itertools.count(1)


def load(store, *events, **more):
    """Load a batch as it comes from the inbox; a replay has `place=None`."""
    more.setdefault("place", InboxPlace(1, next(_rows)))
    store.load_stream(KEY, stream_batch(events, **more), rules=[])


def ids(rows):
    return [each.id for each in rows]


def test_an_empty_store_has_no_sources(any_store):
    assert any_store.sources(KEY) == []
    assert any_store.source_counts(KEY, datetime(2000, 1, 1)).to_pylist() == []
    assert any_store.rejected(KEY) == []
    assert any_store.rejected_groups(KEY) == []
    assert any_store.recent(KEY).to_pylist() == []


def test_a_source_counts_what_was_taken_repeated_rejected_and_dropped(any_store):
    load(any_store, event(1), event(2, time=NOON - HOUR), received=NOON)
    drops = [("bot", 3), ("own_traffic", 7), ("bot", 1)]
    load(
        any_store,
        event(2),
        event(3),
        rejected=[row("a", received=NOON + 2 * HOUR), row("b", received=NOON + 2 * HOUR)],
        counts=[
            {"hour": NOON + 2 * HOUR, "origin": "segment/1", "reason": reason, "count": count}
            for reason, count in drops
        ],
        received=NOON + 2 * HOUR,
    )
    assert any_store.sources(KEY) == [
        SourceState(
            origin="segment/1",
            first_received=NOON,
            last_received=NOON + 2 * HOUR,
            newest_time=NOON,
            accepted=3,
            repeated=1,
            rejected=2,
            dropped=11,
            waiting=2,
            drops={"own_traffic": 7, "bot": 4},
            last_taken=NOON + 2 * HOUR,
        )
    ]
    assert list(any_store.sources(KEY)[0].drops) == ["own_traffic", "bot"]


def test_sources_come_by_newest_receipt_and_imports_are_among_them(any_store):
    load(any_store, event(1, origin="tracker/1"), received=NOON)
    load(any_store, event(2, origin="matomo/2"), received=NOON + HOUR)
    any_store.load_signals(
        KEY,
        signal_table([{"message_id": message_id(1), "name": "view", "time": START, "person": "a"}]),
        rules=[],
        origin="import/events",
    )
    assert [(each.origin, each.accepted) for each in any_store.sources(KEY)] == [
        ("import/events", 1),
        ("matomo/2", 1),
        ("tracker/1", 1),
    ]


def test_a_source_of_which_everything_was_dropped_was_never_taken(any_store):
    drop = {"hour": NOON, "origin": "tracker/5", "reason": "no_identifier", "count": 9}
    load(any_store, counts=[drop], received=NOON)
    (found,) = any_store.sources(KEY)
    assert (found.origin, found.accepted, found.dropped, found.last_taken) == ("tracker/5", 0, 9, None)


def test_what_was_taken_last_is_known_to_the_hour_when_only_drops_came_since(any_store):
    load(any_store, event(1), received=NOON + timedelta(minutes=10))
    later = NOON + 5 * HOUR
    load(
        any_store,
        counts=[{"hour": later, "origin": "segment/1", "reason": "bot", "count": 1}],
        rejected=[row("a", received=later)],
        received=later,
    )
    (found,) = any_store.sources(KEY)
    assert found.last_taken == NOON + HOUR
    assert found.last_received >= NOON + timedelta(minutes=10)


def test_a_replay_is_no_sign_of_life_of_its_source(any_store):
    at = NOON + timedelta(minutes=10)
    load(any_store, event(1), rejected=[row("a")], received=at)
    load(any_store, event(2), received=NOON + 30 * HOUR, replayed=[digest("a")], place=None)
    (found,) = any_store.sources(KEY)
    assert (found.accepted, found.waiting) == (2, 0)
    assert (found.last_received, found.last_taken) == (at, at)


def test_counts_by_hour_begin_at_the_hour_asked_for(any_store):
    for number in range(3):
        load(any_store, event(number), received=NOON + number * HOUR + timedelta(minutes=5))
    load(any_store, event(7, origin="tracker/1"), event(8), received=NOON + 2 * HOUR)
    assert any_store.source_counts(KEY, NOON + HOUR + timedelta(minutes=40)).to_pylist() == [
        {"origin": "segment/1", "hour": NOON + HOUR, "reason": "accepted", "count": 1},
        {"origin": "segment/1", "hour": NOON + 2 * HOUR, "reason": "accepted", "count": 2},
        {"origin": "tracker/1", "hour": NOON + 2 * HOUR, "reason": "accepted", "count": 1},
    ]


def test_rejected_rows_are_found_by_source_reason_and_id_newest_first(any_store):
    kept = [
        row(number, reason=reason, origin=origin, received=NOON + number * HOUR, detail=f"why {number}")
        for number, (reason, origin) in enumerate(
            [("not_json", "segment/1"), ("bad_field", "segment/1"), ("not_json", "matomo/2")]
        )
    ]
    load(any_store, rejected=kept)
    newest_first = [digest(2), digest(1), digest(0)]
    assert ids(any_store.rejected(KEY)) == newest_first
    assert ids(any_store.rejected(KEY, origin="segment/1")) == [digest(1), digest(0)]
    assert ids(any_store.rejected(KEY, reason="not_json")) == [digest(2), digest(0)]
    assert ids(any_store.rejected(KEY, origin="segment/1", reason="not_json")) == [digest(0)]
    assert ids(any_store.rejected(KEY, limit=1, offset=1)) == [digest(1)]
    assert ids(any_store.rejected(KEY, ids=[digest(0), "not an id", digest("none")])) == [digest(0)]
    assert any_store.rejected(KEY, ids=[]) == []
    assert any_store.rejected(KEY, ids=[digest(1)]) == [
        RejectedRow(digest(1), NOON + HOUR, "segment/1", "bad_field", "why 1", "raw 1", "{}")
    ]
    any_store.create(OTHER_KEY)
    assert any_store.rejected(OTHER_KEY) == []


def test_rejected_rows_are_counted_by_source_and_reason(any_store):
    load(
        any_store,
        rejected=[
            row("a", received=NOON),
            row("b", received=NOON + HOUR),
            row("c", reason="bad_field"),
            row("d", origin="matomo/2"),
        ],
    )
    assert any_store.rejected_groups(KEY) == [
        RejectedGroup("segment/1", "not_json", 2, NOON, NOON + HOUR),
        RejectedGroup("matomo/2", "not_json", 1, NOON, NOON),
        RejectedGroup("segment/1", "bad_field", 1, NOON, NOON),
    ]


def test_mended_rows_keep_their_place_and_forgotten_ones_are_gone(any_store):
    load(any_store, rejected=[row("a"), row("b")])
    changes = [(digest("a"), "mended Ä"), (digest("none"), "x"), ("not an id", "y")]
    assert any_store.mend_rejected(KEY, changes) == 1
    assert {each.id: each.raw for each in any_store.rejected(KEY)} == {
        digest("a"): "mended Ä",
        digest("b"): "raw b",
    }
    assert any_store.forget_rejected(KEY, [digest("a"), digest("none")]) == 1
    assert ids(any_store.rejected(KEY)) == [digest("b")]


def test_rows_put_aside_wait_again_or_are_forgotten(any_store):
    load(any_store, rejected=[row("a"), row("b"), row("c")])
    assert any_store.put_aside_rejected(KEY, [digest("a"), digest("b"), "not an id"], at=NOON) == 2
    assert any_store.put_aside_rejected(KEY, [digest("a")], at=NOON + HOUR) == 0
    assert any_store.put_aside_rejected(KEY, [digest("c")], at=NOON + HOUR) == 1
    assert (any_store.rejected(KEY), any_store.rejected_groups(KEY)) == ([], [])
    assert any_store.mend_rejected(KEY, [(digest("a"), "mended")]) == 0
    load(any_store, rejected=[row("b"), row("b")])
    assert ids(any_store.rejected(KEY)) == [digest("b")]
    assert any_store.forget_put_aside(KEY, before=NOON) == 0
    assert any_store.restore_rejected(KEY, put_aside_at=NOON) == 1
    assert any_store.restore_rejected(KEY, put_aside_at=NOON) == 0
    assert any_store.forget_put_aside(KEY, before=NOON + 2 * HOUR) == 1
    assert any_store.restore_rejected(KEY, put_aside_at=NOON + HOUR) == 0
    assert {each.id: each.raw for each in any_store.rejected(KEY)} == {
        digest("a"): "raw a",
        digest("b"): "raw b",
    }


def test_what_arrived_last_comes_first_whatever_its_time(any_store):
    load(any_store, event(1, name="old", time=NOON), event(2, name="new", time=NOON - 9 * HOUR))
    load(any_store, event(3, origin="tracker/4", url="https://kauppa.example/", value=59.9, channel="web"))
    found = any_store.recent(KEY, limit=2).to_pylist()
    assert [(each["name"], each["origin"]) for each in found] == [
        ("Page Viewed", "tracker/4"),
        ("new", "segment/1"),
    ]
    assert found[0] == {
        "arrival": found[0]["arrival"],
        "time": NOON,
        "kind": 1,
        "name": "Page Viewed",
        "url": "https://kauppa.example/",
        "channel": "web",
        "value": 59.9,
        "properties": None,
        "origin": "tracker/4",
        "person": found[1]["person"],
    }
    assert found[0]["arrival"] > found[1]["arrival"]
    assert [each["name"] for each in any_store.recent(KEY, origin="segment/1").to_pylist()] == ["new", "old"]


def test_the_last_signal_of_a_source_is_found_behind_many_of_others(any_store):
    load(any_store, event("first", origin="tracker/4"))
    load(any_store, *(event(number, name="x") for number in range(20_500)))
    assert [each["origin"] for each in any_store.recent(KEY, origin="tracker/4").to_pylist()] == ["tracker/4"]
    assert any_store.recent(KEY, limit=3).num_rows == 3

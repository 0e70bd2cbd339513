"""What comes in by the front door: once, in its place, with its visit, orders, hits and counts."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest

from polku.eventstore.port import Condition, HitRule, Scope, Selector, SignalKind, StoreError
from polku.eventstore.streams import InboxPlace
from tests.contract.store_implementations import KEY, OTHER_KEY, any_store
from tests.contract.store_reference import EVERYTHING, order_table, person_table, signal_table
from tests.eventstore.streaming import NOON, digest, stream_batch

__all__ = ["any_store"]
pytestmark = pytest.mark.contract

SEARCH = '{"traffic_channel":"search","traffic_source":"google"}'
SOCIAL = '{"traffic_channel":"social","traffic_campaign":"spring"}'


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def arrived(store) -> list[dict]:
    """All signals in order of arrival."""
    return store.recent(KEY, limit=1000).to_pylist()[::-1]


def properties(store) -> list[dict]:
    return [json.loads(row["properties"] or "{}") for row in arrived(store)]


def traffic(store) -> list[str | None]:
    return [each.get("traffic_channel") for each in properties(store)]


def load(store, *args, rules=(), **kwargs):
    return store.load_stream(KEY, stream_batch(*args, **kwargs), rules=rules)


def test_an_event_is_stored_field_by_field(any_store):
    event = {
        "id": 1,
        "name": "Order Completed",
        "time": at(-5),
        "user": "42",
        "device": "d1",
        "order": "A-1",
        "channel": "web",
        "url": "https://shop.example/thanks",
        "value": 12.5,
        "properties": '{"nested":{"a":[1,1.10,2e5]},"big":18446744073709551616}',
        "traffic": SEARCH,
        "origin": "tracker/7",
    }
    loaded = load(any_store, [event])
    assert (loaded.accepted, loaded.repeated, loaded.rejected, loaded.merged, loaded.version) == (
        1,
        0,
        0,
        1,
        1,
    )
    (person,) = {row["person"] for row in arrived(any_store)}
    assert arrived(any_store) == [
        {
            "arrival": 1,
            "time": at(-5),
            "kind": SignalKind.EVENT,
            "name": "Order Completed",
            "url": "https://shop.example/thanks",
            "channel": "web",
            "value": 12.5,
            "properties": '{"nested":{"a":[1,1.10,2e5]},"big":18446744073709551616,' + SEARCH[1:],
            "origin": "tracker/7",
            "person": person,
        }
    ]
    (row,) = any_store.timeline(KEY, person).to_pylist()
    assert (row["alias"], row["device"], row["order"]) == ("42", "d1", "A-1")
    assert {(each.alias, each.kind) for each in any_store.identities(KEY, person)} == {
        ("42", "user"),
        ("d1", "device"),
    }
    state = any_store.state(KEY)
    assert (state.signals, state.people, state.first_time, state.data_as_of) == (1, 1, at(-5), at(-5))


def test_a_batch_whose_place_was_passed_changes_nothing(any_store):
    assert any_store.inbox_place(KEY) == InboxPlace(0, 0)
    load(any_store, [{"id": 1, "device": "d"}], place=InboxPlace(3, 5))
    before = any_store.state(KEY)
    for place in (InboxPlace(3, 5), InboxPlace(2, 99)):
        again = load(any_store, [{"id": 2, "device": "d"}], place=place)
        assert (again.accepted, again.repeated, again.version) == (0, 0, 1)
    assert (any_store.state(KEY), any_store.inbox_place(KEY)) == (before, InboxPlace(3, 5))
    load(any_store, [{"id": 2, "device": "d"}], place=InboxPlace(4, 1))
    assert (any_store.state(KEY).signals, any_store.inbox_place(KEY)) == (2, InboxPlace(4, 1))
    load(any_store, place=InboxPlace(4, 2))
    assert (any_store.state(KEY).version, any_store.inbox_place(KEY)) == (2, InboxPlace(4, 2))


def test_a_faulty_batch_leaves_nothing_of_itself(any_store):
    with pytest.raises(StoreError):
        load(any_store, [{"id": 1, "device": "d"}, {"id": 2}], place=InboxPlace(1, 1))
    with pytest.raises(StoreError):
        load(any_store, [{"id": 1, "device": "d", "device_kind": "horse"}], place=InboxPlace(1, 1))
    assert (any_store.state(KEY).signals, any_store.inbox_place(KEY)) == (0, InboxPlace(0, 0))


def test_an_event_is_there_once_however_often_it_comes(any_store):
    any_store.create(OTHER_KEY)
    event = {"id": 1, "device": "d"}
    assert load(any_store, [event, event, event]).repeated == 2
    days = timedelta(days=1)
    load(any_store, [{"id": 2, "device": "d"}], received=NOON + days)
    six_days_on = load(any_store, [event, {"id": 3, "device": "d"}], received=NOON + 6 * days)
    assert (six_days_on.accepted, six_days_on.repeated) == (1, 1)
    assert load(any_store, [event], received=NOON + 34 * days).repeated == 1
    assert any_store.load_stream(OTHER_KEY, stream_batch([event]), rules=[]).accepted == 1
    assert (any_store.state(KEY).signals, any_store.state(OTHER_KEY).signals) == (3, 1)


def test_a_visit_has_the_traffic_of_its_first_event_that_says_it(any_store):
    visit = [
        {"id": 1, "device": "d", "time": at(0)},
        {"id": 2, "device": "d", "time": at(10), "traffic": SEARCH},
        {"id": 3, "device": "d", "time": at(20), "traffic": SOCIAL},
        {"id": 4, "device": "other", "time": at(20)},
        {"id": 5, "device": "d", "time": at(50)},
        {"id": 6, "device": "d", "time": at(80.1)},
    ]
    load(any_store, visit)
    assert traffic(any_store) == ["search", "search", "search", None, "search", None]


def test_a_visit_goes_on_in_later_batches_and_ends_after_half_an_hour(any_store):
    for number, minutes in enumerate((0, 29, 58, 88, 119)):
        event = {"id": number, "device": "d", "time": at(minutes), "traffic": SEARCH if number == 0 else None}
        load(any_store, [event])
    assert traffic(any_store) == ["search", "search", "search", "search", None]


def test_an_event_that_comes_late_tells_its_visit_anew(any_store):
    order = {"event": 0, "order": "A", "time": at(5), "value": 5.0, "status": "paid", "properties": '{"n":1}'}
    load(
        any_store,
        [{"id": 1, "user": "u", "time": at(5), "properties": '{"a":{"b":1}}', "order": "A"}],
        orders=[order],
    )
    load(any_store, [{"id": 2, "user": "u", "time": at(200), "traffic": SEARCH}])
    load(any_store, [{"id": 3, "user": "u", "time": at(3), "traffic": SOCIAL}])
    assert traffic(any_store) == ["social", "social", "search", "social"]
    load(any_store, [{"id": 4, "user": "u", "time": at(1), "traffic": SEARCH}])
    assert traffic(any_store) == ["search", "search", "search", "search", "search"]
    own, of_order = properties(any_store)[:2]
    assert own == {"a": {"b": 1}, "traffic_channel": "search", "traffic_source": "google"}
    assert of_order == {"n": 1, "traffic_channel": "search", "traffic_source": "google"}


def test_a_visit_is_a_persons_whatever_the_devices(any_store):
    load(any_store, [{"id": 1, "device": "phone", "time": at(0), "traffic": SEARCH}])
    load(any_store, [{"id": 2, "user": "u", "device": "phone", "time": at(1)}])
    load(any_store, [{"id": 3, "user": "u", "device": "computer", "time": at(2)}])
    load(any_store, [{"id": 4, "user": "u", "time": at(3)}])
    assert traffic(any_store) == ["search"] * 4


def test_names_that_enrichment_gives_win_over_those_that_came(any_store):
    load(
        any_store,
        [{"id": 1, "device": "d", "properties": '{"traffic_channel":"x","z":1}', "traffic": SEARCH}],
    )
    assert properties(any_store) == [{"z": 1, "traffic_channel": "search", "traffic_source": "google"}]


@pytest.mark.parametrize("broken", ["", "{", "[1]", "7", '{"a":"\\ud800"}', "null"])
def test_properties_that_cannot_be_read_are_kept_and_stop_nothing(any_store, broken):
    whole = {"id": 1, "device": "d", "properties": " {} \n", "traffic": SEARCH}
    loaded = load(
        any_store,
        [whole, {"id": 2, "device": "e", "properties": broken}],
        traits=[{"alias": "e", "alias_kind": "device", "properties": broken}],
        orders=[{"event": 1, "order": "A", "time": NOON, "properties": broken}],
    )
    assert loaded.accepted == 2
    kept = {"unreadable_properties": broken}
    assert properties(any_store) == [json.loads(SEARCH), kept, kept]


def test_events_bring_orders_up_to_date_once(any_store):
    order = {"event": 0, "order": "A", "time": at(0), "value": 50.0, "status": "paid", "channel": "web"}
    event = {"id": 1, "user": "u", "order": "A", "name": "Order Completed"}
    load(any_store, [event], orders=[order])
    load(any_store, [event], orders=[{**order, "value": 99.0}])
    refund = {"event": 1, "order": "A", "status": "refunded"}
    load(any_store, [{"id": 2, "user": "u"}, {"id": 3, "user": "u", "order": "A"}], orders=[refund])
    (stored,) = any_store.orders(KEY, Scope()).to_pylist()
    assert {name: stored[name] for name in ("id", "time", "value", "status")} == {
        "id": "A",
        "time": at(0),
        "value": 50.0,
        "status": "refunded",
    }
    kinds = [(row["kind"], row["name"], row["origin"]) for row in arrived(any_store)]
    assert kinds.count((SignalKind.ORDER, "refunded", "segment/1")) == 1
    assert len(kinds) == 4


def test_an_order_is_its_customers_once_one_is_known(any_store):
    order = {"event": 0, "order": "A", "time": at(0), "value": 50.0, "status": "paid"}

    def whose() -> set[str]:
        (stored,) = any_store.orders(KEY, Scope()).to_pylist()
        return {each.alias for each in any_store.identities(KEY, stored["person"])}

    load(any_store, [{"id": 1, "device": "phone", "order": "A"}], orders=[order])
    assert whose() == {"phone"}
    load(any_store, [{"id": 2, "user": "u", "order": "A"}], orders=[order])
    assert whose() == {"u"}
    load(any_store, [{"id": 3, "device": "office", "order": "A"}], orders=[order])
    assert whose() == {"u"}


def test_answers_of_an_order_follow_its_customer(any_store):
    answer = {"message_id": "1" * 32, "kind": 2, "name": "csat", "time": at(60), "order": "A", "score": 5.0}
    any_store.load_signals(KEY, signal_table([answer]), rules=[], origin="import/scores")
    load(any_store, [{"id": 1, "user": "u", "order": "A"}])
    assert len({row["person"] for row in arrived(any_store)}) == 1
    assert any_store.state(KEY).people == 1


def test_hits_of_new_signals_and_of_those_whose_person_changed(any_store):
    oulu = HitRule(2, Selector(where=(Condition("person.city", "eq", "Oulu"),)))
    paid = HitRule(3, Selector(where=(Condition("order.status", "eq", "refunded"),)))
    rules = [
        EVERYTHING,
        HitRule(4, Selector(names=("View",))),
        HitRule(4, Selector(url="*/cart")),
        oulu,
        paid,
    ]

    def hits(touchpoint: int) -> list[int]:
        return any_store.hits(KEY, Scope(), [touchpoint])["signal"].to_pylist()

    order = {"event": 1, "order": "A", "time": at(0), "status": "paid"}
    load(
        any_store,
        [
            {"id": 1, "device": "d", "name": "View", "url": "https://x/cart"},
            {"id": 2, "device": "d", "name": "Buy", "order": "A"},
        ],
        orders=[order],
        rules=rules,
    )
    assert [hits(number) for number in (1, 2, 3, 4)] == [[1, 2, 3], [], [], [1]]
    load(any_store, traits=[{"alias": "u", "properties": '{"city":"Oulu"}'}], rules=rules)
    load(any_store, [{"id": 3, "device": "d", "user": "u"}], rules=rules)
    assert [hits(number) for number in (1, 2, 3, 4)] == [[1, 2, 3, 4], [1, 2, 3, 4], [], [1]]
    load(
        any_store,
        [{"id": 4, "user": "u"}],
        orders=[{"event": 0, "order": "A", "status": "refunded"}],
        rules=rules,
    )
    assert [hits(number) for number in (1, 2, 3, 4)] == [[1, 2, 3, 4, 5], [1, 2, 3, 4, 5], [2, 3], [1]]


def test_hits_follow_a_visit_that_is_told_anew(any_store):
    rules = [HitRule(1, Selector(where=(Condition("traffic_channel", "eq", "social"),)))]
    load(any_store, [{"id": 1, "device": "d", "time": at(1), "traffic": SEARCH}], rules=rules)
    assert any_store.hits(KEY, Scope(), [1]).num_rows == 0
    load(any_store, [{"id": 2, "device": "d", "time": at(0), "traffic": SOCIAL}], rules=rules)
    assert any_store.hits(KEY, Scope(), [1]).num_rows == 2


def test_traits_are_added_and_null_says_nothing(any_store):
    load(any_store, traits=[{"alias": "u", "properties": '{"city":"Oulu","age":40}'}])
    load(any_store, traits=[{"alias": "u", "properties": '{"city":null,"age":41}'}])
    ((person, *_rest),) = [row.values() for row in any_store.find_people(KEY).to_pylist()]
    (row,) = any_store.people(KEY, [person]).to_pylist()
    assert json.loads(row["traits"]) == {"city": "Oulu", "age": 41}


def test_strangers_cannot_fill_a_person_or_the_names_of_properties(any_store):
    for batch in range(5):
        many = {f"name {batch} {number}": "x" * 50 for number in range(1000)}
        load(
            any_store,
            [{"id": batch, "user": "u", "properties": json.dumps(many)}],
            traits=[{"alias": "u", "properties": json.dumps(many)}],
        )
    assert len(any_store.catalog(KEY, "property", limit=100_000)) <= 2_010
    (person,) = any_store.find_people(KEY).to_pylist()
    assert len(person["traits"]) < 150_000
    assert any_store.state(KEY).signals == 5


def test_sources_are_counted_and_rejected_rows_kept_mended_and_settled(any_store):
    hour = NOON.replace(minute=0)
    bad = [
        {"id": digest(f"bad {number}"), "reason": "missing_event", "raw": "{}", "detail": "It has no name."}
        for number in range(3)
    ]
    load(
        any_store,
        [{"id": 1, "device": "d", "time": at(-90)}, {"id": 1, "device": "d"}],
        rejected=bad,
        counts=[{"hour": hour, "origin": "segment/1", "reason": "bot", "count": 4}],
        place=InboxPlace(1, 1),
        received=at(7),
    )
    (source,) = any_store.sources(KEY)
    assert (source.accepted, source.repeated, source.rejected, source.dropped, source.waiting) == (
        1,
        1,
        3,
        4,
        3,
    )
    assert (source.first_received, source.last_received, source.newest_time) == (at(7), at(7), at(-90))
    ids = [row["id"] for row in bad]
    assert (
        any_store.mend_rejected(KEY, [(ids[0], '{"event":"x"}'), ("nonsense", "y"), (digest("none"), "z")])
        == 1
    )
    assert {row.id: row.raw for row in any_store.rejected(KEY)} == {
        ids[0]: '{"event":"x"}',
        ids[1]: "{}",
        ids[2]: "{}",
    }
    # A replay takes one, and the other is rejected once more for another reason.
    again = {**bad[1], "reason": "bad_field"}
    replay = stream_batch([{"id": 2, "device": "d"}], rejected=[again], replayed=ids[:2], received=at(8))
    for expected in ((1, 0), (0, 1)):
        loaded = any_store.load_stream(KEY, replay, rules=[])
        assert (loaded.accepted, loaded.repeated) == expected
        assert {(row.id, row.reason) for row in any_store.rejected(KEY)} == {
            (ids[1], "bad_field"),
            (ids[2], "missing_event"),
        }
    assert any_store.inbox_place(KEY) == InboxPlace(1, 1)
    assert any_store.forget_rejected(KEY, [ids[2], "nonsense", digest("none")]) == 1
    (source,) = any_store.sources(KEY)
    assert (source.accepted, source.repeated, source.rejected, source.waiting) == (2, 2, 3, 1)


def test_a_bad_row_that_is_sent_again_waits_once(any_store):
    bad, other = ({"id": digest(name), "reason": "not_json", "raw": "{"} for name in ("bad", "other"))
    load(any_store, rejected=[bad, bad], place=InboxPlace(1, 1))
    loaded = load(any_store, rejected=[other, bad], place=InboxPlace(1, 2))
    assert loaded.rejected == 1
    assert {row.id for row in any_store.rejected(KEY)} == {bad["id"], other["id"]}
    (source,) = any_store.sources(KEY)
    assert (source.rejected, source.waiting) == (2, 2)


def test_a_replay_undoes_nothing_that_somebody_did_meanwhile(any_store):
    rows = [
        {"id": digest(name), "reason": "not_json", "raw": "old"} for name in ("mended", "deleted", "taken")
    ]
    load(any_store, rejected=rows)
    mended, deleted, taken = (row["id"] for row in rows)
    any_store.mend_rejected(KEY, [(mended, "new")])
    any_store.forget_rejected(KEY, [deleted])
    again = [row | {"reason": "missing_event", "detail": "Why."} for row in rows[:2]]
    load(any_store, [{"id": 1, "user": "u"}], rejected=again, replayed=[mended, deleted, taken])
    (left,) = any_store.rejected(KEY)
    assert (left.id, left.reason, left.detail, left.raw) == (mended, "missing_event", "Why.", "new")


def test_what_a_request_held_waits_once_when_two_replays_have_read_it(any_store):
    whole = {"id": digest("whole"), "reason": "unreadable", "raw": "[]"}
    inner = {"id": digest("inner"), "reason": "missing_event", "raw": "{}"}
    load(any_store, rejected=[whole])
    replay = stream_batch([{"id": 1, "user": "u"}], rejected=[inner], replayed=[whole["id"]], received=at(8))
    for _replay in range(2):
        any_store.load_stream(KEY, replay, rules=[])
        assert [row.id for row in any_store.rejected(KEY)] == [inner["id"]]


def test_files_are_sources_too(any_store):
    event = {"message_id": "1" * 32, "name": "view", "time": at(-600), "person": "p"}
    order = {"message_id": "2" * 32, "order": "A", "time": at(-700), "person": "p"}
    any_store.load_signals(KEY, signal_table([event]), rules=[], origin="import/events")
    any_store.load_signals(KEY, signal_table([event]), rules=[], origin="import/events")
    any_store.load_orders(KEY, order_table([order]), rules=[], origin="import/orders")
    any_store.load_people(KEY, person_table([{"person": "p"}]), origin="import/people")
    found = {each.origin: (each.accepted, each.repeated, each.newest_time) for each in any_store.sources(KEY)}
    assert found == {
        "import/events": (1, 1, at(-600)),
        "import/orders": (1, 0, at(-700)),
        "import/people": (0, 1, None),
    }
    assert [row["origin"] for row in arrived(any_store)] == ["import/events", "import/orders"]

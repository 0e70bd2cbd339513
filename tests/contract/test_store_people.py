"""Who is one person: ids of several sorts, files beside the front door, limits, and merges taken back."""

from __future__ import annotations

import json
import time

import pytest

from polku.eventstore.port import Condition, HitRule, Scope, Selector, StoreError
from tests.contract.store_implementations import KEY, any_store
from tests.contract.store_reference import EVERYTHING, order_table, person_table, signal_table
from tests.eventstore.streaming import NOON, stream_batch

__all__ = ["any_store"]
pytestmark = pytest.mark.contract

BROWSER = "3f0e6c1a-77aa-4b7e-9d55-0c2f5a1c9e10"


def load(store, *args, rules=(), **kwargs):
    return store.load_stream(KEY, stream_batch(*args, **kwargs), rules=rules)


def groups(store) -> set[frozenset[str]]:
    """The ids of every person, as texts."""
    return {frozenset(row["ids"]) for row in store.find_people(KEY, limit=100_000).to_pylist() if row["ids"]}


def person_of(store, alias: str) -> int:
    (person,) = {
        row["person"] for row in store.find_people(KEY, limit=100_000).to_pylist() if alias in row["ids"]
    }
    return person


def traits_of(store, alias: str) -> dict:
    (row,) = store.people(KEY, [person_of(store, alias)]).to_pylist()
    return json.loads(row["traits"] or "{}")


def refused(store) -> set[tuple[str, str, str]]:
    return {(each.reason, each.alias, each.other) for each in store.refused_links(KEY)}


def link(alias: str, kind: str, other: str, other_kind: str = "user", reason: str = "identify") -> dict:
    return {"alias": alias, "alias_kind": kind, "other": other, "other_kind": other_kind, "reason": reason}


def file_events(*people: str):
    return signal_table(
        {"message_id": f"{number:032x}", "name": "view", "time": NOON, "person": person}
        for number, person in enumerate(people)
    )


def test_a_phone_and_a_computer_are_one_person_after_signing_in_on_both(any_store):
    load(any_store, [{"id": 1, "device": "phone"}, {"id": 2, "device": "computer"}])
    assert groups(any_store) == {frozenset({"phone"}), frozenset({"computer"})}
    merged = [
        load(any_store, links=[link(device, "device", "ann")]).merged for device in ("phone", "computer")
    ]
    assert (merged, groups(any_store)) == ([1, 1], {frozenset({"phone", "computer", "ann"})})
    person = person_of(any_store, "ann")
    assert any_store.timeline(KEY, person).num_rows == 2
    assert any_store.state(KEY).people == 1
    assert {each.reason for each in any_store.merges(KEY, person)} == {"identify"}


def test_a_device_with_the_text_of_a_customer_number_is_not_that_customer(any_store):
    any_store.load_signals(KEY, file_events("1", "2"), rules=[])
    load(any_store, [{"id": 1, "device": "1"}, {"id": 2, "user": "2", "device": "1"}])
    assert groups(any_store) == {frozenset({"1"}), frozenset({"1", "2"})}
    assert any_store.state(KEY).people == 2


@pytest.mark.parametrize("file_first", [True, False])
def test_ids_of_files_and_of_the_front_door_meet(any_store, file_first):
    def file() -> None:
        any_store.load_signals(KEY, file_events(BROWSER, "007", "null"), rules=[])

    def stream() -> None:
        load(any_store, [{"id": 1, "device": BROWSER}, {"id": 2, "user": "007"}])

    for each in (file, stream) if file_first else (stream, file):
        each()
    assert groups(any_store) == {frozenset({BROWSER}), frozenset({"007"}), frozenset({"null"})}
    assert any_store.timeline(KEY, person_of(any_store, BROWSER)).num_rows == 2
    (identity,) = any_store.identities(KEY, person_of(any_store, "007"))
    assert (identity.kind, identity.signals) == ("user", 2)


def test_an_address_that_turns_out_to_be_a_login_counts_as_one(any_store):
    load(any_store, links=[link("ann@x.fi", "email", "d", "device")])
    load(any_store, [{"id": 1, "user": "ann@x.fi"}, {"id": 2, "user": "bob", "device": "d"}])
    assert groups(any_store) == {frozenset({"ann@x.fi", "d"}), frozenset({"bob"}), frozenset({"d"})}


def test_a_placeholder_is_nobody(any_store):
    load(
        any_store,
        [
            {"id": 1, "user": "undefined", "device": "d1"},
            {"id": 2, "user": " Guest", "device": "d2"},
            {"id": 3, "user": "null"},
        ],
        links=[link("00000000-0000-0000-0000-000000000000", "device", "ann")],
    )
    with_signals = {frozenset(row["ids"]) for row in any_store.find_people(KEY).to_pylist() if row["signals"]}
    assert with_signals == {frozenset({"d1"}), frozenset({"d2"}), frozenset({"null"})}
    assert {reason for reason, *_ids in refused(any_store)} == {"placeholder"}
    assert load(any_store).merged == 0


def test_a_placeholder_in_a_file_joins_nobody(any_store):
    rows = [{"person": str(number), "aliases": ["-", f"{number}@x.fi", "unknown"]} for number in range(20)]
    any_store.load_people(KEY, person_table(rows))
    assert groups(any_store) == {frozenset({str(number), f"{number}@x.fi"}) for number in range(20)}
    assert {(each.reason, each.alias, each.count) for each in any_store.refused_links(KEY)} == {
        ("placeholder", "-", 20),
        ("placeholder", "unknown", 20),
    }
    strange = [{"person": each, "aliases": [f"{each.lower()}@x.fi"]} for each in ("NA", "null", "007")]
    any_store.load_people(KEY, person_table(strange))
    assert groups(any_store) >= {frozenset({each, f"{each.lower()}@x.fi"}) for each in ("NA", "null", "007")}


def test_a_cookieless_visitor_joins_nobody(any_store):
    load(
        any_store,
        [{"id": 1, "device": "day", "device_kind": "cookieless", "user": "ann"}],
        links=[link("day", "cookieless", "ann")],
    )
    assert groups(any_store) == {frozenset({"day"}), frozenset({"ann"})}
    assert refused(any_store) == set()


def test_two_users_of_one_device_stay_two_and_its_later_signals_are_nobodys(any_store):
    load(any_store, [{"id": 1, "device": "d", "name": "before"}, {"id": 2, "device": "d", "user": "ann"}])
    load(
        any_store,
        [
            {"id": 3, "device": "d", "name": "still hers"},
            {"id": 4, "device": "d", "user": "bob", "name": "his"},
            {"id": 5, "device": "d", "name": "anybody's"},
        ],
    )
    load(
        any_store,
        [
            {"id": 6, "device": "d", "user": "ann", "name": "hers"},
            {"id": 7, "device": "d", "name": "anybody's"},
        ],
    )

    def names(alias: str) -> list[str]:
        rows = any_store.timeline(KEY, person_of(any_store, alias)).to_pylist()
        return sorted(row["name"] for row in rows)

    assert names("ann") == ["Page Viewed", "before", "hers", "still hers"]
    assert names("bob") == ["his"]
    nobody = [row for row in any_store.find_people(KEY).to_pylist() if row["ids"] == ["d"]]
    assert [row["signals"] for row in nobody] == [2]
    assert refused(any_store) == {("shared_device", "d", "bob"), ("shared_device", "d", "ann")}
    assert {
        each.is_shared
        for each in any_store.identities(KEY, person_of(any_store, "ann"))
        if each.kind == "device"
    } == {True}


def test_a_device_is_shared_from_the_very_place_of_the_link(any_store):
    load(any_store, links=[link("d", "device", "ann")])
    events = [{"id": number, "device": "d", "name": f"e{number}"} for number in range(3)]
    load(any_store, events, links=[{**link("d", "device", "bob"), "position": 1}])
    hers = any_store.timeline(KEY, person_of(any_store, "ann")).to_pylist()
    assert [row["name"] for row in hers] == ["e0"]


def test_an_address_joins_unless_it_is_another_users(any_store):
    load(
        any_store,
        links=[link("a@x.fi", "email", "ann"), link("a@x.fi", "email", "bob"), link("1", "loyalty", "ann")],
    )
    assert groups(any_store) == {frozenset({"ann", "a@x.fi", "1"}), frozenset({"bob"})}
    assert refused(any_store) == {("two_users", "a@x.fi", "bob")}
    load(any_store, links=[link("bob", "user", "ann", reason="alias")])
    assert groups(any_store) == {frozenset({"ann", "a@x.fi", "1", "bob"})}


def test_at_most_so_many_ids_become_one_person(any_store):
    devices = [{"id": number, "user": "ann", "device": f"d{number}"} for number in range(60)]
    load(any_store, devices)
    assert sorted(map(len, groups(any_store))) == [1] * 10 + [51]
    load(any_store, links=[link(f"u{number}", "user", "bob", reason="alias") for number in range(6)])
    load(any_store, links=[link(f"{number}@x.fi", "email", "cid") for number in range(30)])
    assert sorted(map(len, groups(any_store)))[-3:] == [5, 21, 51]
    reasons = [each.reason for each in any_store.refused_links(KEY)]
    assert (set(reasons), len(reasons)) == ({"too_many"}, 10 + 2 + 10)


def test_a_storm_of_devices_that_say_they_are_one_user_does_no_harm(any_store):
    storm = [{"id": number, "device": f"d{number}", "name": "before"} for number in range(10_000)]
    load(any_store, storm)
    said = [{"id": f"as {number}", "device": f"d{number}", "user": "webmaster"} for number in range(10_000)]
    started = time.monotonic()
    assert load(any_store, said).merged == 50
    assert time.monotonic() - started < 10
    assert any_store.state(KEY).people == 10_001 - 50
    assert len(any_store.refused_links(KEY, limit=100_000)) <= 2_000
    load(any_store, [{"id": "login", "device": "d9999", "user": "ann"}])
    assert frozenset({"d9999", "ann"}) in groups(any_store)


def test_ten_thousand_merges_at_once(any_store):
    load(any_store, [{"id": number, "device": f"d{number}"} for number in range(10_000)])
    load(any_store, [{"id": f"u{number}", "user": f"u{number}"} for number in range(10_000)])
    started = time.monotonic()
    loaded = load(any_store, links=[link(f"d{number}", "device", f"u{number}") for number in range(10_000)])
    assert loaded.merged == 10_000
    assert time.monotonic() - started < 10
    assert any_store.state(KEY).people == 10_000


def test_a_merge_is_taken_back_with_signals_orders_hits_and_traits(any_store):
    oulu = [EVERYTHING, HitRule(2, Selector(where=(Condition("person.city", "eq", "Oulu"),)))]
    load(
        any_store,
        [{"id": 1, "device": "d", "order": "A"}],
        traits=[{"alias": "d", "alias_kind": "device", "properties": '{"theme":"dark","city":"Turku"}'}],
        orders=[{"event": 0, "order": "A", "time": NOON, "value": 5.0}],
        rules=oulu,
    )
    load(
        any_store,
        [{"id": 2, "user": "ann"}],
        traits=[{"alias": "ann", "properties": '{"city":"Oulu"}'}],
        rules=oulu,
    )
    load(any_store, [{"id": 3, "user": "ann", "device": "d"}], rules=oulu)
    answer = {"message_id": "1" * 32, "kind": 2, "name": "csat", "time": NOON, "order": "A", "score": 5.0}
    any_store.load_signals(KEY, signal_table([answer]), rules=oulu)
    load(any_store, traits=[{"alias": "ann", "properties": '{"tier":1}'}], rules=oulu)
    assert traits_of(any_store, "ann") == {"theme": "dark", "city": "Oulu", "tier": 1}
    assert any_store.hits(KEY, Scope(), [2]).num_rows == 5
    whole = person_of(any_store, "ann")
    (merge,) = any_store.merges(KEY, whole)
    version = any_store.state(KEY).version
    back = any_store.unmerge(KEY, merge.merge, rules=oulu)
    assert any_store.state(KEY).version == version + 1
    assert back == person_of(any_store, "ann") != person_of(any_store, "d") == whole
    assert groups(any_store) == {frozenset({"d"}), frozenset({"ann"})}
    assert traits_of(any_store, "ann") == {"city": "Oulu", "tier": 1}
    assert traits_of(any_store, "d") == {"theme": "dark", "city": "Turku"}
    assert any_store.orders(KEY, Scope())["person"].to_pylist() == [whole]
    assert sorted(any_store.timeline(KEY, whole)["kind"].to_pylist()) == [1, 2, 4]
    assert any_store.timeline(KEY, back).num_rows == 2
    assert any_store.hits(KEY, Scope(), [2]).num_rows == 2
    with pytest.raises(StoreError):
        any_store.unmerge(KEY, merge.merge, rules=oulu)
    with pytest.raises(StoreError):
        any_store.unmerge(KEY, 999, rules=oulu)
    load(any_store, [{"id": 4, "user": "ann", "device": "d"}], rules=oulu)
    assert groups(any_store) == {frozenset({"d"}), frozenset({"ann"})}
    assert ("kept_apart", "d", "ann") in refused(any_store)


def test_ids_that_came_later_go_with_the_one_they_were_linked_to(any_store):
    load(any_store, [{"id": 1, "device": "d1"}])
    load(any_store, [{"id": 2, "device": "d1", "user": "ann"}])
    load(any_store, [{"id": 3, "device": "d2", "user": "ann"}], links=[link("a@x.fi", "email", "ann")])
    first = min(each.merge for each in any_store.merges(KEY, person_of(any_store, "ann")))
    any_store.unmerge(KEY, first, rules=[])
    assert groups(any_store) == {frozenset({"d1"}), frozenset({"ann", "d2", "a@x.fi"})}
    person = person_of(any_store, "ann")
    for merge in any_store.merges(KEY, person):
        if merge.undone_at is None:
            any_store.unmerge(KEY, merge.merge, rules=[])
    assert groups(any_store) == {frozenset({each}) for each in ("d1", "d2", "ann", "a@x.fi")}


def test_what_a_file_joined_is_taken_back_and_the_file_does_not_join_it_again(any_store):
    any_store.load_signals(KEY, file_events("ann", "a@x.fi", "bob"), rules=[])
    file = person_table(
        [
            {"person": "ann", "aliases": ["a@x.fi", "+358"], "properties": '{"city":"Oulu"}'},
            {"person": "a@x.fi", "aliases": ["bob"]},
        ]
    )
    any_store.load_people(KEY, file)
    assert groups(any_store) == {frozenset({"ann", "a@x.fi", "+358", "bob"})}
    merges = any_store.merges(KEY, person_of(any_store, "ann"))
    assert [(each.reason, each.undone_at) for each in merges] == [("import", None)] * 2
    (of_bob,) = [each.merge for each in merges if "bob" in (each.alias, each.other)]
    any_store.unmerge(KEY, of_bob, rules=[])
    assert groups(any_store) == {frozenset({"ann", "a@x.fi", "+358"}), frozenset({"bob"})}
    again = any_store.load_people(KEY, file)
    assert groups(any_store) == {frozenset({"ann", "a@x.fi", "+358"}), frozenset({"bob"})}
    assert again.accepted == 0
    assert {reason for reason, *_ids in refused(any_store)} == {"kept_apart"}


def test_an_order_of_a_file_goes_with_the_id_that_it_names(any_store):
    load(any_store, [{"id": 1, "device": "d"}])
    any_store.load_orders(
        KEY, order_table([{"message_id": "1" * 32, "order": "A", "person": "ann", "time": NOON}]), rules=[]
    )
    load(any_store, [{"id": 2, "device": "d", "user": "ann"}])
    (merge,) = any_store.merges(KEY, person_of(any_store, "ann"))
    any_store.unmerge(KEY, merge.merge, rules=[])
    assert any_store.orders(KEY, Scope())["person"].to_pylist() == [person_of(any_store, "ann")]

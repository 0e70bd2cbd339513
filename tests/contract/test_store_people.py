"""People one by one: finding them, their timelines and visits, their ids and the merges that made them."""

from __future__ import annotations

import itertools
import json
import random
from datetime import datetime, timedelta

import pytest

from polku.eventstore.port import HitRule, Selector, SignalKind
from tests.contract.store_implementations import KEY, OTHER_KEY, any_store
from tests.contract.store_reference import START, message_id, order_table, person_table, signal_table
from tests.eventstore.streaming import stream_batch

__all__ = ["any_store"]
pytestmark = pytest.mark.contract
RULES = [HitRule(7, Selector(names=("view",))), HitRule(3, Selector(channel="web"))]


def find(store, search, **more):
    return [row["person"] for row in store.find_people(KEY, search=search, **more).to_pylist()]


def the_one(store, search) -> int:
    (person,) = find(store, search)
    return person


@pytest.fixture
def rows(any_store):
    """200 signals of five people over three weeks, many in the same minute, some in named sessions."""
    chance = random.Random(5)
    made = []
    for number in range(200):
        kind = chance.choice([1, 1, 1, 1, 2, 3, 5])
        made.append(
            {
                "message_id": message_id(number),
                "kind": kind,
                "name": chance.choice(["view", "cart"] if kind == 1 else ["nps"]),
                "time": START + timedelta(minutes=7 * chance.randrange(400)),
                "person": f"asiakas-{chance.randrange(5)}",
                "session": chance.choice([None, None, None, "s1", "s2"]),
                "channel": chance.choice(["web", "store", None]),
                "url": chance.choice([None, "https://kauppa.example/"]),
                "value": chance.choice([None, 2.5]),
                "score": float(chance.randint(0, 10)) if kind == 2 else None,
                "scale_low": 0.0 if kind == 2 else None,
                "scale_high": 10.0 if kind == 2 else None,
                "text": chance.choice([None, "Hyvä Ä"]),
                "properties": chance.choice([None, '{"browser":"Firefox"}']),
            }
        )
    any_store.load_signals(KEY, signal_table(made), rules=RULES, origin="import/events")
    return made


def newest_first(rows):
    # Equal times: what arrived later comes first.
    numbered = sorted(enumerate(rows), key=lambda pair: (pair[1]["time"], pair[0]), reverse=True)
    return [row for _number, row in numbered]


def visits_of(rows) -> list[int]:
    """The number of each row's visit, by the definition: named sessions, and gaps of over 30 minutes in the rest."""
    visits: list[list[int]] = []
    loose = None
    last = None
    named: dict[str, list[int]] = {}
    for at, row in sorted(enumerate(rows), key=lambda pair: (pair[1]["time"], -pair[0])):
        if row["session"]:
            if row["session"] not in named:
                named[row["session"]] = []
                visits.append(named[row["session"]])
            named[row["session"]].append(at)
            continue
        if loose is None or row["time"] - last > timedelta(minutes=30):
            loose = []
            visits.append(loose)
        loose.append(at)
        last = row["time"]
    # Rows are newest first: the visit whose newest signal stands first is number one.
    ordered = sorted(visits, key=min)
    return [next(number for number, visit in enumerate(ordered, 1) if at in visit) for at in range(len(rows))]


def test_a_timeline_has_every_signal_newest_first(any_store, rows):
    as_it_came = (
        "kind",
        "name",
        "time",
        "channel",
        "url",
        "value",
        "score",
        "scale_low",
        "scale_high",
        "text",
    )
    for alias in sorted({row["person"] for row in rows}):
        own = newest_first([row for row in rows if row["person"] == alias])
        found = any_store.timeline(KEY, the_one(any_store, alias), limit=1000).to_pylist()
        assert [tuple(row[name] for name in as_it_came) for row in found] == [
            tuple(row[name] for name in as_it_came) for row in own
        ]
        assert [row["visit"] for row in found] == visits_of(own)
        assert {(row["alias"], row["origin"], row["order"], row["device"]) for row in found} == {
            (alias, "import/events", None, None)
        }
        assert [row["properties"] for row in found] == [row["properties"] for row in own]
        assert [row["touchpoints"] for row in found] == [
            sorted([3] * (row["channel"] == "web") + [7] * (row["name"] == "view")) for row in own
        ]


def test_pages_and_kinds_of_a_timeline(any_store, rows):
    person = the_one(any_store, "asiakas-1")
    whole = any_store.timeline(KEY, person, limit=1000).to_pylist()
    pages = [any_store.timeline(KEY, person, limit=7, offset=7 * page).to_pylist() for page in range(30)]
    assert list(itertools.chain(*pages)) == whole
    asked = [SignalKind.SCORE, SignalKind.CONTACT]
    # A visit keeps its number where only a part of it is shown.
    assert any_store.timeline(KEY, person, kinds=asked, limit=1000).to_pylist() == [
        row for row in whole if row["kind"] in asked
    ]
    assert any_store.timeline(KEY, 999).num_rows == 0


def test_a_person_in_sum(any_store, rows):
    any_store.load_orders(
        KEY,
        order_table(
            [
                {
                    "message_id": message_id(900),
                    "order": "T1",
                    "person": "asiakas-1",
                    "value": 10.5,
                    "status": "new",
                },
                {
                    "message_id": message_id(901),
                    "order": "T2",
                    "person": "asiakas-1",
                    "value": 4.5,
                    "status": "new",
                },
                {
                    "message_id": message_id(902),
                    "order": "T3",
                    "person": "asiakas-1",
                    "time": datetime(2030, 1, 1),
                },
            ]
        ),
        rules=[],
        origin="import/orders",
    )
    any_store.load_people(
        KEY, person_table([{"person": "asiakas-1", "aliases": [], "properties": '{"city": "Oulu"}'}])
    )
    own = newest_first([row for row in rows if row["person"] == "asiakas-1"])
    found = any_store.profile(KEY, the_one(any_store, "asiakas-1"))
    expected = {kind: sum(row["kind"] == kind for row in own) for kind in (1, 2, 3, 5)} | {4: 1}
    assert found.signals == expected
    assert (found.first_seen, found.last_seen) == (own[-1]["time"], datetime(2030, 1, 1))
    here = {
        visit
        for row, visit in zip(own, visits_of(own), strict=True)
        if row["kind"] == 1 and row["url"] is not None
    }
    assert found.visits == len(here)
    assert (found.is_known, json.loads(found.traits)) == (True, {"city": "Oulu"})
    assert found.origins == ("import/events", "import/orders")
    assert found.orders == ((None, 1, 0.0), ("new", 2, 15.0))
    assert found.newest_order == "T3"
    assert any_store.profile(KEY, 999) is None


def test_people_are_found_by_what_is_known_of_them(any_store):
    any_store.load_people(
        KEY,
        person_table(
            [
                {"person": "K-1", "aliases": ["Maija@Example.com"], "properties": '{"name": "Maija Äijälä"}'},
                {"person": "K-2", "aliases": [], "properties": '{"city": "Oulu", "said": "a\\"b\\\\c%_"}'},
                {"person": "ck-77", "aliases": [], "properties": None},
            ]
        ),
    )
    any_store.load_orders(
        KEY, order_table([{"message_id": message_id(1), "order": "T-500", "time": START}]), rules=[]
    )
    maija, oulu, visitor, buyer = (the_one(any_store, each) for each in ("K-1", "K-2", "ck-77", "T-500"))
    assert len({maija, oulu, visitor, buyer}) == 4
    for search, expected in {
        "maija@example": [maija],
        "äijälä": [maija],
        "ÄIJÄ": [maija],
        "oulu": [oulu],
        'a"b\\c%_': [oulu],
        "t-5": [buyer],
        "city": [],  # the name of a trait is nothing that is known of a person
        "%": [oulu],
        "_": [oulu],
        "nobody": [],
    }.items():
        assert find(any_store, search) == expected, search
    assert set(find(any_store, "k-")) == {maija, oulu, visitor}
    assert set(find(any_store, "", is_known=True)) == {maija, oulu}
    assert set(find(any_store, "", is_known=False)) == {visitor, buyer}
    assert find(any_store, "k-", is_known=False) == [visitor]
    row = any_store.find_people(KEY, search="maija").to_pylist()[0]
    assert (row["ids"], row["kinds"]) == (["K-1", "Maija@Example.com"], ["file", "email"])
    assert (row["signals"], row["orders"], row["order"], row["last_seen"]) == (0, 0, None, None)
    row = any_store.find_people(KEY, search="T-500").to_pylist()[0]
    assert (row["ids"], row["signals"], row["orders"], row["order"], row["is_known"]) == (
        [],
        1,
        1,
        "T-500",
        False,
    )


def test_the_list_is_in_order_of_being_seen_and_holds_everybody_once(any_store):
    chance = random.Random(3)
    rows = [
        {
            "message_id": message_id(number),
            "name": "view",
            "time": START + timedelta(hours=chance.randrange(24 * 500)),
            "person": f"{chance.choice(['ck-', 'K-'])}{chance.randrange(60)}",
        }
        for number in range(150)
    ]
    any_store.load_signals(KEY, signal_table(rows), rules=[])
    any_store.load_people(KEY, person_table([{"person": "K-unseen", "aliases": [], "properties": None}]))
    last = {}
    for row in rows:
        last[row["person"]] = max(row["time"], last.get(row["person"], row["time"]))
    for is_known in (None, True, False):
        pages = [
            any_store.find_people(KEY, is_known=is_known, limit=9, offset=9 * page).to_pylist()
            for page in range(15)
        ]
        found = list(itertools.chain(*pages))
        wanted = {a: t for a, t in last.items() if is_known is None or a.startswith("K-") == is_known}
        unseen = {} if is_known is False else {"K-unseen": None}
        assert {row["ids"][0]: row["last_seen"] for row in found} == wanted | unseen
        times = [row["last_seen"] for row in found if row["last_seen"]]
        assert times == sorted(times, reverse=True)
        assert len(found) == len(wanted) + len(unseen)
        if unseen:
            assert found[-1]["ids"] == ["K-unseen"]


def event(number, minutes, **ids):
    return {"id": number, "name": "view", "time": START + timedelta(minutes=minutes), **ids}


def test_a_device_that_signs_in_and_what_came_of_it(any_store):
    events = [
        event(1, 0, device="phone-1"),
        event(2, 5, device="phone-1", user="42"),
        event(3, 9, device="laptop-1"),
        event(4, 20, user="42", device="laptop-1"),
    ]
    any_store.load_stream(KEY, stream_batch(events[:3]), rules=[])
    before = the_one(any_store, "laptop-1")
    any_store.load_stream(KEY, stream_batch(events[3:]), rules=[])
    person = the_one(any_store, "42")
    assert any_store.person_now(KEY, before) == person
    assert any_store.person_now(KEY, person) == person
    assert any_store.person_now(KEY, 999) is None
    assert [row["device"] for row in any_store.timeline(KEY, person).to_pylist()] == [
        "laptop-1", "laptop-1", "phone-1", "phone-1",
    ]  # fmt: skip
    ids = {(each.alias, each.kind): each for each in any_store.identities(KEY, person)}
    assert {key: each.signals for key, each in ids.items()} == {
        ("42", "user"): 2, ("phone-1", "device"): 2, ("laptop-1", "device"): 2,
    }  # fmt: skip
    assert ids["phone-1", "device"].first_seen == START
    assert ids["phone-1", "device"].last_seen == START + timedelta(minutes=5)
    assert {each.is_shared for each in ids.values()} == {False}
    (row,) = any_store.find_people(KEY, search="42").to_pylist()
    assert (row["is_known"], row["signals"], row["origins"]) == (True, 4, ["segment/1"])
    made = any_store.merges(KEY, person)
    assert {each.reason for each in made} == {"event"}
    assert made == sorted(made, key=lambda each: -each.merge)
    assert {person, *(each.absorbed for each in made)} >= {before}
    laptop = next(each for each in made if "laptop-1" in (each.alias, each.other))
    assert (laptop.undone_at, "laptop-1" in laptop.leaving) == (None, True)

    back = any_store.unmerge(KEY, laptop.merge, rules=[])
    assert any_store.person_now(KEY, back) == back
    assert the_one(any_store, "laptop-1") == back
    undone = next(each for each in any_store.merges(KEY, person) if each.merge == laptop.merge)
    assert undone.undone_at is not None


def test_merges_of_those_who_were_taken_in_are_history_too(any_store):
    any_store.load_people(
        KEY, person_table([{"person": each, "aliases": [], "properties": None} for each in "abcd"])
    )
    oldest = the_one(any_store, "a")
    numbers = {each: the_one(any_store, each) for each in "abcd"}
    for one, other in (("c", "d"), ("b", "c"), ("a", "b")):
        any_store.load_people(
            KEY,
            person_table([{"person": one, "aliases": [other], "properties": None}]),
            origin="import/people",
        )
    assert {any_store.person_now(KEY, number) for number in numbers.values()} == {oldest}
    made = any_store.merges(KEY, oldest)
    assert [(each.survivor, each.absorbed) for each in made] == [
        (numbers["a"], numbers["b"]), (numbers["b"], numbers["c"]), (numbers["c"], numbers["d"]),
    ]  # fmt: skip
    assert [each.leaving for each in made] == [("b", "c", "d"), ("c", "d"), ("d",)]
    assert {each.reason for each in made} == {"import"}


def test_a_shared_device_is_shown_to_all_who_used_it(any_store):
    any_store.load_stream(
        KEY,
        stream_batch(
            [
                event(1, 0, user="ann", device="tablet"),
                event(2, 50, user="bob", device="tablet"),
                event(3, 90, user="ann", device="tablet"),
            ]
        ),
        rules=[],
    )
    for user in ("ann", "bob"):
        ids = any_store.identities(KEY, the_one(any_store, user))
        assert ("tablet", True) in [(each.alias, each.is_shared) for each in ids]
    (refused,) = any_store.refused_links(KEY)
    assert (refused.reason, {refused.alias, refused.other}) == ("shared_device", {"tablet", "bob"})


def test_links_that_were_refused_newest_first(any_store):
    link = {"alias_kind": "email", "other_kind": "user", "alias": "a@x.fi"}
    for day, user in enumerate(("ann", "bob", "bob")):
        any_store.load_stream(
            KEY,
            stream_batch(
                [event(day, day, user=user)],
                links=[{**link, "other": user, "time": START + timedelta(days=day)}],
                received=START + timedelta(days=day),
            ),
            rules=[],
        )
    (refused,) = any_store.refused_links(KEY)
    assert (refused.reason, {refused.alias, refused.other}, refused.count) == (
        "two_users",
        {"a@x.fi", "bob"},
        2,
    )


def test_another_workspaces_people_are_never_found(any_store, rows):
    any_store.create(OTHER_KEY)
    assert any_store.find_people(OTHER_KEY).num_rows == 0
    assert any_store.find_people(OTHER_KEY, search="asiakas").num_rows == 0
    assert any_store.timeline(OTHER_KEY, 1).num_rows == 0
    assert any_store.profile(OTHER_KEY, 1) is None
    assert any_store.identities(OTHER_KEY, 1) == []
    assert any_store.person_now(OTHER_KEY, 1) is None

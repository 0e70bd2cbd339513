"""What loads leave behind, against a row-by-row model in plain Python."""

from __future__ import annotations

import json
import random
from datetime import date, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from polku.eventstore.port import Condition, HitRule, Loaded, Scope, Selector, StoreError
from tests.contract.store_implementations import KEY, OTHER_KEY, any_store
from tests.contract.store_reference import (
    EVERYTHING,
    START,
    Reference,
    dump,
    dump_orders,
    every_order,
    message_id,
    order_table,
    people_names,
    person_table,
    signal_table,
    some_orders,
    some_signals,
)

__all__ = ["any_store"]
pytestmark = pytest.mark.contract


def counts(loaded: Loaded) -> tuple[int, int, int]:
    return loaded.accepted, loaded.known, loaded.joined


def event(number: int, **more):
    return {"message_id": message_id(number), "name": "view", "time": START, **more}


@pytest.mark.parametrize("seed", range(8))
def test_loads_in_any_order_leave_what_the_model_says(any_store, seed):
    chance, model = random.Random(seed), Reference()
    aliases = [f"p{number}" for number in range(8)]
    for _round in range(10):
        what = chance.choice(["signals", "signals", "orders", "lines", "people"])
        if what == "signals":
            rows = some_signals(chance, 15)
            loaded = any_store.load_signals(KEY, signal_table(rows), rules=[EVERYTHING])
            assert counts(loaded) == model.load_signals(rows)
        elif what == "people":
            row = {"person": chance.choice(aliases), "aliases": [chance.choice(aliases)], "properties": None}
            any_store.load_people(KEY, person_table([row]), rules=[EVERYTHING])
            model.load_people([row])
        else:
            rows = some_orders(chance, 6)
            lines = what == "lines"
            loaded = any_store.load_orders(KEY, order_table(rows), rules=[EVERYTHING], lines=lines)
            assert counts(loaded) == model.load_orders(rows, lines=lines)
        assert dump(any_store, KEY) == model.rows()
        assert dump_orders(any_store, KEY) == model.order_entities()
    state = any_store.state(KEY)
    people = {repr(row[-1]) for row in model.rows()}
    people |= {repr(frozenset(group)) for group in model.groups.values()}
    people |= {repr(model.person_of(order["alias"], number)) for number, order in model.orders.items()}
    times = [row[0] for row in model.rows()]
    assert (state.signals, state.people) == (len(times), len(people))
    assert (state.first_time, state.data_as_of) == (min(times), max(times))
    assert state.version == 10


def test_a_repeat_adds_nothing_and_halves_that_overlap_add_up(any_store):
    rows = some_signals(random.Random(5), 200)
    distinct = len({row["message_id"] for row in rows})
    first = any_store.load_signals(KEY, signal_table(rows[:130]), rules=[EVERYTHING])
    second = any_store.load_signals(KEY, signal_table(rows[70:]), rules=[EVERYTHING])
    assert first.accepted + second.accepted == distinct
    again = any_store.load_signals(KEY, signal_table(rows), rules=[EVERYTHING])
    assert (again.accepted, again.known) == (0, 200)
    assert any_store.state(KEY).signals == distinct
    assert any_store.hits(KEY, Scope(), [1]).num_rows == distinct


def test_parquet_and_arrow_load_alike_and_tell_their_progress(any_store, tmp_path):
    rows = some_signals(random.Random(6), 50)
    file = tmp_path / "batch.parquet"
    pq.write_table(signal_table(rows), file, row_group_size=7)
    told = []
    any_store.load_signals(
        KEY, Path(file), rules=[EVERYTHING], progress=lambda done, total: told.append((done, total))
    )
    model = Reference()
    model.load_signals(rows)
    assert dump(any_store, KEY) == model.rows()
    assert told[-1] == (50, 50)


def test_an_orders_person_is_found_later_and_takes_what_was_anonymous(any_store):
    any_store.load_signals(KEY, signal_table([event(1, order="A"), event(2, order="A")]), rules=[EVERYTHING])
    assert any_store.state(KEY).people == 1
    any_store.load_signals(KEY, signal_table([event(3, person="maija")]), rules=[EVERYTHING])
    assert any_store.state(KEY).people == 2
    any_store.load_signals(KEY, signal_table([event(4, person="maija", order="A")]), rules=[EVERYTHING])
    assert any_store.state(KEY).people == 1
    assert {row[-1] for row in dump(any_store, KEY)} == {frozenset({"maija"})}


def test_an_order_given_to_another_person_merges_nobody(any_store):
    given = {"order": "A", "time": START}
    any_store.load_signals(
        KEY, signal_table([event(9, order="A"), event(8, person="maija")]), rules=[EVERYTHING]
    )
    for number, person in ((1, "maija"), (2, "pekka")):
        row = {"message_id": message_id(number), "person": person, **given}
        any_store.load_orders(KEY, order_table([row]), rules=[EVERYTHING])
    assert sorted(repr((row[2], sorted(row[-1]))) for row in dump(any_store, KEY)) == [
        "('order', ['pekka'])",
        "('view', ['maija'])",
        "('view', ['pekka'])",
    ]


def test_a_row_of_somebody_else_about_a_known_order_keeps_both_people(any_store):
    rows = [event(1, order="A", person="maija"), event(2, order="A", person="pekka"), event(3, order="A")]
    any_store.load_signals(KEY, signal_table(rows), rules=[EVERYTHING])
    assert [sorted(row[-1]) for row in dump(any_store, KEY)] == [["maija"], ["maija"], ["pekka"]]


def test_a_customer_named_later_in_an_export_known_whole_is_learnt(any_store):
    any_store.load_signals(KEY, signal_table([event(1, order="o1")]), rules=[EVERYTHING])
    filled_in = signal_table([event(1, order="o1", person="ada")])
    loaded = any_store.load_signals(KEY, filled_in, rules=[EVERYTHING])
    assert (loaded.accepted, loaded.known) == (0, 1)
    any_store.load_signals(KEY, signal_table([event(2, person="ada")]), rules=[EVERYTHING])
    assert any_store.state(KEY).people == 1


def test_the_later_file_has_the_last_word_about_an_order(any_store):
    def load(number: int, status: str) -> tuple[int, int]:
        row = {"message_id": message_id(number), "order": "o1", "time": START, "status": status}
        loaded = any_store.load_orders(KEY, order_table([row]), rules=[EVERYTHING])
        return loaded.accepted, loaded.known

    def status() -> object:
        return any_store.orders(KEY, Scope()).column("status").to_pylist()

    assert [load(1, "on hold"), load(2, "paid")] == [(1, 0), (1, 0)]
    assert load(2, "paid") == (0, 1)
    assert load(1, "on hold") == (1, 0)
    assert status() == ["on hold"]
    assert load(1, "on hold") == (0, 1)


def test_an_order_file_with_a_history_adds_nothing_when_it_comes_again(any_store):
    rows = [
        {"message_id": message_id(number), "order": "o1", "time": START, "status": status}
        for number, status in enumerate(["created", "paid", "delivered"])
    ]
    first = any_store.load_orders(KEY, order_table(rows), rules=[EVERYTHING])
    again = any_store.load_orders(KEY, order_table(rows), rules=[EVERYTHING])
    assert [(first.accepted, first.known), (again.accepted, again.known)] == [(3, 0), (0, 3)]
    assert any_store.orders(KEY, Scope()).column("status").to_pylist() == ["delivered"]


def test_order_lines_add_up_once(any_store):
    lines = [
        {"message_id": message_id(number), "order": order, "value": value}
        for number, (order, value) in enumerate(
            [("A", 0.1), ("A", 0.2), ("B", 5.0), ("A", 10.0), ("B", None)]
        )
    ]
    table = order_table(lines)
    assert counts(any_store.load_orders(KEY, table, rules=[], lines=True)) == (4, 1, 0)
    assert counts(any_store.load_orders(KEY, table, rules=[], lines=True)) == (0, 5, 5)
    times = [
        {"message_id": message_id(20 + n), "order": order, "time": START} for n, order in enumerate("AB")
    ]
    any_store.load_orders(KEY, order_table(times), rules=[])
    late = [{"message_id": message_id(30), "order": "B", "value": 1.5}]
    any_store.load_orders(KEY, order_table(late), rules=[], lines=True)
    assert {row["id"]: row["value"] for row in every_order(any_store, KEY)} == {"A": 10.3, "B": 6.5}


def test_promise_is_kept_on_the_calendar_day_and_unknown_without_a_date(any_store):
    days = {
        "kept": (date(2026, 3, 2), date(2026, 3, 2)),
        "late": (date(2026, 3, 2), date(2026, 3, 3)),
        "open": (date(2026, 3, 2), None),
        "unpromised": (None, date(2026, 3, 2)),
    }
    rows = [
        {
            "message_id": message_id(n),
            "order": name,
            "time": START,
            "promised": promised,
            "delivered": delivered,
        }
        for n, (name, (promised, delivered)) in enumerate(days.items())
    ]
    any_store.load_orders(KEY, order_table(rows), rules=[])
    assert {row["id"]: row["on_time"] for row in every_order(any_store, KEY)} == {
        "kept": True,
        "late": False,
        "open": None,
        "unpromised": None,
    }


def test_people_merge_into_the_oldest_and_keep_all_traits_the_later_winning(any_store):
    for number, person in enumerate(["a", "b", "c"]):
        any_store.load_signals(KEY, signal_table([event(number, person=person)]), rules=[EVERYTHING])
    load = any_store.load_people
    first = [
        {"person": "a", "properties": json.dumps({"city": "Oulu", "tier": "1"})},
        {"person": "b", "properties": json.dumps({"city": "Turku", "age": "40"})},
    ]
    assert counts(load(KEY, person_table(first))) == (2, 0, 2)
    assert counts(load(KEY, person_table(first))) == (0, 2, 2)
    join = person_table([{"person": "c", "aliases": ["b", "new"]}, {"person": "new", "aliases": ["a"]}])
    assert load(KEY, join).accepted == 2
    assert counts(load(KEY, join)) == (0, 2, 2)
    numbers = {row["person"] for row in any_store.hits(KEY, Scope(), [1]).to_pylist()}
    assert people_names(any_store, KEY, numbers) == {1: frozenset({"a", "b", "c", "new"})}
    (person,) = any_store.people(KEY, [1]).to_pylist()
    assert json.loads(person["traits"]) == {"city": "Turku", "tier": "1", "age": "40"}
    assert (person["first_seen"], person["last_seen"]) == (START, START)
    assert any_store.state(KEY).people == 1


def test_hits_follow_orders_and_people_that_change(any_store):
    rules = [
        HitRule(7, Selector(where=(Condition("order.status", "eq", "returned"),))),
        HitRule(8, Selector(where=(Condition("person.city", "eq", "Oulu"),))),
    ]
    any_store.load_signals(KEY, signal_table([event(1, order="A"), event(2, person="maija")]), rules=rules)
    returned = {"message_id": message_id(5), "order": "A", "status": "returned", "time": START}
    any_store.load_orders(KEY, order_table([returned]), rules=rules)
    assert any_store.hits(KEY, Scope(), [7])["name"].to_pylist() == ["view", "returned"]
    oulu = person_table([{"person": "maija", "properties": '{"city": "Oulu"}'}])
    any_store.load_people(KEY, oulu, rules=rules)
    assert any_store.hits(KEY, Scope(), [8]).num_rows == 1
    any_store.load_signals(KEY, signal_table([event(3, order="A", person="maija")]), rules=rules)
    assert any_store.hits(KEY, Scope(), [8]).num_rows == 4
    mended = {**returned, "message_id": message_id(6), "status": "delivered"}
    any_store.load_orders(KEY, order_table([mended]), rules=rules)
    assert any_store.hits(KEY, Scope(), [7]).num_rows == 0
    assert any_store.hits(KEY, Scope(), [8]).num_rows == 4


def test_rebuilding_hits_changes_the_touchpoints_named_and_no_other(any_store):
    views, pays = HitRule(1, Selector(names=("view",))), HitRule(2, Selector(names=("pay",)))
    rows = [event(1, person="a"), event(2, person="a", name="pay"), event(3, person="b", name="pay")]
    any_store.load_signals(KEY, signal_table(rows), rules=[views, pays])
    before = any_store.state(KEY).version
    told = []
    any_store.rebuild_hits(
        KEY,
        [1],
        [HitRule(1, Selector(names=("pay",))), HitRule(1, Selector(names=("view", "pay")))],
        progress=lambda done, total: told.append((done, total)),
    )
    found = any_store.hits(KEY, Scope(), [1, 2])
    assert list(zip(found["touchpoint"].to_pylist(), found["signal"].to_pylist(), strict=True)) == [
        (1, 1), (1, 2), (1, 3), (2, 2), (2, 3),
    ]  # fmt: skip
    assert any_store.state(KEY).version == before + 1
    assert told == [(1, 1)]


def test_a_faulty_batch_leaves_the_store_as_it_was(any_store):
    any_store.load_signals(KEY, signal_table([event(1, person="a")]), rules=[EVERYTHING])
    before = any_store.state(KEY)
    faulty = [
        signal_table([event(2, person="b"), event(3)]),
        signal_table([event(2, person="b"), event(3, person="b", kind=4)]),
        signal_table([event(2, person="b")]).drop_columns(["name"]),
        signal_table([event(2, person="b"), event(3, person="b", properties="{not JSON")]),
        signal_table([event(2, person="b"), {**event(3, person="b"), "message_id": "no id"}]),
    ]
    for batch in faulty:
        with pytest.raises(StoreError):
            any_store.load_signals(KEY, batch, rules=[EVERYTHING])
        assert any_store.state(KEY) == before
    assert any_store.load_signals(KEY, signal_table([event(2, person="b")]), rules=[EVERYTHING]).accepted == 1


def test_workspaces_never_meet(any_store):
    any_store.create(OTHER_KEY)
    rows = [event(1, person="a")]
    for key in (KEY, OTHER_KEY):
        assert any_store.load_signals(key, signal_table(rows), rules=[EVERYTHING]).accepted == 1
    any_store.load_signals(KEY, signal_table([event(2, person="a", order="A")]), rules=[EVERYTHING])
    assert (any_store.state(KEY).signals, any_store.state(OTHER_KEY).signals) == (2, 1)
    any_store.drop(KEY)
    with pytest.raises(StoreError):
        any_store.state(KEY)
    assert any_store.state(OTHER_KEY).signals == 1
    any_store.create(KEY)
    assert any_store.state(KEY).signals == 0


@pytest.mark.parametrize("key", ["", "../other", "0123", KEY.upper(), KEY + "\n"])
def test_what_is_no_key_is_refused(any_store, key):
    with pytest.raises(StoreError):
        any_store.create(key)
    with pytest.raises(StoreError):
        any_store.state(key)


def test_texts_come_back_as_they_were(any_store):
    hostile = [
        "NA",
        "007",
        "1e5",
        "a\nb",
        "👩‍🚀",
        "'; DROP TABLE signal; --",
        '"',
        "\\",
        "%_*",
        "ä" * 5000,
        "\0",
    ]
    rows = [event(n, person=text, name=text, text=text) for n, text in enumerate(hostile)]
    any_store.load_signals(KEY, signal_table(rows), rules=[EVERYTHING])
    found = any_store.comments(KEY, Scope(), 1)
    assert sorted(found["text"].to_pylist()) == sorted(hostile)
    assert {name for (name,) in people_names(any_store, KEY, range(1, 20)).values()} == set(hostile)


def test_arrival_numbers_follow_the_batch(any_store):
    rows = [event(n, person="a", name=f"e{n}") for n in (5, 3, 9, 1)]
    any_store.load_signals(KEY, signal_table(rows[:2]), rules=[EVERYTHING])
    any_store.load_signals(KEY, signal_table(rows), rules=[EVERYTHING])
    found = any_store.hits(KEY, Scope(), [1])
    assert found["name"].to_pylist() == ["e5", "e3", "e9", "e1"]
    assert found["signal"].to_pylist() == [1, 2, 3, 4]


def test_an_orders_own_signal_moves_with_its_time(any_store):
    row = {"message_id": message_id(1), "order": "A", "time": START, "value": 5.0, "person": "a"}
    any_store.load_orders(KEY, order_table([row]), rules=[EVERYTHING])
    later = {**row, "message_id": message_id(2), "time": START + timedelta(days=3), "status": "sent"}
    any_store.load_orders(KEY, order_table([later]), rules=[EVERYTHING])
    state = any_store.state(KEY)
    assert (state.signals, state.first_time, state.data_as_of) == (1, later["time"], later["time"])
    assert dump(any_store, KEY) == [(datetime(2026, 3, 4), 4, "sent", "A", None, frozenset({"a"}))]

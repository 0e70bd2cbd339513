"""Signals that are taken back: as if they had never come, whoever asks."""

from __future__ import annotations

from datetime import timedelta

import pyarrow as pa
import pytest

from polku.eventstore.behaviour import FunnelQuestion, PathQuestion
from polku.eventstore.port import HitRule, Scope, Selector, SignalKind, StoreError
from tests.contract.store_implementations import KEY, any_store
from tests.contract.store_reference import START, message_id, order_table, signal_table
from tests.eventstore.streaming import NOON, digest, stream_batch

__all__ = ["any_store"]
pytestmark = pytest.mark.contract

RULES = [
    HitRule(1, Selector(kinds=(SignalKind.SCORE,))),
    HitRule(2, Selector(kinds=(SignalKind.COMMENT,))),
    HitRule(3, Selector(kinds=(SignalKind.EVENT,))),
]
ANSWERS = Scope(timezone="Europe/Helsinki")
DAY = timedelta(days=1)


def answer(number: int, score: float, *, person: str = "a", day: int = 0, **more):
    row = {"message_id": message_id(number), "kind": 2, "name": "nps", "time": START + day * DAY}
    return row | {"person": person, "score": score, "scale_low": 0.0, "scale_high": 10.0} | more


def said(number: int, text: str, *, person: str = "a"):
    row = {"message_id": message_id(number), "kind": 5, "name": "open", "time": START}
    return row | {"person": person, "text": text, "properties": '{"question":"why"}'}


def load(store, *rows, withdrawn: tuple[int, ...] = ()):
    return store.load_signals(
        KEY,
        signal_table(rows),
        rules=RULES,
        origin="survey/1",
        withdrawn=[message_id(number) for number in withdrawn],
    )


def scores(store) -> list[float]:
    table = store.scores(KEY, ANSWERS, "nps", interval=None, group_by=())
    return sorted(row["score"] for row in table.to_pylist() for _each in range(row["n"]))


def person(store, alias: str) -> int:
    (number,) = (
        row["person"] for row in store.find_people(KEY, search=alias).to_pylist() if alias in row["ids"]
    )
    return number


def test_a_corrected_answer_replaces_the_first_everywhere(any_store):
    load(any_store, answer(1, 3.0), said(2, "liian hidas"), answer(3, 9.0, person="b"))
    before = any_store.live_rows(KEY, Scope(), [1, 2])
    loaded = load(any_store, answer(4, 8.0), withdrawn=(1, 2))
    assert (loaded.accepted, loaded.known) == (1, 0)
    assert scores(any_store) == [8.0, 9.0]
    assert any_store.state(KEY).signals == 2
    assert any_store.hits(KEY, Scope(), [1, 2])["score"].to_pylist() == [8.0, 9.0]
    assert any_store.comments(KEY, Scope(), 2).num_rows == 0
    a = person(any_store, "a")
    assert [row["score"] for row in any_store.timeline(KEY, a).to_pylist()] == [8.0]
    assert any_store.profile(KEY, a).signals == {2: 1}
    (day,) = any_store.trend(KEY, ANSWERS, Selector(kinds=(SignalKind.SCORE,)), "day", "events")
    assert day[1] == 2.0
    # The map that was looked at before follows.
    rows = any_store.live_rows(KEY, Scope(), [1, 2], since=before.version)
    if rows.change is not None:
        assert a in rows.change.people
    found = [rows.hits.words.score[word] for word in rows.hits.said[rows.hits.person == a]]
    assert found == [8.0]


def test_funnels_and_paths_follow(any_store):
    """Also where they are counted on what is kept in memory of every signal."""
    rows = [(1, "a", "see", 0), (2, "a", "buy", 1), (3, "b", "see", 0), (4, "b", "buy", 2)]
    load(
        any_store,
        *(
            {"message_id": message_id(number), "name": name, "person": person, "time": START + day * DAY}
            for number, person, name, day in rows
        ),
    )
    steps = FunnelQuestion((Selector(names=("see",)), Selector(names=("buy",))), window=9 * 86_400_000_000)

    def reached():
        walked = {each.path: each.count for each in any_store.variants(KEY, Scope(), PathQuestion()).variants}
        return any_store.funnel(KEY, Scope(), steps).whole.counts, walked

    assert reached() == ((2, 2), {("see", "buy"): 2})
    load(any_store, withdrawn=(4,))
    assert reached() == ((2, 1), {("see", "buy"): 1, ("see",): 1})


def test_an_id_that_was_withdrawn_may_come_again_at_once(any_store):
    load(any_store, answer(1, 3.0))
    loaded = load(any_store, answer(1, 7.0), withdrawn=(1,))
    assert (loaded.accepted, loaded.known) == (1, 0)
    assert scores(any_store) == [7.0]
    again = load(any_store, answer(1, 2.0))
    assert (again.accepted, again.known) == (0, 1)
    assert scores(any_store) == [7.0]


def test_ids_of_no_signal_are_passed_over(any_store):
    load(any_store, answer(1, 3.0))
    version = any_store.state(KEY).version
    any_store.load_signals(
        KEY,
        signal_table([]),
        rules=RULES,
        withdrawn=[message_id(99), "not an id", "", "x" * 5_000],
    )
    assert scores(any_store) == [3.0]
    assert any_store.state(KEY).version == version + 1


def test_a_load_that_fails_takes_nothing_back(any_store):
    load(any_store, answer(1, 3.0))
    nobody = answer(2, 5.0) | {"person": None}
    with pytest.raises(StoreError):
        load(any_store, nobody, withdrawn=(1,))
    assert scores(any_store) == [3.0]
    assert any_store.sources(KEY)[0].accepted == 1


def test_counts_and_times_are_those_of_what_is_left(any_store):
    load(any_store, answer(1, 3.0, day=5), said(2, "ei"), answer(3, 9.0, day=2), answer(4, 9.0, day=-3))
    assert [row.name for row in any_store.catalog(KEY, "property")] == ["question"]
    load(any_store, withdrawn=(1, 2, 4))
    (source,) = any_store.sources(KEY)
    assert (source.accepted, source.repeated, source.newest_time) == (1, 0, START + 2 * DAY)
    assert sum(any_store.source_counts(KEY, START)["count"].to_pylist()) == 1
    state = any_store.state(KEY)
    assert (state.signals, state.first_time, state.data_as_of) == (1, START + 2 * DAY, START + 2 * DAY)
    assert any_store.catalog(KEY, "property") == []
    load(any_store, withdrawn=(3,))
    state = any_store.state(KEY)
    assert (state.signals, state.first_time, state.data_as_of) == (0, None, None)
    assert any_store.sources(KEY)[0].accepted == 0


def test_orders_and_people_stay(any_store):
    orders = [{"message_id": message_id(50), "order": "T-1", "time": START, "value": 20.0}]
    any_store.load_orders(KEY, order_table(orders), rules=RULES)
    load(any_store, answer(1, 3.0, order="T-1"))
    a = person(any_store, "a")
    load(any_store, withdrawn=(1, 50))
    assert any_store.orders(KEY, Scope())["person"].to_pylist() == [a]
    assert any_store.people(KEY, [a])["ids"].to_pylist() == [["a"]]


def test_an_event_that_was_withdrawn_is_new_when_it_is_sent_again(any_store):
    """Also after a compaction, which keeps the ids that may come again."""
    any_store.load_stream(KEY, stream_batch([{"id": 1, "user": "a"}], received=NOON), rules=RULES)
    any_store.compact(KEY)
    any_store.load_signals(KEY, signal_table([]), rules=RULES, withdrawn=[digest(1)])
    assert any_store.hits(KEY, Scope(), [3]).num_rows == 0
    loaded = any_store.load_stream(KEY, stream_batch([{"id": 1, "user": "a"}], received=NOON), rules=RULES)
    assert (loaded.accepted, loaded.repeated) == (1, 0)
    assert any_store.hits(KEY, Scope(), [3]).num_rows == 1


def test_ids_of_a_kind_find_the_people_that_the_front_door_knows(any_store):
    event = {"id": 1, "user": "Anna@Kauppa.Example", "user_kind": "email", "device": "7"}
    any_store.load_stream(KEY, stream_batch([event]), rules=RULES)
    (anna,) = any_store.hits(KEY, Scope(), [3])["person"].to_pylist()
    rows = [
        answer(1, 3.0, person="anna@kauppa.example") | {"person_kind": "email"},
        answer(2, 4.0, person="7") | {"person_kind": "device"},
        answer(3, 5.0, person="7") | {"person_kind": "user"},
        answer(4, 6.0, person="7") | {"person_kind": None},
        answer(5, 7.0, person="0401234567") | {"person_kind": "phone"},
        answer(6, 7.0, person="0401234567") | {"person_kind": "file"},
    ]
    kinds = pa.array([row.pop("person_kind") for row in rows], pa.string())
    table = signal_table(rows).append_column("person_kind", kinds)
    loaded = any_store.load_signals(KEY, table, rules=RULES)
    assert loaded.accepted == 6
    found = any_store.hits(KEY, Scope(), [1]).sort_by("signal")["person"].to_pylist()
    assert found[:2] == [anna, anna]
    assert found[2] == found[3] != anna  # a customer number, not the device of that number
    assert found[4] == found[5]
    (ids,) = any_store.people(KEY, [found[2]])["kinds"].to_pylist()
    assert ids == ["user"]
    with pytest.raises(StoreError):
        any_store.load_signals(
            KEY,
            signal_table([answer(9, 1.0)]).append_column("person_kind", pa.array(["nobody"])),
            rules=RULES,
        )


def test_what_is_to_come_does_not_make_the_data_newer(any_store):
    """A contract's end in years is known today; nothing else of those years is."""
    later = answer(2, 5.0, day=36_500)
    load(any_store, answer(1, 3.0), later)
    assert any_store.state(KEY).data_as_of == START
    load(any_store, answer(3, 4.0, day=1), later)
    assert any_store.state(KEY).data_as_of == START + DAY
    load(any_store, withdrawn=(1, 3))
    state = any_store.state(KEY)
    assert (state.first_time, state.data_as_of) == (later["time"], later["time"])

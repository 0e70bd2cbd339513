"""Columns in memory: put in order, followed through changes, and equal to what a store reads anew."""

from __future__ import annotations

import random
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.eventstore.duckdb.changes import Changes
from polku.eventstore.duckdb.column_memory import ColumnMemory
from polku.eventstore.duckdb.store import DuckDBStore
from polku.eventstore.signal_columns import SignalColumns, SignalRows, in_order
from polku.eventstore.streams import InboxPlace
from tests.contract.store_reference import message_id, order_table, person_table, signal_table
from tests.eventstore.streaming import NOON, stream_batch

KEY = "0123456789abcdef0123456789abcdef"


def rows_of(rows) -> SignalRows:
    person, time, arrival, label = (
        (np.array(column, dtype=np.int64) for column in zip(*rows, strict=True))
        if rows
        else (np.empty(0, dtype=np.int64),) * 4
    )
    return SignalRows(person.astype(np.int32), time, arrival.astype(np.int32), label.astype(np.uint16))


def listed(rows: SignalRows) -> list[tuple[int, int, int, int]]:
    return list(
        zip(rows.person.tolist(), rows.time.tolist(), rows.arrival.tolist(), rows.label.tolist(), strict=True)
    )


@st.composite
def logs(draw, first_arrival=1):
    rows = draw(st.lists(st.tuples(st.integers(1, 5), st.integers(-2, 4), st.integers(0, 3)), max_size=20))
    return [
        (person, time, first_arrival + number, label) for number, (person, time, label) in enumerate(rows)
    ]


@given(log=logs(), seed=st.integers(0, 5), sorted_part=st.integers(0, 20))
def test_in_order(log, seed, sorted_part):
    """However rows lie in a file: as they came, in no order, or in order but for the last."""
    shuffled = sorted(log)[:sorted_part] + random.Random(seed).sample(
        sorted(log)[sorted_part:], max(0, len(log) - sorted_part)
    )
    assert listed(in_order(rows_of(shuffled), lambda: None)) == sorted(log, key=lambda row: row[:3])


@given(log=logs(), more=logs(first_arrival=100), moved=st.sets(st.integers(1, 5)), data=st.data())
def test_followed(log, more, moved, data):
    """People's rows are read anew with whom they belong to now; late rows find their places."""
    known = SignalColumns(1, ((1, "a"),), in_order(rows_of(log), lambda: None))
    survivor = data.draw(st.sampled_from(sorted(moved) or [0]))
    after = [(survivor if row[0] in moved else row[0], *row[1:]) for row in [*log, *more]]
    new = [
        now for before, now in zip([*log, *more], after, strict=True) if before[0] in moved or now[2] >= 100
    ]
    followed = known.followed(
        2, ((1, "a"),), np.array(sorted(moved), dtype=np.int64), 100, in_order(rows_of(new), lambda: None)
    )
    assert listed(followed.rows) == sorted(after, key=lambda row: row[:3])
    arrivals = followed.rows.arrival.astype(np.int64)
    assert followed.rows_of(arrivals).tolist() == list(range(arrivals.size))
    assert listed(known.rows) == sorted(log, key=lambda row: row[:3])  # readers go on with theirs


@pytest.fixture
def streamed(tmp_path):
    store = DuckDBStore(tmp_path / "events")
    store.create(KEY)
    yield store
    store.close()


def names_and_rows(columns: SignalColumns | None):
    assert columns is not None
    return [
        (person, time, arrival, columns.labels[label])
        for person, time, arrival, label in listed(columns.rows)
    ]


def test_a_store_that_is_written_to(streamed):
    """Events that come late, people who become one, apart again, and orders that change."""
    chance = random.Random(5)
    number = 0
    for step in range(25):
        events, links = [], []
        for _event in range(chance.randrange(6)):
            number += 1
            user = f"u{chance.randrange(4)}" if chance.random() < 0.5 else None
            events.append(
                {
                    "id": number,
                    "name": chance.choice(["seen", "put in the cart", f"name {step}"]),
                    "user": user,
                    "device": f"d{chance.randrange(6)}",
                    "time": NOON - timedelta(minutes=chance.randrange(50)),
                }
            )
            if user and chance.random() < 0.6:
                links.append(
                    {
                        "alias": user,
                        "alias_kind": "user",
                        "other": events[-1]["device"],
                        "other_kind": "device",
                    }
                )
        streamed.load_stream(KEY, stream_batch(events, links=links, place=InboxPlace(1, step + 1)), rules=[])
        if step == 12:
            streamed.compact(KEY)
        if (
            step % 4 == 1
        ):  # answers come, and earlier ones are taken back; a file tells of orders, another of people
            answers = [
                {"message_id": message_id(100 * step + row), "name": f"name {step}", "person": f"u{row % 3}"}
                | {"time": NOON, "order": f"o{row}"}
                for row in range(5)
            ]
            withdrawn = [message_id(100 * earlier + chance.randrange(5)) for earlier in range(step)]
            streamed.load_signals(KEY, signal_table(answers), rules=[], withdrawn=withdrawn)
            order = {"order": f"o{chance.randrange(9)}", "person": f"u{chance.randrange(4)}", "time": NOON}
            streamed.load_orders(
                KEY, order_table([order | {"message_id": message_id(9_000 + step)}]), rules=[]
            )
            one = {"person": f"u{chance.randrange(4)}", "aliases": [f"name {chance.randrange(4)}"]}
            streamed.load_people(KEY, person_table([one]))
        if step == 15:
            streamed.rebuild_hits(KEY, [1], [])
        if step % 3 == 0:
            with streamed._instance.question(KEY) as session:
                followed = streamed._columns.of(KEY, session)
                anew = ColumnMemory(Changes()).of(KEY, session)
            assert names_and_rows(followed) == names_and_rows(anew)
            assert len(names_and_rows(anew)) == streamed.state(KEY).signals


def test_a_workspace_made_again_begins_anew(streamed):
    streamed.load_stream(KEY, stream_batch([{"id": 1, "device": "d"}], place=InboxPlace(1, 1)), rules=[])
    with streamed._instance.question(KEY) as session:
        assert len(names_and_rows(streamed._columns.of(KEY, session))) == 1
    streamed.drop(KEY)
    streamed.create(KEY)
    streamed.load_stream(
        KEY, stream_batch([{"id": 2, "device": "e", "name": "Other"}], place=InboxPlace(1, 1)), rules=[]
    )
    with streamed._instance.question(KEY) as session:
        (row,) = names_and_rows(streamed._columns.of(KEY, session))
    assert row[3] == (1, "Other")


def test_too_many_signals_are_not_kept(streamed):
    streamed.load_stream(KEY, stream_batch([{"id": 1, "device": "d"}], place=InboxPlace(1, 1)), rules=[])
    with streamed._instance.question(KEY) as session:
        assert ColumnMemory(Changes(), most_bytes=17).of(KEY, session) is None
        assert ColumnMemory(Changes(), most_bytes=18).of(KEY, session) is not None


def test_what_is_held_is_counted_whole():
    columns = SignalColumns(1, ((1, "a"),), rows_of([(1, number, number, 0) for number in range(1, 1_001)]))
    assert columns.size == 18 * 1_000
    columns.rows_of(np.array([5]))  # makes a table of all numbers of arrival
    assert columns.size == 18 * 1_000 + 4 * 1_001

"""What changed since a state is known after a restart, to whoever knows that state's mark; and where maps are kept."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from polku.eventstore.duckdb import live_store
from polku.eventstore.duckdb.store import DuckDBStore
from polku.eventstore.port import HitRule, Scope, Selector
from tests.contract.store_reference import signal_table
from tests.eventstore.streaming import NOON, stream_batch

KEY = "0123456789abcdef0123456789abcdef"
RULES = [HitRule(1, Selector(names=("come",))), HitRule(2, Selector(names=("go",)))]


def opened(folder: Path) -> DuckDBStore:
    store = DuckDBStore(folder)
    store.create(KEY)
    return store


def load(store: DuckDBStore, *rows: tuple[int, str, str], withdrawn: tuple[int, ...] = ()) -> None:
    named = [
        {"message_id": f"{number:032x}", "name": name, "person": person, "time": NOON}
        for number, name, person in rows
    ]
    store.load_signals(
        KEY, signal_table(named), rules=RULES, withdrawn=[f"{number:032x}" for number in withdrawn]
    )


def rows_of(store: DuckDBStore, **known):
    return store.live_rows(KEY, Scope(), [1, 2], **known)


@pytest.fixture
def folder(tmp_path):
    store = opened(tmp_path / "store")
    load(store, (1, "come", "a"), (2, "come", "b"), (3, "go", "b"))
    store.close()
    return tmp_path / "store"


def test_a_change_is_known_after_a_restart(folder):
    store = opened(folder)
    before = rows_of(store)
    assert before.mark
    load(store, (4, "come", "c"), withdrawn=(2,))
    one = {"id": 5, "name": "go", "user": "a", "order": "T-1"}
    told = {"event": 0, "order": "T-1", "value": 3.0, "time": NOON}
    store.load_stream(KEY, stream_batch([one], orders=[told]), rules=RULES)
    followed = rows_of(store, since=before.version)
    store.close()
    store = opened(folder)
    assert rows_of(store, since=before.version).change is None  # nobody remembers
    found = rows_of(store, since=before.version, mark=before.mark)
    assert found.change is not None
    assert found.change.people.tolist() == followed.change.people.tolist() != []
    for name in ("touchpoint", "person", "time", "kind", "order"):
        assert np.array_equal(getattr(found.hits, name), getattr(followed.hits, name))
    assert found.orders.equals(followed.orders)
    assert (found.version, found.mark) == (followed.version, followed.mark)
    same = rows_of(store, since=found.version, mark=found.mark)
    assert (len(same.hits), same.change.people.tolist()) == (0, [])
    store.close()


def test_touchpoints_found_anew_are_known_too(folder):
    store = opened(folder)
    before = rows_of(store)
    store.rebuild_hits(KEY, [2], RULES)
    store.close()
    store = opened(folder)
    known = {"since": before.version, "mark": before.mark}
    assert rows_of(store, **known).change is None
    other = store.live_rows(KEY, Scope(), [1], **known)
    assert (len(other.hits), other.change.touchpoints) == (0, {2})
    store.close()


def test_another_life_of_the_same_store_is_not_gone_on_from(folder, tmp_path):
    """A store that was put back from a copy makes other versions of the same numbers."""
    shutil.copytree(folder, tmp_path / "copy")
    store = opened(folder)
    load(store, (4, "come", "c"))
    lost = rows_of(store)
    store.close()
    store = opened(tmp_path / "copy")
    load(store, (5, "come", "d"))
    now = rows_of(store)
    assert now.version == lost.version
    assert rows_of(store, since=lost.version, mark=lost.mark).change is None
    assert rows_of(store, since=now.version, mark=now.mark).change is not None
    store.close()


def test_what_nobody_noted_is_not_gone_on_from(folder):
    store = opened(folder)
    before = rows_of(store)
    many = 200_001
    kinds = pa.repeat(1, many).cast(pa.uint8())
    table = pa.table(
        {
            "message_id": [f"{number:032x}" for number in range(10, many + 10)],
            "kind": kinds,
            "name": pa.repeat("noise", many),
            "time": pa.repeat(NOON, many),
            "person": pa.repeat("a", many),
        }
    )
    for name in signal_table([]).column_names[5:]:
        table = table.append_column(name, pa.nulls(many))
    store.load_signals(KEY, table, rules=RULES)
    load(store, (5, "come", "d"))
    assert rows_of(store, since=before.version, mark=before.mark).change is None
    store.close()


def test_of_much_everything_is_read(folder):
    store = opened(folder)
    before = rows_of(store)
    few = live_store._LITTLE // 1_000
    for number in range(2):
        rows = [(10 + few * number + n, "come", f"p{n}") for n in range(few)]
        load(store, *rows)
    assert rows_of(store, since=before.version, mark=before.mark).change is not None
    with store._instance.write(KEY) as session:
        session.run(f"UPDATE {session.db}.meta SET next_arrival = next_arrival + {live_store._LITTLE}")
    assert rows_of(store, since=before.version, mark=before.mark).change is None
    store.close()


def test_kept_maps_go_with_compactions_but_not_with_erased_people(folder):
    store = opened(folder)
    file = store.map_file(KEY, "some-all")
    assert file.parent == folder / KEY
    file.write_bytes(b"of a and b")
    before = rows_of(store)
    store.compact(KEY)
    moved = store.map_file(KEY, "some-all")
    assert moved != file
    assert moved.read_bytes() == b"of a and b"
    assert not file.exists()
    assert rows_of(store, since=before.version, mark=before.mark).change is not None
    store.compact(KEY, without=[int(before.hits.person[0])])
    assert list((folder / KEY).glob("*.map")) == []
    after = rows_of(store, since=before.version, mark=before.mark)
    assert after.change is None
    assert before.hits.person[0] not in after.hits.person
    load(store, (9, "come", "z"))
    assert rows_of(store).mark
    store.close()


def test_unfinished_and_forgotten_files_go_at_the_next_start(folder):
    store = opened(folder)
    live = store.map_file(KEY, "whole")
    store.close()
    live.write_bytes(b"kept")
    for name in ("g000001-half.map.new", "g000009-old-all.map"):
        (folder / KEY / name).write_bytes(b"of somebody")
    opened(folder).close()
    assert [path.name for path in (folder / KEY).glob("*.map*")] == [live.name]


def test_a_store_of_an_earlier_program_can_be_gone_on_from(folder):
    store = opened(folder)
    with store._instance.write(KEY) as session:
        for table in ("write_mark", "write_change"):
            session.run(f"DROP TABLE {session.db}.{table}")
    store.close()
    store = opened(folder)
    before = rows_of(store)
    load(store, (4, "come", "c"))
    assert rows_of(store, since=before.version, mark=before.mark).change is not None
    store.close()

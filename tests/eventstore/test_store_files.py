"""Folders, pointer, lock, attaching: what stands around the questions and loads."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from django.utils import translation

import polku.eventstore.duckdb as room
from polku.eventstore.duckdb.instance import QUIET_SECONDS, Instance
from polku.eventstore.duckdb.schema import TABLES
from polku.eventstore.duckdb.signals import load_signals
from polku.eventstore.duckdb.store import DuckDBStore
from polku.eventstore.port import (
    SIGNAL_BATCH,
    Condition,
    HitRule,
    QuestionTooSlow,
    Scope,
    Selector,
    StoreError,
)

pytestmark = pytest.mark.contract

KEY = "0123456789abcdef0123456789abcdef"


def events(count: int, *, first: int = 0) -> pa.Table:
    return pa.table(
        {
            **{field.name: pa.nulls(count, field.type) for field in SIGNAL_BATCH},
            "message_id": [f"{number:032x}" for number in range(first, first + count)],
            "kind": pa.array([1] * count, pa.uint8()),
            "name": ["view"] * count,
            "time": pa.array([datetime(2026, 3, 1)] * count, pa.timestamp("us")),
            "person": [f"p{number % 100}" for number in range(count)],
            "properties": ['{"browser": "one"}'] * count,
        },
        schema=SIGNAL_BATCH,
    )


def test_a_closed_store_opens_again_with_all_it_held(tmp_path):
    store = DuckDBStore(tmp_path)
    store.create(KEY)
    store.load_signals(KEY, events(10), rules=[HitRule(1, Selector())])
    before = store.state(KEY)
    store.close()
    assert sorted(path.name for path in (tmp_path / KEY).iterdir()) == ["current", "g000001.duckdb"]
    assert (tmp_path / KEY / "current").read_text() == "g000001.duckdb\n"
    store = DuckDBStore(tmp_path)
    assert store.state(KEY) == before
    store.create(KEY)
    assert store.state(KEY) == before
    store.close()


def test_a_second_process_is_told_who_has_the_folder(tmp_path):
    store = DuckDBStore(tmp_path)
    code = (
        "import sys, pathlib, django; django.setup(); from polku.eventstore.duckdb.store import DuckDBStore;"
        "from polku.eventstore.port import StoreError\n"
        "try: DuckDBStore(pathlib.Path(sys.argv[1])).close()\n"
        "except StoreError as error: sys.exit(str(error))"
    )
    second = [sys.executable, "-c", code, str(tmp_path)]
    refused = subprocess.run(second, capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert str(tmp_path) in refused.stderr
    with pytest.raises(StoreError):
        DuckDBStore(tmp_path)
    store.close()
    assert subprocess.run(second, check=False).returncode == 0


def test_what_an_interrupted_creation_left_is_no_workspace(tmp_path):
    (tmp_path / KEY).mkdir()
    (tmp_path / KEY / "g000001.duckdb").write_bytes(b"half a file")
    (tmp_path / KEY / "current.new").write_text("g0000")
    store = DuckDBStore(tmp_path)
    with pytest.raises(StoreError):
        store.state(KEY)
    store.create(KEY)
    assert store.state(KEY).signals == 0
    store.close()


@pytest.mark.parametrize("pointer", ["", "../../etc/passwd", "g000009.duckdb"])
def test_a_broken_pointer_or_file_is_told(tmp_path, pointer):
    store = DuckDBStore(tmp_path)
    store.create(KEY)
    store.close()
    (tmp_path / KEY / "current").write_text(pointer)
    store = DuckDBStore(tmp_path)
    with pytest.raises(StoreError, match="current"):
        store.state(KEY)
    (tmp_path / KEY / "current").write_text("g000001.duckdb")
    (tmp_path / KEY / "g000001.duckdb").write_bytes(b"no database" * 1000)
    with pytest.raises(StoreError, match=r"g000001\.duckdb"):
        store.state(KEY)
    store.close()


def test_a_dropped_workspace_leaves_no_bytes(tmp_path):
    store = DuckDBStore(tmp_path)
    store.create(KEY)
    store.load_signals(KEY, events(10), rules=[])
    store.drop(KEY)
    store.drop(KEY)
    store.close()
    (tmp_path / ".dropped-half").mkdir()
    DuckDBStore(tmp_path).close()
    assert [path.name for path in tmp_path.iterdir() if path.name != ".spill"] == [".lock"]


def test_idle_workspaces_are_detached_and_come_back(tmp_path):
    instance = Instance(tmp_path, attached_at_most=3)
    keys = [f"{number:032x}" for number in range(8)]
    for key in keys:
        instance.create(key)
    with instance.question(keys[0]) as held:
        for key in keys:
            with instance.glance(key) as session:
                assert session.row(f"SELECT version FROM {session.db}.meta") == (0,)
        (attached,) = held.row("SELECT count(*) FROM duckdb_databases() WHERE database_name LIKE 'w%'")
        assert attached <= 4
        assert held.row(f"SELECT version FROM {held.db}.meta") == (0,)
    instance.close()


def test_questions_are_stopped_at_their_time(tmp_path):
    store = DuckDBStore(tmp_path, question_seconds=0.2)
    store.create(KEY)
    store.load_signals(KEY, events(300_000), rules=[])
    slow = [Selector(where=(Condition(f"name {number}", "contains", "x"),)) for number in range(60)]
    started = time.monotonic()
    with pytest.raises(QuestionTooSlow):
        store.preview(KEY, slow, Scope())
    assert time.monotonic() - started < 5
    assert store.trend(KEY, Scope(), Selector(), "day", "events") == [(datetime(2026, 3, 1), 300_000.0)]
    store.close()


def test_closing_stops_questions_and_loads(tmp_path):
    store = DuckDBStore(tmp_path)
    store.create(KEY)
    store.load_signals(KEY, events(300_000), rules=[])
    slow = [Selector(where=(Condition(f"name {number}", "contains", "x"),)) for number in range(200)]
    more = events(600_000)
    ended: list[str] = []

    def try_it(work: Callable[[], object]) -> None:
        with pytest.raises(StoreError, match="being stopped"), translation.override("en"):
            work()
        ended.append("")

    works = [
        lambda: store.preview(KEY, slow, Scope()),
        lambda: store.load_signals(KEY, more, rules=[HitRule(1, each) for each in slow]),
    ]
    threads = [threading.Thread(target=try_it, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    time.sleep(0.3)
    started = time.monotonic()
    store.close()
    for thread in threads:
        thread.join(5)
    assert len(ended) == 2
    assert time.monotonic() - started < 5
    again = DuckDBStore(tmp_path)
    assert again.state(KEY).signals == 300_000
    again.close()


def test_two_questions_at_once_and_a_glance_beside_them(tmp_path):
    instance = Instance(tmp_path, question_seconds=0.2)
    instance.create(KEY)
    with instance.question(KEY), instance.question(KEY):
        with pytest.raises(QuestionTooSlow), instance.question(KEY):
            pass
        with instance.glance(KEY) as session:
            assert session.row(f"SELECT version FROM {session.db}.meta") == (0,)
    with instance.question(KEY) as session:
        assert session.row(f"SELECT version FROM {session.db}.meta") == (0,)
    instance.close()


def test_questions_beside_loads_see_whole_loads_only(tmp_path):
    store = DuckDBStore(tmp_path)
    store.create(KEY)
    store.load_signals(KEY, events(1000), rules=[HitRule(1, Selector())])
    seen, faults, stop = set(), [], threading.Event()

    def ask() -> None:
        try:
            while not stop.is_set():
                hits = store.hits(KEY, Scope(), [1]).num_rows
                trend = store.trend(KEY, Scope(), Selector(), "day", "events")
                seen.add((hits, trend[0][1] % 1000))
        except Exception as error:
            faults.append(error)

    readers = [threading.Thread(target=ask) for _each in range(3)]
    writers = [
        threading.Thread(
            target=store.load_signals,
            args=(KEY, events(1000, first=1000 * number)),
            kwargs={"rules": [HitRule(1, Selector())]},
        )
        for number in range(1, 9)
    ]
    for thread in (*readers, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    for thread in readers:
        thread.join()
    assert faults == []
    assert {(hits % 1000, rest) for hits, rest in seen} == {(0, 0.0)}
    state = store.state(KEY)
    assert (state.signals, state.people, state.version) == (9000, 100, 9)
    assert store.hits(KEY, Scope(), [1]).num_rows == 9000
    store.close()


def test_nothing_outside_the_folder_can_be_read_and_no_setting_changed(tmp_path):
    (tmp_path / "secret.csv").write_text("a,b\n1,2\n")
    instance = Instance(tmp_path / "events")
    instance.create(KEY)
    outside = str(tmp_path / "secret.csv")
    with instance.glance(KEY) as session:
        for sql in (
            f"SELECT * FROM read_csv('{outside}')",
            f"SELECT * FROM '{outside}'",
            f"ATTACH '{tmp_path / 'other.duckdb'}'",
            f"COPY (SELECT 1) TO '{tmp_path / 'out.csv'}'",
            "SET enable_external_access = true",
            "SET memory_limit = '100GB'",
            "INSTALL httpfs",
        ):
            with pytest.raises(duckdb.Error):
                session.run(sql)
        frame = events(1)
        with pytest.raises(duckdb.Error):
            session.run("SELECT * FROM frame")
        assert frame.num_rows == 1
    instance.close()


def test_every_table_is_named_with_its_workspace():
    """A name without its database would read whichever workspace happens to be current."""
    unqualified = []
    named = re.compile(rf"\b(?:FROM|JOIN|INTO|UPDATE|TABLE)\s+({'|'.join(TABLES)})\b")
    qualified = re.compile(rf"\{{[a-z_.]*db\}}\.({'|'.join(TABLES)})\b")
    found = set()
    for path in Path(room.__file__).parent.glob("*.py"):
        text = path.read_text()
        found |= set(qualified.findall(text))
        unqualified += [(path.name, match) for match in named.findall(text)]
    assert unqualified == []
    assert found >= TABLES.keys() - {"orders", "order_row"}


def test_the_log_is_worked_in_although_somebody_always_asks(tmp_path):
    instance = Instance(tmp_path, log_size=200_000)
    instance.create(KEY)
    log = tmp_path / KEY / "g000001.duckdb.wal"
    stop, asked, sizes = threading.Event(), [], []

    def ask() -> None:
        while not stop.is_set():
            with instance.question(KEY) as session:
                asked.append(session.row(f"SELECT count(*), sum(hash(name)) FROM {session.db}.signal")[0])

    readers = [threading.Thread(target=ask) for _each in range(2)]
    for thread in readers:
        thread.start()
    for number in range(40):
        with instance.write(KEY) as session:
            load_signals(session, events(2000, first=2000 * number), rules=[], origin=None, progress=None)
        sizes.append(log.stat().st_size if log.exists() else 0)
    stop.set()
    for thread in readers:
        thread.join()
    assert max(sizes) < 600_000
    assert sizes.count(0) >= 3
    assert len(asked) > 10
    instance.close()


def test_a_long_question_holds_no_write_up(tmp_path):
    instance = Instance(tmp_path, log_size=15_000)
    instance.create(KEY)
    with instance.question(KEY) as session:
        assert session.row(f"SELECT count(*) FROM {session.db}.signal") == (0,)
        started = time.monotonic()
        with instance.write(KEY) as writing:
            load_signals(writing, events(100), rules=[], origin=None, progress=None)
        waited = time.monotonic() - started
        size = (tmp_path / KEY / "g000001.duckdb.wal").stat().st_size
        assert QUIET_SECONDS * (size // 15_000) <= waited < QUIET_SECONDS * (size // 15_000) + 3
        assert 15_000 <= size < 45_000
        with instance.glance(KEY) as other:
            assert other.row(f"SELECT count(*) FROM {other.db}.signal") == (100,)
        assert session.row(f"SELECT count(*) FROM {session.db}.signal") == (0,)
    instance.close()


def test_nobody_waits_for_a_log_that_goes_with_its_file(tmp_path):
    """A long log is worked in where nobody reads; while the store is written anew somebody always does."""
    instance = Instance(tmp_path, log_size=1_000, question_seconds=3.0)
    instance.create(KEY)
    with instance.renewal(KEY):
        started = time.monotonic()
        for _again in range(2):
            with instance.write(KEY) as session:
                session.run(f"INSERT INTO {session.db}.person SELECT range, 'x' FROM range(5_000)")
        assert time.monotonic() - started < 1.5
    with instance.write(KEY) as session:
        session.run(f"INSERT INTO {session.db}.person SELECT range, 'x' FROM range(5_000)")
        attached = instance._attached.usable(KEY)
    assert not attached.log.exists()  # worked in, now that nobody reads
    instance.close()

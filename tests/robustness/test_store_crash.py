"""A process that is killed while it loads: each load is there whole or not at all, and a repeat mends it."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from polku.eventstore.duckdb.store import DuckDBStore
from polku.eventstore.port import Loaded, Scope, StoreState
from tests.contract.store_reference import (
    EVERYTHING,
    dump,
    dump_orders,
    message_id,
    order_table,
    person_table,
    signal_table,
    some_orders,
    some_signals,
)

pytestmark = pytest.mark.robustness
KEY = "0123456789abcdef0123456789abcdef"
STEPS = 7

CHILD = """
import sys
from pathlib import Path
from tests.robustness.test_store_crash import load_all
load_all(Path(sys.argv[1]), Path(sys.argv[2]))
"""


def write_batches(folder: Path) -> None:
    """Three files of signals, two of orders, one of people; 35,000 rows in all."""
    chance = random.Random(3)
    for number in range(3):
        rows = some_signals(chance, 9_000, people=500, orders=900)
        for position, row in enumerate(rows):
            row["message_id"] = message_id(100_000 * number + position % 8_000)
        pq.write_table(signal_table(rows), folder / f"{number}-signals.parquet")
    for number in (3, 4):
        rows = some_orders(chance, 4000, people=500, orders=900)
        for position, row in enumerate(rows):
            row["message_id"] = message_id(100_000 * number + position)
        pq.write_table(order_table(rows), folder / f"{number}-orders.parquet")
    people = [
        {"person": f"p{chance.randrange(500)}", "aliases": [f"p{chance.randrange(500)}"], "properties": None}
        for _each in range(60)
    ]
    pq.write_table(person_table(people), folder / "5-people.parquet")


def load_all(folder: Path, batches: Path) -> list[tuple[Loaded, StoreState]]:
    """Create the workspace and load every file, telling each that is done; what each load did and left."""
    store = DuckDBStore(folder)
    store.create(KEY)
    print("created", flush=True)
    done = []
    for file in sorted(batches.iterdir()):
        load = getattr(store, f"load_{file.stem[2:]}")
        done.append((load(KEY, file, rules=[EVERYTHING]), store.state(KEY)))
        print(file.stem, flush=True)
    store.close()
    return done


def contents(folder: Path) -> tuple[object, ...]:
    store = DuckDBStore(folder)
    state = store.state(KEY)
    found = (dump(store, KEY), dump_orders(store, KEY), state.signals, state.people)
    assert store.hits(KEY, Scope(), [1]).num_rows == state.signals
    store.close()
    return found


def child(folder: Path, batches: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", CHILD, str(folder), str(batches)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_killed_at_any_step_nothing_is_lost_or_doubled(tmp_path):
    batches = tmp_path / "batches"
    batches.mkdir()
    write_batches(batches)
    first = load_all(tmp_path / "whole", batches)
    whole = contents(tmp_path / "whole")

    with child(tmp_path / "timed", batches) as process:
        assert process.stdout is not None
        process.stdout.readline()
        started = time.monotonic()
        lines = process.stdout.readlines()
        length = time.monotonic() - started
    assert len(lines) == len(first)

    cut_short = 0
    for step in range(STEPS):
        folder = tmp_path / f"killed-{step}"
        with child(folder, batches) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(length * step / STEPS)
            process.send_signal(signal.SIGKILL)
            told = process.stdout.readlines()
        cut_short += len(told) < len(first)
        # A load is there as a whole or not at all; what was told as done is there.
        store = DuckDBStore(folder)
        version = store.state(KEY).version
        assert len(told) <= version <= len(told) + 1
        assert version == 0 or store.state(KEY) == first[version - 1][1]
        store.close()
        again = load_all(folder, batches)
        added = [loaded.accepted for loaded, _state in again[:version]]
        if version > 4:  # the two order files contradict each other, and the later one has the last word
            assert added[3] > 0
            assert added[4] > 0
            del added[3:5]
        assert added == [0] * len(added)
        assert contents(folder) == whole
    assert cut_short >= STEPS // 2

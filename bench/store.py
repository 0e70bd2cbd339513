"""The event store alone: loading by Arrow, a repeat, and questions over ten million events (POLKU_BENCH_EVENTS)."""

from __future__ import annotations

import os
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa

from polku.eventstore.duckdb.store import DuckDBStore
from polku.eventstore.port import SIGNAL_BATCH, HitRule, Scope, Selector, SignalKind

KEY = "0123456789abcdef0123456789abcdef"
BATCH = 1_000_000
EVENTS = int(float(os.environ.get("POLKU_BENCH_EVENTS", "10e6")))
NAMES = [f"event {number}" for number in range(20)]
ROWS_A_SECOND = 300_000
SECONDS_AT_TEN_MILLION = {"funnel of 5 steps": 1.0, "every event of everybody": 3.0, "persons by day": 2.0}


def batch(seed: int) -> pa.Table:
    """A million events of 120 days by 200,000 people, two properties each."""
    chance = np.random.default_rng(seed)
    digits = chance.bytes(16 * BATCH).hex()
    seconds = np.sort(chance.integers(0, 120 * 86_400, BATCH))
    properties = [f'{{"browser":"b{number % 5}","cohort":"c{number}"}}' for number in range(100)]
    columns = {field.name: pa.nulls(BATCH, field.type) for field in SIGNAL_BATCH} | {
        "message_id": pa.array([digits[32 * row : 32 * row + 32] for row in range(BATCH)]),
        "kind": pa.array(np.full(BATCH, SignalKind.EVENT, dtype=np.uint8)),
        "name": pa.array(NAMES).take(pa.array(chance.integers(0, len(NAMES), BATCH))),
        "time": pa.array((1_760_000_000 + seconds).astype("datetime64[s]").astype("datetime64[us]")),
        "person": pa.array(chance.integers(0, 200_000, BATCH)).cast(pa.string()),
        "properties": pa.array(properties).take(pa.array(chance.integers(0, 100, BATCH))),
    }
    return pa.table(columns, schema=SIGNAL_BATCH)


def seconds_of(work: Callable[[], object]) -> float:
    """The better of two runs."""
    taken = []
    for _run in range(2):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return min(taken)


def main() -> None:
    rules = [HitRule(number, Selector(names=(name,))) for number, name in enumerate(NAMES[:12])]
    with tempfile.TemporaryDirectory(prefix="polku-bench-store-") as folder:
        store = DuckDBStore(Path(folder) / "events")
        store.create(KEY)
        rates = []
        for number in range(max(1, EVENTS // BATCH)):
            rows = batch(number)
            begun = time.perf_counter()
            store.load_signals(KEY, rows, rules=rules)
            rates.append(BATCH / (time.perf_counter() - begun))
        rate = float(np.median(rates))
        print(
            f"load of {len(rates)} × {BATCH:,} signals with 12 touchpoints: median {rate:,.0f} rows/s, slowest "
            f"{min(rates):,.0f}; promised {ROWS_A_SECOND:,}: ratio {rate / ROWS_A_SECOND:.1f}"
        )
        again = seconds_of(lambda: store.load_signals(KEY, rows, rules=rules))
        print(f"the last batch again, nothing new: {BATCH / again:,.0f} rows/s")
        scope, steps = Scope(timezone="Europe/Helsinki"), [Selector(names=(name,)) for name in NAMES[:5]]
        questions: dict[str, Callable[[], object]] = {
            "funnel of 5 steps": lambda: store.sequences(KEY, scope, steps, unit="person", others=False),
            "every event of everybody": lambda: store.sequences(
                KEY, scope, steps, unit="person", others=True
            ),
            "persons by day": lambda: store.trend(KEY, scope, Selector(), "day", "persons"),
        }
        share = len(rates) * BATCH / 10_000_000
        for name, question in questions.items():
            taken, promised = seconds_of(question), SECONDS_AT_TEN_MILLION[name] * share
            print(f"{name}: {taken:.2f} s; promised {promised:.2f} s: ratio {promised / taken:.1f}")
        size = sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file())
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"on disk {size / len(rates) / BATCH:.0f} bytes a signal; peak memory {peak:,.0f} MB")
        store.close()

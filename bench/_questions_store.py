"""Fills a folder with a company for `bench.questions`, and asks the store there: seeded, with skew, ties, equal rows.

    python -m bench._questions_store fill FOLDER EVENTS
    python -m bench._questions_store ask FOLDER compact|as-it-is

`ask` prints one JSON object: seconds by question, answers that peers must give too, and what it took.
"""

from __future__ import annotations

import json
import resource
import statistics
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from polku.eventstore.behaviour import FunnelQuestion, PathQuestion, RetentionQuestion
from polku.eventstore.duckdb.store import DuckDBStore
from polku.eventstore.port import SIGNAL_BATCH, HitRule, Scope, Selector, SignalKind

KEY = "0123456789abcdef0123456789abcdef"
BATCH = 1_000_000
NAMES = [f"event {number}" for number in range(30)]
TOUCHPOINTS = 12
DAYS = 120
DAY = 86_400_000_000
WINDOW = 7 * DAY
ZONE = "Europe/Helsinki"
RUNS = 5
THREADS = 2  # as many as a peer takes here


def events(count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(person, name, time in microseconds) in order of time, by a tenth as many people.

    Some people come often and twenty are robots; half the times are whole seconds, a tenth whole hours.
    """
    chance = np.random.default_rng(0)
    people = count // 10
    weight = chance.lognormal(0, 1.2, people)
    weight[:20] *= 2000
    person = np.searchsorted(np.cumsum(weight / weight.sum()), chance.random(count)).clip(0, people - 1)
    share = 0.85 ** np.arange(len(NAMES))
    name = np.searchsorted(np.cumsum(share / share.sum()), chance.random(count)).clip(0, len(NAMES) - 1)
    came = chance.integers(0, DAYS * DAY, people)
    moment = (came[person] + chance.exponential(5 * DAY, count).astype(np.int64)) % (DAYS * DAY)
    moment[::2] -= moment[::2] % 1_000_000
    moment[::10] -= moment[::10] % 3_600_000_000
    moment[1::1000] = moment[::1000][: len(moment[1::1000])]
    moment += 1_760_000_000_000_000
    order = np.argsort(moment, kind="stable")
    return person[order].astype(np.int32), name[order].astype(np.uint8), moment[order]


def fill(folder: Path, count: int) -> None:
    person, name, moment = events(count)
    names = pa.array(NAMES)
    pq.write_table(
        pa.table({"person": person, "name": names.take(pa.array(name)), "time": moment}),
        folder / "events.parquet",
    )
    rules = [HitRule(number, Selector(names=(NAMES[number],))) for number in range(TOUCHPOINTS)]
    properties = [f'{{"browser":"b{number % 5}","cohort":"c{number}"}}' for number in range(100)]
    chance = np.random.default_rng(1)
    store = DuckDBStore(folder / "store")
    store.create(KEY)
    for start in range(0, count, BATCH):
        rows = slice(start, min(start + BATCH, count))
        size = rows.stop - rows.start
        digits = chance.bytes(16 * size).hex()
        columns = {field.name: pa.nulls(size, field.type) for field in SIGNAL_BATCH} | {
            "message_id": pa.array([digits[32 * row : 32 * row + 32] for row in range(size)]),
            "kind": pa.array(np.full(size, SignalKind.EVENT, dtype=np.uint8)),
            "name": names.take(pa.array(name[rows])),
            "time": pa.array(moment[rows].astype("datetime64[us]")),
            "person": pa.array(person[rows]).cast(pa.string()),
            "properties": pa.array(properties).take(pa.array(chance.integers(0, 100, size))),
        }
        store.load_signals(KEY, pa.table(columns, schema=SIGNAL_BATCH), rules=rules)
    store.close()


def roll_up(store: DuckDBStore, kept: Any) -> list[list[int]]:
    """Signals and people of each touchpoint, from the rows that a live map keeps, after asking for what is new."""
    store.live_rows(KEY, Scope(), range(TOUCHPOINTS), since=kept.version)
    hits, found = kept.hits, np.zeros((TOUCHPOINTS, 2), dtype=np.int64)
    for start in range(0, len(hits), BATCH):
        at = hits.touchpoint[start : start + BATCH]
        order = np.argsort(at, kind="stable")
        at, who = at[order], hits.person[start : start + BATCH][order]
        found[:, 0] += np.bincount(at, minlength=TOUCHPOINTS)
        first = np.ones(at.size, dtype=bool)
        first[1:] = (at[1:] != at[:-1]) | (who[1:] != who[:-1])
        if start:  # somebody may have begun in the piece before
            before = hits.person[:start] == hits.person[start]
            known = np.unique(hits.touchpoint[:start][before])
            first &= ~((who == hits.person[start]) & np.isin(at, known))
        found[:, 1] += np.bincount(at[first], minlength=TOUCHPOINTS)
    return found.tolist()


def ask(folder: Path, compact: bool) -> dict[str, Any]:
    store = DuckDBStore(folder / "store", threads=THREADS)
    compacted = None
    if compact:
        begun = time.perf_counter()
        store.compact(KEY)
        compacted = time.perf_counter() - begun
    scope = Scope(timezone=ZONE)
    steps = tuple(Selector(names=(name,)) for name in NAMES[:5])
    told: dict[str, Any] = {}

    def funnel(**options: Any) -> Callable[[], Any]:
        return lambda: list(
            store.funnel(KEY, scope, FunnelQuestion(steps, window=WINDOW, **options)).whole.counts
        )

    begun = time.perf_counter()
    told["funnel"] = funnel()()
    cold = time.perf_counter() - begun
    without_map = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    questions: dict[str, Callable[[], Any]] = {
        "funnel": funnel(),
        "funnel, strict": funnel(order="strict"),
        "funnel, any order": funnel(order="any"),
        "transitions": lambda: store.paths(KEY, scope, PathQuestion()).total,
        "variants": lambda: store.variants(KEY, scope, PathQuestion()).distinct,
        "retention": lambda: [
            [cohort.start.isoformat(), *cohort.returned]
            for cohort in store.retention(KEY, scope, RetentionQuestion("week", 12)).cohorts
        ],
        "trend": lambda: [
            [start.date().isoformat(), value]
            for start, value in store.trend(KEY, scope, Selector(), "day", "persons")
        ],
    }
    seconds: dict[str, float] = {}
    waits: dict[str, float] = {}
    for name, question in questions.items():
        seconds[name], waits[name], told[name] = measured(question)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    kept = store.live_rows(KEY, Scope(), range(TOUCHPOINTS))
    seconds["roll-up"], waits["roll-up"], told["roll-up"] = measured(lambda: roll_up(store, kept))
    store.close()
    return {
        "cold": cold,
        "compacted": compacted,
        "seconds": seconds,
        "waits": waits,
        "told": told,
        "peak": peak,
        "peak of the first": without_map,
    }


def measured(question: Callable[[], Any]) -> tuple[float, float, Any]:
    """(median seconds, the longest that another thread of the process had to wait meanwhile, the answer)."""
    longest, is_over = 0.0, threading.Event()

    def look() -> None:
        nonlocal longest
        while not is_over.is_set():
            begun = time.perf_counter()
            time.sleep(0.002)
            longest = max(longest, time.perf_counter() - begun - 0.002)

    other = threading.Thread(target=look)
    other.start()
    taken = []
    for _run in range(RUNS):
        begun = time.perf_counter()
        answer = question()
        taken.append(time.perf_counter() - begun)
    is_over.set()
    other.join()
    return statistics.median(taken), longest, answer


def main() -> None:
    from django.conf import settings

    settings.configure(USE_I18N=False)
    what, folder = sys.argv[1], Path(sys.argv[2])
    if what == "fill":
        fill(folder, int(float(sys.argv[3])))
    else:
        print(json.dumps(ask(folder, sys.argv[3] == "compact")))


if __name__ == "__main__":
    main()

"""The overview of a website over ten million events (POLKU_BENCH_EVENTS): read cold, then clicked through."""

from __future__ import annotations

import os
import resource
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa

from polku.eventstore.duckdb.store import DuckDBStore
from polku.eventstore.port import SIGNAL_BATCH, Scope, SignalKind
from polku.eventstore.web import WebQuestion

KEY = "0123456789abcdef0123456789abcdef"
EVENTS = int(float(os.environ.get("POLKU_BENCH_EVENTS", "10e6")))
BATCH = 1_000_000
DAYS = 120
PEOPLE = 1_000_000
FIRST = datetime(2026, 1, 1)
NAMES = [
    "Page Viewed",
    "Product Viewed",
    "Product Added",
    "Products Searched",
    "Page Measured",
    "Checkout Started",
]
NAME_SHARES = [0.6, 0.2, 0.06, 0.05, 0.05, 0.04]
CHANNELS = ["Direct", "Organic Search", "Paid Search", "Organic Social", "Email", "Referral"]
PROMISED = {"cold": 2.0, "warm": 0.3}


def batch(number: int) -> pa.Table:
    """A million events in order of time: visits of eight events by people of whom few come often."""
    chance = np.random.default_rng(number)
    visits = BATCH // 8
    span = DAYS * 86_400 * BATCH / EVENTS
    begins = number * span + np.sort(chance.integers(0, max(1, int(span)), visits))
    person = (PEOPLE * chance.random(visits) ** 2).astype(np.int64)
    seconds = (begins[:, None] + np.cumsum(chance.integers(0, 90, (visits, 8)), axis=1)).ravel()
    order = np.argsort(seconds, kind="stable")
    visit = np.repeat(np.arange(visits), 8)[order]
    digits = chance.bytes(16 * BATCH).hex()
    traffic = chance.integers(0, 300, visits)
    said = pa.array(
        [
            f'{{"traffic_channel":"{CHANNELS[each % 6]}","traffic_source":"source{each % 50}",'
            f'"traffic_campaign":"c{each}","device_type":"{"phone" if each % 2 else "computer"}",'
            f'"browser":"b{each % 7}","title":"A page of the shop with a title","locale":"fi-FI"}}'
            for each in range(300)
        ]
        + [f'{{"load_time":{200 + 20 * each},"lcp":{each}}}' for each in range(300)]
        + [f'{{"query":"word {each}","results":{each % 4}}}' for each in range(300)]
    )
    name = chance.choice(len(NAMES), BATCH, p=NAME_SHARES)
    which = traffic[visit] + np.select([name == 4, name == 3], [300, 600], 0)
    pages = pa.array([f"https://shop.example/products/{each}?utm_id={each % 9}" for each in range(3_000)])
    times = (np.datetime64(FIRST, "us") + (seconds[order] * 1e6).astype("timedelta64[us]")).astype(
        "datetime64[us]"
    )
    columns = {field.name: pa.nulls(BATCH, field.type) for field in SIGNAL_BATCH} | {
        "message_id": pa.array([digits[32 * row : 32 * row + 32] for row in range(BATCH)]),
        "kind": pa.array(np.full(BATCH, SignalKind.EVENT, dtype=np.uint8)),
        "name": pa.array(NAMES).take(pa.array(name)),
        "time": pa.array(times),
        "person": pa.array(person[visit]).cast(pa.string()),
        "url": pages.take(pa.array((3_000 * chance.random(BATCH) ** 3).astype(np.int64))),
        "properties": said.take(pa.array(which)),
    }
    return pa.table(columns, schema=SIGNAL_BATCH)


def seconds_of(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="polku-bench-web-") as folder:
        store = DuckDBStore(Path(os.environ.get("POLKU_BENCH_HOME", folder)) / "events")
        store.create(KEY)
        if not store.state(KEY).signals:
            for number in range(max(1, EVENTS // BATCH)):
                store.load_signals(KEY, batch(number), rules=[])
        end = FIRST + timedelta(days=DAYS)
        for days in (7, 28, 90, DAYS):
            scope = Scope(start=end - timedelta(days=days), end=end, timezone="Europe/Helsinki")
            question = WebQuestion(searches=("Products Searched",))
            clicked = WebQuestion(only={"source": "source3", "device": "phone"}, searches=question.searches)
            cold = seconds_of(lambda: store.web_overview(KEY, scope, question, version=days))  # noqa: B023
            warm = [
                seconds_of(lambda: store.web_overview(KEY, scope, asked, version=days))  # noqa: B023
                for asked in (question, clicked) * 3
            ]
            found = store.web_overview(KEY, scope, question, version=days)
            print(
                f"{days} days, {found.scanned:,} signals, {found.visits:,} visits: cold {cold:.2f} s (ratio to "
                f"promise {cold / PROMISED['cold']:.2f}), a click {np.median(warm):.3f} s at most {max(warm):.3f} s "
                f"(ratio {max(warm) / PROMISED['warm']:.2f}), kept {store._visits.size / 2**20:.0f} MB"
            )
        live = [
            seconds_of(lambda: store.visitors_since(KEY, end - timedelta(minutes=5))) for _time in range(9)
        ]
        print(f"visitors now: {np.median(live) * 1000:.1f} ms")
        print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")
        store.close()


if __name__ == "__main__":
    main()

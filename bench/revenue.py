"""The revenue over ten million events and 200,000 orders (POLKU_BENCH_EVENTS): the whole, and by two properties."""

from __future__ import annotations

import os
import resource
import tempfile
from datetime import timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa

from bench.web_overview import BATCH, DAYS, EVENTS, FIRST, KEY, PEOPLE, batch, seconds_of
from polku.eventstore.duckdb.store import DuckDBStore
from polku.eventstore.port import ORDER_BATCH, Scope
from polku.eventstore.sales import SalesQuestion

ORDERS = max(1_000, EVENTS // 50)
WAYS = {
    "whole": None,
    "by source": "traffic_source",
    "by device": "device_type",
    "by payment": "order.payment",
}
PROMISED = 3.0
"""Seconds for each, of the question's range and of that before it together."""


def orders() -> pa.Table:
    chance = np.random.default_rng(7)
    seconds = np.sort(chance.integers(0, DAYS * 86_400, ORDERS))
    times = np.datetime64(FIRST, "us") + (seconds * 1_000_000).astype("timedelta64[us]")
    columns = {field.name: pa.nulls(ORDERS, field.type) for field in ORDER_BATCH} | {
        "message_id": pa.array([f"{number:032x}" for number in range(ORDERS)]),
        "order": pa.array([f"o{number}" for number in range(ORDERS)]),
        "person": pa.array((PEOPLE * chance.random(ORDERS) ** 2).astype(np.int64)).cast(pa.string()),
        "time": pa.array(times),
        "value": pa.array(np.round(chance.gamma(2.0, 40.0, ORDERS), 2)),
        "properties": pa.array([f'{{"payment":"way {each}"}}' for each in chance.integers(0, 6, ORDERS)]),
    }
    return pa.table(columns, schema=ORDER_BATCH)


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="polku-bench-revenue-") as folder:
        store = DuckDBStore(Path(os.environ.get("POLKU_BENCH_HOME", folder)) / "events")
        store.create(KEY)
        if not store.state(KEY).signals:
            for number in range(max(1, EVENTS // BATCH)):
                store.load_signals(KEY, batch(number), rules=[])
            store.load_orders(KEY, orders(), rules=[])
        end = FIRST + timedelta(days=DAYS)
        for days in (28, 60):
            length = timedelta(days=days)
            scopes = [Scope(start=end - times * length, end=end - (times - 1) * length) for times in (1, 2)]
            for name, breakdown in WAYS.items():
                question = SalesQuestion(breakdown=breakdown)
                took = seconds_of(lambda: [store.sales(KEY, scope, question) for scope in scopes])  # noqa: B023
                total = store.sales(KEY, scopes[0], SalesQuestion()).total
                print(
                    f"revenue, {days} days against {days}, {name}: {took:.2f} s "
                    f"(ratio to promise {took / PROMISED:.2f}); {total.visitors:,} visitors, {total.orders:,} orders"
                )
        print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")
        store.close()


if __name__ == "__main__":
    main()

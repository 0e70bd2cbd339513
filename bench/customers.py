"""The whole question of customers' value through the store: a million customers with their orders.

From the orders in the store to the answer: who bought when, groups, both fits, the value of each and its interval, the
check against what happened.
"""

from __future__ import annotations

import os
import resource
import tempfile
import time
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bench.purchases import MANY, PROMISED_SECONDS
from polku.eventstore.port import ORDER_BATCH


def orders(n: int) -> pa.Table:
    """Orders of `n` customers over two years by the model's own world, in order of time."""
    random = np.random.default_rng(1)
    first = random.integers(0, 720, n).astype(np.float64)
    rate, leaves = random.gamma(0.5, 1 / 60, n), random.beta(0.8, 2.4, n)
    level = random.gamma(4.0, 15.0, n)
    people, days, values = [np.arange(n)], [first], [random.gamma(5.0, level / 5)]
    now, there = first.copy(), np.arange(n)
    while len(there):
        now[there] += random.exponential(1 / np.maximum(rate[there], 1e-9))
        there = there[(now[there] <= 730) & (random.random(len(there)) >= leaves[there])]
        people.append(there)
        days.append(now[there])
        values.append(random.gamma(5.0, level[there] / 5))
    person, day, value = np.concatenate(people), np.concatenate(days), np.concatenate(values)
    order = np.argsort(day, kind="stable")
    start = int(datetime(2024, 1, 1, 8).timestamp()) * 1_000_000
    times = start + (day[order] * 86_400_000_000).astype(np.int64)
    numbers = pa.array(np.arange(len(order)))
    columns = {
        "message_id": pc.utf8_lpad(pc.cast(numbers, pa.string()), 32, "0"),
        "order": pc.binary_join_element_wise("T", pc.cast(numbers, pa.string()), ""),
        "person": pc.binary_join_element_wise("p", pc.cast(pa.array(person[order]), pa.string()), ""),
        "time": pa.array(times, pa.timestamp("us")),
        "value": pa.array(value[order].round(2)),
    }
    arrays = [columns.get(field.name, pa.nulls(len(order), field.type)) for field in ORDER_BATCH]
    return pa.Table.from_arrays(arrays, schema=ORDER_BATCH)


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="polku-bench-customers-") as folder:
        os.environ |= {"POLKU_HOME": folder, "DJANGO_SETTINGS_MODULE": "polku.config.settings"}
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        _measure(Path(folder))


def _measure(folder: Path) -> None:
    from django_scopes import scope

    from polku.accounts.models import Workspace
    from polku.analytics import run
    from polku.eventstore.duckdb.store import DuckDBStore
    from polku.eventstore.registry import use_store

    store = DuckDBStore(folder / "store", threads=2, memory_limit="2GB")
    use_store(store)
    workspace = Workspace.objects.create(name="Million", slug="million")
    store.create(workspace.key.hex)
    table = orders(MANY)
    for begin in range(0, table.num_rows, 500_000):
        store.load_orders(workspace.key.hex, table.slice(begin, 500_000), rules=[])
    rows = table.num_rows
    del table
    begun, worked = time.perf_counter(), time.process_time()
    with scope(workspace=workspace):
        answer = run(workspace, {"kind": "clv", "margin": 0.3})
    seconds, processor = time.perf_counter() - begun, time.process_time() - worked
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(
        f"{MANY:,} customers, {rows:,} orders: the whole question in {seconds:.1f} s "
        f"({processor:.1f} s of processor)"
    )
    print(
        f"  {seconds / PROMISED_SECONDS:.2f} of the promised {PROMISED_SECONDS} s; most memory {peak:.1f} GB"
    )
    print(f"  mean value {answer['mean']:.2f}, interval {answer['ci'][0]:.2f}–{answer['ci'][1]:.2f}")
    begun = time.perf_counter()
    with scope(workspace=workspace):
        run(workspace, {"kind": "churn", "mode": "purchase"})
    print(f"  churn by purchases: {time.perf_counter() - begun:.1f} s")
    use_store(None)
    store.close()

"""BG/NBD fitted by us and by others: the sample of CDNOW, and a million simulated customers.

POLKU_TEST_DATA is the folder of real data. What it is compared with is installed into environments of their own.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench._peers import python_with
from polku.statistics import customer_lifetime_value, fit_bgnbd, fit_gamma_gamma

FOLDER = Path(__file__).resolve().parent
DATA = Path(os.environ.get("POLKU_TEST_DATA", FOLDER.parents[1] / "shared" / "data"))
PEERS = {"lifetimes": "purchase_peers.txt", "pymc-marketing": "marketing_peers.txt"}
PROMISED_TIMES, PROMISED_DIFFERENCE, PROMISED_SECONDS = 10, 1e-4, 60
MANY = 1_000_000

Customers = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]


def cdnow() -> Customers:
    with gzip.open(DATA / "cdnow" / "cdnow_customers_summary.csv.gz", "rt", encoding="utf-8") as file:
        rows = [[float(row[name]) for name in ("frequency", "recency", "T")] for row in csv.DictReader(file)]
    x, recency, age = np.array(rows).T
    return x, recency, age


def simulated(n: int) -> Customers:
    """Customers of the fitted model's world with times of their own, so that nearly all are distinct."""
    random = np.random.default_rng(1)
    rate, leaves = random.gamma(0.5, 1 / 8, n), random.beta(0.8, 2.4, n)
    age = random.uniform(10, 104, n)
    x, recency, now = np.zeros(n), np.zeros(n), np.zeros(n)
    alive = np.ones(n, dtype=bool)
    while alive.any():
        now = now + random.exponential(1 / np.maximum(rate, 1e-9))
        alive &= now <= age
        x[alive] += 1
        recency[alive] = now[alive]
        alive &= random.random(n) >= leaves
    return x, recency, age


def peer(name: str, file: Path) -> dict[str, Any] | None:
    try:
        python = python_with(FOLDER / PEERS[name])
        told = subprocess.run(
            [python, FOLDER / "_purchase_peers.py", name, file],
            check=True,
            capture_output=True,
            text=True,
            timeout=600,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        last = str(getattr(error, "stderr", "") or error).strip().splitlines()[-1:]
        print(f"  {name}: not compared ({''.join(last)[:120]})")
        return None
    found: dict[str, Any] = json.loads(told.stdout.strip().splitlines()[-1])
    return found


def main() -> None:
    x, recency, age = cdnow()
    times = []
    for _ in range(15):
        begun = time.perf_counter()
        model = fit_bgnbd(frequency=x, recency=recency, age=age)
        times.append(time.perf_counter() - begun)
    ours = statistics.median(times[1:])
    print(f"CDNOW, {len(x):,} customers: {1000 * ours:.1f} ms, log-likelihood {model.log_likelihood:.5f}")
    print("  r {:.6f}, alpha {:.6f}, a {:.6f}, b {:.6f}".format(*model.parameters))
    with tempfile.TemporaryDirectory(prefix="polku-bench-purchases-") as folder:
        file = Path(folder) / "customers.csv"
        np.savetxt(file, np.column_stack([x, recency, age]), delimiter=",")
        for name in PEERS:
            theirs = peer(name, file)
            if theirs is None:
                continue
            told = ", ".join(f"{key} {theirs[key]:.6f}" for key in ("r", "alpha", "a", "b"))
            print(f"  {name}: {1000 * theirs['seconds']:.1f} ms, {told}")
            print(f"    ours is {theirs['seconds'] / ours:.1f} times as fast (promise {PROMISED_TIMES})")
            if "log_likelihood" in theirs:
                difference = model.log_likelihood - theirs["log_likelihood"]
                print(
                    f"    log-likelihood: ours is higher by {difference:.1e} (promise ±{PROMISED_DIFFERENCE:g})"
                )
    many_x, many_recency, many_age = simulated(MANY)
    begun = time.perf_counter()
    model = fit_bgnbd(frequency=many_x, recency=many_recency, age=many_age)
    fitted = time.perf_counter() - begun
    random = np.random.default_rng(2)
    again = many_x > 0
    scale = random.gamma(4.0, 1 / 15.0, MANY)
    mean = np.where(again, random.gamma(6.0 * np.maximum(many_x, 1), 1 / scale) / np.maximum(many_x, 1), 0)
    begun = time.perf_counter()
    spending = fit_gamma_gamma(frequency=many_x[again], mean_value=mean[again])
    spent = time.perf_counter() - begun
    begun = time.perf_counter()
    value = customer_lifetime_value(
        purchases=model,
        spending=spending,
        frequency=many_x,
        recency=many_recency,
        age=many_age,
        mean_value=mean,
        margin=0.3,
        discount=0.1,
        month_length=52.18 / 12,
    )
    valued = time.perf_counter() - begun
    whole = fitted + spent + valued
    print(f"{MANY:,} customers: {fitted:.1f} s purchases, {spent:.1f} s spending, {valued:.1f} s values")
    print(f"  {whole:.1f} s in all, {whole / PROMISED_SECONDS:.2f} of the promised {PROMISED_SECONDS} s")
    print(f"  mean value {value.mean.value:.2f}, interval {value.mean.low:.2f}–{value.mean.high:.2f}")

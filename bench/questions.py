"""Questions about behaviour over ten million events of a million people, beside what others take for the same.

POLKU_BENCH_SIZES (1e6,10e6,30e6) are the sizes asked at; peers are asked at POLKU_BENCH_EVENTS (10e6). What they need
is installed into an environment of its own in the user's cache folder.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench._peers import python_with

FOLDER = Path(__file__).resolve().parent
EVENTS = int(float(os.environ.get("POLKU_BENCH_EVENTS", "10e6")))
SIZES = [int(float(size)) for size in os.environ.get("POLKU_BENCH_SIZES", f"1e6,{EVENTS},30e6").split(",")]
NEEDED = FOLDER / "question_peers.txt"

# Times of chDB that we promise to stay within; for transitions it counts only, we tell the waits and loops as well.
PROMISED = {"funnel": 1.0, "transitions": 0.7, "retention": 0.7, "trend": 1.0, "roll-up": 1.0}
PROMISED_PEAK_MB = 2048


def run(*command: object) -> str:
    return subprocess.run(
        [str(part) for part in command], check=True, stdout=subprocess.PIPE, text=True
    ).stdout


def ask(folder: Path, how: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        run(sys.executable, "-m", "bench._questions_store", "ask", folder, how)
    )
    return found


def main() -> None:
    for size in SIZES:
        with tempfile.TemporaryDirectory(prefix="polku-bench-questions-") as name:
            folder = Path(name)
            run(sys.executable, "-m", "bench._questions_store", "fill", folder, size)
            print(f"\n{size:,} events of {size // 10:,} people")
            found = ask(folder, "as-it-is")
            show(found, "as they arrived")
            if size == EVENTS:
                show(ask(folder, "compact"), "after compaction")
                compare(found, json.loads(run(python_with(NEEDED), FOLDER / "_question_peers.py", folder)))


def show(found: dict[str, Any], how: str) -> None:
    times = ", ".join(f"{name} {taken:.3f}" for name, taken in found["seconds"].items())
    print(f"{how}: {times} s (medians); the very first question {found['cold']:.2f} s", flush=True)
    print(
        f"  longest that another thread waited meanwhile {1000 * max(found['waits'].values()):.0f} ms; "
        f"peak memory {found['peak']:,.0f} MB, promised {PROMISED_PEAK_MB:,}: "
        f"ratio {found['peak'] / PROMISED_PEAK_MB:.2f}"
        + (f"; compaction took {found['compacted']:.1f} s" if found["compacted"] else "")
    )


def compare(ours: dict[str, Any], peers: dict[str, Any]) -> None:
    theirs = peers["chdb"]["seconds"]
    print("question: ours · chDB · ratio (promised); Polars; retentioneering")
    for name, promised in PROMISED.items():
        others = "; ".join(
            f"{peer} {peers[peer]['seconds'][name]:.2f}"
            + (f" for {peers[peer]['rows']:,} rows" if few else "")
            for peer, few in (("polars", False), ("retentioneering", True))
            if name in peers[peer]["seconds"]
        )
        ratio = ours["seconds"][name] / theirs[name]
        print(
            f"{name}: {ours['seconds'][name]:.3f} · {theirs[name]:.3f} s · {ratio:.2f} (≤ {promised}); {others}"
        )
    waits, scan = theirs["transitions with waits"], theirs["bare scan"]
    print(
        f"chDB's transitions with median waits: {waits:.3f} s, ratio {ours['seconds']['transitions'] / waits:.2f}"
    )
    print(f"bare scan of the needed columns (chDB): {scan:.3f} s")
    told = peers["chdb"]["told"]
    check("funnel", ours["told"]["funnel"], [int(column[0]) for column in told["funnel"]])
    check("transitions in all", ours["told"]["transitions"], int(told["transitions"][0][0]))
    check("trend", [value for _day, value in ours["told"]["trend"]], [float(n) for n in told["trend"][1]])
    check(
        "roll-up",
        ours["told"]["roll-up"],
        [list(map(int, row)) for row in zip(*told["roll-up"], strict=True)],
    )
    returned = [list(map(int, row)) for row in zip(*told["retention"][1:], strict=True)]
    check("retention", [row[1:] for row in ours["told"]["retention"]], returned)


def check(name: str, ours: object, theirs: object) -> None:
    print(f"  {name}: {'the same answer' if ours == theirs else f'NOT THE SAME: {ours} and {theirs}'}")


if __name__ == "__main__":
    main()

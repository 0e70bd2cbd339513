"""What one server holds at most when everything that keeps something in memory is in use, beside a load.

Ten million events and a million answers (those of `bench.live_map`; POLKU_BENCH_EVENTS, POLKU_BENCH_HOME as there):
the map, questions about behaviour, the website's overview and the lists of people are asked for one after another,
twice, while 2,000 events a second come in.
"""

from __future__ import annotations

import os
import tempfile
import time
import urllib.error
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from bench import live_map
from bench._live_company import ANSWERS, EVENTS, TOUCHPOINTS
from bench._load import ORDERED, Load
from bench._probes import Asking, Browser, timed
from bench._server import Server, free_port, serving

PROMISED_MB = 2_048
ROUNDS = 2
STEPS = [{"event": f"event {number}"} for number in (0, 3, 6, 9, 12)]


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="polku-bench-") as folder:
        home = Path(os.environ.get("POLKU_BENCH_HOME") or folder)
        keys = live_map.prepare(home)
        port = free_port()
        print(
            f"{EVENTS:,} events and {ANSWERS:,} answers, a map of {TOUCHPOINTS} touchpoints, everything in use"
        )
        with serving(home, port, "up") as server:
            _use(server, keys)


def _use(server: Server, keys: dict[str, str]) -> None:
    browser = Browser(server.address)
    browser.sign_in(live_map.EMAIL, live_map.PASSWORD)
    asking = Asking(server.port, secret_key=keys["api_key"], write_key=keys["write_key"])
    workspace = f"/w/{keys['workspace']}"
    names = [*(f"event {number}" for number in range(TOUCHPOINTS)), ORDERED]
    funnel = {"steps": STEPS, "window": "P7D"}
    work: dict[str, Callable[[], object]] = {
        "map, 28 days": lambda: browser.get(keys["map"]),
        "map, all": lambda: browser.get(f"{keys['map']}?range=all"),
        "funnel": lambda: asking.ask({"kind": "funnel", **funnel}),
        "funnel of one browser": lambda: asking.ask({"kind": "funnel", **funnel} | _OF_ONE_BROWSER),
        "who dropped out": lambda: asking.ask(
            {"kind": "people", "funnel": funnel, "step": 3, "outcome": "dropped"}
        ),
        "paths": lambda: asking.ask({"kind": "paths"}),
        "retention": lambda: asking.ask({"kind": "retention", "period": "week", "periods": 12}),
        "trend": lambda: asking.ask(
            {"kind": "trend", "select": STEPS[0], "interval": "day", "measure": "persons"}
        ),
        "website, 28 days": lambda: browser.get(f"{workspace}/web/"),
        "website, all": lambda: asking.ask({"kind": "overview"}),
        "people": lambda: browser.get(f"{workspace}/people/"),
        "joins": lambda: browser.get(f"{workspace}/joins/"),
    }
    with ExitStack() as stack:
        load = Load(server.port, keys["write_key"], batch=20, seconds=900, rate=live_map.RATE, names=names)
        stack.callback(load.stop)
        time.sleep(3)
        for number in range(ROUNDS):
            for name, once in work.items():
                _tell(f"{name}{', again' if number else ''}", server, once)
    most = server.memory_mb("VmHWM")
    print(f"memory at most {most:,.0f} MB; promised {PROMISED_MB:,} MB: ratio {most / PROMISED_MB:.2f}")


_OF_ONE_BROWSER = {"where": [{"property": "browser", "op": "eq", "value": "b1"}]}


def _tell(name: str, server: Server, once: Callable[[], object]) -> None:
    # What took over its 30 seconds and was stopped held memory all the same.
    try:
        taken = timed(once)
    except (RuntimeError, urllib.error.HTTPError) as refusal:
        print(f"  {name}: {refusal}")
        return
    print(
        f"  {name}: {taken:.2f} s; {server.memory_mb():,.0f} MB now, {server.memory_mb('VmHWM'):,.0f} at most",
        flush=True,
    )


if __name__ == "__main__":
    main()

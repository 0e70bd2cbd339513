"""The front door under load: durable events a second, waits, visibility, the loader, memory, and pages meanwhile.

The clients are a process of their own; what they and everything else cost is printed, because they share the machine
with the server.
POLKU_BENCH_SECONDS is the length of each load (20), POLKU_BENCH_EVENTS the size of the large question (10 million).
"""

from __future__ import annotations

import json
import os
import time
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from bench._load import CONNECTIONS, NAMES, Done, Load
from bench._probes import Asking, Browser, Probe, bare_disk, busy_seconds, timed
from bench._server import Server, command, demo_server

SECONDS = float(os.environ.get("POLKU_BENCH_SECONDS", "20"))
EVENTS = int(float(os.environ.get("POLKU_BENCH_EVENTS", "10e6")))
STEADY = 10_000  # events a second
READS = 0.4  # seconds between two pages of one reader; more would measure the readers' own load
PROMISED_BATCHED, PROMISED_SINGLE = 10_000, 2_000
PROMISED_PAGE_MS = 100
PROMISED_VISIBLE = 5.0  # seconds


def main() -> None:
    large: dict[str, str] = {}
    with demo_server(str(date.today()), prepare=lambda home: _fill_large(home, large)) as server:
        shop = server.polku("workspace", "create", "Live shop", "--timezone", "UTC")
        shop_map = _draw_map(server, shop["workspace"])
        print(f"idle memory of the server: {server.memory_mb():.0f} MB")
        asking = Asking(server.port, secret_key=shop["api_key"], write_key=shop["write_key"])
        bare = bare_disk(server.home)
        print(f"bare loop of write and fdatasync: p50 {1000 * bare[0]:.2f} ms, p99 {1000 * bare[1]:.2f} ms")
        for batch, promised in ((20, PROMISED_BATCHED), (1, PROMISED_SINGLE)):
            _fastest(server, shop["write_key"], asking, bare, batch=batch, promised=promised)
        _loader_alone(server, shop["workspace"], shop["write_key"], asking)
        for question in (None, Asking(server.port, secret_key=large["api_key"], write_key="")):
            _steady(server, shop["write_key"], asking, bare, shop_map, question)
        print(
            f"memory of the server: {server.memory_mb():.0f} MB, at most {server.memory_mb('VmHWM'):.0f} MB"
        )
        print(f"events in the store: {asking.count():,}")


def _fill_large(home: Path, keys: dict[str, str]) -> None:
    """A workspace with many events, for a question that takes seconds."""
    from bench.store import BATCH, batch
    from polku.eventstore.duckdb.store import DuckDBStore

    keys |= command(home, "workspace", "create", "Large", "--timezone", "UTC")
    store = DuckDBStore(home / "events")
    (key,) = (folder.name for folder in (home / "events").iterdir() if len(folder.name) == 32)
    for number in range(max(1, EVENTS // BATCH)):
        store.load_signals(key, batch(number), rules=())
    store.close()


def _draw_map(server: Server, workspace: str) -> str:
    """A map that every event of the load hits; its address for `bench@example.com`."""
    touchpoints = [{"name": name, "bindings": [{"kind": "event", "names": [name]}]} for name in NAMES]
    document = {
        "polku": "journey",
        "version": 1,
        "name": "Live",
        "stages": [
            {"name": "Look", "touchpoints": touchpoints[:3]},
            {"name": "Buy", "touchpoints": touchpoints[3:]},
        ],
    }
    made = server.polku("journey", "import", "-", "--workspace", workspace, input=json.dumps(document))
    server.polku(
        *("user", "create", "bench@example.com", "--workspace", workspace, "--password", "metsäpolku-42")
    )
    return f"/w/{workspace}/journeys/{made['journey']}/"


@dataclass
class _Work:
    """Processor time from its making on."""

    server: Server
    _begun: float = field(default_factory=time.perf_counter)
    _busy: float = field(default_factory=busy_seconds)

    def __post_init__(self) -> None:
        self._server_before = self.server.processor_seconds()

    def tell(self, done: Done) -> None:
        taken = time.perf_counter() - self._begun
        server = self.server.processor_seconds() - self._server_before
        others = busy_seconds() - self._busy - server - done.processor * done.seconds
        print(
            f"  processors: server {server / taken:.2f} ({1e6 * server / done.accepted:.0f} µs an event), clients "
            f"{done.processor:.2f}, everything else on this machine {max(0.0, others) / taken:.2f}"
        )


def _fastest(
    server: Server, key: str, asking: Asking, bare: tuple[float, float], *, batch: int, promised: int
) -> None:
    """As fast as the acknowledgements come, and how far the loader is behind at the end."""
    before = asking.count()
    work = _Work(server)
    done = Load(server.port, key, batch=batch, seconds=SECONDS).wait()
    at_end = asking.count() - before
    print(f"\nbatches of {batch}, {CONNECTIONS} connections, as fast as they can for {done.seconds:.0f} s:")
    print(f"  {done.rate:,.0f} durable events/s; promised {promised:,}: ratio {done.rate / promised:.2f}")
    _print_waits(done, bare)
    work.tell(done)
    behind = _catch_up(asking, before + done.accepted)
    print(
        f"  loader: {at_end / done.seconds:,.0f} events/s meanwhile; the last event was visible "
        f"{behind:.1f} s after the end"
    )


def _loader_alone(server: Server, workspace: str, key: str, asking: Asking) -> None:
    """How fast the loader takes what waits for it."""
    before = asking.count()
    server.polku("loader", "pause")
    done = Load(server.port, key, batch=20, seconds=SECONDS, rate=STEADY).wait()
    server.polku("loader", "resume")
    work = _Work(server)
    rate = done.accepted / _catch_up(asking, before + done.accepted)
    print(f"\nloader alone, {done.accepted:,} events waiting: {rate:,.0f} events/s")
    print(f"  promised {STEADY:,}: ratio {rate / STEADY:.2f}")
    work.tell(replace(done, processor=0.0))


def _steady(
    server: Server, key: str, asking: Asking, bare: tuple[float, float], shop_map: str, large: Asking | None
) -> None:
    """At the promised rate, with somebody reading pages and, with `large`, an endless question."""
    demo, owner = Browser(server.address), Browser(server.address)
    demo_map = demo.sign_in_to_demo()
    owner.sign_in("bench@example.com", "metsäpolku-42")
    pages = {
        "map of the demo": Probe(lambda: timed(lambda: demo.get(demo_map)), pause=READS),
        "map of the workspace being loaded": Probe(lambda: timed(lambda: owner.get(shop_map)), pause=READS),
    }
    for page in (lambda: demo.get(demo_map), lambda: owner.get(shop_map)):
        page()
    visible = Probe(asking.seconds_to_visibility, pause=0.2)
    with ExitStack() as stack:
        endless = None
        if large is not None:
            endless = stack.enter_context(Probe(_endless(large), pause=0))
        work = _Work(server)
        load = Load(server.port, key, batch=20, seconds=SECONDS, rate=STEADY)
        stack.callback(load.stop)
        time.sleep(1)
        for probe in (visible, *pages.values()):
            stack.enter_context(probe)
        done = load.wait()
    print(f"\n{done.rate:,.0f} events/s in batches of 20 for {done.seconds:.0f} s", end="")
    print(f", beside an endless funnel over {EVENTS:,} events:" if endless else ":")
    if endless:
        print(f"  the funnel was answered {len(endless.seconds)} times, median {endless.quantile(0.5):.1f} s")
    _print_waits(done, bare)
    work.tell(done)
    print(
        f"  visible after: p50 {visible.quantile(0.5):.1f} s, p95 {visible.quantile(0.95):.1f} s; promised "
        f"{PROMISED_VISIBLE:.0f} s: ratio {visible.quantile(0.95) / PROMISED_VISIBLE:.2f}"
    )
    for name, page in pages.items():
        p95 = 1000 * page.quantile(0.95)
        print(
            f"  {name}: {len(page.seconds)} times, p50 {1000 * page.quantile(0.5):.0f} ms, p95 {p95:.0f} ms; "
            f"promised {PROMISED_PAGE_MS} ms: ratio {p95 / PROMISED_PAGE_MS:.2f}"
        )


def _endless(large: Asking) -> Any:
    """A funnel over everything whose answer is not kept: each asks about another range."""
    numbers = count()
    steps = [{"event": f"event {number}"} for number in range(5)]

    def ask() -> float:
        first = date(2025, 1, 1) + timedelta(days=next(numbers) % 200)
        question = {"kind": "funnel", "steps": steps, "range": {"from": str(first), "to": "2026-12-01"}}
        return timed(lambda: large.ask(question))

    return ask


def _catch_up(asking: Asking, total: int) -> float:
    """Seconds until so many events are visible."""
    begun = time.perf_counter()
    while asking.count() < total:
        if time.perf_counter() - begun > 600:
            raise RuntimeError("the loader did not catch up in ten minutes")
        time.sleep(0.25)
    return time.perf_counter() - begun


def _print_waits(done: Done, bare: tuple[float, float]) -> None:
    p50, p99 = 1000 * done.wait_p50, 1000 * done.wait_p99
    print(
        f"  acknowledged after: p50 {p50:.1f} ms (bare × {done.wait_p50 / bare[0]:.1f}), "
        f"p95 {1000 * done.wait_p95:.1f} ms, p99 {p99:.1f} ms (bare × {done.wait_p99 / bare[1]:.1f}); "
        f"{done.failed} failed"
    )


if __name__ == "__main__":
    main()

"""The live map of forty touchpoints on ten million events and a million answers, while events arrive.

Through the real front door come 2,000 events a second of the map's people; the page is opened as a reader opens it.
POLKU_BENCH_EVENTS is how many events there are before (10 million), POLKU_BENCH_SECONDS the length of each look (20),
POLKU_BENCH_HOME a home folder to fill once and to use again.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from bench._live_company import ANSWERS, EVENTS, TOUCHPOINTS, document
from bench._load import ORDERED, Load
from bench._probes import Asking, Browser, Probe, timed
from bench._server import Server, command, free_port, serving

SECONDS = float(os.environ.get("POLKU_BENCH_SECONDS", "20"))
RATE, READERS, PAUSE = 2_000, 4, 0.5
COLD, WARM_MS, FOUR_MS, VISIBLE, MEMORY_MB = 2.0, 200, 500, 5.0, 2_048
PROBED = TOUCHPOINTS - 1  # of what is sent only probes are at this touchpoint
EMAIL, PASSWORD = "bench@example.com", "metsäpolku-42"


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="polku-bench-") as folder:
        home = Path(os.environ.get("POLKU_BENCH_HOME") or folder)
        keys = prepare(home)
        port = free_port()
        browser = Browser(f"http://localhost:{port}")
        with serving(home, port, "up"):
            browser.sign_in(EMAIL, PASSWORD)
        print(
            f"{EVENTS:,} events and {ANSWERS:,} answers, a map of {TOUCHPOINTS} touchpoints, {RATE:,} events/s"
        )
        for name, query in {"28 days": "", "all data": "?range=all"}.items():
            address = f"{keys['map']}{query}"
            for kept in home.glob("events/*/*.map"):  # by a look in an earlier run
                kept.unlink()
            with serving(home, port, "up") as server:
                _look(server, browser, keys, name, address)
            with serving(home, port, "up") as server:
                _look_again(server, browser, keys, address)


def prepare(home: Path) -> dict[str, str]:
    """A workspace, its map, somebody who may look at it, and everything that has come so far."""
    kept = home / "bench.json"
    if kept.exists():
        return dict(json.loads(kept.read_text(encoding="utf-8")))
    keys = dict(command(home, "workspace", "create", "Large", "--timezone", "Europe/Helsinki"))
    drawn = command(
        home, "journey", "import", "-", "--workspace", keys["workspace"], input=json.dumps(document())
    )
    command(home, "user", "create", EMAIL, "--workspace", keys["workspace"], "--password", PASSWORD)
    keys["map"] = f"/w/{keys['workspace']}/journeys/{drawn['journey']}/"
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-m", "bench._live_company", str(home), keys["workspace"]], check=True)
    print(f"loaded in {time.perf_counter() - begun:.0f} s")
    kept.write_text(json.dumps(keys), encoding="utf-8")
    return keys


def _look(server: Server, browser: Browser, keys: dict[str, str], name: str, address: str) -> None:
    names = [*(f"event {number}" for number in range(TOUCHPOINTS) if number != PROBED), ORDERED]
    length = 3 * SECONDS + 15
    asking = Asking(server.port, secret_key=keys["api_key"], write_key=keys["write_key"])

    def read() -> float:
        return timed(lambda: browser.get(address))

    with ExitStack() as stack:
        load = Load(server.port, keys["write_key"], batch=20, seconds=length, rate=RATE, names=names)
        stack.callback(load.stop)
        time.sleep(3)
        cold = read()
        print(
            f"\n{name}: opened for the first time ever in {cold:.2f} s; "
            f"promised {COLD:.0f} s: ratio {cold / COLD:.2f}"
        )
        with Probe(read, pause=PAUSE) as one:
            time.sleep(SECONDS)
        _tell("one reader", [one], WARM_MS)
        with ExitStack() as readers:
            four = [readers.enter_context(Probe(read, pause=PAUSE)) for _reader in range(READERS)]
            time.sleep(SECONDS)
        _tell(f"{READERS} readers at once", four, FOUR_MS)
        with Probe(_visibility(browser, asking, address), pause=0.2) as visible:
            time.sleep(SECONDS)
        waited = visible.quantile(0.95)
        print(
            f"  a new event is on the page after p50 {visible.quantile(0.5):.1f} s, p95 {waited:.1f} s "
            f"({len(visible.seconds)} times); promised {VISIBLE:.0f} s: ratio {waited / VISIBLE:.2f}"
        )
        done = load.wait()
    most = server.memory_mb("VmHWM")
    print(
        f"  {done.rate:,.0f} events/s, acknowledged p95 {1000 * done.wait_p95:.0f} ms, {done.failed} failed"
    )
    print(f"  memory at most {most:,.0f} MB; promised {MEMORY_MB:,} MB: ratio {most / MEMORY_MB:.2f}")


def _look_again(server: Server, browser: Browser, keys: dict[str, str], address: str) -> None:
    """The map was looked at before the server was started anew; nothing of it is in memory."""
    names = [*(f"event {number}" for number in range(TOUCHPOINTS) if number != PROBED), ORDERED]
    with ExitStack() as stack:
        load = Load(server.port, keys["write_key"], batch=20, seconds=8, rate=RATE, names=names)
        stack.callback(load.stop)
        time.sleep(3)
        cold = timed(lambda: browser.get(address))
        load.wait()
    print(f"  first opened after a restart in {cold:.2f} s; promised {COLD:.0f} s: ratio {cold / COLD:.2f}")


def _tell(who: str, probes: list[Probe], promised: int) -> None:
    seconds = sorted(each for probe in probes for each in probe.seconds)
    p50, p95 = (1000 * seconds[int(share * (len(seconds) - 1))] for share in (0.5, 0.95))
    print(
        f"  {who}: {len(seconds)} pages, p50 {p50:.0f} ms, p95 {p95:.0f} ms; promised {promised} ms: "
        f"ratio {p95 / promised:.2f}"
    )


def _visibility(browser: Browser, asking: Asking, address: str) -> Callable[[], float]:
    """Sends one event of somebody new to a touchpoint that nobody else is at; seconds until the page counts them."""
    sent = [0]

    def once() -> float:
        before = _reached(browser.get(address))
        sent[0] += 1
        asking.send(f"event {PROBED}", user=f"probe {os.getpid()} {sent[0]} {time.time()}")
        acknowledged = time.perf_counter()
        while _reached(browser.get(address)) == before:
            if time.perf_counter() - acknowledged > 60:
                raise RuntimeError("an acknowledged event was not on the page after a minute")
            time.sleep(0.2)
        return time.perf_counter() - acknowledged

    return once


def _reached(page: str) -> str:
    """The people at the probed touchpoint, as the page writes their number."""
    found = re.search(
        rf'"path-name">Touchpoint {PROBED}<.*?path-figures"><strong>([^<]*)</strong>', page, re.DOTALL
    )
    if found is None:
        raise RuntimeError("the page has no number for the probed touchpoint")
    return found.group(1)


if __name__ == "__main__":
    main()

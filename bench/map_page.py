"""Server time of the map page on the demo workspace, and the idle memory of the server."""

from __future__ import annotations

import statistics
import time

from bench._probes import Browser, timed
from bench._server import demo_server

PROMISED_P95_MS = 150
PROMISED_IDLE_MB = 400
ROUNDS = 60


def main() -> None:
    with demo_server() as server:
        print(f"ready (simulated, loaded, served) after {server.seconds_to_ready:.1f} s")
        browser = Browser(server.address)
        address = browser.sign_in_to_demo()
        print(f"map page, first opening: {1000 * timed(lambda: browser.get(address)):.0f} ms")
        times = [1000 * timed(lambda: browser.get(address)) for _round in range(ROUNDS)]
        p95 = statistics.quantiles(times, n=20)[18]
        print(f"map page, warm: median {statistics.median(times):.0f} ms, p95 {p95:.0f} ms")
        print(f"  promised p95 {PROMISED_P95_MS} ms, ratio {p95 / PROMISED_P95_MS:.2f}")
        time.sleep(3)
        memory = server.memory_mb()
        print(f"memory of all processes (one), idle after this: {memory:.0f} MB")
        print(f"  promised {PROMISED_IDLE_MB} MB, ratio {memory / PROMISED_IDLE_MB:.2f}")


if __name__ == "__main__":
    main()

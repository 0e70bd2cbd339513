"""Server time of the map page on the demo workspace, and the idle memory of the server."""

from __future__ import annotations

import http.cookiejar
import re
import statistics
import time
import urllib.parse
import urllib.request
from pathlib import Path

from bench._server import demo_server

PROMISED_P95_MS = 150
PROMISED_IDLE_MB = 400
ROUNDS = 60


def _signed_in(address: str) -> tuple[urllib.request.OpenerDirector, str]:
    """A session of the demo user and the address of the map it lands on."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    with opener.open(f"{address}/") as answer:
        page, sign_in = answer.read().decode(), answer.geturl()
    token = re.search(r'<form method="post">\s*<input[^>]*name="csrfmiddlewaretoken" value="([^"]+)"', page)
    if token is None:
        raise RuntimeError("the demo's sign-in button was not found")
    form = urllib.parse.urlencode({"csrfmiddlewaretoken": token.group(1)}).encode()
    request = urllib.request.Request(sign_in, data=form, headers={"Referer": sign_in})
    with opener.open(request) as answer:
        return opener, answer.geturl()


def _memory_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    return int(found.group(1)) / 1024 if found else float("nan")


def main() -> None:
    with demo_server() as server:
        print(f"ready (simulated, loaded, served) after {server.seconds_to_ready:.1f} s")
        opener, address = _signed_in(server.address)
        started = time.perf_counter()
        opener.open(address).read()
        print(f"map page, first opening: {1000 * (time.perf_counter() - started):.0f} ms")
        times = []
        for _round in range(ROUNDS):
            started = time.perf_counter()
            opener.open(address).read()
            times.append(1000 * (time.perf_counter() - started))
        p95 = statistics.quantiles(times, n=20)[18]
        print(f"map page, warm: median {statistics.median(times):.0f} ms, p95 {p95:.0f} ms")
        print(f"  promised p95 {PROMISED_P95_MS} ms, ratio {p95 / PROMISED_P95_MS:.2f}")
        time.sleep(3)
        memory = _memory_mb(server.pid)
        print(f"memory of all processes (one), idle after this: {memory:.0f} MB")
        print(f"  promised {PROMISED_IDLE_MB} MB, ratio {memory / PROMISED_IDLE_MB:.2f}")


if __name__ == "__main__":
    main()

"""Answers to a survey under load, and what its page weighs and costs.

Each answer is a form of its own from an address of its own: one transaction with the answer and its news for the event
store. The clients are a process of their own; what they and the rest of the machine cost is printed.
POLKU_BENCH_SECONDS is the length of each load (15).
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from dataclasses import asdict, dataclass
from html import unescape
from pathlib import Path

import numpy as np

from bench._probes import busy_seconds, timed
from bench._server import Server, command, free_port, serving

SECONDS = float(os.environ.get("POLKU_BENCH_SECONDS", "15"))
PROMISED_RATE = 150
PROMISED_P95_MS = 150
PROMISED_BYTES = 150 * 1024
CONNECTIONS = 16
_AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')
_SURVEY = {
    "title": {"en": "How did it go?"},
    "languages": ["en"],
    "pages": "all",
    "questions": [
        {"type": "nps", "key": "nps", "text": {}, "required": True},
        {"type": "csat", "key": "csat", "text": {}},
        {"type": "long_text", "key": "why", "text": {"en": "Why?"}},
    ],
}


@dataclass(frozen=True)
class Done:
    """Waits are in seconds from when a request was due; `processor` is the clients' share of one."""

    answers: int
    failed: int
    seconds: float
    wait_p50: float
    wait_p95: float
    wait_p99: float
    processor: float

    @property
    def rate(self) -> float:
        return self.answers / self.seconds


class _Connection:
    """One connection that is kept; sends a request and reads its answer whole."""

    def __init__(self, port: int, number: int) -> None:
        self._port = port
        self._number = number
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, method: str, path: str, client: int, body: bytes = b"") -> tuple[int, bytes, bytes]:
        """(status, headers, body)."""
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: localhost:{self._port}\r\nUser-Agent: {_AGENT}\r\n"
            f"X-Forwarded-For: 10.{client >> 16 & 255}.{client >> 8 & 255}.{client & 255}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        writer.write(head.encode() + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", answer)
        content = await reader.readexactly(int(length.group(1))) if length else b""
        return int(answer[9:12]), answer, content


async def _form(connection: _Connection, path: str, client: int) -> bytes:
    """What somebody sends who opened the page and answered."""
    _status, _headers, page = await connection.ask("GET", path, client)
    hidden = {unescape(name): unescape(value) for name, value in _HIDDEN.findall(page.decode())}
    answers = {"q-nps": str(client % 11), "q-csat": str(client % 5 + 1), "q-why": f"Answer number {client}"}
    return urllib.parse.urlencode(hidden | answers).encode()


async def _load(port: int, path: str, *, rate: float | None, seconds: float, whole: bool, first: int) -> Done:
    """`whole`: every answer is a visit, the page, the answer and the thanks; else forms are opened beforehand."""
    connections = [_Connection(port, number) for number in range(CONNECTIONS)]
    ready: asyncio.Queue[tuple[int, bytes]] = asyncio.Queue()
    clients = iter(range(first, first + 10_000_000))

    async def prepare(connection: _Connection, count: int) -> None:
        for _each in range(count):
            client = next(clients)
            ready.put_nowait((client, await _form(connection, path, client)))

    if not whole:
        wanted = int(seconds * (rate or 4 * PROMISED_RATE))
        await asyncio.gather(*(prepare(each, wanted // CONNECTIONS + 1) for each in connections))
    waits: list[float] = []
    failed = 0
    due = begun = time.perf_counter()
    processor = time.process_time()
    end = begun + seconds

    async def answer(connection: _Connection) -> None:
        nonlocal due, failed
        while True:
            if rate:
                mine, due = due, due + 1 / rate
                if mine >= end:
                    return
                await asyncio.sleep(max(0.0, mine - time.perf_counter()))
            else:
                mine = time.perf_counter()
                if mine >= end:
                    return
            if whole:
                client = next(clients)
                body = await _form(connection, path, client)
            elif ready.empty():
                return
            else:
                client, body = ready.get_nowait()
            status, headers, _page = await connection.ask("POST", path, client, body)
            if whole and (to := re.search(rb"(?i)location: (\S+)", headers)):
                status, _headers, _page = await connection.ask("GET", to.group(1).decode(), client)
            failed += status not in (200, 303)
            waits.append(time.perf_counter() - mine)

    await asyncio.gather(*(answer(each) for each in connections))
    taken = time.perf_counter() - begun
    p50, p95, p99 = (float(each) for each in np.quantile(waits, [0.5, 0.95, 0.99]))
    return Done(len(waits), failed, taken, p50, p95, p99, (time.process_time() - processor) / taken)


def _run(server: Server, path: str, *, rate: float | None, whole: bool, first: int) -> Done:
    given = json.dumps(
        {"port": server.port, "path": path, "rate": rate, "seconds": SECONDS, "whole": whole, "first": first}
    )
    done = subprocess.run(
        [sys.executable, "-m", "bench.surveys", given], stdout=subprocess.PIPE, text=True, check=True
    )
    return Done(**json.loads(done.stdout))


def _tell(name: str, server: Server, path: str, *, rate: float | None, whole: bool, first: int) -> None:
    before = (server.processor_seconds(), busy_seconds(), time.perf_counter())
    done = _run(server, path, rate=rate, whole=whole, first=first)
    taken = time.perf_counter() - before[2]
    own = (server.processor_seconds() - before[0]) / taken
    others = (busy_seconds() - before[1]) / taken - own - done.processor
    print(f"\n{name}, {done.seconds:.0f} s:")
    print(
        f"  {done.rate:.0f} answers/s, {done.failed} failed; promised {PROMISED_RATE}: "
        f"ratio {done.rate / PROMISED_RATE:.2f}"
    )
    print(
        f"  waits: p50 {1000 * done.wait_p50:.0f} ms, p95 {1000 * done.wait_p95:.0f} ms, "
        f"p99 {1000 * done.wait_p99:.0f} ms",
        end="",
    )
    if not whole:
        print(f"; promised p95 {PROMISED_P95_MS} ms: ratio {1000 * done.wait_p95 / PROMISED_P95_MS:.2f}")
    else:
        print(" for page, answer and thanks together")
    print(
        f"  processors: server {own:.2f}, clients {done.processor:.2f}, everything else {max(0, others):.2f}"
    )


def _page(server: Server, path: str) -> None:
    """What a browser transfers, and how long the server takes."""
    url = server.address + path

    def get(address: str) -> bytes:
        request = urllib.request.Request(
            urllib.parse.urljoin(url, address), headers={"User-Agent": _AGENT, "Accept-Encoding": "gzip"}
        )
        with urllib.request.urlopen(request) as answer:
            return bytes(answer.read()) + str(answer.headers).encode()

    page = get(path)
    parts = {"page": len(page)}
    linked = re.findall(rb'(?:href|src)="(/static/[^"]+)"', page)
    for address in linked:
        content = get(address.decode())
        parts[Path(address.decode()).suffix] = len(content)
        for font in re.findall(rb"url\(([^)]+\.woff2)\)", content):
            folder = urllib.parse.urljoin(url, address.decode())
            parts[".woff2"] = len(get(urllib.parse.urljoin(folder, font.decode().strip("\"'"))))
    total = sum(parts.values())
    print(f"\npage weight: {total:,} bytes ({', '.join(f'{name} {size:,}' for name, size in parts.items())})")
    print(f"  promised {PROMISED_BYTES:,}: ratio {total / PROMISED_BYTES:.2f}")
    times = [1000 * timed(lambda: get(path)) for _each in range(200)]
    p50, p95 = np.quantile(times, [0.5, 0.95])
    print(f"server time of the page: median {p50:.1f} ms, p95 {p95:.1f} ms")
    print(f"  promised p95 {PROMISED_P95_MS} ms: ratio {p95 / PROMISED_P95_MS:.2f}")


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="polku-bench-") as folder:
        home = Path(folder)
        command(home, "workspace", "create", "Bench")
        document = home / "survey.json"
        written = {
            "polku_survey": 1,
            "name": "Bench",
            "template": "",
            "anonymous": False,
            "definition": _SURVEY,
        }
        document.write_text(json.dumps(written), encoding="utf-8")
        made = command(home, "survey", "import", str(document), "--workspace", "bench", "--publish")
        path = urllib.parse.urlsplit(made["url"]).path
        with serving(home, free_port(), "up") as server:
            _page(server, path)
            _tell(
                f"answers at {PROMISED_RATE} a second", server, path, rate=PROMISED_RATE, whole=False, first=0
            )
            _tell("answers as fast as they go", server, path, rate=None, whole=False, first=100_000)
            _tell("whole visits as fast as they go", server, path, rate=None, whole=True, first=200_000)


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    print(json.dumps(asdict(asyncio.run(_load(given.pop("port"), given.pop("path"), **given)))))

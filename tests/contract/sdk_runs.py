"""Runs client libraries against a real server, and reads back what the store kept of it."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import duckdb

SDKS = Path(__file__).parent / "sdks"
MODULES = SDKS / "node_modules"


def need_modules() -> None:
    """Install the libraries for Node where `make test` has not done so."""
    if not (MODULES / ".installed").exists():
        done = subprocess.run(["make", "sdks"], cwd=SDKS.parents[2], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr


@dataclass
class Refusing:
    """A proxy in front of the server that refuses the first posts with a status, and then passes all on."""

    status: int
    times: int = 1
    address: str = ""
    seen: list[int] = field(default_factory=list)  # the status of each answer to what was captured
    lock: threading.Lock = field(default_factory=threading.Lock)

    def refuses(self) -> bool:
        with self.lock:
            self.times -= 1
            return self.times >= 0


@contextmanager
def refusing(server: str, status: int, times: int = 1) -> Iterator[Refusing]:
    """Serve on a port of its own, until the block ends."""
    made = Refusing(status, times)
    backend = urlsplit(server)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *arguments: Any) -> None:
            pass

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            captured = self.command == "POST" or ".php" in self.path
            if captured and made.refuses():
                made.seen.append(made.status)
                self.send_response(made.status)
                self.send_header("Retry-After", "1")
                self.send_header("Access-Control-Allow-Origin", self.headers.get("Origin", "*"))
                self.send_header("Access-Control-Allow-Credentials", "true")
                self.send_header("Access-Control-Expose-Headers", "Retry-After")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            connection = HTTPConnection(backend.hostname or "", backend.port or 80, timeout=30)
            try:
                connection.request(self.command, self.path, body, dict(self.headers.items()))
                answer = connection.getresponse()
                content = answer.read()
            finally:
                connection.close()
            if captured:
                made.seen.append(answer.status)
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("connection", "transfer-encoding", "date", "content-length"):
                    self.send_header(name, value)
            if answer.status != 204:
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_OPTIONS = _answer

    proxy = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    proxy.daemon_threads = True
    thread = threading.Thread(target=proxy.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    made.address = f"http://localhost:{proxy.server_port}"
    try:
        yield made
    finally:
        proxy.shutdown()
        proxy.server_close()
        thread.join()


def start_script(script: str, address: str, key: str, what: str) -> subprocess.CompletedProcess[str]:
    """Run one of the scripts in `sdks/` to its end."""
    if script.endswith(".py"):
        program = [sys.executable]
    else:
        need_modules()
        program = ["node"]
    return subprocess.run(
        [*program, str(SDKS / script), address, key, what], capture_output=True, text=True, timeout=90
    )


def run_script(script: str, address: str, key: str, what: str) -> str:
    """The same, and what it printed. It must succeed."""
    done = start_script(script, address, key, what)
    assert done.returncode == 0, done.stderr
    return done.stdout


def answers_to_a_wrong_key(script: str, server: str) -> list[int]:
    """The status of each answer that a library got with a key that nobody has; it must say that it failed."""
    with refusing(server, 0, times=0) as proxy:
        assert start_script(script, proxy.address, "pk_wrong", "retry").returncode == 1
        return proxy.seen


def workspaces(command: Any, names: list[str]) -> dict[str, str]:
    """Make workspaces on a running server; the write key of each."""
    made = run_all({name: partial(command.json, "workspace", "create", name) for name in names})
    return {name: created["write_key"] for name, created in made.items()}


def wait_for(command: Any, workspace: str, name: str, signals: int, seconds: float = 20) -> None:
    """Return when so many events of a name can be asked for. The promise is five seconds; the machine may be busy."""
    deadline = time.monotonic() + seconds
    question = {"kind": "trend", "select": {"event": name}, "interval": "month", "measure": "events"}
    while True:
        points = command.query(workspace, question)["points"]
        if sum(point["value"] for point in points) >= signals:
            return
        assert time.monotonic() < deadline, f"{workspace}: {points}"
        time.sleep(0.2)


@dataclass
class Kept:
    """All that one workspace's file holds, in plain values."""

    signals: list[dict[str, Any]]  # in order of time
    orders: list[dict[str, Any]]
    people: list[dict[str, Any]]  # ids (alias, kind) and traits, by the first id
    rejected: list[tuple[str, str]]  # reason and raw text
    counts: dict[tuple[str, str], int]  # origin and reason → how many

    def of(self, name: str) -> list[dict[str, Any]]:
        return [signal for signal in self.signals if signal["name"] == name]


def kept(home: Path, workspace: str) -> Kept:
    """Read a workspace's file, named by its slug, while no server runs."""
    with closing(sqlite3.connect(home / "polku.sqlite3")) as relational:
        query = "SELECT key FROM accounts_workspace WHERE slug = ?"
        (key,) = relational.execute(query, [workspace]).fetchone()
    folder = home / "events" / key
    file = folder / (folder / "current").read_text().strip()
    with duckdb.connect(str(file), read_only=True) as store:
        return Kept(
            signals=_dicts(store, _SIGNALS),
            orders=_dicts(store, _ORDERS),
            people=_dicts(store, _PEOPLE),
            rejected=store.execute("SELECT reason, raw FROM rejected ORDER BY reason, raw").fetchall(),
            counts={
                (origin, reason): count
                for origin, reason, count in store.execute(
                    "SELECT origin, reason, sum(count)::INTEGER FROM source_count GROUP BY ALL"
                ).fetchall()
            },
        )


def signal(name: str, time: datetime, origin: str, **fields: Any) -> dict[str, Any]:
    """A row of `Kept.signals`: an event of the person `asiakas-1` (number 1), with what is not said absent."""
    absent = dict.fromkeys(("url", "channel", "value", "order", "device"))
    known = {"kind": 1, "identity": "asiakas-1", "identity_kind": "user", "person": 1, "properties": None}
    return {"name": name, "time": time, "origin": origin} | absent | known | fields


def run_all(tasks: dict[str, Callable[[], Any]]) -> dict[str, Any]:
    """Run tasks side by side; what each gave. The first that failed fails the test."""
    with ThreadPoolExecutor(len(tasks)) as pool:
        started = {name: pool.submit(task) for name, task in tasks.items()}
        return {name: future.result() for name, future in started.items()}


_SIGNALS = """
    SELECT s.name, s.kind, s.time, s.url, s.channel, s.value, s.origin, s.properties, o.id AS "order",
        i.alias AS identity, i.kind AS identity_kind, d.alias AS device, s.person
    FROM signal s
    LEFT JOIN identity i ON i.identity = s.identity
    LEFT JOIN identity d ON d.identity = s.device
    LEFT JOIN orders o ON o.order_key = s.order_key
    WHERE s.message_id IS NOT NULL
    ORDER BY s.time, s.arrival"""
_ORDERS = """
    SELECT o.id, o.time, o.value, o.status, o.channel, o.properties, o.person FROM orders o ORDER BY o.id"""
_PEOPLE = """
    SELECT p.person, p.traits, list((i.alias, i.kind) ORDER BY i.alias) AS ids
    FROM person p JOIN identity i USING (person) GROUP BY ALL ORDER BY min(i.alias)"""


def _dicts(store: Any, query: str) -> list[dict[str, Any]]:
    found = store.execute(query)
    names = [column[0] for column in found.description]
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    for row in rows:
        for field_ in ("properties", "traits"):
            if row.get(field_) is not None:
                row[field_] = json.loads(row[field_])
    return rows

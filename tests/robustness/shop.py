"""A shop's server as its owner runs it, in a home folder of its own, and what its store holds afterwards."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from tests.contract.conftest import Command
from tests.robustness.sending import Connection


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Shop(Command):
    """`polku up` on one port, which stays the same over restarts, and a workspace with its keys."""

    port: int = 0
    slug: str = "shop"
    write_key: str = ""
    api_key: str = ""

    def open(self) -> None:
        """Make the workspace; the server need not run."""
        made = self.json("workspace", "create", self.slug.title(), "--timezone", "UTC")
        self.write_key, self.api_key = made["write_key"], made["api_key"]
        self.environment.setdefault("POLKU_CAPTURE_EVENTS_PER_SECOND", "1000000")

    def start(self, *, under: Sequence[str] = (), wait: bool = True) -> float:
        """Start the server, perhaps under another program; the seconds until it was ready."""
        self.port = self.port or free_port()
        self.address = f"http://localhost:{self.port}"
        begun = time.monotonic()
        arguments = ["--home", str(self.home), "up", "--host", "127.0.0.1", "--port", str(self.port)]
        self.server = subprocess.Popen(
            [*under, sys.executable, "-m", "polku.cli", *arguments],
            env=os.environ | {"POLKU_LANGUAGE": "en"} | self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        if wait:
            self.wait_until_ready()
        return time.monotonic() - begun

    def kill(self) -> None:
        """End the server with no chance to tidy up."""
        self.stop(signal.SIGKILL)

    def connect(self) -> Connection:
        return Connection(self.port)

    def status_of(self, path: str) -> int:
        with self.connect() as connection:
            return connection.ask("GET", path).status

    def memory(self, which: str = "VmRSS") -> int:
        """Bytes of memory that the server has now (VmRSS) or had at most (VmHWM)."""
        assert self.server is not None
        status = Path(f"/proc/{self.server.pid}/status").read_text(encoding="ascii")
        found = re.search(rf"{which}:\s+(\d+) kB", status)
        assert found is not None
        return int(found.group(1)) * 1024

    def forget_highest_memory(self) -> None:
        """Let VmHWM begin anew."""
        assert self.server is not None
        Path(f"/proc/{self.server.pid}/clear_refs").write_text("5")

    # ---- what is stored

    def count(self, event: str = "Checked") -> int:
        """How many events of that name questions see at this moment."""
        question = {"kind": "trend", "select": {"event": event}, "interval": "month", "measure": "events"}
        headers = {"Authorization": f"Bearer {self.api_key}", "Content-Type": "application/json"}
        with self.connect() as connection:
            answer = connection.ask("POST", "/api/v1/query", json.dumps(question).encode(), headers)
        assert answer.status == 200, answer.body
        return int(sum(point["value"] for point in json.loads(answer.body)["points"]))

    def wait_for(self, count: int, seconds: float = 30, event: str = "Checked") -> float:
        """Wait until questions see at least so many events; how many seconds it took.

        Fails where for `seconds` none is added.
        """
        begun = progressed = time.monotonic()
        seen = -1
        while (found := self.count(event)) < count:
            now = time.monotonic()
            if found > seen:
                seen, progressed = found, now
            assert now - progressed < seconds, f"of {count} events only {found} ever become visible"
            time.sleep(0.1)
        return time.monotonic() - begun

    def workspace_key(self, slug: str | None = None) -> str:
        with sqlite3.connect(self.home / "polku.sqlite3") as database:
            found = database.execute(
                "SELECT key FROM accounts_workspace WHERE slug = ?", [slug or self.slug]
            ).fetchone()
        return str(found[0]).replace("-", "")

    def rows(self, columns: str, table: str = "signal", slug: str | None = None) -> list[tuple[Any, ...]]:
        """Read the workspace's own file; the server must have stopped."""
        assert self.server is None
        folder = self.home / "events" / self.workspace_key(slug)
        file = folder / (folder / "current").read_text().strip()
        with duckdb.connect(str(file), read_only=True) as database:
            return database.execute(f"SELECT {columns} FROM {table}").fetchall()

    def stored(self, slug: str | None = None) -> Counter[str]:
        """How often each event is stored, by the `number` that its sender gave it."""
        return Counter(number for (number,) in self.rows("properties ->> '$.number'", slug=slug))


def assert_stored_once(stored: Counter[str], acknowledged: set[str], tried: set[str]) -> None:
    """Everything acknowledged is there, nothing twice, and nothing that nobody sent."""
    assert acknowledged, "nothing was acknowledged: the check would prove nothing"
    missing = acknowledged - stored.keys()
    doubled = {number: count for number, count in stored.items() if count > 1}
    unknown = stored.keys() - tried
    assert (len(missing), len(doubled), len(unknown)) == (0, 0, 0), (
        f"of {len(acknowledged)} acknowledged events {len(missing)} are lost (for instance {sorted(missing)[:3]}), "
        f"{len(doubled)} are stored more than once and {len(unknown)} were never sent"
    )

"""A real server process for benchmarks, with the demo loaded, in a home folder of its own."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Server:
    address: str
    home: Path
    pid: int
    seconds_to_ready: float

    @property
    def port(self) -> int:
        return int(self.address.rpartition(":")[2])

    def memory_mb(self, which: str = "VmRSS") -> float:
        """What the process holds now (VmRSS), or held at most (VmHWM)."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        found = re.search(rf"{which}:\s+(\d+) kB", status)
        return int(found.group(1)) / 1024 if found else float("nan")

    def processor_seconds(self) -> float:
        """Of all its threads, since it began."""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def polku(self, *arguments: str, input: str | None = None) -> Any:
        """Run a command beside the server; what it prints with --json."""
        return command(self.home, *arguments, input=input)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def command(home: Path, *arguments: str, input: str | None = None) -> Any:
    """Run `polku` in a home folder; what it prints with --json."""
    done = subprocess.run(
        [sys.executable, "-m", "polku.cli", "--home", str(home), *arguments, "--json"],
        env=os.environ | {"POLKU_LANGUAGE": "en"},
        input=input,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


@contextmanager
def demo_server(
    today: str = "2026-11-02", prepare: Callable[[Path], None] = lambda _home: None
) -> Iterator[Server]:
    """`polku demo` as a user starts it, in a home folder that `prepare` may fill before; stopped at the end."""
    with tempfile.TemporaryDirectory(prefix="polku-bench-") as folder:
        prepare(Path(folder))
        with serving(Path(folder), free_port(), "demo", "--no-browser", "--today", today) as server:
            yield server


@contextmanager
def serving(home: Path, port: int, *command: str) -> Iterator[Server]:
    """`polku demo` or `polku up` in a home folder, until the end of the block."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "polku.cli", "--home", str(home), *command, "--port", str(port)],
        env=os.environ | {"POLKU_LANGUAGE": "en", "POLKU_CAPTURE_EVENTS_PER_SECOND": "1000000"},
    )
    try:
        address = f"http://localhost:{port}"
        while True:
            try:
                urllib.request.urlopen(f"{address}/readyz", timeout=2).read()
                break
            except (urllib.error.URLError, OSError):
                if process.poll() is not None or time.perf_counter() - started > 120:
                    raise RuntimeError("the server did not start") from None
                time.sleep(0.1)
        yield Server(address, home, process.pid, time.perf_counter() - started)
    finally:
        process.terminate()
        process.wait(20)

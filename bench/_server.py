"""A real server process for benchmarks, with the demo loaded, in a home folder of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Server:
    address: str
    home: Path
    pid: int
    seconds_to_ready: float


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def demo_server(today: str = "2026-11-02") -> Iterator[Server]:
    """`polku demo` as a user starts it; stopped at the end."""
    with tempfile.TemporaryDirectory(prefix="polku-bench-") as folder:
        port = free_port()
        started = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "polku.cli", "--home", folder, "demo"]
            + ["--port", str(port), "--no-browser", "--today", today],
            env=os.environ | {"POLKU_LANGUAGE": "en"},
        )
        try:
            address = f"http://localhost:{port}"
            while True:
                try:
                    urllib.request.urlopen(f"{address}/readyz", timeout=2).read()
                    break
                except (urllib.error.URLError, OSError):
                    if process.poll() is not None or time.perf_counter() - started > 120:
                        raise RuntimeError("the demo server did not start") from None
                    time.sleep(0.1)
            yield Server(address, Path(folder), process.pid, time.perf_counter() - started)
        finally:
            process.terminate()
            process.wait(20)

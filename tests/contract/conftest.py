"""Runs the `polku` command as its users do: a process of its own, a home folder of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import pytest


@dataclass
class Command:
    """`polku` in one home folder, perhaps with its server running."""

    home: Path
    server: subprocess.Popen | None = None
    address: str = ""
    environment: dict[str, str] = field(default_factory=dict)

    def run(self, *arguments: str, input: str | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "polku.cli", "--home", str(self.home), *arguments],
            capture_output=True,
            text=True,
            input=input,
            timeout=120,
            env=os.environ | {"POLKU_LANGUAGE": "en"} | self.environment,
        )

    def json(self, *arguments: str, input: str | None = None) -> dict:
        """Run with --json; the command must succeed."""
        done = self.run(*arguments, "--json", input=input)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def query(self, workspace: str, question: dict) -> dict:
        return self.json("query", "-", "--workspace", workspace, input=json.dumps(question))

    def start(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.address = f"http://localhost:{port}"
        self.server = subprocess.Popen(
            [sys.executable, "-m", "polku.cli", "--home", str(self.home), "up", "--port", str(port)],
            env=os.environ | {"POLKU_LANGUAGE": "en"} | self.environment,
        )
        self.wait_until_ready()

    def wait_until_ready(self, seconds: float = 30) -> None:
        deadline = time.monotonic() + seconds
        while True:
            try:
                with urllib.request.urlopen(f"{self.address}/readyz", timeout=2):
                    return
            except (urllib.error.URLError, OSError):
                assert self.server is not None
                assert self.server.poll() is None, "the server ended"
                assert time.monotonic() < deadline, "the server was not ready in time"
                time.sleep(0.05)

    def stop(self, how: int = signal.SIGTERM) -> int:
        assert self.server is not None
        self.server.send_signal(how)
        code = self.server.wait(20)
        self.server = None
        return code


@pytest.fixture
def command(tmp_path, new_home):
    made = Command(new_home(tmp_path / "home"))
    yield made
    if made.server is not None:
        made.stop(signal.SIGKILL)

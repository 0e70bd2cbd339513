"""A real browser on a real server: the demo workspace, served by the `polku` command as its users run it.

A browser lives as long as one module of tests: Playwright's event loop must be gone before other rooms' tests
use the database. Every page is guarded: an error in its console, a breach of the content security policy or a
request that leaves the machine fails the test.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, sync_playwright

from tests.homes import NewHome

TODAY = "2026-09-30"
WORKSPACE = "kaamos-retkeily"


@dataclass
class Demo:
    """The running server of the demo company."""

    home: Path
    address: str

    def command(self, *arguments: str, input: str | None = None) -> dict[str, Any]:
        """Run a command beside the server; it must succeed."""
        done = subprocess.run(
            [sys.executable, "-m", "polku.cli", "--home", str(self.home), *arguments, "--json"],
            capture_output=True,
            text=True,
            input=input,
            timeout=120,
            env=os.environ | {"POLKU_LANGUAGE": "en"},
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def ask(self, question: dict[str, Any]) -> dict[str, Any]:
        return self.command("query", "-", "--workspace", WORKSPACE, input=json.dumps(question))


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, new_home: NewHome) -> Iterator[Demo]:
    home = new_home(tmp_path_factory.mktemp("demo") / "home")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    arguments = ["demo", "--no-browser", "--port", str(port), "--today", TODAY]
    with (home / "output").open("w") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "polku.cli", "--home", str(home), *arguments],
            stdout=output,
            stderr=output,
            env=os.environ | {"POLKU_LANGUAGE": "en"},
        )
    address = f"http://localhost:{port}"
    try:
        _wait(server, address, home / "output")
        yield Demo(home, address)
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()


def _wait(server: subprocess.Popen, address: str, output: Path) -> None:
    deadline = time.monotonic() + 120
    while True:
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            assert server.poll() is None, output.read_text()
            assert time.monotonic() < deadline, "the demo was not ready in time"
            time.sleep(0.2)


@pytest.fixture(scope="module")
def playwright() -> Iterator[Any]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def browser(playwright: Any) -> Iterator[Any]:
    path = shutil.which("chromium") or shutil.which("google-chrome")
    assert path, "no Chromium is installed; `make browser` installs one"
    launched = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
    yield launched
    launched.close()


@dataclass
class Guard:
    """What a page must never do."""

    origin: str
    wrongs: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.wrongs.append(f"error: {error}"))
        page.on("request", self._request)

    def _console(self, message: Any) -> None:
        if message.type in {"error", "warning"} and not any(part in message.text for part in self.expected):
            self.wrongs.append(f"{message.type}: {message.text}")

    def _request(self, request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"data", "blob"} and f"{parts.scheme}://{parts.netloc}" != self.origin:
            self.wrongs.append(f"left the origin: {request.url}")


@dataclass
class Visitor:
    """Somebody at the demo's pages, with one browser window."""

    demo: Demo
    page: Page
    guard: Guard

    def sign_in(self, language: str = "fi") -> str:
        """Sign in with the demo's button, choose the language, and return the map's address."""
        page = self.page
        page.goto(f"{self.demo.address}/")
        page.locator("main button.primary").click()
        page.wait_for_url("**/journeys/*/")
        switch = page.locator(f"button[name=language][value={language}]:visible")
        if not switch.count():
            page.locator(".shell-compact > summary").click()
        page.locator(f"button[name=language][value={language}]:visible").click()
        page.wait_for_selector(f"html[lang={language}]")
        return page.url


@pytest.fixture
def window_size(request: pytest.FixtureRequest) -> tuple[int, int]:
    """Width and height; a test may set its own by `@pytest.mark.parametrize("window_size", …)`."""
    return getattr(request, "param", (1440, 900))


@pytest.fixture
def theme() -> str:
    return "light"


@pytest.fixture
def visitor(demo: Demo, browser: Any, window_size: tuple[int, int], theme: str) -> Iterator[Visitor]:
    context: BrowserContext = browser.new_context(
        viewport={"width": window_size[0], "height": window_size[1]}, color_scheme=theme, locale="fi-FI"
    )
    page = context.new_page()
    guard = Guard(demo.address)
    guard.watch(page)
    yield Visitor(demo, page, guard)
    wrongs = list(guard.wrongs)
    context.close()
    assert wrongs == []

"""A website with the tracker on it, at another origin than the Polku server that it tells of its visitors."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Request, Route

from polku.capture.install.snippets import Choices, snippet

COMPUTER = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
)
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.5 Mobile/15E148 Safari/604.1"
)
PASSWORD = "metsäpolku-42"


@pytest.fixture(scope="module")
def browser(playwright: Any) -> Iterator[Any]:
    """A browser that is an ordinary computer's to its last request: what a context is called instead does not hold
    for what a closing page sends, and a headless browser is a bot."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    assert path, "no Chromium is installed; `make system` installs one"
    launched = playwright.chromium.launch(
        executable_path=path, args=["--no-sandbox", f"--user-agent={COMPUTER}"]
    )
    yield launched
    launched.close()


@dataclass
class Polku:
    """A server with one workspace, and a user of the console who owns it."""

    home: Path
    port: int
    workspace: str = ""
    write_key: str = ""
    user: str = "omistaja@example.com"
    _process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    def start(self) -> None:
        with (self.home / "output").open("w") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "polku.cli", "--home", str(self.home), "up", "--port", str(self.port)],
                stdout=output,
                stderr=output,
                env=os.environ | {"POLKU_LANGUAGE": "en"},
            )
        deadline = time.monotonic() + 60
        while True:
            try:
                with urllib.request.urlopen(f"{self.address}/readyz", timeout=2):
                    return
            except (urllib.error.URLError, OSError):
                assert self._process.poll() is None, (self.home / "output").read_text()
                assert time.monotonic() < deadline, "the server was not ready in time"
                time.sleep(0.2)

    def stop(self) -> None:
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()

    def command(self, *arguments: str, input: str | None = None) -> dict[str, Any]:
        """Run a command beside the server; it must succeed."""
        done = subprocess.run(
            [sys.executable, "-m", "polku.cli", "--home", str(self.home), *arguments, "--json"],
            capture_output=True,
            text=True,
            input=input,
            timeout=120,
            env=os.environ | {"POLKU_LANGUAGE": "en", "POLKU_PASSWORD": PASSWORD},
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def count(self, event: str, measure: str = "events", **properties: str) -> float:
        """Events of that name and with these properties so far, or with `persons` the people who did them."""
        where = [{"property": name, "op": "eq", "value": value} for name, value in properties.items()]
        question = {
            "kind": "trend",
            "select": {"event": event, "where": where},
            "interval": "month",
            "measure": measure,
        }
        answer = self.command("query", "-", "--workspace", self.workspace, input=json.dumps(question))
        return sum(point["value"] for point in answer["points"])


@pytest.fixture(scope="session")
def polku(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Polku]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        running = Polku(tmp_path_factory.mktemp("polku"), probe.getsockname()[1])
    try:
        running.start()
        made = running.command("workspace", "create", "Telttakauppa")
        running.workspace, running.write_key = made["workspace"], made["write_key"]
        running.command("user", "create", running.user, "--workspace", running.workspace)
        yield running
    finally:
        running.stop()


@dataclass
class Site:
    """A website of static pages: path → HTML. `code` is put into every page's head."""

    address: str
    code: str = ""
    pages: dict[str, str] = field(default_factory=dict)

    def html(self, path: str) -> str | None:
        body = self.pages.get(path)
        if body is None:
            return None
        title = path.strip("/") or "etusivu"
        return (
            f"<!doctype html><html lang=fi><head><meta charset=utf-8><title>{title}</title>"
            f'<link rel=icon href="data:,">{self.code}</head><body>{body}</body></html>'
        )


@pytest.fixture
def site(polku: Polku) -> Iterator[Site]:
    pages = {"/": "<h1>Telttakauppa</h1>"}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            html = served.html(self.path.split("?")[0])
            self.send_response(200 if html is not None else 404)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write((html or "").encode())

        def log_message(self, format: str, *arguments: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served = Site(f"http://127.0.0.1:{server.server_address[1]}", pages=pages)
    served.code = snippet(polku.address, polku.write_key, Choices())
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield served
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass
class Visitor:
    """Somebody with a browser of their own. `sent` are the batches that left it, in order; `answer` may be set to
    have them answered by a status without reaching the server, 0 for no network."""

    context: BrowserContext
    page: Page
    site: Site
    sent: list[dict[str, Any]] = field(default_factory=list)
    answer: int | None = None
    errors: list[str] = field(default_factory=list)

    def open(self, path: str = "/", **options: Any) -> None:
        self.page.goto(f"{self.site.address}{path}", **options)

    def call(self, script: str) -> Any:
        """Run a line of script on the page, as its own scripts would."""
        return self.page.evaluate(script)

    @property
    def events(self) -> list[dict[str, Any]]:
        """What was sent, each once, in order."""
        messages = {message["messageId"]: message for batch in self.sent for message in batch["batch"]}
        return list(messages.values())

    @property
    def names(self) -> list[str]:
        return [message.get("event") or message["type"] for message in self.events]

    def wait_for(self, *names: str, seconds: float = 15) -> None:
        """Until exactly these were sent, in this order."""
        self.until(lambda: self.names, list(names), seconds)

    def until(self, read: Callable[[], Any], wanted: Any, seconds: float = 15) -> None:
        """Wait until `read` gives `wanted`, while the browser goes on."""
        deadline = time.monotonic() + seconds
        while (found := read()) != wanted:
            assert time.monotonic() < deadline, f"{found} is not {wanted} after {seconds} s"
            self.page.wait_for_timeout(50)

    def stays(self, *names: str, seconds: float = 0.6) -> None:
        """These were sent, and a while later still nothing else."""
        self.page.wait_for_timeout(seconds * 1000)
        assert self.names == list(names)

    def stored(self) -> dict[str, Any]:
        """Everything that the site has on the device."""
        found: dict[str, Any] = self.page.evaluate(
            """async () => ({
                local: {...localStorage},
                session: {...sessionStorage},
                databases: (await indexedDB.databases()).map((database) => database.name),
                caches: await caches.keys(),
                workers: (await navigator.serviceWorker.getRegistrations()).length,
                cookie: document.cookie,
            })"""
        )
        return found | {"cookies": self.context.cookies()}


NOTHING = {
    "local": {},
    "session": {},
    "databases": [],
    "caches": [],
    "workers": 0,
    "cookie": "",
    "cookies": [],
}


@pytest.fixture
def visit(browser: Any, site: Site) -> Iterator[Callable[..., Visitor]]:
    """Makes a visitor: `visit()` on a computer, `visit(user_agent=PHONE)` on a phone. `script` runs before the page's
    own; `watched=False` leaves the network alone, and then nothing is known of what was sent."""
    made: list[Visitor] = []

    def come(
        *, user_agent: str = COMPUTER, script: str = "", watched: bool = True, **options: Any
    ) -> Visitor:
        context = browser.new_context(user_agent=user_agent, locale="fi-FI", **options)
        if script:
            context.add_init_script(script)
        page = context.new_page()
        visitor = Visitor(context, page, site)
        made.append(visitor)

        def answered(route: Route, request: Request) -> None:
            if visitor.answer is None:
                visitor.sent.append(json.loads(request.post_data or "{}"))
                route.continue_()
            elif visitor.answer == 0:
                route.abort("internetdisconnected")
            else:
                visitor.sent.append(json.loads(request.post_data or "{}"))
                headers = {"access-control-allow-origin": "*"}
                route.fulfill(status=visitor.answer, headers=headers, body="{}")

        if watched:
            context.route("**/v1/b", answered)
        page.on("pageerror", lambda error: visitor.errors.append(str(error)))
        return visitor

    yield come
    for visitor in made:
        errors = visitor.errors
        visitor.context.close()
        assert errors == []


@pytest.fixture
def console(browser: Any, polku: Polku) -> Iterator[Page]:
    """The console, in English, open to the owner; errors in its pages fail the test."""
    context = browser.new_context(
        locale="en-GB",
        viewport={"width": 1440, "height": 900},
        permissions=["clipboard-read", "clipboard-write"],
    )
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.goto(f"{polku.address}/accounts/login/")
    page.fill("input[name=login]", polku.user)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button.primary")
    page.wait_for_url("**/journeys/**")
    page.locator("button[name=language][value=en]:visible").click()
    page.wait_for_selector("html[lang=en]")
    yield page
    context.close()
    assert errors == []

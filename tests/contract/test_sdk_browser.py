"""@segment/analytics-next in a real browser against a real server: every stored row, field by field.

A small server of the test's own is the shop: it serves one page and the library's UMD build. Settings come from
Polku, events go to Polku, and no request goes anywhere else.
"""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Response, sync_playwright

from tests.contract.conftest import Command
from tests.contract.sdk_runs import (
    MODULES,
    SDKS,
    Kept,
    kept,
    need_modules,
    refusing,
    signal,
    wait_for,
    workspaces,
)

pytestmark = pytest.mark.contract

# Headless Chromium calls itself so, and is counted as the bot that it usually is.
USER_AGENT = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
)
ENRICHED = {
    "device_type": "computer",
    "browser": "Chrome",
    "os": "Linux",
    "locale": "fi-FI",
    "timezone": "Europe/Helsinki",
}
VISITED = {"traffic_channel": "Email", "traffic_source": "kirje", "traffic_medium": "email"}
RUNS = ("all", "batch", "429", "503")

ALL = """async () => {
    await analytics.page("Tuotteet", "Takki");
    await analytics.track("Product Viewed", { sku: "T-9", price: 49.9 });
    await analytics.identify("asiakas-1", { email: "Maija@Example.fi", plan: "kulta" });
    await analytics.track("Order Completed", { order_id: "T-1", revenue: 49.9, payment_method: "MobilePay" });
    await analytics.screen("Kassa", { step: 2 });
    await analytics.group("yritys-1", { name: "Yritys Oy" });
    await analytics.alias("asiakas-1", "vanha-1");
    return analytics.user().anonymousId();
}"""
BATCH = """async () => {
    for (let number = 0; number < 30; number++) analytics.track("Item Seen", { number });
    return analytics.user().anonymousId();
}"""
RETRY = """async () => {
    analytics.track("Tried Again", { a: 1 });
    return analytics.user().anonymousId();
}"""


@dataclass
class Shop:
    """The pages: `/NAME/takki` has the key and the server of `pages[NAME]`."""

    address: str = ""
    pages: dict[str, dict[str, str]] = field(default_factory=dict)


@contextmanager
def shop() -> Iterator[Shop]:
    made = Shop()
    page = (SDKS / "browser.html").read_text(encoding="utf-8")
    library = (MODULES / "@segment/analytics-next/dist/umd/standalone.js").read_bytes()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *arguments: Any) -> None:
            pass

        def do_GET(self) -> None:
            name = urlsplit(self.path).path.split("/")[1]
            if self.path == "/standalone.js":
                content, kind = library, "text/javascript"
            elif name in made.pages:
                content, kind = (page % made.pages[name]).encode(), "text/html; charset=utf-8"
            else:
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    made.address = f"http://localhost:{server.server_port}"
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Visit:
    """What one page did: the device it made up, hosts it talked to, errors in its console, and when."""

    device: str
    hosts: set[str]
    wrongs: list[str]
    start: datetime
    end: datetime
    statuses: list[int] = field(default_factory=list)


def now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def delivered(response: Response) -> int:
    """How many events a reply acknowledges."""
    if response.request.method != "POST" or response.status != 200:
        return 0
    body = json.loads(response.request.post_data or "{}")
    return len(body["batch"]) if "batch" in body else 1


def visit(browser: Browser, address: str, script: str, events: int) -> Visit:
    """Open the page, run the script there, and stay until so many events are acknowledged."""
    start = now()
    context = browser.new_context(user_agent=USER_AGENT, locale="fi-FI", timezone_id="Europe/Helsinki")
    page = context.new_page()
    hosts: set[str] = set()
    wrongs: list[str] = []
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.on("pageerror", lambda error: wrongs.append(str(error)))
    page.on("console", lambda said: wrongs.append(said.text) if said.type in ("error", "warning") else None)
    counts: list[int] = []
    page.on("response", lambda response: counts.append(delivered(response)))
    page.goto(address)
    page.wait_for_selector("html[data-ready=yes]")
    device = page.evaluate(script)
    deadline = time.monotonic() + 30
    while sum(counts) < events:  # it sends, and sends again what was refused, in its own time
        assert time.monotonic() < deadline, f"{sum(counts)} of {events} events were acknowledged"
        page.wait_for_timeout(100)
    context.close()
    return Visit(device, hosts - {""}, wrongs, start, now())


@pytest.fixture(scope="module")
def sent(tmp_path_factory, new_home) -> Iterator[dict[str, tuple[Visit, Kept]]]:
    need_modules()
    command = Command(new_home(tmp_path_factory.mktemp("browser-sdk") / "home"))
    command.start()
    try:
        keys = workspaces(command, [f"run-{name}" for name in RUNS])
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        assert chromium, "no Chromium is installed; `make system` installs one"
        visits = {}
        with (
            shop() as served,
            refusing(command.address, 429) as busy,
            refusing(command.address, 503) as broken,
            sync_playwright() as playwright,
        ):
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            servers = {"429": busy.address, "503": broken.address}
            for name in RUNS:
                server = servers.get(name, command.address)
                served.pages[name] = {"key": keys[f"run-{name}"], "server": server, "what": name}
                script, events = {"all": (ALL, 7), "batch": (BATCH, 30)}.get(name, (RETRY, 1))
                address = f"{served.address}/{name}/takki?utm_source=kirje&utm_medium=email"
                visits[name] = visit(browser, address, script, events)
                assert visits[name].hosts == {urlsplit(served.address).netloc, urlsplit(server).netloc}
            browser.close()
            visits["429"].statuses, visits["503"].statuses = busy.seen, broken.seen
        for name, event, count in (
            ("all", "Screen Viewed", 1),
            ("batch", "Item Seen", 30),
            ("429", "Tried Again", 1),
            ("503", "Tried Again", 1),
        ):
            wait_for(command, f"run-{name}", event, count)
        assert command.stop() == 0
        yield {name: (visits[name], kept(command.home, f"run-{name}")) for name in RUNS}
    finally:
        if command.server is not None:
            command.server.kill()
            command.server.wait()


def in_time(done: Visit, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows without their times, which must lie within the visit, in order."""
    times = [row.pop("time") for row in rows]
    assert times == sorted(times)
    assert all(done.start <= time <= done.end for time in times)
    return rows


def row(name: str, origin: str, **fields: Any) -> dict[str, Any]:
    made = signal(name, datetime.min, origin, **fields)
    del made["time"]
    return made


def test_every_call_is_stored(sent):
    done, found = sent["all"]
    assert done.wrongs == []
    origin = found.signals[0]["origin"]
    assert origin.startswith("segment/")
    url = found.signals[0]["url"]
    assert urlsplit(url)._replace(netloc="shop").geturl() == (
        "http://shop/all/takki?utm_source=kirje&utm_medium=email"
    )
    here = {"device": done.device, "channel": "web", "url": url}
    anonymous = {"identity": done.device, "identity_kind": "device"}
    order = {"order_id": "T-1", "revenue": 49.9, "payment_method": "MobilePay"} | ENRICHED | VISITED
    assert in_time(done, found.signals) == [
        row(
            "Page Viewed",
            origin,
            **here,
            **anonymous,
            properties={"title": "Talvitakki", "page_name": "Takki", "category": "Tuotteet"}
            | ENRICHED
            | VISITED,
        ),
        row(
            "Product Viewed",
            origin,
            **here,
            **anonymous,
            properties={"sku": "T-9", "price": 49.9} | ENRICHED | VISITED,
        ),
        row("Order Completed", origin, **here, value=49.9, order="T-1", properties=order),
        row(
            "Screen Viewed",
            origin,
            **here,
            properties={"screen_name": "Kassa", "step": 2, "title": "Talvitakki"} | ENRICHED | VISITED,
        ),
    ]
    (order_row,) = found.orders
    assert done.start <= order_row.pop("time") <= done.end
    assert order_row == {
        "id": "T-1",
        "value": 49.9,
        "status": "completed",
        "channel": "web",
        "properties": order,
        "person": 1,
    }
    assert found.rejected == []


def test_the_visitor_is_one_person_from_the_first_page_on(sent):
    done, found = sent["all"]
    assert found.people == [
        {
            "person": 1,
            "ids": sorted(
                [
                    (done.device, "device"),
                    ("asiakas-1", "user"),
                    ("maija@example.fi", "email"),
                    ("vanha-1", "user"),
                ]
            ),
            "traits": {
                "email": "Maija@Example.fi",
                "plan": "kulta",
                "group": "yritys-1",
                "group_name": "Yritys Oy",
            },
        }
    ]


def test_batches_arrive_whole(sent):
    done, found = sent["batch"]
    assert done.wrongs == []
    origin = found.signals[0]["origin"]
    assert in_time(done, found.signals) == [
        row(
            "Item Seen",
            origin,
            identity=done.device,
            identity_kind="device",
            device=done.device,
            channel="web",
            url=found.signals[0]["url"],
            properties={"number": number} | ENRICHED | VISITED,
        )
        for number in range(30)
    ]
    assert found.rejected == []
    assert found.counts == {(origin, "accepted"): 30}


@pytest.mark.parametrize("status", [429, 503])
def test_what_was_refused_comes_again_and_is_stored_once(sent, status):
    done, found = sent[str(status)]
    assert done.statuses == [status, 200]
    assert [wrong for wrong in done.wrongs if str(status) not in wrong] == []
    origin = found.signals[0]["origin"]
    assert in_time(done, found.signals) == [
        row(
            "Tried Again",
            origin,
            identity=done.device,
            identity_kind="device",
            device=done.device,
            channel="web",
            url=found.signals[0]["url"],
            properties={"a": 1} | ENRICHED | VISITED,
        )
    ]

"""A shop-floor tablet in a real browser: paired by code, answering without network, killed, started again."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.survey_making import in_home, make_survey, responses
from tests.e2e.tracker.conftest import PASSWORD, Polku

pytestmark = pytest.mark.e2e

DEFINITION = {
    "title": {"fi": "Ovella", "en": "At the door"},
    "languages": ["fi", "en"],
    "questions": [
        {"type": "smiley", "key": "smiley", "text": {}},
        {
            "type": "single",
            "key": "why",
            "text": {"fi": "Mikä harmitti?", "en": "What went wrong?"},
            "show_if": {"tests": [{"of": "answer", "name": "smiley", "op": "le", "value": 2}]},
            "options": [
                {"key": "queue", "text": {"fi": "Jono", "en": "The queue"}},
                {"key": "stock", "text": {"fi": "Tuote puuttui", "en": "Out of stock"}},
            ],
        },
    ],
    "thanks": {"text": {"fi": "Kiitos!", "en": "Thank you!"}},
}


class Network:
    """What lies between the tablet and the server. It can be cut, and it can lose what the server answers."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.lost_answers = 0
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self.restore()

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    def cut(self) -> None:
        """Nothing gets through, and nobody answers at all."""
        self._do(self._stop())

    def restore(self) -> None:
        self._do(self._start())

    def mend(self) -> None:
        """As it was in the beginning, whatever a test left."""
        self.lost_answers = 0
        if self._server is None:
            self.restore()

    def close(self) -> None:
        self.cut()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _do(self, work: Any) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    async def _stop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in list(self._writers):
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.close()
            return
        loses = [False]
        self._writers |= {writer, server_writer}

        async def up() -> None:
            while data := await reader.read(65_536):
                if self.lost_answers and b"POST /tablet/answers" in data and b'"answers":[{' in data:
                    self.lost_answers -= 1
                    loses[0] = True
                server_writer.write(data)
                await server_writer.drain()

        async def down() -> None:
            while data := await server_reader.read(65_536):
                if loses[0]:
                    return  # the server has done its work; the tablet never hears of it
                writer.write(data)
                await writer.drain()

        try:
            await asyncio.wait(
                [asyncio.create_task(up()), asyncio.create_task(down())], return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            for each in (writer, server_writer):
                self._writers.discard(each)
                each.close()


@dataclass
class Shop:
    polku: Polku
    network: Network
    survey: int
    names: list[str] = field(default_factory=list)

    def code(self, name: str) -> str:
        """A new tablet of the survey, and the code that pairs it."""
        return str(
            in_home(
                self.polku.home,
                "from polku.surveys.models import Survey\n"
                "from polku.surveys.tablets import domain\n"
                "survey = Survey.objects.select_related('workspace').get(pk=given['survey'])\n"
                "tablet = domain.add_tablet(survey=survey, name=given['name'], actor=None)\n"
                "result = domain.make_code(tablet=tablet, actor=None)",
                survey=self.survey,
                name=name,
            )
        )

    def tablet(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = in_home(
            self.polku.home,
            "from polku.surveys.models import Tablet\n"
            "found = Tablet.objects.get(name=given['name'])\n"
            "result = {'waiting': found.waiting, 'program': found.program, 'tested': bool(found.tested_at)}",
            name=name,
        )
        return found

    def answers(self, name: str) -> list[dict[str, Any]]:
        return [
            each for each in responses(self.polku.home, self.survey) if each["fields"].get("device") == name
        ]

    def stored(self, name: str) -> int:
        """How many answers of the tablet are in the database, without starting a program to ask."""
        with sqlite3.connect(self.polku.home / "polku.sqlite3") as connection:
            query = "select count(*) from surveys_response where json_extract(fields, '$.device') = ?"
            return int(connection.execute(query, [name]).fetchone()[0])


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        running = Polku(tmp_path_factory.mktemp("polku"), probe.getsockname()[1])
    network = Network(running.port)
    try:
        running.start()
        running.workspace = running.command("workspace", "create", "Telttakauppa")["workspace"]
        running.command("user", "create", running.user, "--workspace", running.workspace)
        yield Shop(running, network, make_survey(running.home, running.workspace, DEFINITION, name="Ovella"))
    finally:
        network.close()
        running.stop()


@pytest.fixture
def profile(shop: Shop) -> Iterator[Path]:
    """A browser's folder of its own; afterwards the network is whole again."""
    folder = Path(tempfile.mkdtemp(prefix="polku-tablet-"))
    yield folder
    shop.network.mend()
    shutil.rmtree(folder, ignore_errors=True)


def open_tablet(playwright: Any, profile: Path) -> BrowserContext:
    path = shutil.which("chromium") or shutil.which("google-chrome")
    assert path, "no Chromium is installed; `make browser` installs one"
    return playwright.chromium.launch_persistent_context(
        str(profile),
        executable_path=path,
        args=["--no-sandbox"],
        viewport={"width": 1280, "height": 800},
        has_touch=True,
        locale="fi-FI",
    )


def kill(profile: Path) -> None:
    """As a power cut does: every process of the browser, at once."""
    mark = f"--user-data-dir={profile}".encode()
    pids = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if mark in (folder / "cmdline").read_bytes().split(b"\0"):
                pids.append(int(folder.name))
    assert pids, "the browser is not running"
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def pair(page: Page, shop: Shop, name: str) -> None:
    page.goto(f"{shop.network.address}/tablet/")
    page.get_by_label("Parituskoodi").fill(shop.code(name))
    page.get_by_role("button", name="Liitä tabletti").click()
    expect(page.get_by_role("heading", name="Miten palvelumme onnistui tänään?")).to_be_visible()
    page.evaluate("navigator.serviceWorker.ready.then(() => 1)")


def until(read: Callable[[], Any], wanted: Any, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while (found := read()) != wanted:
        assert time.monotonic() < deadline, f"{found} is not {wanted}"
        time.sleep(0.2)


PRESS = """face => new Promise((resolve) => {
  // Thanks are shown when the answer is on the disk.
  new MutationObserver((_changes, observer) => {
    if (!document.querySelector('.thanks')) return;
    observer.disconnect();
    resolve();
  }).observe(document.body, {childList: true, subtree: true});
  document.querySelectorAll('.choose')[face].click();
})"""
KEPT = """() => new Promise((resolve, reject) => {
  const opening = indexedDB.open('polku-tablet', 1);
  opening.onerror = () => reject(opening.error);
  opening.onsuccess = () => {
    const counting = opening.result.transaction('answers').objectStore('answers').count();
    counting.onsuccess = () => { opening.result.close(); resolve(counting.result); };
  };
})"""


def test_eight_hours_without_network_three_hundred_answers_a_power_cut_and_each_is_stored_once(
    playwright: Any, shop: Shop, profile: Path
):
    context = open_tablet(playwright, profile)
    page = context.pages[0]
    pair(page, shop, "Tampere, ovi")
    until(lambda: shop.tablet("Tampere, ovi")["program"] != "", True)
    page.close()
    shop.network.cut()

    began = datetime.now(UTC) - timedelta(hours=8)
    page = context.new_page()
    page.clock.install(time=began)
    page.goto(f"{shop.network.address}/tablet/")  # from what the device has kept
    for index in range(300):
        page.evaluate(PRESS, 2 + index % 2)
        if index < 299:
            page.clock.fast_forward(96_000)
    assert page.evaluate(KEPT) == 300
    kill(profile)  # the last one has just said thanks
    with contextlib.suppress(Exception):  # there is no browser any more to say good-bye to
        context.close()

    context = open_tablet(playwright, profile)
    page = context.pages[0]
    page.goto(f"{shop.network.address}/tablet/")  # still without network
    expect(page.get_by_role("heading", name="Miten palvelumme onnistui tänään?")).to_be_visible()
    assert page.evaluate(KEPT) == 300
    shop.network.lost_answers = 2
    shop.network.restore()
    page.evaluate("dispatchEvent(new Event('online'))")
    until(lambda: page.evaluate(KEPT), 0, seconds=60)
    assert shop.network.lost_answers == 0
    answers = shop.answers("Tampere, ovi")
    assert len(answers) == 300
    assert len({each["number"] for each in answers}) == 300
    assert {each["state"] for each in answers} == {"completed"}
    assert [each["answers"]["smiley"] for each in answers] == [3, 4] * 150
    assert {each["channel"] for each in answers} == {"store"}
    moments = [datetime.fromisoformat(each["at"]) for each in answers]
    assert abs(moments[0] - began) < timedelta(seconds=90)
    gaps = [(later - earlier).total_seconds() for earlier, later in itertools.pairwise(moments)]
    assert min(gaps) > 95 and max(gaps) < 98
    until(lambda: shop.tablet("Tampere, ovi")["waiting"], 0, seconds=70)
    context.close()


def test_presses_in_quick_succession_are_one_answer_and_what_follows_is_asked(
    playwright: Any, shop: Shop, profile: Path
):
    context = open_tablet(playwright, profile)
    page = context.pages[0]
    wrongs: list[str] = []
    page.on("pageerror", lambda error: wrongs.append(str(error)))
    page.on("console", lambda message: wrongs.append(message.text) if message.type == "error" else None)
    pair(page, shop, "Oulu, kassa")
    faces = page.locator(".choose")
    for value in (4, 1, 3, 2):
        faces.nth(value - 1).tap()
    expect(page.get_by_role("heading", name="Mikä harmitti?")).to_be_visible()
    page.get_by_role("button", name="Tuote puuttui").tap()
    expect(page.locator(".thanks")).to_have_text("Kiitos!")
    expect(page.locator(".thanks")).to_have_count(0)  # ready for the next
    until(lambda: shop.stored("Oulu, kassa"), 1)
    page.get_by_role("button", name="English").tap()
    page.get_by_role("button", name="Very badly").tap()
    expect(page.get_by_role("heading", name="What went wrong?")).to_be_visible()
    page.get_by_role("button", name="Skip").tap()
    expect(page.get_by_role("heading", name="Miten palvelumme onnistui tänään?")).to_be_visible()
    until(lambda: shop.stored("Oulu, kassa"), 2)
    first, second = shop.answers("Oulu, kassa")
    assert (first["answers"], first["language"]) == ({"smiley": 2, "why": "stock"}, "fi")
    assert (second["answers"], second["language"]) == ({"smiley": 1}, "en")
    presses = in_home(
        shop.polku.home,
        "from polku.surveys.models import TabletPress\n"
        "result = list(TabletPress.objects.filter(number=given['number']).values_list('face', flat=True))",
        number=first["number"],
    )
    assert presses == [4, 1, 3, 2]
    assert wrongs == []
    context.close()


def test_a_page_in_trouble_loads_anew_and_asks_on_without_network(playwright: Any, shop: Shop, profile: Path):
    context = open_tablet(playwright, profile)
    page = context.pages[0]
    pair(page, shop, "Turku, ovi")
    page.close()
    shop.network.cut()
    page = context.new_page()
    page.clock.install()
    page.goto(f"{shop.network.address}/tablet/")
    page.evaluate(PRESS, 3)
    page.evaluate("() => { window.isOld = true; Promise.reject(new Error('trouble')); }")
    with page.expect_navigation():
        page.clock.fast_forward(61_000)
    assert page.evaluate("window.isOld") is None
    expect(page.get_by_role("heading", name="Miten palvelumme onnistui tänään?")).to_be_visible()
    assert page.evaluate(KEPT) == 1
    shop.network.restore()
    page.evaluate("dispatchEvent(new Event('online'))")
    page.clock.run_for(3_000)
    until(lambda: shop.stored("Turku, ovi"), 1)
    context.close()


def test_pairing_health_test_and_unpairing_on_the_pages_of_the_console(
    playwright: Any, browser: Any, shop: Shop, profile: Path
):
    context = browser.new_context(locale="fi-FI")
    console = context.new_page()
    console.goto(f"{shop.polku.address}/accounts/login/")
    console.fill("input[name=login]", shop.polku.user)
    console.fill("input[name=password]", PASSWORD)
    console.click("main button.primary")
    console.wait_for_url("**/journeys/**")
    console.goto(f"{shop.polku.address}/w/{shop.polku.workspace}/surveys/{shop.survey}/collect/")
    console.get_by_role("link", name="Lisää tabletti").click()
    console.get_by_label("Tabletin nimi").fill("Kuopio, ovi")
    console.get_by_role("button", name="Lisää ja näytä koodi").click()
    code = console.locator(".tablet-code").inner_text()
    assert re.fullmatch(r"[ACDEFHJKMNPQRTUWXY3479]{6}", code)

    tablet = open_tablet(playwright, profile)
    page = tablet.pages[0]
    page.goto(f"{shop.network.address}/tablet/")
    page.get_by_label("Parituskoodi").fill("AAAAAA")
    page.get_by_role("button", name="Liitä tabletti").click()
    expect(page.get_by_role("alert")).to_have_text("Koodi on väärä tai vanhentunut. Pyydä uusi.")
    page.get_by_label("Parituskoodi").fill(f"{code[:3].lower()} {code[3:]}")
    page.get_by_role("button", name="Liitä tabletti").click()
    expect(page.get_by_role("heading", name="Miten palvelumme onnistui tänään?")).to_be_visible()

    console.get_by_role("link", name="Tabletteihin").click()
    row = console.get_by_role("row", name=re.compile("Kuopio, ovi"))
    expect(row).to_contain_text("nähty juuri äsken")
    expect(row).to_contain_text("toimii")
    for shown in (console, page):
        assert [each["id"] for each in Axe().run(shown).response["violations"]] == []
    row.get_by_role("link", name="Kuopio, ovi").click()
    console.get_by_role("button", name="Testaa").click()
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.get_by_text("Testi: tätä vastausta ei tallenneta")).to_be_visible()
    page.locator(".choose").nth(3).tap()
    until(lambda: shop.tablet("Kuopio, ovi")["tested"], True)
    console.reload()
    expect(console.get_by_text("Testivastaus tuli perille")).to_be_visible()
    assert shop.answers("Kuopio, ovi") == []

    console.get_by_role("button", name="Poista paritus").click()
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.get_by_role("alert")).to_have_text(
        "Tämän tabletin paritus on poistettu. Liitä se uudella koodilla."
    )
    console.get_by_role("button", name="Kumoa").click()
    expect(console.get_by_text("Tabletti ”Kuopio, ovi” toimii taas.")).to_be_visible()
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.get_by_role("heading", name="Miten palvelumme onnistui tänään?")).to_be_visible()
    tablet.close()
    context.close()


def test_one_delivery_that_comes_fifty_times_at_once_is_one_answer_each(shop: Shop):
    """C7 for tablets: a network that stutters may bring the same request many times."""
    paired = _post(shop, "pair", {"code": shop.code("Vaasa, ovi")})
    now = time.time() * 1000
    answers = [
        {"number": f"{number:032x}", "at": now - number, "face": number, "version": 1, "language": "fi"}
        for number in (1, 2, 3)
    ]
    body = {"sent_at": now, "answers": answers, "waiting": 3, "battery": None, "program": "x"}
    with ThreadPoolExecutor(50) as pool:
        sent = [pool.submit(_post, shop, "answers", body, paired["token"]) for _ in range(50)]
    stored = sorted(each["number"] for each in answers)
    assert [sorted(each.result()["stored"]) for each in sent] == [stored] * 50
    assert shop.stored("Vaasa, ovi") == 3
    assert sorted(each["answers"]["smiley"] for each in shop.answers("Vaasa, ovi")) == [1, 2, 3]


def _post(shop: Shop, path: str, body: dict[str, Any], token: str = "") -> dict[str, Any]:
    headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {token}"} if token else {})
    request = urllib.request.Request(
        f"{shop.polku.address}/tablet/{path}", json.dumps(body).encode(), headers, method="POST"
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        told: dict[str, Any] = json.load(answer)
        return told

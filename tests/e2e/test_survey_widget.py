"""The survey widget on a website of another origin under a strict content policy, in a real browser."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.survey_making import in_home, make_survey, put_on_web, responses
from tests.e2e.tracker.conftest import NOTHING, PASSWORD, Polku

pytestmark = pytest.mark.e2e

DEFINITION = {
    "title": {"fi": "Miten meni?", "en": "How did it go?"},
    "languages": ["fi", "en"],
    "questions": [
        {"type": "nps", "key": "nps", "text": {}, "required": True},
        {
            "type": "long_text",
            "key": "why",
            "text": {
                "fi": "Annoit {answer.nps}. Mikä harmitti?",
                "en": "You gave {answer.nps}. What went wrong?",
            },
            "show_if": {"tests": [{"of": "answer", "name": "nps", "op": "lt", "value": 7}]},
        },
        {
            "type": "multiple",
            "key": "what",
            "text": {"fi": "Mikä toimi?", "en": "What worked?"},
            "options": [
                {"key": "speed", "text": {"fi": "Nopeus", "en": "Speed"}},
                {"key": "people", "text": {"fi": "Ihmiset", "en": "People"}},
            ],
            "other": True,
        },
    ],
    "thanks": {"text": {"fi": "Kiitos, että kerroit!", "en": "Thanks for telling us!"}},
}
ALL_TYPES = {
    "title": {"fi": "Kaikki kysymykset"},
    "languages": ["fi"],
    "pages": "all",
    "questions": [
        {"type": "statement", "key": "hello", "text": {"fi": "Tervetuloa"}},
        {"type": "csat", "key": "csat", "text": {}},
        {"type": "ces", "key": "ces", "text": {}},
        {"type": "smiley", "key": "smiley", "text": {}},
        {"type": "task_success", "key": "task", "text": {}},
        {"type": "stars", "key": "stars", "text": {"fi": "Tähdet"}},
        {"type": "number", "key": "number", "text": {"fi": "Monesko käynti?"}, "low": 1, "high": 99},
        {
            "type": "single",
            "key": "single",
            "text": {"fi": "Yksi"},
            "options": [{"key": "a", "text": {"fi": "Aa"}}, {"key": "b", "text": {"fi": "Bee"}}],
        },
        {"type": "short_text", "key": "short", "text": {"fi": "Lyhyesti"}},
        {"type": "date", "key": "day", "text": {"fi": "Päivä"}},
        {"type": "email", "key": "email", "text": {"fi": "Sähköposti"}},
        {"type": "consent", "key": "consent", "text": {"fi": "Saa ottaa yhteyttä"}},
    ],
}
TABLE = {
    "title": {"fi": "Taulukko"},
    "languages": ["fi"],
    "questions": [
        {
            "type": "matrix",
            "key": "m",
            "text": {"fi": "Arvioi"},
            "rows": [{"key": "r", "text": {"fi": "Rivi"}}, {"key": "s", "text": {"fi": "Toinen"}}],
            "columns": [{"key": "c", "text": {"fi": "Sarake"}}, {"key": "d", "text": {"fi": "Muu"}}],
        }
    ],
}


@pytest.fixture(scope="module")
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
class Shop:
    """A website that lets nothing in but its own files and Polku's scripts: no inline script, no inline style."""

    address: str
    scripts: list[str] = field(default_factory=list)
    language: str = "fi"

    @property
    def host(self) -> str:
        return self.address.removeprefix("http://")


@pytest.fixture
def shop(polku: Polku) -> Iterator[Shop]:
    policy = (
        f"default-src 'none'; script-src {polku.address}; connect-src {polku.address}; "
        "require-trusted-types-for 'script'; base-uri 'none'; form-action 'none'"
    )

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            head = "".join(served.scripts)
            body = (
                f"<!doctype html><html lang={served.language}><head><meta charset=utf-8>"
                f"<meta name=viewport content='width=device-width'><title>Kauppa</title>{head}"
                "</head><body><h1>Teltat</h1><p><a href='/'>Etusivu</a> <input aria-label=Haku></p>"
                + "<p>Teltta on koti.</p>" * 120
                + "</body></html>"
            ).encode()
            self.send_response(200)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.send_header("content-security-policy", policy)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served = Shop(f"http://127.0.0.1:{server.server_address[1]}")
    served.scripts = [
        f'<script async src="{polku.address}/polku-surveys.js" data-key="{polku.write_key}"></script>'
    ]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield served
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def come(browser: Any) -> Iterator[Callable[..., Page]]:
    """Opens a page in a browser of its own; errors and refusals of the content policy fail the test."""
    opened = []

    def come(**options: Any) -> Page:
        context = browser.new_context(**({"locale": "fi-FI"} | options))
        page = context.new_page()
        wrongs: list[str] = []
        page.on("pageerror", lambda error: wrongs.append(str(error)))
        page.on(
            "console",
            lambda message: (
                wrongs.append(message.text)
                if message.type in ("error", "warning")
                and "favicon" not in message.text
                and "422" not in message.text
                else None
            ),
        )
        opened.append((context, wrongs))
        return page

    yield come
    for context, wrongs in opened:
        context.close()
        assert [wrong for wrong in wrongs if "favicon.ico" not in wrong] == []


@pytest.fixture(autouse=True)
def only_own_links(polku: Polku) -> Iterator[None]:
    yield
    in_home(
        polku.home,
        "from polku.surveys.models import SurveyLink\nSurveyLink.objects.filter(kind='web').update(is_active=False)",
    )


def until(read: Callable[[], Any], wanted: Any, seconds: float = 8) -> None:
    deadline = time.monotonic() + seconds
    while (found := read()) != wanted:
        assert time.monotonic() < deadline, f"{found} is not {wanted}"
        time.sleep(0.2)


def stored(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(
        """async () => ({
            local: {...localStorage}, session: {...sessionStorage},
            databases: (await indexedDB.databases()).map((database) => database.name),
            caches: globalThis.caches ? await caches.keys() : [], cookie: document.cookie,
            workers: navigator.serviceWorker ? (await navigator.serviceWorker.getRegistrations()).length : 0,
        })"""
    )
    return found | {"cookies": page.context.cookies()}


def test_a_visitor_answers_by_keyboard_and_nothing_is_kept_on_the_device(
    polku: Polku, shop: Shop, come: Callable[..., Page]
):
    survey = make_survey(polku.home, polku.workspace, DEFINITION)
    put_on_web(polku.home, survey, sites=[shop.host], seconds=0)
    page = come()
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.post_data or request.url))
    page.goto(shop.address)
    card = page.get_by_role("dialog", name="Miten meni?")
    expect(card).to_be_visible()
    assert page.evaluate("document.activeElement === document.body")  # the page's focus is its own

    page.get_by_label("Haku").focus()
    card.get_by_role("radio", name="0", exact=True).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(card.get_by_role("radio", name="2", exact=True)).to_be_checked()
    page.keyboard.press("Enter")
    expect(card.get_by_text("Annoit 2. Mikä harmitti?")).to_be_focused()
    card.get_by_role("textbox").fill("Teltta <b>vuoti</b>")
    card.get_by_role("button", name="Jatka").click()
    card.get_by_role("checkbox", name="Nopeus").check()
    card.get_by_role("checkbox", name="Jokin muu").check()
    card.get_by_role("textbox").fill("Kahvi")
    card.get_by_role("button", name="Jatka").click()
    expect(card.get_by_text("Kiitos, että kerroit!")).to_be_focused()
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    expect(page.get_by_label("Haku")).to_be_focused()

    assert stored(page) == NOTHING
    assert not any('"device"' in each or '"user"' in each for each in requests)
    (response,) = responses(polku.home, survey)
    assert response["answers"] == {
        "nps": 2,
        "why": "Teltta <b>vuoti</b>",
        "what": ["speed", "other"],
        "what.other": "Kahvi",
    }
    assert (response["state"], response["channel"], response["language"], response["person"]) == (
        "completed",
        "web",
        "fi",
        "",
    )


def test_a_click_goes_on_partial_answers_stay_and_the_pages_language_counts(
    polku: Polku, shop: Shop, come: Callable[..., Page]
):
    shop.language = "en-GB"
    survey = make_survey(polku.home, polku.workspace, DEFINITION)
    put_on_web(polku.home, survey, sites=[shop.host], seconds=0, place="dialog")
    page = come(viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True, color_scheme="dark")
    page.goto(shop.address)
    card = page.get_by_role("dialog", name="How did it go?")
    card.get_by_role("radio", name="10").click()
    expect(card.get_by_text("What worked?")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    (response,) = responses(polku.home, survey)
    assert (response["state"], response["answers"], response["language"]) == ("partial", {"nps": 10}, "en")
    until(lambda: counts(polku, survey), [1, 1], seconds=20)


def counts(polku: Polku, survey: int) -> list[int]:
    found: list[int] = in_home(
        polku.home,
        "from polku.surveys.models import LinkDay\n"
        "result = [sum(values) for values in "
        "zip(*LinkDay.objects.filter(link__survey=given['survey']).values_list('displays', 'starts'))]",
        survey=survey,
    )
    return found


READY = "Boolean(window.polku?.loaded && polku.surveys)"


def test_with_consent_the_answer_joins_the_person_and_they_are_not_asked_again(
    polku: Polku, shop: Shop, come: Callable[..., Page]
):
    attributes = f'data-key="{polku.write_key}" data-consent="given"'
    shop.scripts.append(f'<script async src="{polku.address}/polku.js" {attributes}></script>')
    survey = make_survey(polku.home, polku.workspace, DEFINITION)
    put_on_web(polku.home, survey, sites=[shop.host], when="event", event="Order Completed", unknown=False)
    page = come()
    page.goto(shop.address)
    until(lambda: page.evaluate(READY), True)
    card = page.get_by_role("dialog")
    page.wait_for_timeout(500)
    expect(card).to_have_count(0)
    page.evaluate("polku.identify('asiakas-7')")
    page.evaluate("polku.track('Order Completed', {order_id: '1'})")
    card.get_by_role("radio", name="9", exact=True).click()
    expect(card.get_by_text("Mikä toimi?")).to_be_visible()
    (response,) = responses(polku.home, survey)
    assert (response["person"], response["person_kind"]) == ("asiakas-7", "user")

    entry = json.loads(page.evaluate("localStorage.polku"))
    assert list(entry["asked"]) != [] and list(page.evaluate("({...localStorage})")) == ["polku"]
    page.goto(f"{shop.address}/kiitos")
    until(lambda: page.evaluate(READY), True)
    page.evaluate("polku.surveys.event('Order Completed')")
    page.wait_for_timeout(700)
    expect(card).to_have_count(0)
    # The same customer on another device: the server knows that they were asked.
    other = come()
    other.goto(shop.address)
    until(lambda: other.evaluate(READY), True)
    other.evaluate("polku.identify('asiakas-7')")
    with other.expect_response("**/polku-surveys/show") as asked:
        other.evaluate("polku.surveys.event('Order Completed')")
    assert asked.value.json() == {"show": False}
    expect(other.get_by_role("dialog")).to_have_count(0)
    # Withdrawn: everything is gone at once, the widget's memory too.
    page.evaluate("polku.consent(false)")
    assert page.evaluate("({...localStorage})") == {}


def test_it_asks_only_where_when_and_whom_it_should(polku: Polku, shop: Shop, come: Callable[..., Page]):
    survey = make_survey(polku.home, polku.workspace, DEFINITION)
    put_on_web(polku.home, survey, sites=[shop.host], pages=["/kassa/*"], when="scroll", scroll=80)
    put_on_web(polku.home, survey, sites=[shop.host], pages=["/poistuu"], when="exit", device="computer")
    put_on_web(polku.home, survey, sites=[shop.host], pages=["/puhelin"], seconds=0, device="phone")
    put_on_web(polku.home, survey, sites=[shop.host], pages=["/takaisin"], when="exit", device="phone")
    put_on_web(polku.home, survey, sites=[shop.host], pages=["/kori"], when="exit", idle=2)
    put_on_web(polku.home, survey, sites=["muualla.example"], pages=["/muu"], seconds=0)
    page = come()
    card = page.get_by_role("dialog")
    for path in ("/", "/puhelin", "/muu", "/kassa/maksu"):
        with page.expect_response("**/polku-surveys/config*"):
            page.goto(f"{shop.address}{path}")
        page.wait_for_timeout(700)
        expect(card).to_have_count(0)
    page.mouse.wheel(0, 20_000)
    expect(card).to_be_visible()
    page.goto(f"{shop.address}/poistuu")
    page.wait_for_timeout(1500)
    page.mouse.move(200, 200)
    page.evaluate(  # a headless browser's pointer cannot leave the window
        "document.documentElement.dispatchEvent(new MouseEvent('mouseleave', {clientY: -1}))"
    )
    expect(card).to_be_visible()
    page.goto(f"{shop.address}/kori")
    page.wait_for_timeout(1200)
    expect(card).to_have_count(0)
    expect(card).to_be_visible()

    phone = come(viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True)
    phone.goto(shop.address)
    with phone.expect_response("**/polku-surveys/config*"):
        phone.goto(f"{shop.address}/takaisin")
    phone.wait_for_timeout(300)
    phone.tap("h1")
    phone.evaluate("history.back()")
    expect(phone.get_by_role("dialog")).to_be_visible()
    assert phone.url == f"{shop.address}/takaisin"
    phone.keyboard.press("Escape")
    phone.go_back()
    assert phone.url == f"{shop.address}/"


def test_every_type_that_fits_is_drawn_and_what_does_not_fit_opens_a_page(
    polku: Polku, shop: Shop, come: Callable[..., Page]
):
    survey = make_survey(polku.home, polku.workspace, ALL_TYPES)
    put_on_web(polku.home, survey, sites=[shop.host], seconds=0)
    page = come()
    page.goto(shop.address)
    card = page.get_by_role("dialog")
    card.get_by_role("radio", name="Erittäin tyytyväinen").check(force=True)
    card.get_by_role("radio", name="Täysin samaa mieltä").check(force=True)
    card.get_by_role("radio", name="Erittäin hyvin").check(force=True)
    card.get_by_role("radio", name="Osittain").check()
    card.get_by_role("radio", name="4 tähteä").check(force=True)
    card.get_by_label("Monesko käynti?").fill("100")
    card.get_by_role("radio", name="Aa", exact=True).check()
    card.get_by_label("Lyhyesti").fill("hyvä")
    card.get_by_label("Päivä").fill("2026-11-23")
    card.get_by_label("Sähköposti").fill("matti@example.fi")
    card.get_by_role("checkbox").check()
    card.get_by_role("button", name="Jatka").click()
    expect(card.get_by_role("alert")).to_have_text("Luku saa olla enintään 99.")
    expect(card.get_by_label("Monesko käynti?")).to_be_focused()
    card.get_by_label("Monesko käynti?").fill("3")
    card.get_by_role("button", name="Jatka").click()
    expect(card.get_by_text("Kiitos vastauksestasi!")).to_be_visible()
    (response,) = responses(polku.home, survey)
    assert response["answers"] == {
        "csat": 5,
        "ces": 7,
        "smiley": 4,
        "task": "partly",
        "stars": 4,
        "number": 3,
        "single": "a",
        "short": "hyvä",
        "day": "2026-11-23",
        "email": "matti@example.fi",
        "consent": True,
    }

    in_home(
        polku.home,
        "from polku.surveys.models import SurveyLink\nSurveyLink.objects.filter(kind='web').update(is_active=False)",
    )
    table = make_survey(polku.home, polku.workspace, TABLE)
    put_on_web(polku.home, table, sites=[shop.host], seconds=0)
    page = come()
    page.goto(shop.address)
    with page.context.expect_page() as opened:
        page.get_by_role("dialog", name="Taulukko").get_by_role("link", name="Avaa kysely").click()
    expect(opened.value.get_by_text("Arvioi")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_settings_are_made_on_a_page_with_preview_and_code(
    polku: Polku, shop: Shop, come: Callable[..., Page]
):
    survey = make_survey(polku.home, polku.workspace, DEFINITION, name="Sivuston kysely")
    page = come(locale="en-GB")
    page.goto(f"{polku.address}/accounts/login/")
    page.fill("input[name=login]", polku.user)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button.primary")
    page.wait_for_url("**/journeys/**")
    page.goto(f"{polku.address}/w/{polku.workspace}/surveys/{survey}/collect/")
    page.get_by_role("button", name="Ask on the website").click()
    page.get_by_label("Sites where it may be shown").fill(f"https://{shop.host}/")
    page.locator("[name=pages]").fill("/kassa/*")
    page.get_by_label("Share of visitors, %").fill("100")
    page.get_by_label("Seconds on the page").fill("0")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Asks all visitors on the pages /kassa/* at once")).to_be_visible()
    page.get_by_role("button", name="Create a write key").click()
    code = page.locator("#snippet").inner_text()
    shop.scripts = [code]
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Open the preview").click()
    card = opened.value.get_by_role("dialog", name="How did it go?")
    expect(card).to_be_visible()
    # What is still fading in has too little contrast for a moment.
    opened.value.wait_for_function("document.getAnimations().every((each) => each.playState === 'finished')")
    for shown in (page, opened.value):
        assert [
            (each["id"], [node["html"] for node in each["nodes"]])
            for each in Axe().run(shown).response["violations"]
        ] == []
    card.get_by_role("radio", name="10").click()
    expect(card.get_by_text("What worked?")).to_be_visible()
    assert responses(polku.home, survey) == []
    visitor = come()
    visitor.goto(f"{shop.address}/kassa/maksu")
    expect(visitor.get_by_role("dialog", name="Miten meni?")).to_be_visible()

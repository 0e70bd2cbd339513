"""The page where people answer, in a real browser: on phones and desktops, light and dark, in three languages, with and
without scripts, and with what attackers write."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Demo, Guard
from tests.robustness.survey_server import ask, form_of, kept, publish

pytestmark = pytest.mark.e2e

XSS = (
    "\"'><script>alert(1)</script><img src=x onerror=alert(1)><svg/onload=alert(1)>{{7*7}}javascript:alert(1)"
)


def _text(fi: str, sv: str, en: str) -> dict[str, str]:
    return {"fi": fi, "sv": sv, "en": en}


OPTIONS = [
    {"key": "price", "text": _text("Hinta", "Pris", "Price")},
    {"key": "advice", "text": _text("Neuvonta myymälässä", "Rådgivning i butiken", "Advice in the shop")},
]
COLUMNS = [
    {"key": f"c{value}", "text": _text(f"Aste {value}", f"Grad {value}", f"Level {value}"), "value": value}
    for value in range(1, 6)
]
ALL_TYPES: list[dict[str, Any]] = [
    {"type": "nps", "key": "nps", "text": {}, "required": True},
    {"type": "csat", "key": "csat", "text": {}},
    {"type": "ces", "key": "ces", "text": {}},
    {"type": "smiley", "key": "smiley", "text": {}},
    {"type": "task_success", "key": "task", "text": {}},
    {"type": "stars", "key": "stars", "text": _text("Tähdet?", "Stjärnor?", "Stars?")},
    {"type": "number", "key": "count", "text": _text("Montako?", "Hur många?", "How many?"), "high": 50},
    {
        "type": "single",
        "key": "single",
        "text": _text("Tärkein?", "Viktigast?", "Which?"),
        "options": OPTIONS,
        "other": True,
    },
    {
        "type": "multiple",
        "key": "several",
        "text": _text("Mitkä?", "Vilka?", "Which ones?"),
        "options": OPTIONS,
        "none": True,
    },
    {
        "type": "matrix",
        "key": "matrix",
        "text": _text("Miten?", "Hur?", "How?"),
        "rows": OPTIONS,
        "columns": COLUMNS,
    },
    {
        "type": "ranking",
        "key": "ranking",
        "text": _text("Järjestys?", "Ordning?", "Order?"),
        "options": OPTIONS,
    },
    {"type": "points", "key": "points", "text": _text("Pisteet?", "Poäng?", "Points?"), "options": OPTIONS},
    {"type": "long_text", "key": "why", "text": _text("Miksi?", "Varför?", "Why?")},
    {"type": "date", "key": "day", "text": _text("Milloin?", "När?", "When?")},
    {"type": "email", "key": "mail", "text": _text("Sähköposti?", "E-post?", "E-mail?")},
    {"type": "consent", "key": "consent", "text": _text("Hyväksyn", "Jag godkänner", "I agree")},
]
DEFINITION = {
    "title": _text("Kuinka asiointi sujui?", "Hur gick besöket?", "How did it go?"),
    "languages": ["fi", "sv", "en"],
    "intro": _text("Vie minuutin.", "Tar en minut.", "Takes a minute."),
    "pages": "all",
    "fields": ["store"],
    "questions": [
        *ALL_TYPES,
        {
            "type": "short_text",
            "key": "more",
            "text": _text("Kirjoitit: {answer.why}", "Du skrev: {answer.why}", "You wrote: {answer.why}"),
            "help": _text("{field.store|}", "{field.store|}", "{field.store|}"),
        },
    ],
    "thanks": {
        "text": _text("Kiitos: {answer.why}", "Tack: {answer.why}", "Thanks: {answer.why}"),
        "review_url": "https://example.com/review",
        "asks_to_contact": True,
        "asks_to_quote": True,
    },
}


@dataclass
class Beside:
    """Commands beside the demo's server, as `survey_server` wants them."""

    demo: Demo
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def home(self) -> Path:
        return self.demo.home

    def json(self, *arguments: str) -> dict[str, Any]:
        return self.demo.command(*arguments)


@dataclass
class Asked:
    beside: Any
    address: str
    open: str
    personal: list[str]

    def responses(self) -> list[dict[str, Any]]:
        return list(kept(self.beside)["responses"])


@pytest.fixture(scope="module")
def asked(demo: Demo) -> Asked:
    beside: Any = Beside(demo)
    made = publish(beside, invitations=1, definition=DEFINITION)
    return Asked(beside, demo.address, demo.address + made["open"], [demo.address + made["personal"][0]])


@pytest.fixture
def opened(asked: Asked, browser: Any) -> Iterator[Any]:
    """Makes pages of their own, each guarded."""
    contexts, guards = [], []

    def make(**settings: Any) -> Page:
        context = browser.new_context(locale="fi-FI", **settings)
        page = context.new_page()
        guard = Guard(asked.address)
        guard.expected.append("422")
        guard.watch(page)
        page.on("dialog", lambda dialog: (guard.wrongs.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        contexts.append(context)
        guards.append(guard)
        return page

    yield make
    for context in contexts:
        context.close()
    assert [wrong for guard in guards for wrong in guard.wrongs] == []


@pytest.mark.parametrize(
    ("width", "scheme", "language"),
    [
        (360, "light", "fi"),
        (390, "dark", "sv"),
        (1440, "light", "en"),
        (1440, "dark", "fi"),
        (320, "light", "en"),
    ],
)
def test_every_type_of_question_is_accessible_and_fits(
    opened: Any, asked: Asked, width: int, scheme: str, language: str
) -> None:
    """320 pixels are a window of 1280 at 400 %."""
    page = opened(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page.goto(f"{asked.open}?lang={language}")
    expect(page.locator(f"html[lang={language}]")).to_be_attached()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert Axe().run(page).response["violations"] == []
    page.locator("button.primary").click()
    expect(page.locator(".problems")).to_be_focused()
    expect(page.locator("#q-nps-problem")).to_be_visible()
    assert Axe().run(page).response["violations"] == []
    small = page.evaluate(
        "[...document.querySelectorAll('button, select, .step, .choice, .star, .face, .matrix label')]"
        ".filter((each) => each.getBoundingClientRect().height < 24).map((each) => each.outerHTML.slice(0, 80))"
    )
    assert small == []


def test_answers_are_given_by_keyboard_alone(opened: Any, asked: Asked) -> None:
    page = opened(viewport={"width": 1280, "height": 800})
    page.goto(f"{asked.open}?lang=en")
    page.locator("input[name=q-nps]").first.focus()
    for _step in range(9):
        page.keyboard.press("ArrowRight")
    page.locator("input[name=q-points-price]").focus()
    page.keyboard.type("60")
    page.keyboard.press("Tab")
    page.keyboard.type("40")
    expect(page.locator(".sum")).to_have_text("100 of 100 points shared out")
    page.locator("textarea").focus()
    page.keyboard.type("By keyboard")
    page.locator("button.primary").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("You wrote: By keyboard")).to_be_visible()
    page.keyboard.press("Tab")
    page.locator("button.primary").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert Axe().run(page).response["violations"] == []
    given = asked.responses()[-1]["answers"]
    assert (given["nps"], given["points"]) == (9, {"price": 60, "advice": 40})


def test_everything_works_without_scripts_and_leaves_nothing_on_the_device(opened: Any, asked: Asked) -> None:
    page = opened(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    weights: list[int] = []
    page.on("response", lambda response: weights.append(len(response.body()) if response.ok else 0))
    page.goto(f"{asked.open}?lang=fi")
    page.wait_for_load_state("networkidle")
    assert sum(weights) <= 150 * 1024
    page.locator("label.step", has_text="10").click()
    page.locator("label.face").nth(3).click()
    page.locator("label.star").nth(4).click()
    page.locator("select[name=q-ranking-price]").select_option("2")
    page.locator("select[name=q-ranking-advice]").select_option("1")
    page.locator("input[name=q-matrix-price][value=c4]").check()
    page.locator("button.primary").click()
    page.get_by_role("button", name="Takaisin").click()
    expect(page.locator("input[name=q-nps][value='10']")).to_be_checked()
    page.locator("button.primary").click()
    page.locator("button.primary").click()
    page.get_by_label("Toivon, että minuun otetaan yhteyttä").check()
    page.locator("#contact-at").fill("mari@example.com")
    page.locator("button.primary").last.click()
    expect(page.get_by_text("Toiveesi on tallennettu.")).to_be_visible()
    assert page.context.cookies() == []
    given = asked.responses()[-1]["answers"]
    assert given["ranking"] == ["advice", "price"]
    assert (given["smiley"], given["stars"], given["matrix"]) == (4, 5, {"price": "c4"})


def test_opening_a_mailed_link_with_an_answer_never_answers_and_a_click_does(
    opened: Any, asked: Asked
) -> None:
    """As scanners of mail do: they ask for the head, fetch, and run the page in a browser. Then the person comes."""
    link = f"{asked.personal[0]}?q-nps=9&lang=en"
    before = len(asked.responses())
    for scanner in ("Mozilla/5.0", "Barracuda Sentinel", ""):
        ask(link, **{"User-Agent": scanner})
        with urllib.request.urlopen(urllib.request.Request(link, method="HEAD")) as head:
            assert head.status == 200
    page = opened(viewport={"width": 390, "height": 844})
    page.goto(link)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)
    page.reload()
    expect(page.locator("input[name=q-nps][value='9']")).to_be_checked()
    expect(page.get_by_text("It counts when you send it.")).to_be_visible()
    assert len(asked.responses()) == before
    page.locator("button.primary").click()
    expect(page.get_by_text("You wrote:")).to_be_visible()
    responses = asked.responses()
    assert len(responses) == before + 1
    assert (responses[-1]["person"], responses[-1]["answers"]["nps"]) == ("person-0", 9)


def test_nothing_that_attackers_write_runs(opened: Any, asked: Asked) -> None:
    page = opened(viewport={"width": 390, "height": 844}, user_agent=XSS)
    page.goto(f"{asked.open}?lang=en&store={XSS}&q-nps={XSS}&at={XSS}")
    page.locator("textarea").fill(XSS)
    page.locator("input[name=q-single-other]").fill(XSS)
    page.locator("button.primary").click()
    expect(page.locator("#q-nps-problem")).to_be_visible()
    expect(page.locator("textarea")).to_have_value(XSS)
    page.locator("label.step", has_text="0").first.click()
    page.locator("button.primary").click()
    expect(page.locator("label.asked")).to_contain_text(f"You wrote: {XSS}")
    expect(page.locator(".help")).to_have_text(XSS)
    page.locator("input[name=q-more]").fill(XSS)
    page.locator("button.primary").click()
    expect(page.locator("p.intro")).to_contain_text(XSS)
    page.locator("#contact-at").fill(XSS)
    page.get_by_label("I would like to be contacted").check()
    page.locator("button.primary").last.click()
    expect(page.locator("#contact-problem")).to_be_visible()
    page.wait_for_timeout(300)
    given = asked.responses()[-1]
    assert (given["answers"]["why"], given["fields"]) == (XSS, {"store": XSS})


def test_the_page_may_be_framed_by_nobody(asked: Asked) -> None:
    _status, page, headers = ask(asked.open)
    assert headers["x-frame-options"] == "DENY"
    policy = headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["cache-control"] == "no-store"
    assert "set-cookie" not in headers
    assert form_of(page)["form"]

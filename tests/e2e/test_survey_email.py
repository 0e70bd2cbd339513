"""A survey by e-mail, from its making to its answer: real SMTP, a real browser, a page as wide as a phone's."""

from __future__ import annotations

import json
import re
import socket
import time
import urllib.request
from collections.abc import Iterator
from email.utils import parseaddr
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.test_map_accessibility import RULES
from tests.e2e.tracker.conftest import PASSWORD, Polku
from tests.messaging.real_smtp import MailRoom, Taken, mail_room

pytestmark = pytest.mark.e2e
DOCUMENT = {
    "polku_survey": 1,
    "name": "Ostoksen jälkeen",
    "definition": {
        "title": {"fi": "Miten meni?", "en": "How did it go?"},
        "languages": ["fi", "en"],
        "questions": [
            {"type": "nps", "key": "nps", "text": {}, "required": True},
            {
                "type": "long_text",
                "key": "miksi",
                "text": {"fi": "Annoit {answer.nps}. Mikä harmitti?", "en": "Why {answer.nps}?"},
                "show_if": {"tests": [{"of": "answer", "name": "nps", "op": "le", "value": 6}]},
            },
        ],
        "thanks": {"text": {"fi": "Kiitos, että kerroit!", "en": "Thank you!"}},
    },
}


@pytest.fixture(scope="module")
def room() -> Iterator[MailRoom]:
    with mail_room() as opened:
        yield opened


@pytest.fixture(scope="module")
def polku(tmp_path_factory: pytest.TempPathFactory, room: MailRoom) -> Iterator[Polku]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        running = Polku(tmp_path_factory.mktemp("polku"), probe.getsockname()[1])
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("POLKU_MAIL_URL", f"smtp://127.0.0.1:{room.port}")
        environment.setenv("POLKU_MAIL_FROM", "polku@polku.example")
        environment.setenv("POLKU_MAIL_PER_MINUTE", "10000")
        try:
            running.start()
            running.workspace = running.command("workspace", "create", "Telttakauppa")["workspace"]
            running.command("user", "create", running.user, "--workspace", running.workspace)
            yield running
        finally:
            running.stop()


@pytest.fixture
def page(polku: Polku, browser: Any) -> Iterator[Page]:
    """An owner's window, signed in; nothing on it may be a fault or leave the server."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="fi-FI")
    opened = context.new_page()
    wrongs: list[str] = []
    opened.on("pageerror", lambda error: wrongs.append(str(error)))
    opened.on(
        "console",
        lambda message: wrongs.append(message.text) if message.type in ("error", "warning") else None,
    )
    opened.goto(f"{polku.address}/accounts/login/")
    opened.locator("input[name=login]").fill(polku.user)
    opened.locator("input[name=password]").fill(PASSWORD)
    opened.locator("main button.primary").click()
    opened.wait_for_url("**/w/**")
    yield opened
    context.close()
    assert wrongs == []


def violations(page: Page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{each['id']}: {[node['html'][:160] for node in each['nodes'][:4]]}" for each in found]


def wait_for(room: MailRoom, count: int) -> list[Taken]:
    deadline = time.monotonic() + 40
    while len(room.taken) < count:
        assert time.monotonic() < deadline, f"{len(room.taken)} of {count} messages came"
        time.sleep(0.05)
    return room.taken


def scores(polku: Polku) -> int:
    """How many answers the event store knows: what the map shows."""
    answer = polku.command(
        "query",
        "-",
        "--workspace",
        polku.workspace,
        input=json.dumps({"kind": "score", "metric": "nps"}),
    )
    return sum(group["n"] for group in answer["groups"])


def answered(page: Page, collect: str) -> int:
    """How many of those who were asked have answered, as the Collect page says."""
    page.goto(collect)
    return int(page.locator(".collect-counts dd").nth(2).inner_text())


def links_of(taken: Taken) -> list[str]:
    found = re.findall(r'href="([^"]+)"', taken.part("html"))
    return list(dict.fromkeys(address.replace("&amp;", "&") for address in found))


def test_a_survey_goes_out_by_mail_and_its_answer_comes_back(polku, room, page, browser):
    survey = polku.command(
        "survey", "import", "-", "--publish", "--workspace", polku.workspace, input=json.dumps(DOCUMENT)
    )["survey"]
    base = f"{polku.address}/w/{polku.workspace}"

    # Its answers belong to a touchpoint of a map.
    journey = polku.command("journey", "create", "--template", "four-phases", "--workspace", polku.workspace)[
        "journey"
    ]
    page.goto(f"{base}/surveys/{survey}/?part=settings")
    touchpoint = page.locator("#touchpoint option:not([value=''])").nth(3).get_attribute("value")
    page.locator("#touchpoint").select_option(touchpoint)
    page.locator("main form:has(#touchpoint) button.primary").click()
    expect(page.locator("#touchpoint")).to_have_value(touchpoint or "")

    # The seller's own name.
    page.goto(f"{base}/settings/sender/")
    page.locator("input[name=name]").fill("Telttakauppa Oy")
    page.locator("input[name=email]").fill("asiakkaat@telttakauppa.example")
    page.locator("textarea[name=footer]").fill("Telttakauppa Oy, Oulu")
    page.locator("main form button.primary").click()
    expect(page.locator(".message")).to_be_visible()
    assert violations(page) == []

    # Whom to ask, who is left out, and off it goes.
    collect = f"{base}/surveys/{survey}/collect/"
    page.goto(collect)
    assert violations(page) == []
    page.locator("a.button.primary").click()
    page.locator("textarea[name=addresses]").fill("maija@example.com, pekka@example.com\nei-osoite")
    page.locator("main form button.primary").click()
    expect(page.locator("main h2")).to_contain_text("2")
    expect(page.locator(".collect-left")).to_contain_text("ei-osoite")
    assert violations(page) == []
    assert room.taken == []
    page.locator("main form button.primary").click()
    page.wait_for_url("**/email/people/**")
    assert violations(page) == []
    taken = {each.recipients[0]: each for each in wait_for(room, 2)}
    first = taken["maija@example.com"]
    assert parseaddr(first.message["From"]) == ("Telttakauppa Oy", "asiakkaat@telttakauppa.example")

    # C3: whoever opens every link of the message, with a browser that runs scripts, neither answers nor opts out.
    scanner = browser.new_context()
    for address in links_of(first):
        urllib.request.urlopen(urllib.request.Request(address, method="HEAD"), timeout=10).close()
        opened = scanner.new_page()
        opened.goto(address, wait_until="load")
        opened.close()
    scanner.close()
    assert answered(page, collect) == 0
    page.goto(f"{base}/settings/no-messages/")
    expect(page.locator(".row")).to_have_count(0)

    # The message as a mail program shows it on a phone; its 9 opens the page that asks to confirm.
    phone = browser.new_context(viewport={"width": 390, "height": 844}, locale="fi-FI", has_touch=True)
    mail = phone.new_page()
    mail.route(
        "**/message.html", lambda route: route.fulfill(body=first.part("html"), content_type="text/html")
    )
    mail.goto("http://mail.example/message.html")
    assert violations(mail) == []
    assert mail.evaluate("document.documentElement.scrollWidth") <= 390
    mail.get_by_role("link", name="9", exact=True).click()
    mail.wait_for_url("**/s/**")
    assert mail.locator("input[type=radio]:checked").input_value() == "9"
    assert answered(page, collect) == 0
    mail.locator("button[name=go][value=on]").click()
    expect(mail.locator("body")).to_contain_text("Kiitos, että kerroit!")
    phone.close()

    # The answer is there: in the list, in the event store, beside the one who has not answered.
    assert answered(page, collect) == 1
    deadline = time.monotonic() + 20
    while scores(polku) == 0:
        assert time.monotonic() < deadline
        time.sleep(0.3)
    # … and on the map, at its touchpoint.
    page.goto(f"{base}/journeys/{journey}/")
    said = page.locator(".lane-say td", has_text="NPS")
    expect(said).to_have_count(1)
    expect(said).to_contain_text("n 1")
    page.goto(f"{collect}email/people/?state=answered")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody th")).to_have_text("maija@example.com")

    # C6: the mail program's own button.
    other = taken["pekka@example.com"].message
    request = urllib.request.Request(
        other["List-Unsubscribe"].strip("<>"),
        data=other["List-Unsubscribe-Post"].encode(),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        method="POST",
    )
    with urllib.request.urlopen(request, timeout=10) as response:
        assert response.status == 200
    page.goto(f"{base}/settings/no-messages/")
    expect(page.locator(".row strong")).to_have_text(["p…@example.com"])
    assert violations(page) == []


def test_the_pages_of_collecting_are_for_everybody(polku, page):
    survey = polku.command("survey", "list", "--workspace", polku.workspace)["surveys"][0]["survey"]
    base = f"{polku.address}/w/{polku.workspace}/surveys/{survey}/collect"
    page.goto(f"{base}/links/add/?kind=qr")
    page.locator("input[name=name]").fill("Oulun myymälä")
    page.locator("textarea[name=fields_text]").fill("store=Oulu")
    page.locator("main form button.primary").click()
    page.wait_for_url("**/poster/")
    poster = page.url
    with page.expect_download() as download:
        page.locator("a.button.primary").first.click()
    assert download.value.path().read_bytes().startswith(b"%PDF-")
    pages = ["/", "/email/", "/email/words/", "/email/people/", "/email/preview/?language=fi", "/links/add/"]
    for width, theme in ((1440, "light"), (390, "dark")):
        page.emulate_media(color_scheme=theme)
        page.set_viewport_size({"width": width, "height": 900})
        for address in (poster, *(base + each for each in pages)):
            page.goto(address)
            assert violations(page) == [], (address, width)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (address, width)
    page.goto(f"{poster}sheet/?size=a4")
    background = "getComputedStyle(document.querySelector('.code')).backgroundColor"
    assert page.evaluate(background) == "rgb(255, 255, 255)"

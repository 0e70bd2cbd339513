"""A CX manager at the pages of sources, in a real browser: looking, mending, deciding; and axe finds nothing."""

from __future__ import annotations

import base64
import json
import urllib.request

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.e2e

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
# On the demo's last day: an event of today would move every page's usual period away from the demo's data.
LAST_DAY = "2026-09-30T09:00:00Z"
GOOD = {"type": "track", "event": "Ostos", "userId": "asiakas-1", "timestamp": LAST_DAY}
BROKEN = {
    "type": "track",
    "timestamp": LAST_DAY,
    "userId": "asiakas-2",
    "properties": {"note": "<script>alert(1)</script>" + " pitkä" * 60},
}


def workspace_of(visitor) -> str:
    return visitor.page.url.split("/journeys/")[0]


def make_key(visitor, name: str) -> str:
    """Make a write key as an owner does."""
    page = visitor.page
    page.goto(workspace_of(visitor) + "/settings/keys/")
    page.locator("input[name=name]").fill(name)
    page.locator("input[name=kind][value=write]").check()
    page.locator("form.settings-form button.primary").click()
    return page.locator("#key-text").input_value()


def send(visitor, key: str, batch: list[dict]) -> None:
    request = urllib.request.Request(
        f"{visitor.demo.address}/v1/batch",
        data=json.dumps({"batch": batch}).encode(),
        headers={
            "Authorization": "Basic " + base64.b64encode(f"{key}:".encode()).decode(),
            "User-Agent": BROWSER,  # a server's library is never own traffic
        },
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status == 200


def received(visitor, name: str, batch: list[dict]) -> str:
    """Send by a key of that name and wait until its source is listed; the address of the source's page."""
    home = workspace_of(visitor)
    send(visitor, make_key(visitor, name), batch)
    page = visitor.page
    page.goto(home + "/sources/")
    link = page.locator(".source h2 a", has_text=name)
    for _try in range(20):
        if link.count():
            break
        page.wait_for_timeout(500)
        page.reload()
    return visitor.demo.address + link.get_attribute("href")


def violations(page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{each['id']}: {[node['html'][:160] for node in each['nodes'][:4]]}" for each in found]


def fits(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize(
    ("window_size", "language", "theme"),
    [((1440, 900), "fi", "light"), ((390, 844), "en", "dark"), ((360, 800), "fi", "dark")],
    indirect=["window_size"],
)
def test_axe_finds_nothing_and_every_page_fits(visitor, language, theme):
    home = visitor.sign_in(language).split("/journeys/")[0]
    visitor.page.goto(home + "/journeys/")
    source = received(visitor, f"Kauppa {language} {theme}", [GOOD, BROKEN])
    page = visitor.page
    for address in (
        home + "/sources/",
        source,
        source + "?by=day",
        source + "edit/",
        source + "rows/",
        source + "rows/delete/?reason=missing_event",
        home + "/settings/collection/",
    ):
        assert page.goto(address).status == 200, address
        page.evaluate("document.querySelectorAll('main details').forEach(each => { each.open = true })")
        assert violations(page) == [], address
        assert fits(page), address


def test_a_bad_row_is_read_mended_and_taken_in(visitor):
    visitor.sign_in("fi")
    source = received(visitor, "Kassa", [GOOD, BROKEN, BROKEN])
    page = visitor.page
    page.goto(source)
    page.locator("#waiting a.button").click()
    first = page.locator(".bad-row").first
    raw = first.locator("textarea").input_value()
    assert json.loads(raw) == BROKEN
    first.locator("textarea").fill(json.dumps(json.loads(raw) | {"event": "Korjattu"}))
    first.locator("form button").click()
    assert page.locator(".message").inner_text() == "Korjattu ja otettu vastaan."
    assert page.locator(".bad-row").count() == 1
    page.locator(".bad-row textarea").fill("{")
    page.locator(".bad-row form button").click()
    assert page.locator(".message.warning").count() == 1
    assert page.locator(".bad-row textarea").input_value() == "{"
    page.locator("a.button.danger").click()
    page.locator("main button.danger:not([name])").click()
    assert page.locator(".message").inner_text().startswith("1 rivi on poistettu.")
    assert page.locator("main h2").inner_text() == "Mikään ei odota"


def test_own_traffic_is_left_out_as_soon_as_its_address_is_saved(visitor):
    home = visitor.sign_in("en").split("/journeys/")[0]
    key = make_key(visitor, "Toimisto")
    send(visitor, key, [GOOD])
    page = visitor.page
    settings = home + "/settings/collection/"
    page.goto(settings)
    page.locator("button[name=add_address]").click()
    assert page.locator(".message").inner_text() == "Saved. It holds from now on."
    try:
        send(visitor, key, [GOOD, GOOD])
    finally:
        page.locator("textarea").fill("")
        page.locator("button.primary").click()
    send(visitor, key, [GOOD])
    page.goto(home + "/sources/")
    source = page.locator(".source", has_text="Toimisto")
    for _try in range(20):
        if source.count() and source.locator("dd").first.inner_text() == "2":
            break
        page.wait_for_timeout(500)
        page.reload()
    assert source.locator("dd").first.inner_text() == "2"
    assert source.locator(".source-drops").inner_text().split() == ["left", "out", "own", "traffic", "2", "2"]


def test_a_source_is_named_and_the_list_shows_it_by_itself(visitor):
    home = visitor.sign_in("fi").split("/journeys/")[0]
    source = received(visitor, "Nimetön", [GOOD])
    page = visitor.page
    page.goto(source + "edit/")
    assert not page.locator("input[name=silent_hours]").is_visible()
    page.locator("input[name=alarm][value=hours]").check()
    page.locator("input[name=silent_hours]").fill("36")
    page.locator("input[name=name]").fill("Verkkokauppa Oulu")
    page.locator("main button.primary").click()
    assert page.locator("h1").inner_text() == "Verkkokauppa Oulu"
    assert "36 h hiljaisuuden jälkeen" in page.locator(".facts").inner_text()
    page.goto(home + "/sources/")
    page.evaluate("document.getElementById('sources').dataset.old = 'yes'")
    page.locator("#sources:not([data-old])").wait_for(timeout=30_000)
    assert page.locator(".source h2", has_text="Verkkokauppa Oulu").count() == 1

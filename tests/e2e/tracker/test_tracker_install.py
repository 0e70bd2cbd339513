"""Installing the tracker by the console's page: the code it gives works, and the first event appears by itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.e2e.tracker.conftest import Polku, Site, Visitor

pytestmark = pytest.mark.e2e

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def violations(page: Page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{each['id']}: {[node['html'][:160] for node in each['nodes'][:4]]}" for each in found]


def test_from_a_key_to_the_first_event(
    polku: Polku, site: Site, visit: Callable[..., Visitor], console: Page
):
    console.goto(f"{polku.address}/w/{polku.workspace}/sources/")
    more = console.get_by_text("Bring in more data")
    if more.count():  # something came already, so the ways to bring in more are folded away
        more.click()
    console.click("text=Install the tracker")
    console.fill("input[name=site]", "www.telttakauppa.fi")
    console.check("input[name=consent_by_tool]")
    console.click("button[name=make]")
    console.get_by_text("Waiting for the first event…").wait_for()
    console.click("button[data-copy]")
    console.get_by_role("button", name="Copied").wait_for()
    site.code = console.evaluate("navigator.clipboard.readText()")
    assert site.code == console.locator("#snippet").text_content()

    visitor = visit()
    visitor.open("/?sivu=1")
    visitor.wait_for("page")
    console.get_by_text("It works.").wait_for(timeout=30_000)
    (event,) = console.locator(".live-event").all_text_contents()
    for words in ("Viewed the page “etusivu”", "Page Viewed", "computer · Chrome", "visitor"):
        assert words in event
    visitor.call("polku.identify('asiakas-43', {name: 'Otso Asentaja'})")
    visitor.call("polku.track('Cart Viewed')")
    console.get_by_text("Looked at the basket").wait_for(timeout=30_000)
    assert "Otso Asentaja" in console.locator(".live-event").first.text_content()
    # The key is of the website alone, so its events are a source of their own.
    console.goto(f"{polku.address}/w/{polku.workspace}/sources/")
    console.get_by_text("www.telttakauppa.fi").first.wait_for()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 360])
@pytest.mark.parametrize("language", ["fi", "en"])
def test_axe_finds_nothing(polku: Polku, console: Page, theme: str, width: int, language: str):
    console.emulate_media(color_scheme=theme)
    console.set_viewport_size({"width": width, "height": 800})
    address = f"{polku.address}/w/{polku.workspace}/sources/install/"
    console.goto(address)
    if width < 960:
        console.click(".shell-compact > summary")
    console.locator(f"button[name=language][value={language}]:visible").click()
    console.wait_for_selector(f"html[lang={language}]")
    console.fill("input[name=site]", "www.example.fi")
    console.click("button[name=make]")
    console.locator("#snippet").wait_for()
    console.evaluate("document.querySelectorAll('main details').forEach(each => { each.open = true })")
    assert violations(console) == []
    assert console.evaluate("document.documentElement.scrollWidth") == width

"""The overview of the website in a real browser: clicking filters everything, without the mouse and on a phone too."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.e2e.test_map_accessibility import RULES

pytestmark = pytest.mark.e2e


def violations(page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{each['id']}: {[node['html'][:160] for node in each['nodes'][:4]]}" for each in found]


def figure(page, number: int) -> int:
    """The figure of that number on the page: visitors, visits …"""
    return int("".join(filter(str.isdigit, page.locator(".web-figure .value").nth(number).inner_text())))


LAST_28_DAYS = {"range": "custom", "from": "2026-09-03", "to": "2026-09-30"}
"""Of the demo's own data: other tests send the shared server signals of today."""


def wait_for(page, **choices: str) -> None:
    """Until the address says these choices beside the range, and the page is drawn and at rest."""
    said = LAST_28_DAYS | choices
    page.wait_for_url(lambda address: dict(parse_qsl(urlsplit(address).query)) == said)
    # The address changes before the page does.
    at_rest = (
        "!document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling, .htmx-added')"
        " && document.getAnimations().length === 0"
    )
    for _try in range(200):
        if page.evaluate(at_rest):
            return
        page.wait_for_timeout(50)
    raise AssertionError("the page did not come to rest in ten seconds")


def test_a_click_filters_everything_and_keys_do_too(visitor):
    visitor.sign_in()
    page = visitor.page
    address = page.get_by_role("link", name="Verkkosivut").get_attribute("href")
    page.goto(f"{visitor.demo.address}{address}?{urlencode(LAST_28_DAYS)}")
    assert re.fullmatch(r"\d+ kävijää? nyt", page.locator(".web-now").inner_text())
    visits, pages = figure(page, 1), page.locator("#web-pages tbody tr").count()
    assert visits > 5_000
    assert pages > 8
    assert violations(page) == []

    page.evaluate("window.stillThere = true")
    page.locator("#web-sources a", has_text="Sähköposti").click()
    wait_for(page, channel="Email")
    assert page.locator(".web-chip").inner_text().split()[:2] == ["Kanava", "Sähköposti"]
    emails = figure(page, 1)
    assert 0 < emails < visits / 3
    page.locator("#web-tab-devices-2").click()
    wait_for(page, channel="Email", devices="browser")
    page.locator("#web-devices a", has_text="Safari").focus()
    page.keyboard.press("Enter")
    wait_for(page, channel="Email", browser="Safari", devices="browser")
    assert 0 < figure(page, 1) < emails
    assert page.evaluate("document.activeElement.id") == "web-chips"

    page.locator("#web-compare").select_option("previous")
    wait_for(page, channel="Email", browser="Safari", devices="browser", compare="previous")
    assert "verrattuna jaksoon" in page.locator(".web-period").inner_text()
    assert page.locator(".web-before").count() > 20
    page.locator(".web-figure a", has_text="Myynti").click()
    wait_for(page, channel="Email", browser="Safari", devices="browser", compare="previous", metric="revenue")
    assert page.locator(".web-chart .chart-name").inner_text() == "Myynti päivittäin"
    assert violations(page) == []
    assert page.evaluate("window.stillThere") is True
    page.locator(".web-clear").click()
    wait_for(page, compare="previous", metric="revenue", devices="browser")
    assert figure(page, 1) == visits
    assert page.locator("#web-range").input_value() == "custom"
    page.locator("#web-from").fill("2026-09-14")
    page.locator("#web-from").press("Tab")
    wait_for(page, compare="previous", metric="revenue", devices="browser", **{"from": "2026-09-14"})
    assert 0 < figure(page, 1) < visits


@pytest.mark.parametrize("theme", ["dark"])
@pytest.mark.parametrize("window_size", [(390, 844)], indirect=True)
def test_on_a_phone(visitor, theme):
    visitor.sign_in("en")
    page = visitor.page
    page.goto(f"{visitor.demo.address}/w/kaamos-retkeily/web/?compare=previous&page=%2Fostoskori")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.evaluate("document.querySelectorAll('#web details').forEach(each => { each.open = true })")
    assert page.locator(".web-chip").inner_text().split()[:2] == ["Page", "/ostoskori"]
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")

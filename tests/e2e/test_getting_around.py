"""Getting around by keys alone: the search of everything, the list of shortcuts, help beside words, the glossary."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.e2e

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def _violations(page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{each['id']}: {[node['html'][:160] for node in each['nodes'][:4]]}" for each in found]


def test_everything_is_reached_by_keys(visitor):
    page, map_address = visitor.page, visitor.sign_in("fi")
    dialog, hits = page.locator("dialog#search"), page.locator("dialog#search .search-hit")

    page.keyboard.press("/")
    hits.first.wait_for()
    page.keyboard.type("maks")
    page.locator("#search-results[data-text=maks] .search-hit").first.wait_for()
    page.locator("dialog#search .search-more").wait_for(state="detached")
    assert "Maksu" in hits.all_inner_texts()[0]
    assert _violations(page) == []
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.className") == "search-hit"
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.id") == "search-text"
    page.keyboard.press("Enter")
    page.wait_for_url("**?touchpoint=*")
    page.locator(".panel h2", has_text="Maksu").wait_for()

    # Escape closes what lies on top, and only that.
    page.keyboard.press("Control+k")
    dialog.wait_for()
    page.keyboard.type("kas")
    page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")
    assert page.locator(".panel").is_visible()
    page.locator(".panel-lanes .help-button").first.focus()
    page.keyboard.press("Enter")
    page.locator(".help-popover:popover-open", has_text="Miltä asiakkaista").wait_for()
    assert _violations(page) == []
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')").endswith("/glossary/#feeling")
    page.keyboard.press("Escape")
    page.locator(".help-popover:popover-open").wait_for(state="detached")
    assert page.locator(".panel").is_visible()

    page.keyboard.press("Shift+?")
    page.locator("#shortcuts:popover-open").wait_for()
    assert _violations(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("w")
    page.wait_for_url("**/web/")

    page.keyboard.press("Shift+?")
    page.locator("#shortcuts button[value=off]").click()
    page.wait_for_selector("html[data-keys=off]")
    page.keyboard.press("/")
    page.keyboard.press("g")
    page.keyboard.press("c")
    assert not dialog.is_visible()
    assert page.url.endswith("/web/")
    page.keyboard.press("Control+k")
    dialog.wait_for()
    assert map_address.split("/w/")[1].split("/")[0] in page.url


def test_a_menu_begins_at_its_field(visitor):
    page, home = visitor.page, visitor.sign_in("fi").split("/journeys/")[0]
    page.goto(home + "/explore/funnel/")
    page.locator(".explore-answer a.proposal").first.click()
    save = page.locator(".explore-actions summary.primary")
    save.wait_for()
    save.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.id === 'question-name'")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("window_size", [(390, 844)], indirect=True)
def test_on_a_phone_by_fingers(visitor, theme):
    page, home = visitor.page, visitor.sign_in("en").split("/journeys/")[0]
    page.locator(".search-open").click()
    page.locator("dialog#search .search-hit").first.wait_for()
    assert _violations(page) == []
    page.locator("dialog#search [data-closes]").click()
    page.locator("dialog#search").wait_for(state="hidden")
    for path in ("/glossary/", "/search/?q=n", "/search/?q=nothing-is-called-so"):
        page.goto(home + path)
        assert _violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

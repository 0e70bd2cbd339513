"""Customers in a real browser: from the list to a timeline, to the map and back, on wide and narrow screens."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.e2e.test_map_accessibility import RULES

pytestmark = pytest.mark.e2e


def violations(page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{each['id']}: {[node['html'][:160] for node in each['nodes'][:4]]}" for each in found]


def fits(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def workspace_of(visitor, language="fi") -> str:
    return visitor.sign_in(language).split("/journeys/")[0]


def open_buyer(visitor, workspace) -> None:
    """The page of somebody who ordered, answered and contacted: found by what a customer says on the phone."""
    page = visitor.page
    page.goto(f"{workspace}/people/")
    page.get_by_role("searchbox").fill("T52")
    page.get_by_role("searchbox").press("Enter")
    page.locator(".people-table a").first.click()
    page.wait_for_url(re.compile(r"/people/\d+/$"))


def test_from_the_list_to_a_timeline_and_to_the_map(visitor):
    page = visitor.page
    workspace = workspace_of(visitor)
    open_buyer(visitor, workspace)
    assert page.locator(".shell-navigation [aria-current=page]").inner_text() == "Asiakkaat"
    whole = page.locator(".entry").count()
    page.locator(".kind-filter a", has_text="Tilaukset").click()
    page.wait_for_url("**kind=order")
    assert 0 < page.locator(".entry").count() < whole
    assert page.locator(".entry").count() == page.locator(".entry-order").count()
    assert re.match(r"Tilasi [\d\s]+,\d\d\s€ \(\w+\)$", page.locator(".entry-sentence").first.inner_text())
    page.locator(".kind-filter a", has_text="Kaikki").click()
    detail = page.locator(".entry-more").first
    detail.locator("summary").click()
    assert detail.locator("dl").is_visible()
    link = page.locator(".touchpoint-link").first
    name = link.inner_text()
    link.click()
    page.locator(".panel").wait_for()
    assert page.locator(".panel h2").inner_text() == name


def test_a_comment_on_the_map_leads_to_its_customer(visitor):
    page = visitor.page
    visitor.sign_in("en")
    page.locator(".lane-say td[data-touchpoint]").nth(5).click()
    comment = page.locator(".comment").first
    said = comment.locator("blockquote").evaluate("quote => quote.firstChild.textContent")
    comment.get_by_role("link", name="customer’s timeline").click()
    page.wait_for_url(re.compile(r"/people/\d+/$"))
    assert said in page.locator(".person-main blockquote").all_inner_texts()


def test_what_joins_and_what_does_not(visitor):
    page = visitor.page
    workspace = workspace_of(visitor, "en")
    page.goto(f"{workspace}/people/")
    page.get_by_role("link", name="How data joins").click()
    # Other tests bring sources of their own into the demo.
    rates = page.locator(".join-rate").filter(has_text="(simulated)")
    headlines = rates.locator(".join-headline").all_inner_texts()
    assert len(headlines) == 8
    assert all(re.match(r"\d+% of \w+ .+ n\s[\d,]+$", each) for each in headlines), headlines
    rates.locator(".join-facts a").first.click()
    page.wait_for_url("**/joins/unjoined/**")
    assert page.locator(".rows > li").count() == 20


@pytest.mark.parametrize(("language", "theme"), [("fi", "light"), ("en", "dark")])
@pytest.mark.parametrize("window_size", [(1440, 900), (390, 844)], indirect=True)
def test_nothing_stands_in_anybodys_way(visitor, language, theme):
    page = visitor.page
    workspace = workspace_of(visitor, language)
    for path in (
        "/people/",
        "/people/?search=nobody-at-all",
        "/people/?who=visitors",
        "/joins/",
        "/joins/?range=all",
        "/joins/unjoined/?source=simulation/web&kind=event",
    ):
        page.goto(workspace + path)
        assert violations(page) == [], path
        assert fits(page), path
    open_buyer(visitor, workspace)
    page.evaluate("document.querySelectorAll('main details').forEach(each => { each.open = true })")
    assert violations(page) == []
    assert fits(page)


@pytest.mark.parametrize("window_size", [(320, 256)], indirect=True)
def test_at_four_hundred_percent_nothing_runs_out_of_the_page(visitor):
    workspace = workspace_of(visitor)
    for path in ("/people/", "/joins/"):
        visitor.page.goto(workspace + path)
        assert fits(visitor.page), path
    open_buyer(visitor, workspace)
    assert fits(visitor.page)

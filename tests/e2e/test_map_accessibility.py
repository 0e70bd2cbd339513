"""axe finds nothing on the pages, in both languages and both themes; text grows without breaking."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.e2e

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def _violations(page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{each['id']}: {[node['html'][:160] for node in each['nodes'][:4]]}" for each in found]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["fi", "en"])
def test_map_and_panel(visitor, language, theme):
    address = visitor.sign_in(language)
    page = visitor.page
    page.goto(address + "?compare=previous")
    assert _violations(page) == []
    page.locator(".lane-say td[data-touchpoint]").nth(5).click()
    page.locator(".panel").wait_for()
    page.evaluate("document.querySelectorAll('.panel details').forEach(each => { each.open = true })")
    assert _violations(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("window_size", [(390, 844)], indirect=True)
def test_the_path_of_a_phone(visitor, theme):
    visitor.sign_in()
    page = visitor.page
    for closed in page.locator(".path-point summary").all()[:6]:
        closed.click()
    assert _violations(page) == []
    page.locator(".shell-compact > summary").click()
    assert _violations(page) == []


AROUND = (
    "/", "/journeys/", "/journeys/propose/", "/journeys/1/plan/", "/journeys/1/connect/",
    "/segments/", "/segments/new/", "/segments/1/", "/settings/",
    "/settings/members/", "/settings/keys/", "/settings/keys/1/revoke/", "/settings/audit/",
)  # fmt: skip
ELSEWHERE = ("/account/", "/accounts/password/change/", "/w/", "/nowhere/")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("window_size", [(1440, 900), (360, 800)], indirect=True)
def test_pages_around_the_map(visitor, theme):
    address = visitor.sign_in()
    page = visitor.page
    workspace = address.split("/journeys/")[0]
    visitor.guard.expected.append("404 (Not Found)")
    for path in [
        *(workspace + path for path in AROUND),
        *(visitor.demo.address + path for path in ELSEWHERE),
    ]:
        answer = page.goto(path)
        assert answer.status == (404 if path.endswith("/nowhere/") else 200), path
        assert _violations(page) == [], path
        assert page.evaluate(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        ), path


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_of_strangers(visitor, theme):
    for path in ("/", "/accounts/login/", "/accounts/password/reset/"):
        visitor.page.goto(visitor.demo.address + path)
        assert _violations(visitor.page) == [], path


def test_the_theme_can_be_chosen_and_the_server_remembers(visitor):
    visitor.sign_in()
    page = visitor.page
    paper = "getComputedStyle(document.documentElement).backgroundColor"
    light = page.evaluate(paper)
    page.locator(".shell-tools button[name=theme]").click()
    page.locator("html[data-theme=light]").wait_for()
    assert page.evaluate(paper) == light
    page.locator(".shell-tools button[name=theme]").click()
    page.locator("html[data-theme=dark]").wait_for()
    assert page.evaluate(paper) != light
    page.reload()
    assert page.locator("html").get_attribute("data-theme") == "dark"


@pytest.mark.parametrize("window_size", [(320, 256)], indirect=True)
def test_at_four_hundred_percent_nothing_runs_out_of_the_page(visitor):
    address = visitor.sign_in()
    page = visitor.page
    for path in (address, page.locator(".head-link").first.get_attribute("href")):
        page.goto(path if path.startswith("http") else visitor.demo.address + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320

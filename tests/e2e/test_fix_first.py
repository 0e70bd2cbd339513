"""What to fix first, in a real browser and in Finnish: explained, corrected, taken into work, left, brought back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import WORKSPACE
from tests.e2e.survey_making import in_home
from tests.e2e.test_people_pages import fits, violations, workspace_of

pytestmark = pytest.mark.e2e


_LEAVE_AS_FOUND = """
from polku.journeys.models import Opportunity
result = Opportunity.objects.filter(name=given["name"]).delete()[0]
"""


@pytest.fixture
def visitor(visitor):
    """The map is other tests' as well: work that was begun here is no more on it afterwards."""
    yield visitor
    in_home(visitor.demo.home, _LEAVE_AS_FOUND, name="Korjaa: Maksu, selain: Safari")


def counted(page, address: str) -> None:
    """The list at `address`, as soon as it is the newest."""
    page.goto(address)
    for _wait in range(60):
        if page.locator(".fix-counting").count() == 0:
            return
        page.wait_for_timeout(500)
        page.goto(address)
    raise AssertionError("the list was not counted in half a minute")


def figure_of(row) -> int:
    return int(re.sub(r"\D", "", row.locator(".fix-money .value").inner_text()))


def test_what_to_fix_first_is_found_explained_corrected_and_taken_into_work(visitor):
    page = visitor.page
    base = workspace_of(visitor, "fi")

    # The list: the planted break of the payment first, in euros with its range.
    listing = f"{base}/fix-first/"
    counted(page, listing)
    first = page.locator(".fix").first
    expect(first.locator("h3")).to_contain_text("Maksu")
    expect(first.locator("h3")).to_contain_text("selain: Safari")
    expect(first.locator(".fix-what")).to_contain_text("Useampi keskeyttää kuin ennen")
    expect(first.locator(".fix-money")).to_contain_text("todennäköisesti")
    expect(first.locator(".fix-known")).to_contain_text("verrattu muutos")
    before = figure_of(first)
    assert before > 20_000
    assert violations(page) == []

    # Its derivation opens below it, by keyboard; closed, it gives the focus back.
    opener = first.get_by_role("link", name="Miten laskettu?")
    opener.focus()
    page.keyboard.press("Enter")
    part = first.locator(".fix-part")
    expect(part.locator(".fix-sentence")).to_contain_text("Vuodessa tänne tullaan")
    expect(part.locator(".comment").first).to_be_visible()
    part.get_by_role("link", name="Sulje").click()
    expect(part).to_have_count(0)
    expect(opener).to_be_focused()

    # A person knows better how many are lost: the figure follows, and says who gave it and why.
    opener.click()
    line = part.locator("tr", has_text="Kuinka paljon useammin he jäävät pois")
    line.locator("summary").click()
    for name, value in (("low", "8"), ("middle", "10"), ("high", "12")):
        line.locator(f"input[name$=-lost_share-{name}]").fill(value)
    line.locator("input[name$=-lost_share-reason]").fill("Maksupalvelun loki")
    line.get_by_role("button", name="Tallenna").click()
    expect(page.locator(".fix-counting")).to_have_count(0, timeout=30_000)
    changed = page.locator("tr.is-own")
    expect(changed).to_contain_text("10 %")
    expect(changed).to_contain_text("Aino Esimerkki")
    expect(changed).to_contain_text("”Maksupalvelun loki”")
    after = int(re.sub(r"\D", "", page.locator(".fix-result .value").inner_text()))
    assert after < before / 2
    assert violations(page) == []
    assert fits(page)
    changed.locator("summary").click()
    changed.get_by_role("button", name="Peru oma luku").click()
    expect(page.locator("tr.is-own")).to_have_count(0, timeout=30_000)

    # Two clicks put it in work, and the list shows who does it until when.
    counted(page, listing)
    first = page.locator(".fix").first
    first.get_by_role("link", name="Ota työn alle").click()
    first.get_by_role("button", name="Ota työn alle").click()
    expect(page.get_by_text("on työn alla ja kartalla")).to_be_visible()
    expect(page.locator(".fix").first.locator(".fix-owner")).to_contain_text("Aino Esimerkki")

    # The second is left with a reason, and comes back.
    counted(page, listing)
    rows = page.locator(".fix").count()
    second = page.locator(".fix").nth(1)
    second.get_by_role("link", name="Hylkää").click()
    second.locator("textarea").fill("Uusi kassa tulee keväällä")
    second.get_by_role("button", name="Hylkää ja muista miksi").click()
    expect(page.locator(".fix")).to_have_count(rows - 1)
    page.locator("#dismissed > summary").click()
    expect(page.locator("#dismissed")).to_contain_text("”Uusi kassa tulee keväällä”")
    page.locator("#dismissed").get_by_role("button", name="Palauta").click()
    expect(page.locator(".fix")).to_have_count(rows)

    # The map tells the same, and leads to how it was counted.
    page.goto(f"{base}/fix-first/")
    page.locator(".fix h3 a").first.click()
    lane = page.locator(".panel-lanes > div", has_text="Arvioitu menetys")
    expect(lane).to_contain_text("katetta vuodessa")
    expect(page.locator(".lane-loss")).to_contain_text("t€")
    lane.get_by_role("link", name="Miten laskettiin").click()
    expect(page.locator("h1")).to_contain_text("Maksu")

    # On a phone nothing is lost; everything stands under another.
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(listing)
    assert fits(page)
    assert violations(page) == []
    assert WORKSPACE in page.url

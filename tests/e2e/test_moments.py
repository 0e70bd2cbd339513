"""A moment in a real browser: chosen, simulated, switched on and read in words, on a wide screen and on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.test_people_pages import fits, violations, workspace_of

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def survey(demo) -> int:
    made = demo.command("survey", "create", "--template", "after-delivery", "--workspace", "kaamos-retkeily")
    return made["survey"]


def test_a_moment_is_simulated_before_it_is_switched_on(visitor, survey):
    page = visitor.page
    base = workspace_of(visitor, "en")
    page.goto(f"{base}/surveys/{survey}/moments/")
    page.get_by_role("link", name="New moment").click()
    page.locator("#id_trigger").focus()
    page.keyboard.type("parcel deliv")
    page.locator(".picker-option.is-active").wait_for()
    page.keyboard.press("Enter")
    page.get_by_label("Share of people, %").fill("50")
    page.get_by_role("button", name="Simulate").click()
    reading = page.locator("#simulated .reading")
    reading.wait_for()
    assert re.search(r"it would have asked [\d,]+ times, about \d+ a week", reading.inner_text())
    page.get_by_text("Week by week").click()
    assert page.locator("#simulated tbody tr").count() == 13
    assert violations(page) == []

    # Half as many people: nothing else in the form changed, and nothing was saved.
    before = int(re.search(r"asked ([\d,]+) times", reading.inner_text())[1].replace(",", ""))
    page.get_by_label("Share of people, %").fill("25")
    page.get_by_role("button", name="Simulate").click()
    expect(reading).not_to_contain_text(f"asked {before:,} times")
    after = int(re.search(r"asked ([\d,]+) times", reading.inner_text())[1].replace(",", ""))
    assert 0.3 * before < after < 0.75 * before

    page.get_by_role("button", name="Save and switch on").click()
    page.locator(".moment-row").wait_for()
    assert (
        page.locator(".moment-sentence").inner_text()
        == "2 hours after The parcel was delivered, 25% of people, not if asked in the last 30 days, 9–20 o’clock"
    )
    expect(page.locator(".moment-row .tag")).to_have_text("on")
    assert violations(page) == []
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".moment-row")).to_have_count(1)


@pytest.mark.parametrize(("window_size", "theme"), [((390, 844), "dark")])
def test_on_a_phone_everything_fits(visitor, survey):
    page = visitor.page
    base = workspace_of(visitor)
    for address in (f"surveys/{survey}/moments/", f"surveys/{survey}/moments/new/", "surveys/limits/"):
        page.goto(f"{base}/{address}")
        assert fits(page)
        assert violations(page) == []

"""Asking data in a real browser: a first-time user's funnel, by mouse and by keyboard, on wide and narrow screens."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.test_people_pages import fits, violations, workspace_of

pytestmark = pytest.mark.e2e

STEPS = "step=event:product_view&step=event:add_to_cart&step=event:order_placed"


def names(page) -> list[str]:
    return [text.split("\n")[-1].strip() for text in page.locator(".funnel-name").all_inner_texts()]


def test_a_first_time_user_builds_saves_and_places_a_funnel(visitor):
    page = visitor.page
    map_address = visitor.sign_in("en")
    page.get_by_role("link", name="Explore").first.click()
    page.locator(".proposal").first.click()
    page.locator(".funnel").wait_for()
    assert re.match(
        r"\d+% of those who came to “Viewed a product” got to “Sent the order”",
        page.locator(".reading").inner_text(),
    )
    before = names(page)
    assert len(before) >= 4

    # A step by search and keyboard alone; the focus stays where the next one is added.
    page.locator("#step-new").focus()
    page.keyboard.type("parcel deliv")
    page.locator(".picker-option.is-active").wait_for()
    page.keyboard.press("Enter")
    expect(page.locator(".funnel-step")).to_have_count(len(before) + 1)
    assert names(page) == [*before, "The parcel was delivered"]
    assert page.evaluate("document.activeElement.id") == "step-new"
    page.locator("#step-1-remove").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".funnel-step")).to_have_count(len(before))
    page.locator("#step-0-down").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".funnel-name").first).not_to_contain_text(before[0])
    page.go_back()
    expect(page.locator(".funnel-name").first).to_contain_text(before[0])

    # Who dropped out stands below, and leads to a customer.
    page.locator(".funnel-lost a").first.click()
    page.locator("#who").wait_for()
    assert page.locator("#who .bars li").count() > 1
    assert page.locator("#who .plain-list a").first.get_attribute("href").endswith("/")

    page.locator(".explore-actions .menu > summary", has_text="Save").click()
    page.locator("#question-name").fill("My funnel")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("heading", level=1, name="My funnel").wait_for()
    page.locator(".explore-actions .menu > summary", has_text="Settings").click()
    page.locator("#saved-touchpoint").select_option(label="Ostoskori")
    page.get_by_role("button", name="Put on the map").click()
    page.locator(".explore-actions .menu > summary", has_text="Settings").click()
    page.get_by_role("link", name="Ostoskori").click()
    page.locator(".panel").get_by_role("link", name="My funnel").click()
    page.get_by_role("heading", level=1, name="My funnel").wait_for()
    with page.expect_download() as download:
        page.locator(".explore-actions .menu > summary", has_text="Export").click()
        page.get_by_role("link", name="Picture").click()
    assert download.value.suggested_filename == "my-funnel.png"
    page.goto(map_address.split("/journeys/")[0] + "/explore/")
    page.locator("li", has_text="My funnel").get_by_role("button", name="Delete").click()
    page.locator(".message", has_text="My funnel").get_by_role("button").click()
    assert page.get_by_role("link", name="My funnel").count() == 1


@pytest.mark.parametrize(
    ("window_size", "language", "theme"),
    [((1440, 900), "en", "dark"), ((390, 844), "fi", "light")],
    indirect=["window_size"],
)
def test_nothing_stands_in_anybodys_way(visitor, language, theme):
    page = visitor.page
    workspace = workspace_of(visitor, language)
    choices = "compare=previous&breakdown=device&who=2-dropped&property=device&op=eq&value=puhelin"
    full = f"/explore/funnel/?{STEPS}&{choices}"
    many = "/explore/funnel/?" + "&".join(f"step=event:{name}" for name in "abcdefghi")
    for path in ("/explore/", "/explore/funnel/", many, full):
        page.goto(workspace + path)
        page.evaluate(
            "document.querySelectorAll('main details:not(.menu)').forEach(each => { each.open = true })"
        )
        assert violations(page) == [], path
        assert fits(page), path
    page.locator(".explore-actions .menu > summary", has_text=re.compile("Save|Tallenna")).click()
    assert violations(page) == []
    assert fits(page)
    page.keyboard.press("Escape")
    page.locator("#explore-filter").click()
    assert violations(page) == []
    assert fits(page)
    page.keyboard.press("Escape")
    page.locator("#step-0").click()
    assert page.locator(".picker-list:visible").count() == 1
    assert violations(page) == []
    assert fits(page)


def test_without_scripts_the_same_page_works(visitor, browser):
    workspace = workspace_of(visitor)
    context = browser.new_context(
        java_script_enabled=False, storage_state=visitor.page.context.storage_state()
    )
    page = context.new_page()
    page.goto(f"{workspace}/explore/funnel/?{STEPS}")
    page.locator("#explore-range").select_option("7")
    page.locator("#step-new").select_option("event:parcel_delivered")
    page.get_by_role("button", name="Näytä", exact=True).first.click()
    assert page.locator(".funnel-step").count() == 4
    assert "range=7" in page.url
    page.locator("#step-0-remove").click()
    assert page.locator(".funnel-step").count() == 3
    context.close()

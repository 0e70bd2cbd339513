"""Paths, coming back and trends in a real browser: asked by keyboard, on wide and narrow screens, in both languages."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.test_people_pages import fits, violations, workspace_of

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize(
    ("window_size", "language", "theme"),
    [((1440, 900), "en", "dark"), ((390, 844), "fi", "light")],
    indirect=["window_size"],
)
def test_nothing_stands_in_anybodys_way_on_the_pages_of_questions(visitor, language, theme):
    page = visitor.page
    workspace = workspace_of(visitor, language)
    for path in (
        "paths/?through=event&end=event:order_placed&depth=5&unit=session",
        "retention/?back=event:order_placed&range=90&compare=previous",
        "trend/?range=90&compare=previous&select=event:order_placed&measure=sum_value",
    ):
        page.goto(f"{workspace}/explore/{path}")
        page.evaluate(
            "document.querySelectorAll('main details:not(.menu)').forEach(each => { each.open = true })"
        )
        page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
        assert page.locator(".figure svg:visible").count() == 1, path
        assert violations(page) == [], path
        assert fits(page), path


def test_a_picture_changes_as_one_chooses_and_keeps_what_happened(visitor):
    page = visitor.page
    workspace = workspace_of(visitor, "en")
    page.goto(f"{workspace}/explore/paths/")
    expect(page.locator(".reading")).to_contain_text("people took these paths")
    streams = page.locator(".figure-wide .chart-flow").count()
    assert streams > 5
    page.locator("#paths-begin").focus()
    page.keyboard.type("Ostoskori")
    page.locator(".picker-option.is-active").wait_for()
    page.keyboard.press("Enter")
    expect(page.locator(".reading")).to_contain_text("people reached “Ostoskori”")
    assert "begin=touchpoint" in page.url
    page.go_back()
    expect(page.locator(".reading")).to_contain_text("people took these paths")
    page.locator(".path-places a").first.click()
    expect(page.locator(".reading")).to_contain_text("people reached")

    page.goto(f"{workspace}/explore/trend/?select=event:order_placed")
    page.locator(".annotations summary").click()
    page.locator("#annotation-kind").select_option("release")
    page.locator("#annotation-text").fill("New checkout")
    page.get_by_role("button", name="Add to the picture").click()
    expect(page.locator(".annotation-list")).to_contain_text("release New checkout")
    assert page.locator(".figure-wide .chart-mark").count() == 1
    page.get_by_role("button", name="Delete New checkout").click()
    expect(page.locator(".annotation-list")).to_have_count(0)
    page.locator(".message", has_text="New checkout").get_by_role("button").click()
    expect(page.locator(".annotation-list")).to_contain_text("New checkout")

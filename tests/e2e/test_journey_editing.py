"""A map edited by keyboard in a real browser: the focus stays, nothing typed is lost, and axe finds nothing.

Each test works on a journey of its own, so that the demo's figures stay what the other tests expect.
"""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.e2e.conftest import WORKSPACE

pytestmark = pytest.mark.e2e

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture
def journeys(visitor) -> str:
    """The address of the list of journeys, signed in, in English."""
    visitor.sign_in("en")
    return f"{visitor.demo.address}/w/{WORKSPACE}/journeys/"


def create(page, journeys: str, name: str, template: str) -> str:
    page.goto(f"{journeys}new/?template={template}")
    page.get_by_label("Name of the journey").fill(name)
    page.get_by_role("button", name="Create journey").click()
    page.wait_for_url(re.compile(r"/journeys/\d+/(edit|connect)/$"))
    if page.url.endswith("/connect/"):  # a template's touchpoints are offered what was received
        page.goto(page.url.removesuffix("connect/") + "edit/")
    return page.url


def names(page) -> list[str]:
    return page.locator(".structure-touchpoint input[name=name]").evaluate_all(
        "all => all.map(one => one.value)"
    )


def structure_drawn(page):
    """Wait for the answer that draws the structure anew."""
    return page.expect_response(
        lambda response: response.request.method == "POST" and "/rename/" not in response.url
    )


def wait_for_focus(page, label: str) -> None:
    """The structure is drawn a moment after its answer has come; only then the focus is where it belongs."""
    page.wait_for_function("label => document.activeElement.getAttribute('aria-label') === label", arg=label)


def test_touchpoints_are_added_named_moved_and_deleted_by_keyboard(visitor, journeys) -> None:
    page = visitor.page
    create(page, journeys, "By keyboard", "")
    page.get_by_label("New stage").fill("Buying")
    with structure_drawn(page):
        page.keyboard.press("Enter")
    new = page.get_by_label("New touchpoint in Buying")
    new.focus()
    for name in ("Cart", "Payment"):
        page.keyboard.type(name)
        with structure_drawn(page):
            page.keyboard.press("Enter")
        wait_for_focus(page, "New touchpoint in Buying")
        page.get_by_label(f"Name of the touchpoint {name}").wait_for()
    assert names(page) == ["Cart", "Payment"]
    # A name typed and a button pressed right after it: both arrive, in that order.
    page.get_by_label("Name of the touchpoint Payment").fill("Card payment")
    with structure_drawn(page):
        page.get_by_role("button", name="Move Payment earlier").click()
    wait_for_focus(page, "Move Card payment earlier")
    assert names(page) == ["Card payment", "Cart"]
    page.get_by_role("button", name="Delete Cart").focus()
    with structure_drawn(page):
        page.keyboard.press("Enter")
    page.locator(".message.undo", has_text="“Cart” was deleted.").wait_for()
    page.get_by_label("Name of the touchpoint Cart").wait_for(state="detached")
    assert names(page) == ["Card payment"]
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("“Cart” is back.").wait_for()
    page.get_by_label("Name of the touchpoint Cart").wait_for()
    assert names(page) == ["Card payment", "Cart"]


def test_the_slider_and_the_steps_of_a_feeling_follow_each_other(visitor, journeys) -> None:
    page = visitor.page
    create(page, journeys, "Feelings", "four-phases")
    page.get_by_role("link", name="Edit").first.click()
    slider = page.locator("input[type=range]")
    page.get_by_label("very negative", exact=True).check()
    assert slider.input_value() == "-1"
    slider.focus()
    for _ in range(8):
        page.keyboard.press("PageUp")
    step = page.locator("[name=assumed_feeling_step]:checked").get_attribute("data-value")
    assert abs(float(slider.input_value()) - float(step)) <= 0.25
    assert step != "-1.0"


def test_a_connection_shows_what_it_would_catch_and_then_catches_it(visitor, journeys) -> None:
    page = visitor.page
    create(page, journeys, "Connected", "four-phases")
    page.get_by_role("link", name="Data of").first.click()
    page.locator("#name-choices input").first.check()
    page.locator(".catch", has_text="events from").wait_for()
    everything = page.locator(".catch").inner_text()
    page.get_by_label("Channel").fill("mobile")
    page.wait_for_function("before => document.querySelector('.catch')?.innerText !== before", arg=everything)
    page.get_by_text("Further conditions").click()
    assert page.locator(".condition:visible").count() == 1
    page.locator("[name=where-0-property]").fill("kind")
    assert page.locator(".condition:visible").count() == 2
    page.locator("[name=where-0-property]").fill("")
    assert Axe().run(page, options=RULES).response["violations"] == []
    page.locator("#binding-form button.primary").click()
    page.get_by_text("Connected.").wait_for()
    page.locator("#rebuild progress").wait_for(state="detached", timeout=20_000)
    assert page.locator(".row-main", has_text="channel mobile").count() == 1


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("window_size", [(1440, 900), (360, 800)], indirect=True)
def test_axe_finds_nothing_and_nothing_overflows(visitor, journeys, theme, window_size) -> None:
    page = visitor.page
    edit = create(page, journeys, f"Look {theme} {window_size[0]}", "nine-stages")
    page.goto(edit)
    touchpoint = page.locator(".structure-touchpoint a[href$='/edit/']").first.get_attribute("href")
    addresses = [journeys, f"{journeys}new/", edit, edit.replace("/edit/", "/settings/")]
    addresses += [
        visitor.demo.address + touchpoint,
        visitor.demo.address + touchpoint.replace("/edit/", "/bindings/"),
    ]
    for address in addresses:
        page.goto(address)
        page.wait_for_load_state("networkidle")
        found = Axe().run(page, options=RULES).response["violations"]
        assert [(address, each["id"]) for each in found] == []
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")

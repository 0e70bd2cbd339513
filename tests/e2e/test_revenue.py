"""The pages of the revenue in a real browser: the tree and what moved it, and the classic example by keys alone."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.e2e.test_map_accessibility import RULES

pytestmark = pytest.mark.e2e

LAST_28_DAYS = {"range": "custom", "from": "2026-09-03", "to": "2026-09-30"}
"""Of the demo's own data: other tests send the shared server signals of today."""


def violations(page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{each['id']}: {[node['html'][:160] for node in each['nodes'][:4]]}" for each in found]


def text(page, selector: str) -> list[str]:
    """What stands there, with ordinary spaces."""
    return [each.replace("\u00a0", " ") for each in page.locator(selector).all_inner_texts()]


def cents(amount: str) -> int:
    """`−1 234,56 €` in cents."""
    digits = int("".join(filter(str.isdigit, amount)))
    return -digits if amount.startswith("\u2212") else digits


def write(page, field: str, value: str) -> None:
    """Into a field that has the focus already, as keys do it."""
    assert page.evaluate("document.activeElement.id") == field
    page.keyboard.press("Control+a")
    page.keyboard.type(value)


def test_what_the_revenue_is_made_of_and_the_classic_example_by_keys(visitor):
    visitor.sign_in()
    page = visitor.page
    page.keyboard.press("g")
    page.keyboard.press("n")
    page.wait_for_url("**/numbers/revenue/")
    assert page.locator("nav [aria-current=page]:visible", has_text="Luvut").count() == 1
    address = page.url
    page.goto(f"{address}?{urlencode(LAST_28_DAYS)}")

    assert text(page, ".revenue-name") == ["Kävijät", "Konversio", "Keskitilaus", "Myynti"]
    assert text(page, ".revenue-sign") == ["×", "×", "="]
    lines = text(page, ".revenue-cents td.number")
    moved = [cents(line.split("\n")[0]) for line in lines]
    assert abs(sum(moved[:3]) - moved[3]) <= 1
    assert page.locator(".revenue-picture svg:visible").count() == 1
    assert violations(page) == []

    # Another way to tell it apart, without leaving the page; the parts still sum to the change.
    page.evaluate("window.stillThere = true")
    page.locator("#revenue-by").select_option("device")
    page.wait_for_url(lambda url: dict(parse_qsl(urlsplit(url).query)) == LAST_28_DAYS | {"by": "device"})
    page.locator("#revenue-parts th", has_text="Puhelin").wait_for()
    page.get_by_text("Osittain ja tekijöittäin sentilleen").locator("visible=true").click()
    totals = [cents(row.split("\t")[-1]) for row in text(page, ".revenue-split tbody tr")]
    assert abs(sum(totals) - moved[3]) <= len(totals)
    assert page.evaluate("window.stillThere") is True

    # The what-if starts at the present; then the example, with no mouse.
    page.goto(f"{address}what-if/?{urlencode(LAST_28_DAYS)}")
    before, after = text(page, ".what-if-sides .value")
    assert before == after
    page.locator("#id_visitors").focus()
    write(page, "id_visitors", "10 000")
    page.keyboard.press("Tab")  # the slider of the visitors, then their number
    page.keyboard.press("Tab")
    write(page, "id_new_visitors", "12500")
    page.keyboard.press("Tab")
    write(page, "id_conversion", "2")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    write(page, "id_new_conversion", "3")
    page.keyboard.press("Tab")
    write(page, "id_order", "120")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    write(page, "id_new_order", "125")
    page.locator(".what-if-sides .value", has_text=re.compile(r"^46\s875,00\s€$")).wait_for()
    assert text(page, ".what-if-sides .value") == ["24 000,00 €", "46 875,00 €"]
    amounts = [line.split("\n")[0] for line in text(page, "#what-if-result .revenue-cents td.number")]
    assert amounts == ["+7 666,67 €", "+13 791,67 €", "+1 416,67 €", "+22 875,00 €"]
    asked = dict(parse_qsl(urlsplit(page.url).query))
    assert (asked["new_visitors"], asked["conversion"], asked["new_order"]) == ("12500", "2", "125")
    assert violations(page) == []

    # The slider writes into its number: one step up by the arrow key, and the result follows.
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.dataset.slides") == "id_new_order"
    page.keyboard.press("Home")
    page.locator(".what-if-sides .value", has_text=re.compile(r"^0,00\s€$")).wait_for()
    assert page.locator("#id_new_order").input_value() == "0"

    # The address holds all of it.
    page.goto(page.url.replace("new_order=0", "new_order=125"))
    assert text(page, ".what-if-sides .value") == ["24 000,00 €", "46 875,00 €"]
    page.goto(f"{address}acquisition/")
    assert text(page, "#acquisition h2") == ["Mainoskuluja ei tunneta"]
    assert violations(page) == []

"""Customers' value in a real browser, in Finnish: counted in the background, groups that open, a segment, a person."""

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


def test_from_the_value_of_all_to_one_customer(visitor):
    workspace = visitor.sign_in().split("/journeys/")[0]
    page = visitor.page
    # The page is there at once, and shows the figures by itself when they are counted.
    page.goto(f"{workspace}/numbers/customers/")
    assert page.locator("h1").inner_text() == "Asiakasarvo"
    page.wait_for_selector(".customer-groups", timeout=60_000)
    reading = page.locator(".customer-reading").inner_text().replace("\N{NO-BREAK SPACE}", " ")
    assert re.search(r"asiakasta on ostanut, ja heistä \d+ % on ostanut uudelleen \(todennäköisesti", reading)
    assert re.search(r"Odotettu kate, seuraavat 12 kuukautta: .+€ \(todennäköisesti .+€\)", reading)
    assert page.locator(".customer-groups tbody tr").count() == 7
    assert violations(page) == []

    # Another time ahead is counted anew and stands in the address.
    page.locator("#months").select_option("3")
    page.wait_for_url(re.compile("months=3"))
    page.locator(".customer-reading", has_text="seuraavat 3 kuukautta").wait_for(timeout=60_000)

    # A group opens its people one by one, and one of them says what is expected of them.
    page.goto(f"{workspace}/numbers/customers/")
    page.get_by_role("link", name="Uskolliset").click()
    page.wait_for_url(re.compile("/groups/loyal/"))
    assert "vähintään 3 ostosta" in page.locator("main").inner_text().lower()
    assert violations(page) == []
    page.locator(".customer-groups tbody a").first.click()
    page.wait_for_url(re.compile(r"/people/\d+/$"))
    value = page.locator(".person-value").inner_text()
    assert "Odotettu kate" in value
    assert "kahdeksalla kymmenestä" in value
    assert "Uskolliset" in value
    assert violations(page) == []

    # A group becomes a segment, whose page tells what it is worth.
    page.goto(f"{workspace}/numbers/customers/")
    page.locator("tr", has_text="Hiipumassa").get_by_role("button").click()
    page.wait_for_url(re.compile(r"/segments/\d+/$"))
    page.locator("dl.segment-value").wait_for(timeout=30_000)
    assert "Ostaneita" in page.locator("dl.segment-value").inner_text()
    assert page.locator("input[name='name']").input_value() == "Asiakkaat: hiipumassa"
    assert violations(page) == []

    page.set_viewport_size({"width": 390, "height": 844})
    for address in ("/numbers/customers/", "/numbers/customers/groups/loyal/"):
        page.goto(f"{workspace}{address}")
        page.locator(".customer-groups").wait_for()
        assert fits(page)

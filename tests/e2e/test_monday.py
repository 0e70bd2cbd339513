"""Monday in Finnish, from the first page to the proof: taken into work, done, and the effect on the map."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.test_people_pages import fits, violations, workspace_of

pytestmark = pytest.mark.e2e

DONE_ON = "2026-08-24"
"""Five weeks before the demo's last day: the windows are full."""


def test_from_monday_to_the_effect_on_the_map(visitor):
    page = visitor.page
    base = workspace_of(visitor, "fi")

    # The first page, in its order; the list comes by itself when it is counted.
    page.goto(f"{base}/monday/")
    expect(page.locator(".monday-fixes > li").first).to_be_visible(timeout=60_000)
    expect(page.locator("#monday h2")).to_have_text(
        [
            re.compile("Muuttui oikeasti"),
            re.compile("Korjaa ensin"),
            "Retkeilykaupan ostopolku",
            re.compile("Suurimmat yllätykset"),
            "Valmiit toimenpiteet",
        ]
    )
    expect(page.locator(".monday-fresh")).to_contain_text("Dataa")
    expect(page.get_by_text(re.compile("Ei näyttöä muutoksesta: .* muuta mittaria"))).to_be_visible()
    assert violations(page) == []

    # Two clicks take a pain into work.
    row = page.locator(".monday-fixes > li", has=page.get_by_role("link", name="Ota työn alle")).first
    place = row.locator("h3").inner_text().split(",")[0]
    row.get_by_role("link", name="Ota työn alle").click()
    page.get_by_label("Mitä tehdään").fill("Maanantain korjaus")
    page.locator("main form button.primary").click()
    page.goto(f"{base}/actions/")
    page.get_by_role("link", name="Maanantain korjaus").click()

    # Done five weeks ago: what came of it is counted and told.
    page.locator("input[name=done_on]").first.fill(DONE_ON)
    page.get_by_role("button", name="Merkitse valmiiksi").click()
    effect = page.locator("#effect .effect-verdict")
    told = re.compile(r"Ei näyttöä vaikutuksesta\.|Sen jälkeen selvästi")
    expect(effect).to_have_text(told, timeout=60_000)
    expect(page.locator("#effect")).to_contain_text("todennäköisesti")
    assert violations(page) == []

    # And it stands where the pain was, on the map and in its panel.
    page.get_by_role("link", name="Näytä kartalla").click()
    panel = page.locator(".panel")
    expect(panel.locator("h2")).to_have_text(place)
    expect(panel.locator(".panel-work")).to_contain_text("Maanantain korjaus")
    expect(panel.locator(".panel-work")).to_contain_text(told)
    expect(page.locator(".lane-work .work-mark").first).to_be_visible()

    # On a phone the page fits.
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{base}/monday/")
    expect(page.locator(".monday-finished")).to_contain_text("Maanantain korjaus")
    assert fits(page)

"""Changes, goals and alerts in Finnish: what really changed, and a goal set from the map's panel."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from tests.e2e.test_people_pages import fits, violations, workspace_of

pytestmark = pytest.mark.e2e


def test_from_a_change_to_a_goal_and_its_state(visitor):
    page = visitor.page
    base = workspace_of(visitor, "fi")
    page.goto(f"{base}/numbers/changes/")
    expect(page.locator("#really-changed")).to_contain_text("Mikä oikeasti muuttui")
    fall = page.locator(".change-row", has_text="Ostoskori: CES")
    # Answers of other tests of the same demo move it by a point.
    expect(fall).to_contain_text(re.compile(r"6\d → 4\d\s%"))
    expect(fall).to_contain_text(re.compile(r"todennäköisesti −3\d…−(9|1\d)\s%‑yks\., n 1\d\d → 1\d\d"))
    after = re.search(r"→ (\d+)", fall.inner_text())[1]
    expect(fall.locator("svg.change-picture")).to_be_visible()
    quiet = page.locator("summary", has_text=re.compile("Ei näyttöä muutoksesta"))
    quiet.click()
    expect(page.locator(".changes-quiet tbody tr").first).to_be_visible()
    assert violations(page) == []

    # The map's panel tells the same, and a goal is set from there.
    fall.get_by_role("link", name="Ostoskori").first.click()
    panel = page.locator(".panel")
    expect(panel).to_contain_text(re.compile(rf"CES {after}\s%"))
    panel.get_by_role("link", name="Aseta tavoite").click()
    page.get_by_label("Luku", exact=True).select_option("say|ces|1-7")
    page.get_by_label("Tavoite", exact=True).fill("60 %")
    page.get_by_label("Mihin mennessä").fill((date.today() + timedelta(days=60)).isoformat())
    assert violations(page) == []
    page.get_by_role("button", name="Aseta tavoite").click()
    expect(panel.locator(".panel-goals")).to_contain_text(re.compile(rf"CES {after}\s%, tavoite 60\s%"))
    expect(panel.locator(".goal-state")).to_have_text("kesken")

    # It stands on the page, can be deleted, and comes back.
    page.goto(f"{base}/numbers/changes/#goals")
    goal = page.locator(".goal-row", has_text="Ostoskori: CES")
    expect(goal).to_contain_text("vielä 18")
    goal.get_by_role("button", name="Poista").click()
    expect(goal).to_have_count(0)
    page.get_by_role("button", name="Kumoa").click()
    expect(goal).to_have_count(1)

    page.goto(f"{base}/numbers/changes/alerts/")
    expect(page.locator("#alerts-head")).to_contain_text("Hälytykset")
    assert violations(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    for address in ("numbers/changes/", "numbers/changes/alerts/", "settings/alerts/"):
        page.goto(f"{base}/{address}")
        assert fits(page), address

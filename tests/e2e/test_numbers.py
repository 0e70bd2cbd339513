"""Drivers and perceived value in a real browser, in Finnish: from nothing asked to what goes with satisfaction."""

from __future__ import annotations

import csv
import re

import numpy as np
import pytest
from playwright.sync_api import expect

from polku.analytics.kinds.perceived_value import ITEMS
from tests.e2e.test_people_pages import fits, violations

pytestmark = pytest.mark.e2e

PASSWORD = "lumiset tunturit 1987"
RATED = ("Toimituksen nopeus", "Henkilökunnan palvelu", "Valikoima")


def write_file(path, columns) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["aika", *columns])
        for k, row in enumerate(zip(*columns.values(), strict=True)):
            writer.writerow([f"{1 + k % 28}.{3 + k // 70}.2026 klo 12.00", *(int(cell) for cell in row)])


def satisfaction(n=140):
    random = np.random.default_rng(4)
    speed, service, choice = np.clip(np.round(random.normal([2.8, 4.2, 3.9], 1, (n, 3))), 1, 5).T
    outcome = np.clip(
        np.round(6.4 + 1.5 * (speed - 2.8) + 0.6 * (service - 4.2) + random.normal(0, 1, n)), 0, 10
    )
    return {"Suositteletko?": outcome, **dict(zip(RATED, (speed, service, choice), strict=True))}


def value(n=140):
    random = np.random.default_rng(4)
    said = np.clip(np.round(random.normal([5, 8, 6, 4, 5, 3, 3, 2], 1.5, (n, 8))), 0, 10)
    weights = random.multinomial(100, [0.5, 0.2, 0.2, 0.1], n)
    return dict(zip(ITEMS, np.column_stack([said, weights]).T, strict=True))


def bring(demo, workspace, path, columns, questions) -> None:
    write_file(path, columns)
    asked = [part for question in questions for part in ("--question", question)]
    done = demo.command(
        "import", "answers", str(path), "--workspace", workspace, "--nobody", "--time", "aika", *asked
    )
    assert done["rejected"] == 0


def test_what_goes_with_satisfaction_and_what_customers_get_and_give_up(demo, visitor, tmp_path):
    page = visitor.page
    workspace = demo.command("workspace", "create", "Telttakauppa ja luvut")["workspace"]
    user = "luvut@example.com"
    demo.command("user", "create", user, "--password", PASSWORD, "--workspace", workspace)
    bring(
        demo,
        workspace,
        tmp_path / "tyytyvaisyys.csv",
        satisfaction(),
        ["Suositteletko?=nps", *(f"{name}=csat 1-5" for name in RATED)],
    )
    page.goto(f"{demo.address}/accounts/login/?next=/w/{workspace}/numbers/drivers/")
    page.locator("input[type=email]").fill(user)
    page.locator("input[type=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/numbers/drivers/**")
    expect(page.locator("html")).to_have_attribute("lang", "fi")

    # Proposed from the data, read out in a sentence, drawn, and never as a cause.
    reading = page.locator(".reading")
    expect(reading).to_contain_text("kulkee vahvimmin yhdessä ”Toimituksen nopeus”")
    expect(page.locator(".drivers-field.is-fix li strong")).to_have_text(["Toimituksen nopeus"])
    expect(page.get_by_text("Merkitys ei ole syy-yhteys")).to_be_visible()
    expect(page.get_by_text("140 vastausta, 140 henkilöä")).to_be_visible()
    assert page.locator(".drivers-chart:visible").count() == 1
    assert not re.search("johtuu|aiheutt|ansiosta", page.locator("main").inner_text())
    assert violations(page) == []

    # A driver less by keyboard, the same again by search, without leaving the page; the address follows.
    page.locator("#driver-drop-2").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".driver-chips .chip")).to_have_count(2)
    page.wait_for_url(re.compile("driver="))
    assert page.url.count("driver=") == 2
    page.locator("#driver-new").focus()
    page.keyboard.type("valik")
    page.locator(".picker-option.is-active").wait_for()
    page.keyboard.press("Enter")
    expect(page.locator(".driver-chips .chip")).to_have_count(3)
    page.locator(".explore-actions .menu > summary", has_text="Tallenna").click()
    page.locator("#question-name").fill("Mikä meillä ratkaisee")
    page.locator(".explore-actions").get_by_role("button", name="Tallenna", exact=True).click()
    page.get_by_role("heading", level=2, name="Mikä meillä ratkaisee").wait_for()
    page.set_viewport_size({"width": 390, "height": 800})
    assert fits(page)
    assert page.locator(".drivers-chart:visible").count() == 1
    page.set_viewport_size({"width": 1440, "height": 900})

    # Nobody was asked of value: one click leads to the survey.
    page.locator("nav.tabs").get_by_role("link", name="Koettu arvo").click()
    page.get_by_role("link", name="Luo kysely Koettu arvo").click()
    expect(page.locator("input[name=template][value=value]")).to_be_checked()
    scales = ["recommend 0-100" if item.endswith("weight") else "recommend 0-10" for item in ITEMS]
    questions = [f"{item}={scale}" for item, scale in zip(ITEMS, scales, strict=True)]
    bring(demo, workspace, tmp_path / "arvo.csv", value(), questions)
    page.goto(f"{demo.address}/w/{workspace}/numbers/perceived-value/")
    expect(reading).to_contain_text("Asiakkaat kokevat saavansa enemmän kuin uhraavat.")
    expect(page.locator(".value-index").first).to_contain_text("todennäköisesti")
    expect(page.locator(".value-weights")).to_contain_text("taloudellinen")
    expect(page.locator(".value-weights")).to_contain_text("vaativat vähintään 100 henkilöä")
    assert page.locator(".value-chart:visible").count() == 1
    page.locator("#explore-breakdown").select_option("touchpoint")
    page.wait_for_url(re.compile("breakdown=touchpoint"))
    with page.expect_download() as download:
        page.locator(".explore-actions .menu > summary", has_text="Vie").click()
        page.get_by_role("link", name="CSV").click()
    table = download.value.path().read_text(encoding="utf-8-sig")
    assert "Taloudellinen" in table
    page.locator("#program > summary").click()
    assert '"kind": "perceived_value"' in page.locator("#program-query").inner_text()
    assert violations(page) == []
    page.set_viewport_size({"width": 390, "height": 800})
    assert fits(page)

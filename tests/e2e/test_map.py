"""The live map in a browser: figures, filters, panel, keys, refreshing, narrow screens."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from polku.site import formats

pytestmark = pytest.mark.e2e

MAKSU = ".head-link:has-text('Maksu')"


def _wide(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


def _fits(page) -> bool:
    """Whether the map shows every column without scrolling in its frame."""
    return page.evaluate(
        "(() => { const f = document.querySelector('.map-frame'); return f.scrollWidth <= f.clientWidth })()"
    )


def _touchpoint(page, name: str) -> str:
    number = page.locator(".map th[data-touchpoint]", has_text=name).first.get_attribute("data-touchpoint")
    assert number
    return number


def test_one_click_opens_the_live_map_and_it_fits(visitor):
    visitor.sign_in()
    page = visitor.page
    expect(page.get_by_role("heading", level=1)).to_have_text("Retkeilykaupan ostopolku")
    expect(page.locator(".map-facts")).to_contain_text("kartasta mitattu")
    expect(page.locator(".map-facts")).to_contain_text("simuloitu esimerkkidata")
    expect(page.locator("#map-status")).to_contain_text("data 30.9. asti")
    names = page.locator(".lane-name").evaluate_all(
        "all => all.map(one => one.firstChild.textContent.trim())"
    )
    assert names == [
        "Tuntee",
        "Tekee",
        "Sanoo",
        "Ottaa yhteyttä",
        "Ostaa",
        "Arvioitu menetys",
    ]
    expect(page.locator(".surprise-name")).to_have_text("suurin yllätys")
    assert not _wide(page)
    assert _fits(page)


def test_nine_stages_fit(visitor):
    arguments = ["--template", "nine-stages", "--name", "Yhdeksän", "--workspace", "kaamos-retkeily"]
    made = visitor.demo.command("journey", "create", *arguments)
    address = visitor.sign_in()
    visitor.page.goto(re.sub(r"/journeys/\d+/", f"/journeys/{made['journey']}/", address))
    assert visitor.page.locator(".stage-rule").count() == 9
    assert _fits(visitor.page)


def test_the_page_shows_what_the_query_answers(visitor):
    address = visitor.sign_in()
    journey = int(re.search(r"/journeys/(\d+)/", address).group(1))
    question = {
        "kind": "journey",
        "journey": journey,
        "range": {"from": "2026-09-03T00:00:00+03:00", "to": "2026-10-01T00:00:00+03:00"},
    }
    answer = visitor.demo.ask(question)
    cells = visitor.page.locator(".lane-do td").all()
    points = [point for stage in answer["stages"] for point in stage["touchpoints"]]
    assert len(cells) == len(points) == 14
    for cell, point in zip(cells, points, strict=True):
        if point["do"] is None:
            assert cell.inner_text().strip() == "taustatyö"
            continue
        assert cell.locator(".value").inner_text() == formats.number(point["do"]["reached"]["value"], "fi")
        if point["do"]["continued"]:
            share = formats.percent(point["do"]["continued"]["value"], "fi")
            assert cell.locator(".note").inner_text().startswith(share)


def test_filters_change_the_map_and_the_address_without_a_reload(visitor):
    visitor.sign_in()
    page = visitor.page
    page.evaluate("window.stayed = true")
    before = page.locator(".lane-do .value").all_text_contents()
    page.locator("#filter-range").select_option("7")
    page.wait_for_url("**/?range=7")
    expect(page.locator("#map-status")).to_contain_text("24.9.–30.9.2026")
    after = page.locator(".lane-do .value").all_text_contents()
    assert after != before
    page.locator("#filter-compare").select_option("previous")
    page.wait_for_url("**/?range=7&compare=previous")
    expect(page.locator("#map-side")).to_contain_text("Ei näyttöä muutoksesta")
    page.locator("#filter-channel").select_option("mobile")
    page.wait_for_url("**/?range=7&channel=mobile&compare=previous")
    assert page.evaluate("window.stayed") is True
    shown = page.locator(".lane-do .value").all_text_contents()
    page.reload()
    assert page.locator(".lane-do .value").all_text_contents() == shown
    expect(page.locator("#filter-channel")).to_have_value("mobile")


def test_days_of_ones_own(visitor):
    address = visitor.sign_in()
    page = visitor.page
    expect(page.locator("#filter-days")).to_be_hidden()
    page.locator("#filter-range").select_option("custom")
    expect(page.locator("#filter-days")).to_be_visible()
    page.locator("#filter-from").fill("2026-08-01")
    page.locator("#filter-to").fill("2026-08-31")
    page.locator("#filter-to").press("Enter")
    expect(page.locator("#map-status")).to_contain_text("1.8.–31.8.2026")
    page.goto(address + "?range=custom&from=2026-08-31&to=2026-08-01")
    expect(page.locator(".callout")).to_have_text("Jakso loppuu ennen kuin se alkaa.")


def test_the_panel_by_mouse(visitor):
    address = visitor.sign_in()
    page = visitor.page
    number = _touchpoint(page, "Maksu")
    page.locator(f".lane-say td[data-touchpoint='{number}']").click()
    panel = page.locator(".panel")
    expect(panel.get_by_role("heading", level=2)).to_have_text("Maksu")
    expect(panel.get_by_role("heading", level=2)).to_be_focused()
    assert page.url == f"{address}?touchpoint={number}"
    expect(page.locator(".map .is-chosen")).to_have_count(7)
    for words in (
        "todennäköisesti",
        "Ei jatkanut",
        "Minne he menivät seuraavaksi",
        "Kehitys",
        "Datayhteydet",
    ):
        expect(panel).to_contain_text(words)
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    expect(page.locator("#map-side")).to_contain_text("Suurimmat yllätykset")
    expect(page.locator(".map .is-chosen")).to_have_count(0)
    assert "touchpoint" not in page.url
    expect(page.locator(f".lane-say td[data-touchpoint='{number}']")).to_be_focused()
    page.goto(f"{address}?touchpoint={number}")
    expect(page.locator(".panel h2")).to_have_text("Maksu")


def test_everything_by_keyboard(visitor):
    visitor.sign_in()
    page = visitor.page
    head = page.locator(MAKSU)
    head.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".lane-do td:focus")).to_have_count(1)
    tooltip = page.locator("#tooltip")
    expect(tooltip).to_contain_text("jatkoi: todennäköisesti")
    page.keyboard.press("Escape")
    expect(tooltip).to_be_hidden()
    page.keyboard.press("ArrowRight")
    expect(tooltip).to_be_visible()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(page.locator(".panel h2")).to_be_focused()
    page.locator(".panel-close").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".panel")).to_have_count(0)
    head.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".panel h2")).to_have_text("Maksu")


def test_searching_the_comments_keeps_what_is_typed(visitor):
    visitor.sign_in()
    page = visitor.page
    page.locator(MAKSU).click()
    search = page.locator("#comment-search")
    search.click()
    with page.expect_response(lambda response: "search=maksu" in response.url):
        search.press_sequentially("maksu", delay=30)
    expect(page.locator("#panel-comments.htmx-swapping, #panel-comments.htmx-settling")).to_have_count(0)
    expect(search).to_be_focused()
    expect(search).to_have_value("maksu")
    for text in page.locator(".comment blockquote").all_inner_texts():
        assert "maksu" in text.lower()
    search.fill("sanaeijotaolekaan")
    expect(page.locator("#panel-comments")).to_contain_text("Missään kommentissa ei ole näitä sanoja.")


def test_the_map_refreshes_itself_when_signals_arrive(visitor, tmp_path):
    visitor.sign_in()
    page = visitor.page
    number = _touchpoint(page, "Maksu")
    cell = page.locator(f".lane-do td[data-touchpoint='{number}']")
    before = int(re.sub(r"\D", "", cell.locator(".value").inner_text()))
    page.evaluate("window.stayed = true")
    cell.focus()
    rows = "".join(f"new-{n},payment_page,2026-09-30 12:00:0{n}\n" for n in range(4))
    file = tmp_path / "events.csv"
    file.write_text("who,what,when\n" + rows, encoding="utf-8")
    loaded = visitor.demo.command(
        "import", "events", str(file), "--workspace", "kaamos-retkeily",
        "--person", "who", "--event", "what", "--time", "when",
    )  # fmt: skip
    assert loaded["accepted"] == 4
    expect(cell.locator(".value")).to_have_text(formats.number(before + 4, "fi"), timeout=15_000)
    assert page.evaluate("window.stayed") is True
    expect(cell).to_be_focused()


@pytest.mark.parametrize("window_size", [(390, 844), (360, 740)], indirect=True)
def test_on_a_phone_the_map_is_a_path(visitor):
    visitor.sign_in()
    page = visitor.page
    expect(page.locator(".map-frame")).to_be_hidden()
    assert page.locator(".path-point").count() == 14
    assert not _wide(page)
    point = page.locator(".path-point", has_text="Maksu").first
    expect(point.locator(".path-lanes")).to_be_hidden()
    point.locator("summary").click()
    expect(point.locator(".path-lanes")).to_contain_text("Ottaa yhteyttä")
    point.get_by_role("link", name="Avaa kosketuspiste").click()
    expect(page.locator(".panel h2")).to_have_text("Maksu")
    expect(page.locator(".path")).to_be_hidden()
    assert not _wide(page)
    page.locator(".panel-close").click()
    expect(page.locator(".path")).to_be_visible()


@pytest.mark.parametrize("window_size", [(1440, 900), (390, 844)], indirect=True)
def test_targets_are_big_enough(visitor):
    visitor.sign_in()
    small = """() => [...document.querySelectorAll('a, button, select, input, summary')]
      .filter(e => e.offsetParent && !e.closest('p, .visually-hidden') && !e.matches('.skip-link'))
      .map(e => [e.outerHTML.slice(0, 90), e.getBoundingClientRect()])
      .filter(([, box]) => box.width < 24 || box.height < 24).map(([html]) => html)"""
    assert visitor.page.evaluate(small) == []


def test_without_javascript_the_map_and_the_panel_are_there(demo, browser):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(f"{demo.address}/")
    page.locator("main button.primary").click()
    page.locator(MAKSU).click()
    expect(page.locator(".panel h2")).to_have_text("Maksu")
    context.close()

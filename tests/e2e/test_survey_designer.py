"""A survey with logic in two languages, designed by keyboard in a real browser; the preview is the real page."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.e2e.conftest import WORKSPACE

pytestmark = pytest.mark.e2e

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def saved(page):
    return page.expect_response(lambda response: response.request.method == "POST" and response.ok)


def focused(page, selector: str) -> None:
    """What was drawn anew has the focus a moment after its answer has come."""
    page.wait_for_function("selector => document.activeElement.matches(selector)", arg=selector)


def write(page, field: str, words: str) -> None:
    """Type into a field and leave it by Tab, which saves it and presses no button that it comes to."""
    page.locator(f"#{field}").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type(words)
    with saved(page) as response:
        page.keyboard.press("Tab")
    assert 'name="do"' not in (sent := response.value.request.post_data or "") and "&do=" not in sent


def choose(page, field: str, letters: str) -> None:
    """Choose in a list by the letters with which the choice begins."""
    page.locator(f"#{field}").focus()
    with saved(page):
        page.keyboard.type(letters)
        page.keyboard.press("Tab")


def add(page, kind: str) -> None:
    if page.locator(".designer-add").get_attribute("open") is None:
        page.locator("#add-question").focus()
        page.keyboard.press("Enter")
    page.locator(f".type-choice[value={kind}]").focus()
    with saved(page):
        page.keyboard.press("Enter")
    focused(page, "#editor h2")


def assert_accessible(page) -> None:
    found = Axe().run(page, options=RULES).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found] == []


def test_a_survey_with_logic_in_two_languages_is_designed_by_keyboard(visitor) -> None:
    visitor.sign_in("en")
    page = visitor.page
    page.goto(f"{visitor.demo.address}/w/{WORKSPACE}/surveys/new/?template=")
    page.locator("#name").fill("Delivery by keyboard")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/surveys/\d+/$"))
    address = page.url

    page.goto(f"{address}?part=settings")
    page.get_by_label("English", exact=True).focus()
    page.keyboard.press("Space")
    page.locator("#editor").get_by_role("button", name="Save").focus()
    with saved(page):
        page.keyboard.press("Enter")
    page.locator(".language-mark", has_text="English").wait_for()

    page.goto(f"{address}?part=start")
    write(page, "title-fi", "Miten toimitus sujui?")
    page.locator(".designer-here", has_text="The title is missing in: English.").wait_for()
    write(page, "title-en", "How did the delivery go?")
    page.locator(".designer-here li").wait_for(state="detached")

    add(page, "csat")
    write(page, "about-fi", "toimitukseen")
    write(page, "about-en", "the delivery")
    add(page, "single")
    write(page, "text-fi", "Mikä meni pieleen?")
    write(page, "text-en", "What went wrong?")
    for number, (finnish, english) in enumerate([("Myöhässä", "Late"), ("Rikki", "Broken")]):
        write(page, f"options-{number}-fi", finnish)
        write(page, f"options-{number}-en", english)
    page.locator("[data-add=options]").focus()
    with saved(page):
        page.keyboard.press("Enter")
    focused(page, "#options-2-fi")
    write(page, "options-2-fi", "Väärä tuote")
    write(page, "options-2-en", "Wrong product")
    page.locator("#options-2-up").focus()
    with saved(page):
        page.keyboard.press("Enter")
    focused(page, "#options-1-up")
    choose(page, "show-0-thing", "1.")
    page.locator("#show-0-op").wait_for()
    choose(page, "show-0-op", "is at most")
    choose(page, "show-0-value", "3")
    add(page, "long_text")
    write(page, "text-fi", "Kerro lisää")
    # An earlier answer is told in a text, where the writer was.
    page.locator("#text-en").focus()
    page.keyboard.type("Tell more: ")
    page.locator(".pipes > summary").focus()
    page.keyboard.press("Enter")
    page.locator("[data-pipe='{answer.single}']").focus()
    with saved(page):
        page.keyboard.press("Enter")
    assert page.locator("#text-en").input_value() == "Tell more: {answer.single}"
    page.locator("#designer-state", has_text="complete").wait_for()

    # Moved by its button, the question keeps the focus and logic that looks ahead is named at once.
    page.locator("#earlier-single").focus()
    with saved(page):
        page.keyboard.press("Enter")
    focused(page, "#earlier-single")
    page.locator(".designer-fault", has_text="asked only later: logic looks back").wait_for()
    page.locator("#later-single").focus()
    with saved(page):
        page.keyboard.press("Enter")
    page.locator(".designer-fault").wait_for(state="detached")

    # Dragging does the same with a mouse.
    with saved(page):
        page.drag_and_drop(
            "[data-question=long_text] a", "[data-question=csat] a", target_position={"x": 5, "y": 2}
        )
    page.locator(".designer-item[data-question]").first.filter(has_text="Tell more").wait_for()
    with saved(page):
        page.drag_and_drop("[data-question=long_text] a", ".designer-item.is-end >> nth=1")
    page.locator(".designer-item[data-question]").last.filter(has_text="Tell more").wait_for()

    # The preview follows the draft and its logic, in either language.
    page.goto(f"{address}?question=csat")
    frame = page.frame_locator("#preview")
    frame.get_by_role("link", name="English").click()
    frame.get_by_text("How satisfied were you with the delivery?").wait_for()
    frame.get_by_label("Very satisfied").check()
    frame.get_by_role("button", name="Continue").click()
    frame.get_by_text("Tell more:").wait_for()
    frame.get_by_role("button", name="Back").click()
    frame.get_by_label("Dissatisfied", exact=True).check()
    frame.get_by_role("button", name="Continue").click()
    frame.get_by_text("What went wrong?").wait_for()
    choices = frame.locator("label.choice").all_inner_texts()
    assert [choice.strip() for choice in choices] == ["Late", "Wrong product", "Broken"]
    frame.get_by_label("Wrong product").check()
    frame.get_by_role("button", name="Continue").click()
    frame.get_by_text("Tell more: Wrong product").wait_for()
    visitor.guard.expected.append("422")
    assert_accessible(page)

    # A question that was deleted comes back where it was.
    page.get_by_role("link", name=re.compile("What went wrong|Mikä meni pieleen")).click()
    page.locator("#editor").get_by_role("button", name="Delete").focus()
    with saved(page):
        page.keyboard.press("Enter")
    page.locator(".message.undo", has_text="Question 2 was deleted.").wait_for()
    page.locator(".message.undo button").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"question=single"))
    assert page.locator("#show-0-value").input_value() == "3"

    page.get_by_role("link", name="Publish …").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Publish").focus()
    page.keyboard.press("Enter")
    page.locator(".message", has_text="Version 1 is published.").wait_for()

    # A score's wording that changes is marked before it is published.
    page.goto(f"{address}?question=csat")
    write(page, "about-en", "our delivery")
    page.locator("#designer-state", has_text="a score’s wording changes").wait_for()


@pytest.mark.parametrize(
    ("window_size", "theme", "paths"),
    [
        ((390, 844), "dark", ("", "new/", "{}/?question=weights", "{}/?part=thanks", "{}/?part=settings")),
        (
            (1440, 900),
            "dark",
            ("{}/?question=benefits", "{}/?part=start", "{}/?part=look", "{}/?part=versions"),
        ),
        ((1440, 900), "light", ("", "{}/?question=nps", "{}/publish/")),
    ],
    indirect=["window_size"],
)
def test_axe_finds_nothing_in_the_designer_and_nothing_overflows(visitor, window_size, theme, paths) -> None:
    visitor.sign_in("fi")
    page = visitor.page
    made = visitor.demo.command("survey", "create", "--template", "value", "--workspace", WORKSPACE)
    for path in paths:
        page.goto(f"{visitor.demo.address}/w/{WORKSPACE}/surveys/{path.format(made['survey'])}")
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path

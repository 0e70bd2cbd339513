"""The results of a survey in a real browser: read, split, searched, tagged and taken along; on narrow screens too, and
with what attackers write."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import expect

from polku.surveys.definition.questions import to_data
from tests.e2e.conftest import WORKSPACE
from tests.e2e.survey_making import in_home, make_survey
from tests.e2e.test_people_pages import fits, violations, workspace_of
from tests.surveys.results.answered import SHOP

pytestmark = pytest.mark.e2e

XSS = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>"
_ANSWER = """
import datetime as dt
from polku.surveys.models import Survey
from tests.surveys.results.answered import answer
survey = Survey.objects.select_related("workspace").get(pk=given["survey"])
now = dt.datetime.now(dt.UTC)
rows = [
    {"recommend": number % 11, "satisfied": 1 + number % 5, "where": ["shop", "web", "other"][number % 3],
     "liked": ["price"], "at": now - dt.timedelta(days=number), "fields": {"store": ["Oulu", given["xss"]][number % 2]}}
    | ({"why": ["Toimituksen nopeus", given["xss"]][number % 2]} if number % 4 < 2 else {})
    for number in range(given["answers"])
]
rows.append({"recommend": 1, "is_held": True, "flags": ["too_many"]})
result = [response.pk for response in answer(survey, rows)]
"""


@pytest.fixture(scope="module")
def survey(demo) -> int:
    made = make_survey(demo.home, WORKSPACE, msgspec.to_builtins(to_data(SHOP)), name=f"Tulokset {XSS}")
    in_home(demo.home, _ANSWER, survey=made, answers=120, xss=XSS)
    return made


def test_results_are_read_split_and_filtered(visitor, survey):
    page = visitor.page
    page.goto(f"{workspace_of(visitor, 'en')}/surveys/{survey}/results/")
    expect(page.locator(".result-fact").first).to_contain_text("120")
    expect(page.locator("#question-recommend .result-figure")).to_contain_text("probably")
    assert page.locator("#question-recommend .figure-wide .chart-line").count() >= 1
    page.locator("#results-by").select_option("field.store")
    expect(page.locator("#question-recommend")).to_contain_text("Oulu")
    assert "by=field.store" in page.url
    page.get_by_role("link", name="Oulu").first.click()
    expect(page.locator(".note-line[role=status]")).to_contain_text("60 answers are of what you chose")
    page.get_by_role("link", name="Remove").click()
    expect(page.locator("#question-recommend .result-head")).to_contain_text("n 120")


def test_what_people_wrote_is_found_tagged_and_taken_back(visitor, survey):
    page = visitor.page
    page.goto(f"{workspace_of(visitor, 'en')}/surveys/{survey}/results/")
    page.locator("#comment-words").fill("toimitus")
    page.locator("#comment-words").press("Enter")
    expect(page.locator(".said")).to_have_count(30)
    page.locator(".said-check input").first.check()
    page.locator("#tag-name").fill("toimitus")
    page.get_by_role("button", name="Tag the chosen").click()
    expect(page.locator(".said .tag")).to_have_count(1)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".said .tag")).to_have_count(0)
    page.get_by_role("link", name="Whole answer").first.click()
    expect(page.get_by_role("heading", name="One answer")).to_be_visible()


def test_answers_are_taken_along_as_a_file(visitor, survey):
    page = visitor.page
    page.goto(f"{workspace_of(visitor, 'en')}/surveys/{survey}/results/export/")
    with page.expect_download() as begun:
        page.get_by_role("button", name="Table (CSV)").click()
    rows = list(csv.DictReader(io.StringIO(Path(begun.value.path()).read_text(encoding="utf-8-sig"))))
    assert len(rows) == 120
    assert {row["why"] for row in rows} == {"Toimituksen nopeus", XSS, ""}
    with page.expect_download() as begun:
        page.get_by_role("button", name="Excel (XLSX)").click()
    assert Path(begun.value.path()).read_bytes()[:2] == b"PK"


@pytest.mark.parametrize(
    ("window_size", "language", "theme"),
    [((1440, 900), "en", "dark"), ((360, 780), "fi", "light")],
    indirect=["window_size"],
)
def test_nothing_stands_in_anybodys_way_on_the_pages_of_results(visitor, survey, language, theme):
    page = visitor.page
    workspace = workspace_of(visitor, language)
    for path in (f"{survey}/results/?by=field.store", f"{survey}/results/comments/", f"{survey}/results/held/",
                 f"{survey}/results/export/", "results/"):  # fmt: skip
        page.goto(f"{workspace}/surveys/{path}")
        page.evaluate("document.querySelectorAll('main details').forEach(each => { each.open = true })")
        page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
        assert violations(page) == [], path
        assert fits(page), path

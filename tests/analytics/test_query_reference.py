"""docs/reference/queries.md: every kind has an example, each is answered, and the answer looks as the page says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django_scopes import scope

from polku.analytics import kinds, run
from polku.journeys.domain import add_binding, add_stage, add_touchpoint, create_journey

PAGE = Path(__file__).parents[2] / "docs/reference/queries.md"
BLOCK = re.compile(r"^```json( answer)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FREE = {"key", "distribution", "traits"}  # their members are the data's own names


def examples() -> list[tuple[dict, dict | None]]:
    """Each question of the page with the answer that stands below it."""
    found: list[tuple[dict, dict | None]] = []
    for is_answer, text in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        if is_answer:
            found[-1] = (found[-1][0], json.loads(text))
        else:
            found.append((json.loads(text), None))
    return found


@pytest.fixture
def company(shop, workspace):
    """80 people of February and 80 of March, a touchpoint, and who has what the examples ask for."""
    with scope(workspace=workspace):
        stage = add_stage(journey=create_journey(workspace=workspace, name="Ostopolku"), name="Ostaminen")
        touchpoint = add_touchpoint(stage=stage, name="Checkout")
        add_binding(touchpoint=touchpoint, kind="event", names=["Checkout Started"], rebuild=False)
    shop.bind(touchpoint.pk, "Checkout Started")
    for month in ("02", "03"):
        rows = []
        for n in range(80):
            platform = "mobile" if n % 2 else "desktop"
            steps = [
                "Product Viewed",
                "Checkout Started",
                *(["Support Chat"] if n % 2 else ["Order Completed"]),
            ]
            steps += ["Product Viewed"] if n % 5 == 0 else []
            rows += [
                (
                    f"{month}-{n}",
                    event,
                    f"2026-{month}-{2 + n % 20:02d}T{8 + hour:02d}:00",
                    {
                        "channel": "web" if n % 3 else "app",
                        "url": "https://shop.example.com/" + event.split()[0].lower(),
                        "value": 50 if event == "Order Completed" else None,
                        "properties": {"platform": platform},
                    },
                )
                for hour, event in enumerate(steps)
            ]
        shop.events(*rows)
    shop.answers(
        "csat", (1, 5), *((f"03-{n}", 1 + n % 5, "2026-03-25T12:00") for n in range(40)), channel="web"
    )
    return stage.journey_id


def test_every_kind_has_an_example():
    asked = [question["kind"] for question, _ in examples()]
    assert sorted(set(asked)) == kinds.names()


def test_the_examples_are_answered_as_the_page_says(company, workspace):
    wrong: dict[str, list[str]] = {}
    for question, answer in examples():
        kind = question["kind"]
        asked = question | {"journey": company} if "journey" in question else question
        got = run(workspace, asked, sees_people=True)
        if kind not in (
            "churn",
            "clv",
            "funnel",
            "retention",
            "revenue",
        ):  # which warn of what this small company never had
            assert (kind, got["warnings"]) == (kind, [])
        for common in ("kind", "data_as_of", "rows_scanned", "warnings"):
            got.pop(common)
        wrong[kind] = [] if answer is None else differences(answer, got, "")
    assert wrong == {kind: [] for kind in kinds.names()}


def differences(said: object, got: object, at: str) -> list[str]:
    """Where the members of the real answer are not those of the page."""
    if isinstance(said, dict) and isinstance(got, dict):
        if at.rsplit(".", 1)[-1] in FREE:
            return []
        wrong = [f"{at}.{name}" for name in sorted(said.keys() ^ got.keys())]
        return wrong + [
            line
            for name in said.keys() & got.keys()
            for line in differences(said[name], got[name], f"{at}.{name}")
        ]
    if isinstance(said, list) and isinstance(got, list):
        if not said:
            return []
        return differences(said[0], got[0], f"{at}[]") if got else [f"{at} is empty"]
    if said is None or got is None:
        return []
    alike = isinstance(got, type(said)) or (isinstance(said, (int, float)) and isinstance(got, (int, float)))
    return [] if alike else [f"{at} is {type(got).__name__}"]

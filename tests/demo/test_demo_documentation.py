"""The page that lists the demo's truths says what the code does."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

from polku.simulation import Truths

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/reference/demo-truths.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `(\w+)` \| (.*?) \|.*\| (.*?) \|$", PAGE, flags=re.MULTILINE)


def test_every_truth_has_a_row_of_its_own():
    fields = [field.name for field in dataclasses.fields(Truths)]
    assert sorted(name for name, _, _ in ROWS) == sorted(fields)


def test_every_truth_names_tests_that_exist():
    source = (ROOT / "tests/demo/test_truths_on_the_map.py").read_text(encoding="utf-8")
    written = set(re.findall(r"^def (test_\w+)", source, flags=re.MULTILINE))
    for name, _, tests in ROWS:
        named = re.findall(r"`(test_\w+)`", tests)
        assert named, name
        assert set(named) <= written, name


def test_the_values_are_those_of_the_code():
    for name, said, _ in ROWS:
        value = getattr(Truths(), name)
        if isinstance(value, str):
            assert value in said
            continue
        forms = {f"{value:,}", f"{value}", f"{round(100 * value)} %"}
        assert any(re.search(rf"(?<![\d.,]){re.escape(form)}(?![\d])", said) for form in forms), (
            name,
            said,
            forms,
        )


def test_switching_off_covers_every_planted_truth():
    """A truth without an "off" is a date, a name, or what the shop is like anyway."""
    plain, planted = Truths.nothing_planted(), Truths()
    same = {
        field.name
        for field in dataclasses.fields(Truths)
        if getattr(plain, field.name) == getattr(planted, field.name)
    }
    assert same == {
        "safari_failure_from_week",
        "late_share",
        "delightful_store",
        "late_shipping_cost_from_week",
        "instagram_purchase",
        "instagram_from_week",
        "product_page_satisfaction",
        "cross_device_share",
    }

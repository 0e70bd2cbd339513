"""What the sliders make: the classic example, what is unsure, and what people write into fields."""

from __future__ import annotations

import pytest
from django.http import QueryDict
from django.utils import translation

from polku.decide.revenue.results import build_result
from polku.decide.revenue.sliders import WhatIfForm
from polku.decide.revenue.whatif import EXAMPLE, Factors, Present, present_of, what_if
from polku.site.formats import NBSP, Reader
from polku.statistics import revenue

CLASSIC = Factors(10_000, 0.02, 120)
CHANGED = Factors(12_500, 0.03, 125)
MEASURED = Present(Factors(8_000, 0.05, 80.123456), (0.1, 0.1), (0.05, 0.05), orders=400, margin=0.4)
READER = Reader("fi")


@pytest.fixture(autouse=True)
def finnish():
    with translation.override("fi"):
        yield


def form(text: str, present: Present | None = None) -> WhatIfForm:
    return WhatIfForm(QueryDict(text), present=present, reader=READER)


def test_the_classic_example_to_the_cent():
    found = what_if(CLASSIC, CHANGED, None)
    assert (found.before.value, found.after.value) == (24_000, 46_875)
    change = found.change
    assert [round(change[name], 2) for name in ("visitors", "conversion", "average_order", "total")] == [
        7_666.67,
        13_791.67,
        1_416.67,
        22_875,
    ]
    # Today's conversion is Wilson's of 200 of 10,000, and tomorrow's as unsure.
    today = revenue(visitors=10_000, conversion=0.02, average_order=120)
    assert (found.before.low, found.before.high) == pytest.approx((today.low, today.high))
    assert found.after.low / found.after.value == pytest.approx(today.low / 24_000)
    assert found.knows_orders is False


def test_the_classic_example_as_it_is_written():
    text = "visitors=10+000&conversion=2&order=120&new_visitors=12500&new_conversion=3,0&new_order=125 €"
    sliders = form(text)
    assert sliders.is_valid()
    result = build_result(sliders, None, READER)
    assert (result.before.value, result.after.value) == (f"24{NBSP}000,00{NBSP}€", f"46{NBSP}875,00{NBSP}€")
    assert result.after.sum.replace(NBSP, " ") == "12 500 × 3 % × 125,00 €"
    amounts = [line.amount.replace(NBSP, " ") for line in (*result.moved.lines, result.moved.total)]
    assert amounts == ["+7 666,67 €", "+13 791,67 €", "+1 416,67 €", "+22 875,00 €"]
    assert result.moved.is_rounded is True


def test_it_starts_at_what_was_measured_to_the_last_digit():
    sliders = form("", MEASURED)
    assert sliders.is_valid()
    assert sliders.today() == sliders.changed() == MEASURED.factors
    assert sliders["order"].value() == "80,12"
    result = build_result(sliders, MEASURED, READER)
    assert not any(line.mark for line in result.moved.lines)
    assert form("").today() == Factors(*EXAMPLE)


def test_what_is_measured_is_unsure_in_both_factors():
    found = what_if(MEASURED.factors, Factors(8_000, 0.05, 160.246912), MEASURED)
    arm = (0.1**2 + 0.05**2) ** 0.5
    assert found.after.high / found.after.value - 1 == pytest.approx(arm)
    assert found.change["ci"]["total"] == pytest.approx(
        [found.change["total"] * (1 - arm), found.change["total"] * (1 + arm)]
    )
    # Of figures that somebody wrote the orders differ as those that were measured do, and more of them are surer.
    more = what_if(Factors(32_000, 0.05, 80), CHANGED, MEASURED)
    fewer = what_if(Factors(2_000, 0.05, 80), CHANGED, MEASURED)
    assert more.before.high / more.before.value < fewer.before.high / fewer.before.value
    assert more.knows_orders is True


def test_the_margin_of_the_change_is_said_where_it_is_known():
    sliders = form("new_visitors=16000", MEASURED)
    assert sliders.is_valid()
    result = build_result(sliders, MEASURED, READER)
    assert "+13" in result.margin  # 0.4 of 32 t€
    assert build_result(sliders, None, READER).margin == ""


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("visitors=abc", "visitors"),
        ("new_conversion=1e99", "new_conversion"),
        ("order=-4", "order"),
        ("new_order=999999999999", "new_order"),
    ],
)
def test_what_is_no_number_is_said_at_its_field(text, field):
    sliders = form(text, MEASURED)
    assert not sliders.is_valid()
    assert list(sliders.errors) == [field] or field in sliders.errors
    assert len(sliders.lines()) == 3


@pytest.mark.parametrize(
    "text", ["visitors=0", "conversion=0", "order=0", "new_visitors=0", "conversion=150&visitors=3"]
)
def test_nothing_and_more_than_all_are_answered(text):
    sliders = form(text, MEASURED)
    assert sliders.is_valid()
    assert build_result(sliders, MEASURED, READER).before.value


def test_sliders_have_round_steps_from_which_the_example_is_reached():
    lines = form("").lines()
    assert [(line.slider.most, line.slider.step, line.slider.value) for line in lines] == [
        ("20000", "100", "10000"),
        ("4", "0.02", "2"),
        ("240", "1", "120"),
    ]
    assert form("new_visitors=50000").lines()[0].slider.most == "50000"


def test_without_orders_there_is_no_present():
    answer = {"visitors": 10, "orders": 0, "revenue": 0.0}
    assert present_of(answer, 0.4) is None

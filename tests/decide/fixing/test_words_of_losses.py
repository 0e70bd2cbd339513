"""The list in plain words: what hurts, how it compares, how it was counted; and never more than is known."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.utils import translation

from polku.decide.fixing import advice, inputs, rows, words
from polku.site.formats import NBSP, Reader
from tests.decide.fixing.written_lists import a_row, an_input, level, without_euros

ENGLISH, FINNISH = Reader("en"), Reader("fi")
PAYMENT = SimpleNamespace(pk=6, name="Maksu", stage_id=2, stage=SimpleNamespace(name="Osto"))
CONTACT = {
    "pain": "contact",
    "reason": "Maksu ei onnistu",
    "level": level(16.04, 1989),
    "inputs": [
        an_input("contacts", "count", 1480),
        an_input("avoidable_share", "share", 0.95),
        an_input("unit_cost", "money", 6.5, "answered", None),
    ],
}


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def shown(row, **more):
    return rows.shown_row(row, reader=ENGLISH, end=200_000, action=None, **more)


def test_a_row_says_where_it_hurts_against_what_and_how_sure_it_is():
    row = shown(a_row(1, PAYMENT))
    assert (row.touchpoint, row.unit) == ("Maksu", "browser: Safari")
    assert row.headline == "More people drop out than before"
    assert row.compared == "44% went on in a week, before 77%"
    assert row.reference == "the touchpoint’s own level before 13 Jul 2026"
    assert (row.money.middle, row.money.between) == ("€84,000", "€58,000–€110,000")
    assert (row.money.low_x, row.money.middle_x, row.money.width) == ("29.1%", "42.1%", "27.2%")
    assert (row.grade, row.grade_name, row.n) == ("B", "a compared change", f"n{NBSP}1,988")


def test_contacts_name_their_reason_and_come_per_hundred_people():
    reference = {"kind": "comparable", **level(5.8, 3364), "since": None}
    reference["unit"] = {"property": "person.region", "value": "Uusimaa, Pirkanmaa"}
    row = a_row(1, PAYMENT, **CONTACT, reference=reference)
    assert words.unit_name(row) == "reason: Maksu ei onnistu, browser: Safari"
    assert words.compared(row, ENGLISH) == "16.0 contacts per 100 people, elsewhere 5.8"
    assert words.reference_name(row, ENGLISH) == "others in the same time: region: Uusimaa, Pirkanmaa"
    assert shown(row).reference == "others in the same time"


def test_customers_who_do_not_come_back_are_set_against_others_alike():
    reference = {"kind": "comparable", **level(0.27, 2210), "since": None, "unit": None}
    row = a_row(
        1, PAYMENT, pain="retention", unit=None, reason="promise", level=level(0.18, 412), reference=reference
    )
    assert words.unit_name(row) == "after a delivery later than promised"
    assert words.headline(row) == "Fewer customers come back than others do"
    assert words.compared(row, ENGLISH) == "18% bought again, of others 27%"


def test_one_sentence_and_one_product_tell_how_a_figure_comes_about():
    row = a_row(1, PAYMENT)
    assert inputs.sentence(row, ENGLISH) == (
        "In a year people come here about 9,200 times; over and above the usual, 30% of them do not go on; of those "
        "who go on, 90% order; an order that is lost is about €87.40, of which 32% is left as margin."
    )
    assert inputs.formula(row, ENGLISH) == "9,200 × 30% × 90% × €87.40 × 32% ≈ €84,000"
    assert inputs.formula(a_row(1, PAYMENT, **CONTACT), ENGLISH) == "1,500 × 95% × €6.50 ≈ €84,000"
    unknown = without_euros(1, PAYMENT)
    assert (inputs.sentence(unknown, ENGLISH), inputs.formula(unknown, ENGLISH)) == ("", "")


@pytest.mark.parametrize(
    ("value", "kind", "english", "finnish"),
    [(0.336, "share", "33.6", "33,6"), (1234.5, "money", "1234", "1234"), (6.5, "money", "6.5", "6,5"),
     (9213.4, "count", "9213", "9213"), (None, "share", "", "")],
)  # fmt: skip
def test_what_a_form_shows_is_read_back_as_the_same(value, kind, english, finnish):
    assert inputs.as_field(value, kind, ENGLISH) == english
    assert inputs.as_field(value, kind, FINNISH) == finnish


def test_neighbours_that_cannot_be_told_apart_hang_together():
    apart = {"is_distinguishable": True}
    same = {"is_distinguishable": False}
    listed = [
        a_row(1, PAYMENT, **apart),
        *(a_row(rank, PAYMENT, **same) for rank in (2, 3)),
        a_row(4, PAYMENT, **apart),
    ]
    found = rows.joined([*listed, a_row(5, PAYMENT, **same)])
    assert [each[1:] for each in found] == [
        (False, False), (True, False), (True, True), (False, True), (False, False),
    ]  # fmt: skip
    assert rows.same_ranks(listed, ENGLISH) == (
        "Neighbours at ranks 2–4 are equally large in the light of what is known."
    )
    assert rows.same_ranks([a_row(1, PAYMENT)], ENGLISH) == ""


def test_all_rows_share_one_round_scale():
    assert rows.scale_end([a_row(1, PAYMENT), a_row(2, PAYMENT, p90=17_000.0)]) == 150_000
    assert [rows.scale_end([a_row(1, PAYMENT, p90=p90)]) for p90 in (99.0, 100.0, 5_100.0)] == [
        100,
        100,
        6_000,
    ]
    assert rows.scale_end([]) == 1.0


def test_a_range_that_was_widened_says_why():
    surge = {"why": "surge", "usual": 9_000.0, "now": 21_000.0, "share": 0.6, "days": 28}
    split = [{"part": "usual", "p50": 30_000.0}, {"part": "surge", "p50": 41_000.0}]
    row = a_row(1, PAYMENT, widened=surge, split=split)
    assert advice.why_widened(row, ENGLISH) == (
        "The range is wide: 60% of those who came in the period came in its last 28 days, and nobody knows yet whether "
        "so many go on coming: as before, 9,000 a year, or as now, 21,000."
    )
    assert advice.how_split(row, ENGLISH) == (
        "If it goes on as now, €30,000 a year is of the usual number of people and €41,000 of the surge."
    )
    windows = {"why": "windows", "days": [28], "low": 12_345.0, "high": 91_000.0}
    assert advice.why_widened(a_row(1, PAYMENT, widened=windows), ENGLISH) == (
        "The range was widened: these periods disagree more than chance explains: they say €12,000–€91,000 a year."
    )


def test_what_would_give_a_figure_is_said_once_for_all_rows():
    told = advice.what_is_lacking(
        [without_euros(1, PAYMENT), without_euros(2, PAYMENT, lacks=["goal", "orders"])]
    )
    assert len(told) == len(set(told)) == 5
    assert told[-1] == "Your own estimate of how much could be avoided, with its reason."
    assert advice.what_is_lacking([without_euros(1, PAYMENT, lacks=["money"])]) == [
        "Answers to the four questions about money."
    ]


CAUSAL = re.compile(r"\b(caused?|because|due to|thanks to|leads? to)\b|johtu|aiheut|ansiosta", re.IGNORECASE)


def test_nothing_on_these_pages_says_that_one_thing_causes_another():
    """Below grade A nobody knows. The only sentence that speaks of causes says so of an experiment."""
    room = Path(words.__file__).parent
    sources = [*room.rglob("*.py"), *(room.parent / "templates/decide/fixing").iterdir()]
    assert len(sources) > 20
    lines = [line for source in sources for line in source.read_text(encoding="utf-8").splitlines()]
    said = [line for line in lines if re.search(r'_\(\s*"|translate|^\s+"', line)]
    told = [line for line in said if CAUSAL.search(line)]
    assert [line.strip() for line in told] == [f'"A": _("{words.grade_tells("A")}"),']

"""The rules of logic one by one, as the designer explains them."""

from __future__ import annotations

import pytest

from polku.surveys.definition.logic import Known, next_question, page_of, path
from polku.surveys.definition.questions import (
    END,
    Definition,
    Multiple,
    Nps,
    Option,
    Rule,
    ShortText,
    Skip,
)
from polku.surveys.definition.questions import Test as Condition

NOTHING = Known()


def rule(op, value=None, name="nps", of="answer"):
    return Rule(tests=(Condition(of=of, name=name, op=op, value=value),))


def survey(*questions, pages="one"):
    return Definition(title={"en": "?"}, languages=("en",), questions=questions, pages=pages)


def text(key, **more):
    return ShortText(key=key, text={"en": more.pop("asks", key)}, **more)


NPS = Nps(key="nps", text={})
BRANCHED = survey(
    NPS,
    text("why_not", show_if=rule("le", 6)),
    text("what", show_if=rule("ge", 9)),
    text("anything"),
)


@pytest.mark.parametrize(
    ("score", "expected"),
    [
        (None, ["nps", "anything"]),
        (6, ["nps", "why_not", "anything"]),
        (8, ["nps", "anything"]),
        (9, ["nps", "what", "anything"]),
    ],
)
def test_questions_are_shown_by_an_earlier_answer(score, expected):
    assert path(BRANCHED, {"nps": score}, NOTHING) == expected


def test_a_skip_passes_those_between_and_the_first_that_holds_counts():
    skips = (Skip(rule=rule("ge", 9), to="c"), Skip(rule=rule("ge", 0), to=END))
    asked = survey(Nps(key="nps", text={}, skips=skips), text("a"), text("b"), text("c"))
    assert path(asked, {"nps": 10}, NOTHING) == ["nps", "c"]
    assert path(asked, {"nps": 3}, NOTHING) == ["nps"]
    assert path(asked, {}, NOTHING) == ["nps", "a", "b", "c"]


def test_the_answer_of_a_question_that_is_not_met_counts_as_absent():
    asked = survey(
        NPS, text("why", show_if=rule("le", 6)), text("more", show_if=rule("answered", name="why"))
    )
    assert path(asked, {"nps": 2, "why": "slow"}, NOTHING) == ["nps", "why", "more"]
    assert path(asked, {"nps": 9, "why": "slow"}, NOTHING) == ["nps"]


@pytest.mark.parametrize(
    ("op", "value", "holds"),
    [
        ("eq", "blue", True),
        ("eq", "green", False),
        ("ne", "green", True),
        ("ne", "blue", False),
        ("contains", "red", True),
        ("answered", None, True),
        ("not_answered", None, False),
    ],
)
def test_of_several_answers_one_is_enough(op, value, holds):
    options = tuple(Option(key=key, text={}) for key in ("red", "blue", "green"))
    asked = survey(
        Multiple(key="colours", text={}, options=options), text("more", show_if=rule(op, value, "colours"))
    )
    assert ("more" in path(asked, {"colours": ["red", "blue"]}, NOTHING)) is holds


def test_hidden_fields_and_traits_decide_as_well():
    asked = survey(
        text("a", show_if=rule("eq", "Oulu", "store", "field")),
        text("b", show_if=rule("gt", 3, "orders", "trait")),
    )
    assert path(asked, {}, Known({"store": "oulu"}, {"orders": "4"})) == ["a", "b"]
    assert path(asked, {}, Known({"store": "Turku"}, {"orders": "3"})) == []


def test_all_on_one_page_means_up_to_where_an_answer_is_needed():
    asked = survey(NPS, text("a"), text("b", show_if=rule("ge", 9)), text("c"), pages="all")
    assert page_of(asked, {}, NOTHING, None) == ["nps", "a"]
    assert page_of(asked, {"nps": 9}, NOTHING, "a") == ["b", "c"]
    assert page_of(asked, {"nps": 1}, NOTHING, "a") == ["c"]
    assert page_of(asked, {"nps": 1}, NOTHING, "c") == []


def test_a_question_that_tells_an_answer_waits_for_it():
    asked = survey(text("name"), text("hello", asks="{answer.name}, how are you?"), pages="all")
    assert page_of(asked, {}, NOTHING, None) == ["name"]


def test_a_page_ends_behind_a_question_that_may_skip():
    skips = (Skip(rule=rule("eq", 0), to=END),)
    asked = survey(Nps(key="nps", text={}, skips=skips), text("a"), pages="all")
    assert page_of(asked, {}, NOTHING, None) == ["nps"]
    assert next_question(asked, {"nps": 0}, NOTHING, "nps") is None

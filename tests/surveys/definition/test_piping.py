"""Answers and traits told in later texts."""

from __future__ import annotations

import pytest

from polku.surveys.definition.piping import LONGEST, Known, keys_in, pipe
from polku.surveys.definition.questions import (
    Consent,
    Date,
    Definition,
    Matrix,
    Multiple,
    Number,
    Option,
    Points,
    Ranking,
    ShortText,
    Single,
)

OPTIONS = (
    Option(key="a", text={"fi": "Hinta", "en": "Price"}),
    Option(key="b", text={"fi": "Laatu", "en": "Quality"}),
)
SURVEY = Definition(
    title={"en": "?"},
    languages=("fi", "en"),
    questions=(
        ShortText(key="name", text={}),
        Single(key="one", text={}, options=OPTIONS, other=True),
        Multiple(key="some", text={}, options=OPTIONS),
        Ranking(key="order", text={}, options=OPTIONS),
        Points(key="points", text={}, options=OPTIONS),
        Matrix(key="grid", text={}, rows=OPTIONS, columns=OPTIONS),
        Number(key="number", text={}),
        Date(key="day", text={}),
        Consent(key="yes", text={}),
    ),
)
ANSWERS = {
    "name": "Mari\n  <b>",
    "one": "other",
    "one.other": "Neuvonta",
    "some": ["b", "a"],
    "order": ["b", "a"],
    "points": {"a": 60, "b": 40},
    "grid": {"a": "b"},
    "number": 2.5,
    "day": "2026-03-01",
    "yes": True,
}
KNOWN = Known({"store": "Oulu"}, {"first_name": "Mari", "empty": ""})


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("{answer.name}!", "fi", "Mari <b>!"),
        ("{answer.one}", "fi", "Neuvonta"),
        ("{answer.one.other}", "fi", "Neuvonta"),
        ("{answer.some}", "en", "Quality, Price"),
        ("{answer.order}", "fi", "Laatu, Hinta"),
        ("{answer.points}", "fi", "Hinta: 60, Laatu: 40"),
        ("{answer.grid}", "en", "Price: Quality"),
        ("{answer.number}", "fi", "2,5"),
        ("{answer.number}", "en", "2.5"),
        ("{answer.day}", "fi", "1.3.2026"),
        ("{answer.yes}", "fi", "kyllä"),
        ("{trait.first_name|ystävä} {trait.last_name|Ei}", "fi", "Mari Ei"),
        ("{trait.empty|tyhjä} {field.store|} {field.city}", "fi", "tyhjä Oulu "),
        ("{ {answer} {answer.} {other.x} {}", "fi", "{ {answer} {answer.} {other.x} {}"),
    ],
)
def test_pipes_are_filled(text, language, expected):
    assert pipe(text, definition=SURVEY, answers=ANSWERS, known=KNOWN, language=language) == expected


def test_what_is_told_is_never_filled_again_nor_longer_than_it_may():
    known = Known({}, {"a": "{trait.b}", "b": "secret", "long": "x" * 5_000})
    filled = pipe("{trait.a} {trait.long}", definition=SURVEY, answers={}, known=known, language="fi")
    assert filled == "{trait.b} " + "x" * LONGEST


def test_the_answers_that_a_text_tells_are_found():
    assert keys_in("{answer.a} {trait.b} {answer.c|x} {answer.d}") == ["a", "c", "d"]

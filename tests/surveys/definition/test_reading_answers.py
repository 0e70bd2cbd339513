"""What forms bring, by type of question: an answer, nothing, or a sentence that says what is to be mended."""

from __future__ import annotations

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.surveys.definition.questions import (
    Ces,
    Consent,
    Csat,
    Date,
    Email,
    LongText,
    Matrix,
    Multiple,
    Nps,
    Number,
    Option,
    Points,
    Ranking,
    ShortText,
    Single,
    Smiley,
    Stars,
    Statement,
    TaskSuccess,
)
from polku.surveys.definition.reading import AnswerProblem, cleaned, read_answer, read_other
from tests.examples import examples

OPTIONS = tuple(Option(key=key, text={"en": key}) for key in ("a", "b", "c"))
PLAIN = {"key": "q", "text": {"en": "?"}}
SINGLE = Single(**PLAIN, options=OPTIONS, other=True)
MULTIPLE = Multiple(**PLAIN, options=OPTIONS, none=True, most=2)
MATRIX = Matrix(**PLAIN, rows=OPTIONS[:2], columns=OPTIONS)
RANKING = Ranking(**PLAIN, options=OPTIONS)
POINTS = Points(**PLAIN, options=OPTIONS, total=10)
EVERY = [
    Nps(**PLAIN), Csat(**PLAIN), Ces(**PLAIN), Smiley(**PLAIN), Stars(**PLAIN), TaskSuccess(**PLAIN),
    Number(**PLAIN, low=0, high=9), Number(**PLAIN, low=1, high=5, is_scale=True), SINGLE, MULTIPLE, MATRIX,
    RANKING, POINTS, ShortText(**PLAIN, most=10), LongText(**PLAIN), Date(**PLAIN), Email(**PLAIN),
    Consent(**PLAIN), Statement(**PLAIN),
]  # fmt: skip


@pytest.mark.parametrize(
    ("question", "form", "answer"),
    [
        (Nps(**PLAIN), {"q-q": ["0"]}, 0),
        (Nps(**PLAIN), {"q-q": ["10"]}, 10),
        (Csat(**PLAIN, scale=7), {"q-q": ["7"]}, 7),
        (TaskSuccess(**PLAIN), {"q-q": ["partly"]}, "partly"),
        (Number(**PLAIN), {"q-q": [" 1 234,50 "]}, 1234.5),
        (Number(**PLAIN), {"q-q": ["−3"]}, -3),
        (Number(**PLAIN, low=1, high=5, is_scale=True), {"q-q": ["5"]}, 5),
        (SINGLE, {"q-q": ["b"]}, "b"),
        (SINGLE, {"q-q": ["other"]}, "other"),
        (MULTIPLE, {"q-q": ["c", "a", "c"]}, ["c", "a"]),
        (MULTIPLE, {"q-q": ["none"]}, ["none"]),
        (MATRIX, {"q-q-a": ["c"]}, {"a": "c"}),
        (RANKING, {"q-q-a": ["2"], "q-q-c": ["1"], "q-q-b": [""]}, ["c", "a"]),
        (POINTS, {"q-q-a": ["7"], "q-q-b": ["3"]}, {"a": 7, "b": 3, "c": 0}),
        (ShortText(**PLAIN), {"q-q": ["  Hei\r\nvaan\x00 "]}, "Hei\nvaan"),
        (Date(**PLAIN), {"q-q": ["2026-03-01"]}, "2026-03-01"),
        (Date(**PLAIN), {"q-q": ["1.3.2026"]}, "2026-03-01"),
        (Email(**PLAIN), {"q-q": ["mari@example.com"]}, "mari@example.com"),
        (Consent(**PLAIN), {"q-q": ["1"]}, True),
        (Consent(**PLAIN), {}, False),
        (Statement(**PLAIN), {"q-q": ["x"]}, None),
    ],
)
def test_an_answer_is_read(question, form, answer):
    read = read_answer(question, form, "en")
    assert read == answer
    assert type(read) is type(answer)


@pytest.mark.parametrize(
    ("question", "form", "sentence"),
    [
        (Nps(**PLAIN, required=True), {}, "Choose one to go on."),
        (Nps(**PLAIN), {"q-q": ["11"]}, "Choose one of the alternatives."),
        (SINGLE, {"q-q": ["z"]}, "Choose one of the alternatives."),
        (MULTIPLE, {"q-q": ["a", "b", "c"]}, "Choose at most 2."),
        (MULTIPLE, {"q-q": ["a", "none"]}, "“None of these” cannot be chosen together with others."),
        (Number(**PLAIN, low=1), {"q-q": ["0"]}, "The number must be at least 1."),
        (Number(**PLAIN, high=9), {"q-q": ["10"]}, "The number may be at most 9."),
        (Number(**PLAIN), {"q-q": ["NaN"]}, "This is no number."),
        (Number(**PLAIN), {"q-q": ["1e400"]}, "This is no number."),
        (Matrix(**PLAIN, rows=OPTIONS, columns=OPTIONS, required=True), {"q-q-a": ["a"]}, "Choose one on every row."),
        (RANKING, {"q-q-a": ["1"], "q-q-b": ["1"]}, "Two have the same place. Give each a place of its own."),
        (RANKING, {"q-q-a": ["2"]}, "A place is left out: begin with 1, and leave no gaps."),
        (RANKING, {"q-q-a": ["²"]}, "Choose one of the alternatives."),
        (RANKING, {"q-q-a": ["0001" + "9" * 5_000]}, "Choose one of the alternatives."),
        (POINTS, {"q-q-a": ["7"]}, "The points make 7 together; share out exactly 10."),
        (POINTS, {"q-q-a": ["-7"]}, "Points are whole numbers from 0 up."),
        (ShortText(**PLAIN, most=3), {"q-q": ["abcd"]}, "This is too long: at most 3 letters fit."),
        (Date(**PLAIN), {"q-q": ["31.2.2026"]}, "This is no day. Write it like 31.12.2026."),
        (Date(**PLAIN), {"q-q": ["0001-01-01"]}, "The year must be between 1900 and 2200."),
        (Email(**PLAIN), {"q-q": ["mari@"]}, "This is no e-mail address. One looks like name@example.com."),
        (Consent(**PLAIN, required=True), {}, "This cannot be left out."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(question, form, sentence):
    with translation.override("en"), pytest.raises(AnswerProblem) as problem:
        read_answer(question, form, "en")
    assert str(problem.value) == sentence


@pytest.mark.parametrize("question", EVERY, ids=lambda question: type(question).__name__)
def test_nothing_given_is_no_answer(question):
    assert read_answer(question, {}, "en") in (None, False)
    assert read_answer(question, {"q-q": [""], "q-q-a": [""]}, "en") in (None, False)


@settings(max_examples=examples(150), deadline=None)
@given(
    st.sampled_from(EVERY),
    st.dictionaries(
        st.sampled_from(["q-q", "q-q-a", "q-q-b", "q-q-other"]),
        st.lists(
            st.text(max_size=12) | st.sampled_from(["1", "a", "other", "9" * 400, "\ud800"]), max_size=4
        ),
    ),
)
def test_whatever_a_form_holds_is_an_answer_or_a_sentence(question, form):
    try:
        answer = read_answer(question, form, "en")
    except AnswerProblem as problem:
        assert str(problem)
    else:
        read_other(question, form, answer)
        assert "\ud800" not in str(answer)


def test_what_was_written_counts_only_beside_its_choice():
    form = {"q-q-other": ["  Jotain muuta "]}
    assert read_other(SINGLE, form, "other") == "Jotain muuta"
    assert read_other(SINGLE, form, "a") is None
    assert read_other(MULTIPLE, form, ["other"]) is None
    assert cleaned("\x1b[31mred\x7f\n") == "[31mred"

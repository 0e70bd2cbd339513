"""Every problem is said in a sentence, at its place; what is right has none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from django.utils import translation

from polku.surveys.definition import questions
from polku.surveys.definition.problems import Problem, problems
from polku.surveys.definition.questions import (
    AnyQuestion,
    Consent,
    Csat,
    Definition,
    Email,
    Matrix,
    Multiple,
    Nps,
    Number,
    Option,
    Rule,
    ShortText,
    Single,
    Skip,
    Statement,
    Thanks,
    Theme,
)
from polku.surveys.definition.wordings import choices_of


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


OPTIONS = (Option("a", {"fi": "A"}), Option("b", {"fi": "B"}))
NPS = Nps(key="nps")
WHY = ShortText(key="why", text={"fi": "Miksi?"})
PICK = Single(key="pick", text={"fi": "Mikä?"}, options=OPTIONS)


def survey(*questions: AnyQuestion, **more: Any) -> Definition:
    return Definition(**{"title": {"fi": "K"}, "languages": ("fi",), "questions": questions, **more})


def told(definition: Definition, **how: bool) -> list[tuple[str, str]]:
    return [(problem.place, problem.sentence) for problem in problems(definition, **how)]


def when(name: str, op: str = "answered", value: Any = None, of: Any = "answer") -> Rule:
    return Rule(tests=(questions.Test(of=of, name=name, op=op, value=value),))  # type: ignore[arg-type]


def test_a_survey_that_is_whole_has_no_problem():
    assert told(survey(NPS, PICK, WHY)) == []


def test_a_text_that_is_missing_in_a_language_blocks_where_it_must_be_read():
    definition = survey(
        ShortText(key="why", text={"fi": "Miksi?"}, help={"fi": "Lyhyesti"}), languages=("fi", "sv")
    )
    assert problems(definition) == [
        Problem("title", "The title is missing in: Swedish."),
        Problem("questions[0].text", "The text of the question is missing in: Swedish.", question="why"),
        Problem(
            "questions[0].help", "The help text is missing in: Swedish.", is_blocking=False, question="why"
        ),
    ]


@pytest.mark.parametrize(
    ("question", "place", "sentence"),
    [
        (Single(key="s", text={"fi": "?"}, options=OPTIONS[:1]), "options", "Give at least two options"),
        (
            Multiple(key="m", text={"fi": "?"}, options=OPTIONS, most=3),
            "most",
            "At most as many can be chosen as there are options.",
        ),
        (Number(key="n", text={"fi": "?"}, low=5, high=5), "high", "should be above the lowest"),
        (Number(key="n", text={"fi": "?"}, low=0.5, high=5, is_scale=True), "low", "a whole number at both"),
        (Number(key="n", text={"fi": "?"}, low=0, high=21, is_scale=True), "high", "at most 21 steps"),
        (Matrix(key="m", text={"fi": "?"}, columns=OPTIONS), "rows", "Give at least one row."),
        (
            Matrix(
                key="m", text={"fi": "?"}, rows=OPTIONS, columns=(Option("x", {"fi": "X"}, 1), OPTIONS[0])
            ),
            "columns",
            "Either every column has a number or none has.",
        ),
        (ShortText(key="s", text={"fi": "?"}, most=0), "most", "An answer may have 1–5000 characters."),
    ],
)
def test_a_question_that_cannot_be_asked_is_named(question, place, sentence):
    ((where, what),) = told(survey(question))
    assert where == f"questions[0].{place}"
    assert sentence in what


def test_an_anonymous_survey_joins_nobody():
    definition = survey(Email(key="mail", text={"fi": "Osoite"}, joins=True))
    assert told(definition) == []
    assert [place for place, _sentence in told(definition, is_anonymous=True)] == ["questions[0].joins"]


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        (when("why"), ""),
        (when("why.other"), ""),
        (when("nps", "le", 6), ""),
        (when("pick", "eq", "a"), ""),
        (when("ok", "eq", True), ""),
        (when("store", "eq", "A", of="field"), ""),
        (when("city", "answered", of="trait"), ""),
        (when("later"), "A rule asks for “later”, which is asked only later: logic looks back."),
        (when("here"), "A rule asks for “here”, which is asked only later: logic looks back."),
        (when("gone"), "A rule asks for “gone”, which is no question of this survey."),
        (when("said"), "A rule asks for “said”, which is only read and has no answer."),
        (when("nps", "le"), "A rule does not say what “nps” is compared with."),
        (
            when("pick", "lt", "a"),
            "The answers to “pick” have no order: more or less cannot be asked of them.",
        ),
        (when("nps", "eq", "many"), "The answer to “nps” is a number, and the rule compares it with"),
        (when("pick", "eq", "c"), "“c” is no answer to “pick”."),
        (when("shop", "eq", "A", of="field"), "A rule asks for the hidden field “shop”"),
    ],
)
def test_a_rule_looks_back_and_compares_what_can_be_compared(rule, sentence):
    asked = ShortText(key="here", text={"fi": "?"}, show_if=rule)
    consent = Consent(key="ok", text={"fi": "Sopii"})
    said = Statement(key="said", text={"fi": "Huom"})
    later = ShortText(key="later", text={"fi": "?"})
    found = told(survey(NPS, WHY, PICK, consent, said, asked, later, fields=("store",)))
    assert [place for place, _what in found] == (["questions[5].show_if.tests[0]"] if sentence else [])
    assert all(sentence in what for _place, what in found)


@pytest.mark.parametrize(
    ("to", "sentence"),
    [
        ("why", ""),
        ("end", ""),
        ("nps", "The skip leads back to “nps”; it can only lead to a later question or to the end."),
        ("pick", "The skip leads back to “pick”"),
        ("gone", "The skip leads to “gone”, which is no question of this survey."),
    ],
)
def test_a_skip_leads_forward(to, sentence):
    pick = Single(key="pick", text={"fi": "?"}, options=OPTIONS, skips=(Skip(when("pick", "eq", "a"), to),))
    found = told(survey(NPS, pick, WHY))
    assert [place for place, _what in found] == (["questions[1].skips[0].to"] if sentence else [])
    assert all(sentence in what for _place, what in found)


def test_a_pipe_tells_what_is_known_by_then():
    text = {"fi": "{answer.nps} {answer.later} {field.store} {field.gone|x} {trait.city|y} {other}"}
    later = ShortText(key="later", text={"fi": "?"})
    assert told(survey(NPS, ShortText(key="why", text=text), later, fields=("store",))) == [
        ("questions[1].text", "The text tells the answer to “later”, which is not asked before it."),
        ("questions[1].text", "The text tells the hidden field “gone”, which the survey does not have."),
    ]


def test_thanks_may_ask_for_anything_and_their_link_is_a_web_address():
    thanks = Thanks(
        review_url="https://reviews.example/x", review_label={"fi": "Arvostele"}, review_if=when("why")
    )
    assert told(survey(NPS, WHY, thanks=thanks)) == []
    for address in ("javascript:alert(1)", "reviews.example", "https://", "https://a b.example", "http://[x"):
        broken = Thanks(review_url=address, review_label={"fi": "Arvostele"})
        assert [place for place, _what in told(survey(NPS, thanks=broken))] == ["thanks.review_url"]


def test_colours_must_be_readable_and_the_sentence_says_which_would_be():
    ((place, sentence),) = told(
        survey(NPS, theme=Theme(accent="#8fb8a8", background="#ffffff", ink="#111111"))
    )
    assert place == "theme.accent"
    assert sentence.startswith("Buttons stand out from the background 2.2 : 1; at least 3.0 is needed.")
    better = sentence.removesuffix(" will do.")[-7:]
    assert told(survey(NPS, theme=Theme(accent=better, background="#ffffff", ink="#111111"))) == []


def test_a_csat_needs_no_text_in_any_language():
    assert told(survey(Csat(key="csat", about={"fi": "palveluun"}))) == []


def test_a_scale_without_end_in_a_draft_offers_no_more_than_can_be_published():
    endless = Number(key="q", text={"fi": "?"}, low=-5, high=1e15, is_scale=True)
    choices = choices_of(endless, "fi")
    assert [value for value, _label in choices] == list(range(-5, 16))
    assert [value for value, _label in choices_of(msgspec.structs.replace(endless, high=-6.0), "fi")] == []


@pytest.mark.parametrize("name", ["form", "page", "website", "lang", "contact"])
def test_hidden_fields_keep_out_of_the_respondents_pages_own_names(name):
    found = problems(survey(NPS, fields=("store", name)))
    assert [(each.place, each.is_blocking) for each in found if each.place.startswith("fields")] == [
        ("fields[1]", True)
    ]

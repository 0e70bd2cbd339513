"""Questions added, moved, copied, renamed; what a new version changes; contrast by known values."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation

from polku.surveys.definition import editing, questions
from polku.surveys.definition.differences import Difference, differences
from polku.surveys.definition.questions import (
    Definition,
    Matrix,
    Nps,
    Option,
    Rule,
    ShortText,
    Single,
    Skip,
    Stars,
    Thanks,
)
from polku.surveys.definition.theme import contrast, readable


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def rule(name: str) -> Rule:
    return Rule(tests=(questions.Test(of="answer", name=name, op="answered"),))


NPS = Nps(key="nps")
PICK = Single(
    key="pick",
    text={"fi": "Mikä?"},
    options=(Option("a", {"fi": "A"}), Option("b", {"fi": "B"})),
    skips=(Skip(rule("pick"), "why"),),
)
WHY = ShortText(
    key="why",
    text={"fi": "Miksi {answer.pick|se}, {answer.pick.other}, {answer.picked}?"},
    show_if=rule("pick.other"),
)
SURVEY = Definition(
    title={"fi": "Kysely"},
    languages=("fi",),
    questions=(NPS, PICK, WHY),
    thanks=Thanks(text={"fi": "Kiitos, {answer.pick}"}, review_if=rule("pick")),
)


def keys(definition: Definition) -> list[str]:
    return [question.key for question in definition.questions]


@pytest.mark.parametrize("kind", list(editing.TYPES))
def test_a_question_of_every_type_can_be_added(kind):
    added = editing.add_question(SURVEY, editing.new_question(kind, SURVEY), 1)
    assert keys(added)[0::2] == ["nps", "pick"]
    assert keys(added)[1] == ("nps_2" if kind == "nps" else kind)


def test_a_question_moves_as_far_as_there_is_room():
    assert keys(editing.move_question(SURVEY, "nps", 1)) == ["pick", "nps", "why"]
    assert keys(editing.move_question(SURVEY, "why", -9)) == ["why", "nps", "pick"]
    assert keys(editing.move_question(SURVEY, "why", 1)) == ["nps", "pick", "why"]
    assert editing.move_question(SURVEY, "gone", 1) == SURVEY


def test_a_copy_follows_its_original_and_leads_nowhere_else():
    copied, key = editing.copy_question(SURVEY, "pick")
    assert (keys(copied), key) == (["nps", "pick", "pick_2", "why"], "pick_2")
    assert copied.questions[2].skips == ()
    assert editing.copy_question(copied, "pick_2")[1] == "pick_3"


def test_all_that_names_a_question_follows_its_new_key():
    renamed = editing.replace_question(SURVEY, "pick", Single(**{**_fields(PICK), "key": "choice"}))
    assert keys(renamed) == ["nps", "choice", "why"]
    assert renamed.questions[1].skips == (Skip(rule("choice"), "why"),)
    assert renamed.questions[2].show_if == rule("choice.other")
    assert renamed.questions[2].text == {
        "fi": "Miksi {answer.choice|se}, {answer.choice.other}, {answer.picked}?"
    }
    assert renamed.thanks == Thanks(text={"fi": "Kiitos, {answer.choice}"}, review_if=rule("choice"))
    target = editing.replace_question(SURVEY, "why", ShortText(**{**_fields(WHY), "key": "reason"}))
    assert target.questions[1].skips == (Skip(rule("pick"), "reason"),)


def _fields(question) -> dict:
    return {name: getattr(question, name) for name in question.__struct_fields__}


def test_a_version_says_what_it_changes_and_which_trends_it_breaks():
    stars = Stars(key="stars", text={"fi": "Montako tähteä?"})
    before = Definition(title={"fi": "K"}, languages=("fi",), questions=(NPS, stars, PICK, WHY))
    after = Definition(
        title={"fi": "K"},
        languages=("fi", "sv"),
        questions=(
            Nps(key="nps", about={"fi": "kauppaamme"}),
            Stars(key="stars", text={"fi": "Montako tähteä?", "sv": "Hur många?"}),
            ShortText(key="new", text={"fi": "Uusi?"}),
            Single(**{**_fields(PICK), "required": True, "skips": ()}),
        ),
    )
    assert differences(before, after) == [
        Difference("The languages are: fi, sv."),
        Difference(
            "The wording of “Kuinka todennäköisesti suosittelisit kauppaamme ystävälle t…” changed.",
            "nps",
            breaks_trend=True,
        ),
        Difference("Texts of “Montako tähteä?” changed.", "stars"),
        Difference("“Uusi?” is new.", "new"),
        Difference("The logic of “Mikä?” changed.", "pick"),
        Difference("“Mikä?” must be answered.", "pick"),
        Difference(
            "“Miksi {answer.pick|se}, {answer.pick.other}, {answer.picked…” is no longer asked.", "why"
        ),
    ]
    assert differences(before, before) == []


def test_other_numbers_of_a_matrix_break_its_trend():
    def matrix(value: float) -> Definition:
        columns = (Option("low", {"fi": "Huono"}, 1), Option("high", {"fi": "Hyvä"}, value))
        question = Matrix(
            key="m", text={"fi": "Miten?"}, rows=(Option("r", {"fi": "Rivi"}),), columns=columns
        )
        return Definition(title={"fi": "K"}, languages=("fi",), questions=(question,))

    assert differences(matrix(5), matrix(7)) == [
        Difference("The wording of “Miten?” changed.", "m", breaks_trend=True)
    ]
    assert differences(matrix(5), matrix(5)) == []


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#777777", "#ffffff", 4.48),
        ("#767676", "#ffffff", 4.54),
        ("#1f5f4a", "#fbfaf7", 7.2),
    ],
)
def test_contrast_is_that_of_wcag(one, other, ratio):
    assert round(contrast(one, other), 2) == pytest.approx(ratio, abs=0.05)
    assert contrast(one, other) == contrast(other, one)


@pytest.mark.parametrize(
    ("colour", "background"), [("#8fb8a8", "#ffffff"), ("#203040", "#101010"), ("#808080", "#808080")]
)
def test_the_shade_that_is_advised_is_readable(colour, background):
    assert contrast(readable(colour, background, 4.5), background) >= 4.5

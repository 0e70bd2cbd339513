"""A question through its form: what is shown and posted back unchanged stays as it is; what was written is read."""

from __future__ import annotations

import re

import msgspec
import pytest
from hypothesis import given, settings

from polku.surveys.definition import questions as q
from polku.surveys.definition.editing import TYPES, new_question
from polku.surveys.designer.question_form import QuestionForm, read_question, show_question
from polku.surveys.designer.rule_form import RuleForm, rule_in_words
from tests.examples import examples
from tests.surveys.definition.generated_surveys import definitions

EMPTY = q.Definition(title={"fi": "K"}, languages=("fi", "en"))


def posted(form: QuestionForm) -> dict[str, str]:
    """What a browser sends of the form as it is shown."""
    sent = {"key": form.question.key}
    for row in form.texts:
        sent |= {name: words for _language, name, words, _placeholder in row.cells}
    for options in form.lists:
        for row in options.rows:
            sent[f"{options.name}-{row.number}-key"] = row.key
            sent |= {name: words for _language, name, words in row.cells}
            if options.has_values:
                sent[f"{options.name}-{row.number}-value"] = row.value
    sent |= {name: "on" for name, _label, is_on in form.switches if is_on}
    sent |= {name: value for name, _label, value in form.numbers}
    if form.question.required:
        sent["required"] = "on"
    if form.scale:
        sent["scale"] = str(form.scale)
    sent |= _posted_rule(form.show_if)
    for skip in form.skips:
        sent |= _posted_rule(skip.rule)
        sent[f"skip-{skip.number}-to"] = next(key for key, _name, is_chosen in skip.targets if is_chosen)
    return sent


def _posted_rule(rule: RuleForm) -> dict[str, str]:
    sent = {f"{rule.prefix}-match": rule.match}
    for row in rule.rows:
        chosen = [thing.value for _group, things in row.things for thing in things if thing.is_chosen]
        sent[f"{row.prefix}-thing"] = chosen[0] if chosen else ""
        if row.is_new:
            continue
        sent[f"{row.prefix}-op"] = next(
            (op.value for op in row.operators if op.is_chosen), row.operators[0].value
        )
        sent[f"{row.prefix}-name"] = row.name
        if row.needs_value:
            sent[f"{row.prefix}-value"] = row.value
    return sent


@pytest.mark.parametrize("kind", list(TYPES))
def test_a_form_posted_as_it_is_changes_nothing(kind):
    question = new_question(kind, EMPTY)
    draft = msgspec.structs.replace(EMPTY, questions=(question,))
    read = read_question(draft, question, posted(show_question(draft, question, 0)))
    assert (read.question, read.problems, read.has_lost) == (question, [], False)


@settings(max_examples=examples(60), deadline=None)
@given(definitions())
def test_logic_of_any_survey_outlives_its_form(draft):
    """Save for rules without a condition, which say nothing, and for operators that an answer does not have."""
    for index, question in enumerate(draft.questions):
        read = read_question(draft, question, posted(show_question(draft, question, index))).question
        before, after = question.show_if or q.Rule(), read.show_if or q.Rule()
        assert [(test.of, test.name) for test in after.tests] == [
            (test.of, test.name) for test in before.tests
        ]
        assert not before.tests or after.match == before.match
        assert [skip.to for skip in read.skips] == [skip.to for skip in question.skips if skip.rule.tests]


def _read(question: q.AnyQuestion, draft: q.Definition = EMPTY, **form: str) -> q.AnyQuestion:
    draft = msgspec.structs.replace(draft, questions=(*draft.questions, question))
    sent = posted(show_question(draft, question, len(draft.questions) - 1))
    return read_question(draft, question, sent | form).question


SINGLE = q.Single(
    key="s",
    text={"fi": "?"},
    options=(q.Option("red", {"fi": "Punainen"}), q.Option("blue", {"fi": "Sininen"})),
)


def test_what_was_written_is_read_in_every_language_and_empty_words_are_left_out():
    read = _read(
        q.LongText(key="why", text={"fi": "Miksi?", "sv": "Varför?"}),
        **{"text-fi": " Mikä\r\nsyy? ", "text-en": ""},
    )
    assert read.text == {"sv": "Varför?", "fi": "Mikä\nsyy?"}


def test_the_wording_of_a_score_cannot_be_posted():
    read = _read(q.Nps(key="nps"), **{"text-fi": "Oma", "about-fi": "Kauppaa"})
    assert (read.text, read.about) == ({}, {"fi": "Kauppaa"})


def test_options_are_added_moved_and_taken_away():
    added = _read(SINGLE, **{"do": "options:add", "options-2-fi": "Vihreä", "options-2-en": "Green"})
    assert [(option.key, option.text) for option in added.options] == [
        ("red", {"fi": "Punainen"}),
        ("blue", {"fi": "Sininen"}),
        ("green", {"fi": "Vihreä", "en": "Green"}),
        ("option_4", {}),
    ]
    assert [option.key for option in _read(SINGLE, do="options:1:up").options] == ["blue", "red"]
    assert [option.key for option in _read(SINGLE, do="options:1:down").options] == ["red", "blue"]
    assert [option.key for option in _read(SINGLE, do="options:0:remove").options] == ["blue"]
    assert [option.key for option in _read(SINGLE, do="options:9:remove").options] == ["red", "blue"]


def test_a_key_of_an_option_stays_when_its_text_changes():
    assert _read(SINGLE, **{"options-0-fi": "Pinkki"}).options[0] == q.Option("red", {"fi": "Pinkki"})


def test_a_table_s_new_column_has_the_next_number():
    matrix = new_question("matrix", EMPTY)
    read = _read(matrix, do="columns:add")
    assert [column.value for column in read.columns] == [1, 2, 3, 4, 5, 6]
    assert _read(matrix, **{"columns-0-value": "-1,5"}).columns[0].value == -1.5


def test_a_number_that_is_none_is_told_and_the_old_one_stays():
    question = q.Number(key="n", text={"fi": "?"}, low=1, high=5)
    draft = msgspec.structs.replace(EMPTY, questions=(question,))
    read = read_question(
        draft, question, posted(show_question(draft, question, 0)) | {"low": "yksi", "high": ""}
    )
    assert (read.question.low, read.question.high, len(read.problems)) == (1, None, 1)


@pytest.mark.parametrize(
    ("key", "becomes"), [("syy", "syy"), ("Syy", "s"), ("end", "s"), ("taken", "s"), ("", "s")]
)
def test_a_key_is_plain_and_its_own(key, becomes):
    draft = msgspec.structs.replace(EMPTY, questions=(q.ShortText(key="taken", text={"fi": "?"}),))
    assert _read(SINGLE, draft, key=key).key == becomes


def test_a_condition_is_read_by_what_it_asks_for():
    draft = msgspec.structs.replace(
        EMPTY, questions=(q.Nps(key="nps"), SINGLE, q.Consent(key="ok")), fields=("store",)
    )
    form = {
        "show-match": "any",
        "show-0-thing": "answer:nps",
        "show-0-op": "le",
        "show-0-value": "6",
        "show-1-thing": "answer:ok",
        "show-1-op": "eq",
        "show-1-value": "true",
        "show-2-thing": "answer:s",
        "show-2-op": "lt",  # not of choices: the first that is
        "show-2-value": "red",
        "show-3-thing": "field:store",
        "show-3-op": "answered",
        "show-3-value": "gone",
        "show-4-thing": "trait",
        "show-4-name": " city ",
        "show-4-op": "contains",
        "show-4-value": "Turku",
        "skip-0-thing": "",
        "skip-0-to": "end",
    }
    read = _read(q.ShortText(key="why", text={"fi": "?"}), draft, **form)
    assert read.show_if == q.Rule(
        match="any",
        tests=(
            q.Test(of="answer", name="nps", op="le", value=6),
            q.Test(of="answer", name="ok", op="eq", value=True),
            q.Test(of="answer", name="s", op="eq", value="red"),
            q.Test(of="field", name="store", op="answered"),
            q.Test(of="trait", name="city", op="contains", value="Turku"),
        ),
    )
    assert read.skips == ()
    assert re.sub(r"\s+", " ", rule_in_words(draft, read.show_if, "en")) == (
        "“How likely is it that you would recommend us to a friend or…” is at most 6 or “ok” is ticked or “?” "
        "is Punainen or “store” is answered or “city” contains Turku"
    )

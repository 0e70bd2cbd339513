"""The logic agrees with an interpreter that was written another way, straight from the rules."""

from __future__ import annotations

import re
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from polku.surveys.definition.logic import met_answers, next_question, page_of, path
from polku.surveys.definition.questions import END
from tests.examples import examples
from tests.surveys.definition.generated_surveys import situations

ABSENT = (None, "", [], {})


class Interpreter:
    """Whether a question is met is asked of each question by itself, not by walking.

    A question is met when its `show_if` holds and no earlier question that is met leads past it. A question leads to
    where the first of its skips that holds says, else to the next.
    """

    def __init__(self, definition, answers, known):
        self.questions = list(definition.questions)
        self.keys = [question.key for question in self.questions]
        self.answers, self.known = answers, known
        self.is_met = cache(self._is_met)

    def path(self):
        return [key for place, key in enumerate(self.keys) if self.is_met(place)]

    def _is_met(self, place):
        led_past = any(self.is_met(before) and self.leads_to(before) > place for before in range(place))
        show_if = self.questions[place].show_if
        return not led_past and (show_if is None or self.rule(show_if, place))

    def leads_to(self, place):
        targets = [
            len(self.keys) if skip.to == END else self.keys.index(skip.to)
            for skip in self.questions[place].skips
            if self.rule(skip.rule, place + 1)
        ]
        return max(targets[0], place + 1) if targets else place + 1

    def rule(self, rule, before):
        held = [self.test(test, before) for test in rule.tests]
        return True if not held else (False not in held if rule.match == "all" else True in held)

    def test(self, test, before):
        given = self.value(test, before)
        is_absent = any(given is each or (type(given) is type(each) and given == each) for each in ABSENT)
        if test.op == "answered":
            return not is_absent
        if test.op == "not_answered":
            return is_absent
        if is_absent:
            return test.op == "ne"
        parts = (
            given if isinstance(given, list) else list(given.values()) if isinstance(given, dict) else [given]
        )
        return self.compare(test.op, parts, test.value)

    def value(self, test, before):
        if test.of == "field":
            return self.known.fields.get(test.name)
        if test.of == "trait":
            return self.known.traits.get(test.name)
        place = self.keys.index(test.name.split(".")[0])
        return self.answers.get(test.name) if place < before and self.is_met(place) else None

    def compare(self, op, parts, value):
        equal = [self.equal(part, value) for part in parts]
        if op == "eq":
            return any(equal)
        if op == "ne":
            return not any(equal)
        if op == "contains":
            inside = [isinstance(part, str) and str(value).lower() in part.lower() for part in parts]
            return any(inside) or any(
                same for part, same in zip(parts, equal, strict=True) if not isinstance(part, str)
            )
        return any(self.ordered(op, part, value) for part in parts)

    def equal(self, part, value):
        if isinstance(part, bool) or isinstance(value, bool):
            pair = {str(part).lower(), str(value).lower()}
            return pair in ({"true"}, {"false"})
        if isinstance(part, str) and isinstance(value, str):
            return part.lower() == value.lower()
        return number(part) is not None and number(part) == number(value)

    def ordered(self, op, part, value):
        if value is None or isinstance(part, bool) or isinstance(value, bool):
            return False
        pair = (number(part), number(value))
        if None in pair:
            pair = (str(part), str(value))
        sign = (pair[0] > pair[1]) - (pair[0] < pair[1])
        return {"lt": sign < 0, "le": sign <= 0, "gt": sign > 0, "ge": sign >= 0}[op]


def number(value):
    if isinstance(value, bool) or value is None:
        return None
    return float(value) if re.fullmatch(r"-?\d+(\.\d+)?", str(value)) else None


@settings(max_examples=examples(120), deadline=None)
@given(situations())
def test_the_path_is_that_of_the_interpreter(situation):
    definition, answers, known = situation
    expected = Interpreter(definition, answers, known).path()
    assert path(definition, answers, known) == expected
    kept = met_answers(definition, answers, known)
    assert {key.split(".")[0] for key in kept} <= set(expected)
    assert path(definition, kept, known) == expected


@settings(max_examples=examples(40), deadline=None)
@given(situations())
def test_the_next_question_is_the_first_one_met_behind_the_other(situation):
    definition, answers, known = situation
    expected = Interpreter(definition, answers, known).path()
    places = {question.key: place for place, question in enumerate(definition.questions)}
    for after in [None, *places]:
        behind = [key for key in expected if after is None or places[key] > places[after]]
        assert next_question(definition, answers, known, after) == (behind[0] if behind else None)


@settings(max_examples=examples(80), deadline=None)
@given(situations(), st.booleans())
def test_whoever_goes_page_by_page_meets_every_question_of_their_path_once(situation, starts_blank):
    """What is answered on a page never takes one of its questions away, nor adds one before its end."""
    definition, answers, known = situation
    given_so_far, seen, last = ({} if starts_blank else dict(answers)), [], None
    for _page in range(len(definition.questions) + 1):
        page = page_of(definition, given_so_far, known, last)
        if not page:
            break
        assert definition.pages == "all" or len(page) == 1
        seen += page
        last = page[-1]
        given_so_far |= {key: answer for key, answer in answers.items() if key.split(".")[0] in page}
    assert seen == Interpreter(definition, answers, known).path()


@settings(max_examples=examples(40), deadline=None)
@given(situations(pages="all"))
def test_a_page_ends_only_where_something_must_be_known(situation):
    """The page's end is a question, or a skip, that asks for an answer of the page; or there is nothing more."""
    definition, answers, known = situation
    page = page_of(definition, answers, known, None)
    following = next_question(definition, answers, known, page[-1]) if page else None
    if following is None:
        return
    places = {question.key: place for place, question in enumerate(definition.questions)}
    last, end = definition.questions[places[page[-1]]], places[following]
    between = definition.questions[places[page[-1]] + 1 : end + 1]
    texts = " ".join(str(question.text) for question in between)
    rules = [question.show_if for question in between if question.show_if] + [
        skip.rule for skip in last.skips
    ]
    asked = {test.name.split(".")[0] for rule in rules for test in rule.tests if test.of == "answer"}
    asked |= set(re.findall(r"answer\.(\w+)", texts))
    assert asked & set(page)

"""What is wrong with rules, skips and pipes: logic looks back, skips lead forward."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _

from polku.surveys.definition.piping import pipes_in, texts_of
from polku.surveys.definition.problem import Problem
from polku.surveys.definition.questions import (
    END,
    AnyQuestion,
    Ces,
    Consent,
    Csat,
    Date,
    Definition,
    LongText,
    Matrix,
    Multiple,
    Nps,
    Number,
    Points,
    Ranking,
    Rule,
    ShortText,
    Single,
    Smiley,
    Stars,
    Statement,
    TaskSuccess,
    Test,
)

NUMBERS = (Nps, Csat, Ces, Smiley, Stars, Number)
_ORDERED = (*NUMBERS, Date, Points)
_COMPARING = {"lt", "le", "gt", "ge"}


def operators_for(question: AnyQuestion) -> tuple[str, ...]:
    """What can be asked of the answers to a question, besides whether there is one."""
    match question:
        case Statement():
            return ()
        case ShortText() | LongText():
            return ("eq", "ne", "contains")
        case Nps() | Csat() | Ces() | Smiley() | Stars() | Number() | Date():
            return ("eq", "ne", "lt", "le", "gt", "ge")
        case Points():
            return ("lt", "le", "gt", "ge")
        case Consent():
            return ("eq", "ne")
    return ("eq", "ne", "contains")


def logic_problems(definition: Definition) -> Iterator[Problem]:
    places = {question.key: index for index, question in enumerate(definition.questions)}
    for index, question in enumerate(definition.questions):
        place = f"questions[{index}]"
        if question.show_if is not None:
            yield from _rule(definition, question.show_if, f"{place}.show_if", index, question.key)
        for number, skip in enumerate(question.skips):
            where = f"{place}.skips[{number}]"
            yield from _rule(definition, skip.rule, f"{where}.rule", index + 1, question.key)
            if skip.to != END and places.get(skip.to, -1) <= index:
                sentence = (
                    _("The skip leads back to “%s”; it can only lead to a later question or to the end.")
                    if skip.to in places
                    else _("The skip leads to “%s”, which is no question of this survey.")
                )
                yield Problem(f"{where}.to", sentence % skip.to[:60], question=question.key)
        for text in dict.fromkeys(texts_of(question)):
            yield from _pipes(definition, text, f"{place}.text", index, question.key)
    end = len(definition.questions)
    for text in definition.thanks.text.values():
        yield from _pipes(definition, text, "thanks.text", end, "")
    for text in (*definition.intro.values(), *definition.title.values()):
        yield from _pipes(definition, text, "intro", 0, "")
    if definition.thanks.review_if is not None:
        yield from _rule(definition, definition.thanks.review_if, "thanks.review_if", end, "")


def _rule(definition: Definition, rule: Rule, place: str, before: int, key: str) -> Iterator[Problem]:
    """`before`: the rule may ask for answers of questions with a smaller index."""
    earlier = {question.key: question for question in definition.questions[:before]}
    for number, test in enumerate(rule.tests):
        sentence = _test(definition, test, earlier)
        if sentence:
            yield Problem(f"{place}.tests[{number}]", sentence, question=key)


def _test(definition: Definition, test: Test, earlier: Mapping[str, AnyQuestion]) -> str:
    if test.of == "field" and test.name not in definition.fields:
        return _("A rule asks for the hidden field “%s”, which the survey does not have.") % test.name
    if test.of == "trait" and not test.name.strip():
        return _("A rule asks for something known of the person, but does not say what.")
    if test.of == "answer":
        written = test.name.endswith(".other")
        question = earlier.get(test.name.removesuffix(".other"))
        if question is None:
            if any(each.key == test.name.removesuffix(".other") for each in definition.questions):
                return _("A rule asks for “%s”, which is asked only later: logic looks back.") % test.name
            return _("A rule asks for “%s”, which is no question of this survey.") % test.name
        if isinstance(question, Statement):
            return _("A rule asks for “%s”, which is only read and has no answer.") % test.name
        if not written:
            return _compared(question, test)
    if test.op not in {"answered", "not_answered"} and test.value in (None, ""):
        return _("A rule does not say what “%s” is compared with.") % test.name
    return ""


def _compared(question: AnyQuestion, test: Test) -> str:
    if test.op in {"answered", "not_answered"}:
        return ""
    if test.value is None or test.value == "":
        return _("A rule does not say what “%s” is compared with.") % test.name
    if test.op in _COMPARING and not isinstance(question, _ORDERED):
        return _("The answers to “%s” have no order: more or less cannot be asked of them.") % test.name
    if isinstance(question, NUMBERS) and not _is_number(test.value):
        return _("The answer to “%s” is a number, and the rule compares it with something else.") % test.name
    known = _known_values(question)
    if known is not None and str(test.value) not in known:
        return _("“%(value)s” is no answer to “%(name)s”.") % {
            "value": str(test.value)[:60],
            "name": test.name,
        }
    return ""


def _known_values(question: AnyQuestion) -> set[str] | None:
    match question:
        case Single() | Multiple():
            keys = {option.key for option in question.options}
            return keys | ({"other"} if question.other else set()) | ({"none"} if question.none else set())
        case Ranking():
            return {option.key for option in question.options}
        case Matrix():
            return {column.key for column in question.columns}
        case TaskSuccess():
            return {"yes", "partly", "no"}
        case Consent():
            return {"True", "False", "true", "false"}
    return None


def _is_number(value: object) -> bool:
    try:
        float(str(value))
    except ValueError:
        return False
    return not isinstance(value, bool)


def _pipes(definition: Definition, text: str, place: str, before: int, key: str) -> Iterator[Problem]:
    earlier = {question.key: question for question in definition.questions[:before]}
    for of, name in pipes_in(text):
        if of == "answer":
            question = earlier.get(name.removesuffix(".other"))
            if question is None or isinstance(question, Statement):
                yield Problem(
                    place,
                    _("The text tells the answer to “%s”, which is not asked before it.") % name,
                    question=key,
                )
        elif of == "field" and name not in definition.fields:
            yield Problem(
                place,
                _("The text tells the hidden field “%s”, which the survey does not have.") % name,
                question=key,
            )

"""What no survey may hold, not even a draft: the limits, keys that name two things, languages nobody knows."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from polku.surveys.definition import limits
from polku.surveys.definition.problem import Problem
from polku.surveys.definition.questions import END, LANGUAGES, AnyQuestion, Definition, Rule
from polku.surveys.definition.texts import option_lists, texts_of
from polku.surveys.definition.wordings import LOCKED

_RESERVED = {"other", "none"}  # answers that options of those keys would be taken for


def unsound(definition: Definition) -> list[Problem]:
    """Every reason why the definition is no survey; empty where it is one."""
    return [
        Problem(place, sentence, question=key, is_unsound=True)
        for place, sentence, key in [*_whole(definition), *_texts(definition), *_questions(definition)]
    ]


_Found = tuple[str, str, str]


def _whole(definition: Definition) -> Iterator[_Found]:
    languages = definition.languages
    if not languages:
        yield "languages", _("A survey is asked in at least one language."), ""
    for index, language in enumerate(languages):
        if language not in LANGUAGES:
            yield f"languages[{index}]", _("A survey can be asked in: %s.") % ", ".join(LANGUAGES), ""
        elif language in languages[:index]:
            yield f"languages[{index}]", _("The language stands there twice."), ""
    if len(definition.questions) > limits.QUESTIONS:
        yield "questions", _("A survey has at most %s questions.") % limits.QUESTIONS, ""
    yield from _keys("questions", "key", [question.key for question in definition.questions], {END})
    yield from _keys("fields", "", definition.fields, limits.RESERVED)
    if len(definition.fields) > limits.FIELDS:
        yield "fields", _("A survey has at most %s hidden fields.") % limits.FIELDS, ""
    if len(definition.thanks.review_url) > limits.ADDRESS:
        yield "thanks.review_url", _too_long(limits.ADDRESS), ""
    if definition.thanks.review_if is not None:
        yield from _rule(definition.thanks.review_if, "thanks.review_if", "")
    for name in ("accent", "background", "ink"):
        colour = getattr(definition.theme, name)
        if colour and not limits.COLOUR.fullmatch(colour):
            yield f"theme.{name}", _("A colour is written as #1f5f4a."), ""


def _texts(definition: Definition) -> Iterator[_Found]:
    for placed in texts_of(definition):
        key = "" if placed.question is None else definition.questions[placed.question].key
        longest = limits.TITLE if placed.place == "title" else limits.TEXT
        for language, words in placed.text.items():
            place = f"{placed.place}.{language}"
            if language not in LANGUAGES:
                yield place, _("A survey can be asked in: %s.") % ", ".join(LANGUAGES), key
            if len(words) > longest:
                yield place, _too_long(longest), key
            if not _is_plain(words):
                yield place, _("There is a character that is no text."), key


def _questions(definition: Definition) -> Iterator[_Found]:
    for index, question in enumerate(definition.questions):
        place, key = f"questions[{index}]", question.key
        if isinstance(question, LOCKED) and question.text:
            yield f"{place}.text", _("The wording of this question is fixed; leave its text out."), key
        for name, options in option_lists(question):
            if len(options) > limits.OPTIONS:
                yield f"{place}.{name}", _("There may be at most %s.") % limits.OPTIONS, key
            keys = [option.key for option in options]
            reserved = _RESERVED if name == "options" else set()
            for found in _keys(f"{place}.{name}", "key", keys, reserved):
                yield found[0], found[1], key
        for place_of_number, number in _numbers(question, place):
            if not math.isfinite(number) or abs(number) > 1e15:
                yield place_of_number, _("This number is too large."), key
        if question.show_if is not None:
            yield from _rule(question.show_if, f"{place}.show_if", key)
        if len(question.skips) > limits.SKIPS:
            yield f"{place}.skips", _("There may be at most %s.") % limits.SKIPS, key
        for number, skip in enumerate(question.skips):
            yield from _rule(skip.rule, f"{place}.skips[{number}].rule", key)


def _rule(rule: Rule, place: str, key: str) -> Iterator[_Found]:
    if len(rule.tests) > limits.TESTS:
        yield f"{place}.tests", _("There may be at most %s.") % limits.TESTS, key
    for number, test in enumerate(rule.tests):
        if len(test.name) > limits.VALUE or not _is_plain(test.name):
            yield f"{place}.tests[{number}].name", _too_long(limits.VALUE), key
        if isinstance(test.value, str) and (len(test.value) > limits.VALUE or not _is_plain(test.value)):
            yield f"{place}.tests[{number}].value", _too_long(limits.VALUE), key
        is_number = isinstance(test.value, int | float) and not isinstance(test.value, bool)
        if is_number and not (math.isfinite(test.value) and abs(test.value) <= 1e15):  # type: ignore[arg-type]
            yield f"{place}.tests[{number}].value", _("This number is too large."), key


def _keys(place: str, name: str, keys: Sequence[str], reserved: Collection[str]) -> Iterator[_Found]:
    counts = Counter(keys)
    for index, key in enumerate(keys):
        where = f"{place}[{index}]" + (f".{name}" if name else "")
        if key in reserved:
            yield where, _("“%s” means something else in a survey: choose another name.") % key, ""
        elif not limits.KEY.fullmatch(key):
            yield (
                where,
                _("“%s” cannot be a key: use a–z, 0–9 and _, begin with a letter, at most 40 characters.")
                % key[:60],
                "",
            )
        elif counts[key] > 1 and keys.index(key) < index:
            yield where, _("The key “%s” stands there twice.") % key, ""


def _numbers(question: AnyQuestion, place: str) -> Iterator[tuple[str, float]]:
    for field in msgspec.structs.fields(question):
        value: Any = getattr(question, field.name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            yield f"{place}.{field.name}", value
    for name, options in option_lists(question):
        for number, option in enumerate(options):
            if option.value is not None:
                yield f"{place}.{name}[{number}].value", option.value


def _too_long(longest: int) -> str:
    return _("At most %s characters, please.") % longest


def _is_plain(text: str) -> bool:
    """Neither NUL, which no database keeps, nor half a character."""
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)

"""Answers and what is known of a person, told in the texts of later questions.

`{answer.KEY}`, `{trait.NAME|fallback}`, `{field.NAME|fallback}`: the fallback stands where nothing is known. What
comes out is plain text; whoever shows it escapes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import cast

from polku.surveys.definition.questions import (
    Answer,
    AnyQuestion,
    Consent,
    Date,
    Definition,
    Matrix,
    Option,
    Text,
)
from polku.surveys.definition.wordings import choices_of, in_language

_PIPE = re.compile(r"\{(answer|trait|field)\.([^{}|]{1,80})(?:\|([^{}]{0,200}))?\}")
LONGEST = 300
"""Characters that one pipe brings; an answer may be as long as a page."""
_YES: Text = {"fi": "kyllä", "sv": "ja", "en": "yes"}
_NO: Text = {"fi": "ei", "sv": "nej", "en": "no"}


@dataclass(frozen=True)
class Known:
    """What is known of a person before they answer: hidden fields of their link, and traits."""

    fields: Mapping[str, str] = field(default_factory=dict)
    traits: Mapping[str, str] = field(default_factory=dict)


NOTHING = Known()


def pipe(
    text: str, *, definition: Definition, answers: Mapping[str, Answer | None], known: Known, language: str
) -> str:
    """The text with its pipes filled. Braces that are no pipe stay as they are."""

    def filled(found: re.Match[str]) -> str:
        of, name, fallback = found[1], found[2].strip(), found[3] or ""
        if of == "answer":
            value = answer_text(definition, name, answers, language)
        else:
            value = (known.fields if of == "field" else known.traits).get(name, "")
        # One that holds a pipe itself is told as it is: nothing is filled twice.
        return (" ".join(str(value).split()) or fallback)[:LONGEST]

    return _PIPE.sub(filled, text) if "{" in text else text


def pipes_in(text: str) -> list[tuple[str, str]]:
    """What the text tells, as (`answer`, `trait` or `field`; its key or name)."""
    return [(found[1], found[2].strip()) for found in _PIPE.finditer(text)] if "{" in text else []


def keys_in(text: str) -> list[str]:
    """The keys of the answers that the text tells."""
    return [name for of, name in pipes_in(text) if of == "answer"]


def texts_of(question: AnyQuestion) -> Iterator[str]:
    """Every text of a question that pipes are filled in, in every language."""
    for text in (
        question.text,
        question.help,
        getattr(question, "about", {}),
        getattr(question, "matter", {}),
    ):
        yield from text.values()
    for part in ("options", "rows", "columns"):
        for option in cast(tuple[Option, ...], getattr(question, part, ())):
            yield from option.text.values()


def answer_text(definition: Definition, key: str, answers: Mapping[str, Answer | None], language: str) -> str:
    """An answer in words, options by their texts; empty where there is none."""
    question = next((each for each in definition.questions if each.key == key), None)
    answer = answers.get(key)
    if answer is None or question is None:
        return str(answer) if isinstance(answer, str) and key.endswith(".other") else ""
    written = answers.get(f"{key}.other")
    words = {str(value): label for value, label in choices_of(question, language)}
    if written:
        words["other"] = str(written)
    if isinstance(question, Consent):
        return in_language(_YES if answer else _NO, language)
    if isinstance(question, Date) and isinstance(answer, str):
        return _day(answer, language)
    if isinstance(answer, list):
        return ", ".join(words.get(each, each) for each in answer)
    if isinstance(answer, dict):
        return ", ".join(_pairs(question, answer, words, language))
    if isinstance(answer, float):
        shown = f"{answer:g}" if abs(answer) < 1e6 else str(answer)
        return shown if language == "en" else shown.replace(".", ",")
    return words.get(str(answer), str(answer))


def _pairs(
    question: AnyQuestion, answer: Mapping[str, str | int], words: Mapping[str, str], language: str
) -> Iterator[str]:
    rows, columns = dict(words), {}
    if isinstance(question, Matrix):
        rows = {row.key: in_language(row.text, language) for row in question.rows}
        columns = {column.key: in_language(column.text, language) for column in question.columns}
    for key, value in answer.items():
        yield f"{rows.get(key, key)}: {columns.get(str(value), str(value))}"


def _day(answer: str, language: str) -> str:
    try:
        day = date.fromisoformat(answer)
    except ValueError:
        return answer
    if language == "fi":
        return f"{day.day}.{day.month}.{day.year}"
    return day.isoformat() if language == "sv" else f"{day.day} {day:%B} {day.year}"

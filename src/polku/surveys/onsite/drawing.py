"""A survey as the widget draws it: one step at a time, in one language, with what the person answered told in it."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from polku.surveys.answering.speaking import look_of
from polku.surveys.definition.piping import Known, pipe
from polku.surveys.definition.questions import (
    Answer,
    AnyQuestion,
    Definition,
    Email,
    LongText,
    Matrix,
    Number,
    Points,
    Ranking,
    ShortText,
)
from polku.surveys.definition.wordings import choices_of, ends_of, in_language, text_of

MOST_QUESTIONS = 12
"""A longer survey is asked on its own page."""
_LONGEST_EMAIL = 254
_TOO_WIDE = Matrix | Ranking | Points


def fits_on_card(definition: Definition) -> bool:
    """Whether a small card can ask it all: tables, rankings and shared-out points need a page."""
    return len(definition.questions) <= MOST_QUESTIONS and not any(
        isinstance(question, _TOO_WIDE) for question in definition.questions
    )


def theme_of(definition: Definition) -> dict[str, str]:
    """All colours of the card where the survey has any of its own."""
    look = look_of(definition.theme)
    return asdict(look) if look is not None else {}


def step_of(
    definition: Definition,
    keys: Sequence[str],
    *,
    answers: Mapping[str, Answer | None],
    known: Known,
    language: str,
    number: str,
) -> dict[str, Any]:
    """The questions of one step. `number` is the response's: the random order is the same each time it is shown."""

    def told(text: str) -> str:
        return pipe(text, definition=definition, answers=answers, known=known, language=language)

    questions = {question.key: question for question in definition.questions}
    return {"questions": [_drawn(questions[key], told, language, f"{number}{key}") for key in keys]}


def _drawn(question: AnyQuestion, told: Any, language: str, seed: str) -> dict[str, Any]:
    low, high = ends_of(question, language)
    most = {
        ShortText: getattr(question, "most", 0),
        LongText: getattr(question, "most", 0),
        Email: _LONGEST_EMAIL,
    }
    return {
        "key": question.key,
        "type": str(question.__struct_config__.tag),
        "text": told(text_of(question, language)),
        "help": told(in_language(question.help, language)),
        "required": question.required,
        "choices": [[str(value), told(label)] for value, label in _ordered(question, language, seed)],
        "ends": [low, high],
        "most": most.get(type(question), 0),
        "low": getattr(question, "low", None),
        "high": getattr(question, "high", None),
        "unit": in_language(question.unit, language) if isinstance(question, Number) else "",
    }


def _ordered(question: AnyQuestion, language: str, seed: str) -> list[tuple[int | str, str]]:
    choices = choices_of(question, language)
    if getattr(question, "random_order", False):
        own = [choice for choice in choices if choice[0] not in ("other", "none")]
        rest = [choice for choice in choices if choice[0] in ("other", "none")]
        random.Random(seed).shuffle(own)  # noqa: S311 - an order of options, not a secret
        return own + rest
    return choices

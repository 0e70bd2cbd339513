"""What a tablet shows, worked out beforehand: without network it cannot ask.

A tablet asks the survey's smiley question. For each face the survey's logic says what follows; of that the tablet asks
one question that is answered by tapping, and one in words.
"""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from polku.surveys.answering.speaking import look_of
from polku.surveys.definition.logic import path
from polku.surveys.definition.piping import Known, pipe
from polku.surveys.definition.questions import (
    AnyQuestion,
    Definition,
    LongText,
    Multiple,
    ShortText,
    Single,
    Smiley,
)
from polku.surveys.definition.wordings import choices_of, in_language, text_of
from polku.surveys.models import SurveyVersion, Tablet
from polku.surveys.onsite.words import words_in

FACES = (1, 2, 3, 4)
LONGEST_TEXT = 500


def smiley_of(definition: Definition) -> Smiley | None:
    """The question that tablets ask; None where the survey has none."""
    return next((question for question in definition.questions if isinstance(question, Smiley)), None)


def setup_of(tablet: Tablet, version: SurveyVersion, definition: Definition) -> dict[str, Any] | None:
    """All that the device needs, with `mark`, which is another where anything is. None without a smiley question."""
    smiley = smiley_of(definition)
    if smiley is None:
        return None
    questions = {question.key: question for question in definition.questions}
    known = Known(fields=tablet.link.fields)
    follow: dict[str, list[str]] = {}
    for value in FACES:
        met = [questions[key] for key in path(definition, {smiley.key: value}, known)]
        after = met[met.index(smiley) + 1 :] if smiley in met else []
        tapped = next((question for question in after if isinstance(question, Single | Multiple)), None)
        written = next((question for question in after if isinstance(question, ShortText | LongText)), None)
        follow[str(value)] = [question.key for question in (tapped, written) if question is not None]
    used = {key for keys in follow.values() for key in keys}
    look = look_of(definition.theme)
    setup: dict[str, Any] = {
        "tablet": tablet.name,
        "version": version.number,
        "smiley": smiley.key,
        "follow": follow,
        "languages": [
            _in_language(definition, smiley, known, used, language) for language in definition.languages
        ],
        "theme": msgspec.to_builtins(look) if look else {},
    }
    setup["mark"] = hashlib.sha256(msgspec.json.encode(setup, order="deterministic")).hexdigest()[:16]
    return setup


def _in_language(
    definition: Definition, smiley: Smiley, known: Known, used: set[str], language: str
) -> dict[str, Any]:
    def told(text: str) -> str:
        return pipe(text, definition=definition, answers={}, known=known, language=language)

    return {
        "language": language,
        "question": told(text_of(smiley, language)),
        "help": told(in_language(smiley.help, language)),
        "labels": [label for _value, label in choices_of(smiley, language)],
        "thanks": told(in_language(definition.thanks.text, language)),
        "words": words_in(language),
        "questions": {
            question.key: _drawn(question, language, told)
            for question in definition.questions
            if question.key in used
        },
    }


def _drawn(question: AnyQuestion, language: str, told: Any) -> dict[str, Any]:
    return {
        "type": str(question.__struct_config__.tag),
        "text": told(text_of(question, language)),
        "most": min(getattr(question, "most", None) or LONGEST_TEXT, LONGEST_TEXT),
        "choices": [[str(value), told(label)] for value, label in choices_of(question, language)],
    }

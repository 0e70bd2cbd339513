"""The questions of a survey over all its versions: what is counted together, and where a wording changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from polku.surveys.definition.questions import (
    AnyQuestion,
    Definition,
    Matrix,
    Multiple,
    Option,
    Points,
    Ranking,
    Single,
    Statement,
    from_data,
)
from polku.surveys.definition.wordings import in_language, metric_of, scale_of, text_of
from polku.surveys.models import Survey, SurveyVersion

WITH_OPTIONS = (Single, Multiple, Ranking, Points)


@dataclass(frozen=True)
class Asked:
    """A question as it was asked last. Answers count together where its key, type and scale were the same: another
    scale under the same key is a question of its own, with a `column` of its own. Options that older versions had come
    last. `changed` are the versions from which on it was worded differently."""

    column: str
    question: AnyQuestion
    versions: tuple[int, ...]
    changed: tuple[int, ...] = ()

    @property
    def key(self) -> str:
        return self.question.key

    @property
    def metric(self) -> str | None:
        return metric_of(self.question)

    @property
    def scale(self) -> tuple[float, float] | None:
        return scale_of(self.question)


@dataclass(frozen=True)
class Versions:
    """A survey's published versions by number, and its questions over all of them."""

    numbers: dict[int, int]
    """Primary key → number."""
    definitions: dict[int, Definition]
    published: dict[int, Any] = field(default_factory=dict)
    """Number → when it was published."""
    questions: tuple[Asked, ...] = ()
    fields: tuple[str, ...] = ()

    @property
    def newest(self) -> Definition | None:
        return self.definitions[max(self.definitions)] if self.definitions else None

    @property
    def scores(self) -> list[Asked]:
        return [asked for asked in self.questions if asked.metric]

    def find(self, column: str) -> Asked | None:
        return next((asked for asked in self.questions if asked.column == column), None)


def versions_of(survey: Survey) -> Versions:
    """Read from the database."""
    rows = list(SurveyVersion.objects.filter(survey=survey).order_by("number"))
    definitions = {row.number: from_data(row.definition) for row in rows}
    return Versions(
        numbers={row.pk: row.number for row in rows},
        definitions=definitions,
        published={row.number: row.published_at for row in rows},
        questions=tuple(questions_over(definitions)),
        fields=tuple(dict.fromkeys(name for each in definitions.values() for name in each.fields)),
    )


def kind_of(question: AnyQuestion) -> tuple[str, Any]:
    """What must be the same for answers to count together."""
    return str(question.__struct_config__.tag), scale_of(question)


def questions_over(definitions: dict[int, Definition]) -> list[Asked]:
    """In the order of the newest version that has each; statements are left out."""
    found: dict[tuple[str, object], Asked] = {}
    for number in sorted(definitions, reverse=True):
        for question in definitions[number].questions:
            if isinstance(question, Statement):
                continue
            place = (question.key, kind_of(question))
            known = found.get(place)
            if known is None:
                same_key = sum(1 for key, _kind in found if key == question.key)
                column = question.key if not same_key else f"{question.key}~{same_key + 1}"
                found[place] = Asked(column, question, (number,))
                continue
            found[place] = replace(
                known, question=_with_options_of(known.question, question), versions=(number, *known.versions)
            )
    return [replace(asked, changed=tuple(_changes(asked, definitions))) for asked in found.values()]


def _changes(asked: Asked, definitions: dict[int, Definition]) -> list[int]:
    """The versions that worded the question differently, in a language that the one before had too."""
    changed: list[int] = []
    before: dict[str, object] = {}
    for number in asked.versions:
        question = next(
            each
            for each in definitions[number].questions
            if each.key == asked.key and kind_of(each) == kind_of(asked.question)
        )
        worded = {language: _worded(question, language) for language in definitions[number].languages}
        if any(worded[language] != before[language] for language in worded.keys() & before.keys()):
            changed.append(number)
        before = worded
    return changed


def _worded(question: AnyQuestion, language: str) -> object:
    """What people read of the question."""
    parts = [getattr(question, name, ()) for name in ("options", "rows", "columns")]
    return (
        text_of(question, language),
        [[(option.key, in_language(option.text, language)) for option in part] for part in parts],
    )


def _with_options_of(newer: AnyQuestion, older: AnyQuestion) -> AnyQuestion:
    def joined(of: Sequence[Option], more: Sequence[Option]) -> tuple[Option, ...]:
        known = {option.key for option in of}
        return (*of, *(option for option in more if option.key not in known))

    if isinstance(newer, Matrix) and isinstance(older, Matrix):
        return msgspec.structs.replace(
            newer, rows=joined(newer.rows, older.rows), columns=joined(newer.columns, older.columns)
        )
    if isinstance(newer, WITH_OPTIONS) and isinstance(older, WITH_OPTIONS):
        changes: dict[str, Any] = {"options": joined(newer.options, older.options)}
        for name in ("other", "none"):
            if hasattr(newer, name):
                changes[name] = getattr(newer, name) or getattr(older, name)
        return msgspec.structs.replace(newer, **changes)
    return newer

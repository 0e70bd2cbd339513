"""One whole answer: what was asked in the version that was shown, what was answered, and what was corrected later."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from polku.accounts.models import Workspace
from polku.analytics import resolvers
from polku.eventstore.port import StoreError
from polku.eventstore.registry import store
from polku.journeys.display_names import channel_name
from polku.site.formats import Reader
from polku.surveys.definition.questions import (
    AnyQuestion,
    Consent,
    Date,
    Definition,
    Matrix,
    Multiple,
    Number,
    Points,
    Ranking,
    Single,
    Statement,
    from_data,
)
from polku.surveys.definition.wordings import choices_of, in_language, metric_of, scale_of, text_of
from polku.surveys.models import AnswerChange, Response
from polku.surveys.results import words
from polku.surveys.results.comments import said_when
from polku.surveys.results.dimensions import language_names


@dataclass(frozen=True)
class Line:
    """A question and what was answered; `lines` are the rows of a matrix, a ranking or shared-out points."""

    title: str
    answer: str
    lines: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Change:
    title: str
    before: str
    after: str
    when: str


@dataclass(frozen=True)
class Whole:
    lines: Sequence[Line]
    changes: Sequence[Change]
    facts: Sequence[tuple[str, str]]
    flags: Sequence[str]
    person: str
    """The address of the person's timeline, "" where nobody is known."""


def whole_answer(response: Response, reader: Reader) -> Whole:
    """Reads the response's version, link and changes, and asks the event store who its person is."""
    definition = from_data(response.version.definition)
    titles = {question.key: text_of(question, reader.language) for question in definition.questions}
    by_key = {question.key: question for question in definition.questions}
    lines = [
        _line(question, response.answers, reader)
        for question in definition.questions
        if not isinstance(question, Statement)
    ]
    changes = [
        Change(
            titles.get(change.question.removesuffix(".other"), change.question),
            _said_of(by_key, change.question, change.before, reader),
            _said_of(by_key, change.question, change.after, reader),
            said_when(change.at, reader),
        )
        for change in AnswerChange.objects.filter(response=response)
    ]
    return Whole(
        lines,
        changes,
        _facts(response, definition, reader),
        [words.flag_word(flag) for flag in response.flags],
        person_address(response.workspace, response.person),
    )


def _line(question: AnyQuestion, answers: Mapping[str, Any], reader: Reader) -> Line:
    given = answers.get(question.key)
    title = text_of(question, reader.language)
    if given is None:
        return Line(title, "")
    if isinstance(question, Matrix) and isinstance(given, dict):
        columns = {column.key: in_language(column.text, reader.language) for column in question.columns}
        rows = {row.key: in_language(row.text, reader.language) for row in question.rows}
        return Line(
            title,
            "",
            [(rows.get(key, str(key)), columns.get(str(value), str(value))) for key, value in given.items()],
        )
    if isinstance(question, Ranking) and isinstance(given, list):
        labels = {str(key): label for key, label in choices_of(question, reader.language)}
        return Line(
            title, "", [(f"{place}.", labels.get(str(key), str(key))) for place, key in enumerate(given, 1)]
        )
    if isinstance(question, Points) and isinstance(given, dict):
        labels = {str(key): label for key, label in choices_of(question, reader.language)}
        return Line(
            title,
            "",
            [(labels.get(str(key), str(key)), reader.number(points)) for key, points in given.items()],
        )
    said = said_answer(question, given, reader)
    other = answers.get(f"{question.key}.other")
    return Line(title, f"{said}: {other}" if other else said)


def said_answer(question: AnyQuestion, given: Any, reader: Reader) -> str:
    """An answer in one line, as people read it."""
    if given is None:
        return "–"
    language = reader.language
    if isinstance(question, (Single, Multiple, Ranking)):
        labels = {str(key): label for key, label in choices_of(question, language)}
        keys = given if isinstance(given, list) else [given]
        return ", ".join(labels.get(str(key), str(key)) for key in keys)
    if isinstance(question, Consent):
        return _("Yes") if given else _("No")
    if isinstance(question, Date):
        try:
            return reader.day(dt.date.fromisoformat(given), year=True)
        except (TypeError, ValueError):
            return str(given)
    if isinstance(given, dict):
        return ", ".join(f"{key}: {value}" for key, value in given.items())
    metric = metric_of(question)
    if metric and not isinstance(given, bool):
        labels = {str(value): label for value, label in choices_of(question, language)}
        label, scale = labels.get(str(given), str(given)), scale_of(question)
        if isinstance(given, (int, float)) and scale:
            number = f"{reader.number(given)}/{reader.number(scale[1])}"
            return number if label == str(given) else f"{number} · {label}"
        return label
    if isinstance(question, Number) and isinstance(given, (int, float)):
        unit = in_language(question.unit, language)
        return f"{reader.number(given, 0 if float(given).is_integer() else 2)} {unit}".rstrip()
    return str(given)


def _said_of(by_key: Mapping[str, AnyQuestion], key: str, given: Any, reader: Reader) -> str:
    question = by_key.get(key)
    return said_answer(question, given, reader) if question is not None else str(given or "–")


def _facts(response: Response, definition: Definition, reader: Reader) -> list[tuple[str, str]]:
    found = [
        (_("State"), str(Response.State(response.state).label)),
        (_("Answered"), said_when(response.completed_at or response.changed_at, reader)),
        (_("Version"), str(response.version.number)),
        (_("Language"), language_names().get(response.language, response.language)),
        (_("Link"), response.link.name if response.link else ""),
        (_("Channel"), channel_name(response.channel) if response.channel else ""),
        (_("Time taken"), reader.duration(response.seconds) if response.seconds else ""),
        (_("Order"), response.order),
        (_("Person"), response.person),
        (_("Page"), response.url),
    ]
    found += [(resolvers.words().property(name), str(value)) for name, value in response.fields.items()]
    if response.wants_contact:
        found.append((_("Wants to be contacted"), response.contact or _("yes")))
    if response.may_be_quoted:
        found.append((_("May be quoted"), _("yes")))
    return [(name, value) for name, value in found if value]


def person_address(workspace: Workspace, alias: str) -> str:
    """The timeline of whoever has the id; "" for nobody, and while the store cannot say."""
    if not alias:
        return ""
    try:
        found = store().find_people(workspace.key.hex, search=alias, limit=20).to_pylist()
    except StoreError:
        return ""
    person = next((row["person"] for row in found if alias in row["ids"]), None)
    return resolvers.person_address(workspace, person) if person is not None else ""

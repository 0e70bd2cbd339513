"""What the event store is told of an answer: its scores, and what was written.

Each score question is one score, each row of a matrix whose columns have values as well, and each option that points
were shared out to: the weight that it was given. What was written goes with
the score question before it, or stands alone. An answer that is told again takes back what was told before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from polku.eventstore.port import SignalKind
from polku.eventstore.streams import IdKind
from polku.outbox import news
from polku.surveys.answering.finding import definition_of
from polku.surveys.definition.logic import met_answers
from polku.surveys.definition.piping import Known
from polku.surveys.definition.questions import (
    Answer,
    AnyQuestion,
    Definition,
    Email,
    LongText,
    Matrix,
    Points,
    ShortText,
    Single,
    TaskSuccess,
)
from polku.surveys.definition.wordings import TASK_POINTS, metric_of, scale_of
from polku.surveys.models import Response, SurveyLink
from polku.surveys.moments.connecting import moment_properties

ORIGIN = "survey"
_CHANNELS = {
    SurveyLink.Kind.QR: "store",
    SurveyLink.Kind.TABLET: "store",
    SurveyLink.Kind.EMAIL: "email",
    SurveyLink.Kind.MOMENT: "email",
}
_LONGEST_PROPERTY = 500


def channel_of(link: SurveyLink | None) -> str:
    """Through what an answer of this link came, as signals name channels."""
    return _CHANNELS.get(SurveyLink.Kind(link.kind), "web") if link else "web"


def tell_response(response: Response, traits: Mapping[str, str]) -> None:
    """Keep news of the answer as it is now, in the caller's transaction, and count it in `response.told`, which the
    caller saves. Test answers and held ones are not told, and anonymous ones only in groups (gathering.py)."""
    if response.is_test or response.is_held or response.survey.is_anonymous:
        return
    definition = definition_of(response.version)
    withdrawn = _possible_ids(definition, response.number, response.told) if response.told else []
    response.told += 1
    news.tell(
        workspace_id=response.workspace_id,
        origin=ORIGIN,
        signals=signals_of(response, traits),
        withdrawn=withdrawn,
    )


def withdraw_response(response: Response) -> None:
    """Take back whatever was told of it, in the caller's transaction."""
    if response.told:
        ids = _possible_ids(definition_of(response.version), response.number, response.told)
        news.tell(workspace_id=response.workspace_id, origin=ORIGIN, withdrawn=ids)


def signals_of(response: Response, traits: Mapping[str, str] = {}) -> list[news.Signal]:
    """What the answer tells, as it is now and as it would be told for the `response.told`-th time.

    `traits` decide which questions the person met. Reads the response's survey, version, link and workspace.
    """
    definition = definition_of(response.version)
    fields = {str(name): str(value) for name, value in response.fields.items()}
    answers = met_answers(definition, response.answers, Known(fields, traits))
    blank = _blank(response, definition, answers)
    signals: list[news.Signal] = []
    texts: list[str] = []  # written since the score at `scored`
    scored: int | None = None
    for question in definition.questions:
        answer = answers.get(question.key)
        if answer is None:
            continue
        if isinstance(question, ShortText | LongText):
            if scored is None:
                signals.append(
                    _named(blank, response, question.key, SignalKind.COMMENT, question.key, text=str(answer))
                )
            else:
                texts.append(str(answer))
                signals[scored] = replace(signals[scored], text="\n\n".join(texts))
            continue
        for score in _scores(question, answer):
            signals.append(
                _named(
                    blank,
                    response,
                    score.key,
                    SignalKind.SCORE,
                    score.name,
                    question=question.key,
                    score=score.value,
                    scale_low=score.low,
                    scale_high=score.high,
                )
            )
        if metric_of(question):
            scored, texts = len(signals) - 1, []
    return signals


@dataclass(frozen=True)
class _Score:
    key: str
    name: str
    value: float
    low: float
    high: float


def _scores(question: AnyQuestion, answer: Answer) -> Iterator[_Score]:
    if isinstance(question, Matrix):
        values = {column.key: column.value for column in question.columns if column.value is not None}
        if len(values) < 2 or not isinstance(answer, dict):
            return
        low, high = min(values.values()), max(values.values())
        for row, column in answer.items():
            if (value := values.get(str(column))) is not None:
                yield _Score(f"{question.key}.{row}", row, value, low, high)
        return
    if isinstance(question, Points):
        if isinstance(answer, dict):
            for option, points in answer.items():
                if isinstance(points, int | float):
                    # "economic" alone could be anything; the row of a matrix says what it measures.
                    key = f"{question.key}.{option}"
                    yield _Score(key, f"{option}_weight", float(points), 0, float(question.total))
        return
    metric, scale = metric_of(question), scale_of(question)
    if not metric or scale is None:
        return
    if isinstance(question, TaskSuccess):
        yield _Score(question.key, metric, TASK_POINTS[str(answer)], 0, 1)
    elif isinstance(answer, int | float):
        yield _Score(question.key, metric, float(answer), float(scale[0]), float(scale[1]))


def _blank(response: Response, definition: Definition, answers: Mapping[str, Answer]) -> news.Signal:
    """What all signals of the answer have in common."""
    person, kind = _person(response, definition, answers)
    moment = response.completed_at or response.changed_at
    properties = {"survey": response.survey.key}
    # Of anonymous answers raw signals must leave nothing to tell few people apart by.
    if not response.survey.is_anonymous:
        properties |= _split_by(response, definition, answers)
    return news.Signal(
        message_id="",
        kind=0,
        name="",
        time=_microseconds(moment),
        person=person,
        person_kind=kind,
        order=response.order or None,
        channel=response.channel or None,
        url=response.url or None,
        properties=properties,
    )


def _split_by(response: Response, definition: Definition, answers: Mapping[str, Answer]) -> dict[str, str]:
    """By what questions may split and filter the answer's signals."""
    properties = {str(name): str(value)[:_LONGEST_PROPERTY] for name, value in response.fields.items()}
    for question in definition.questions:
        if isinstance(question, Single) and question.key in answers:
            properties[f"answer.{question.key}"] = str(answers[question.key])
    properties |= {
        "survey": response.survey.key,
        "version": str(response.version.number),
        "language": response.language,
        "response": response.number,
    }
    if response.link is not None:
        properties["link"] = response.link.name
        if response.link.kind == SurveyLink.Kind.MOMENT:
            properties |= moment_properties(response.link)
    return properties


def _person(response: Response, definition: Definition, answers: Mapping[str, Answer]) -> tuple[str, str]:
    if response.person and not response.survey.is_anonymous:
        return response.person, response.person_kind or IdKind.FILE
    if not response.survey.is_anonymous:
        for question in definition.questions:
            if isinstance(question, Email) and question.joins and question.key in answers:
                return str(answers[question.key]).lower(), IdKind.EMAIL
    # Somebody of whom nothing else is known, and nothing else will ever join.
    return hashlib.md5(
        f"{response.number}:person".encode(), usedforsecurity=False
    ).hexdigest(), IdKind.COOKIELESS


def _named(
    blank: news.Signal,
    response: Response,
    key: str,
    kind: SignalKind,
    name: str,
    *,
    question: str = "",
    score: float | None = None,
    scale_low: float | None = None,
    scale_high: float | None = None,
    text: str | None = None,
) -> news.Signal:
    return replace(
        blank,
        message_id=_message_id(response.number, key, response.told),
        kind=int(kind),
        name=name,
        score=score,
        scale_low=scale_low,
        scale_high=scale_high,
        text=text,
        properties={**blank.properties, "question": question or key},
    )


def _message_id(number: str, key: str, told: int) -> str:
    return hashlib.md5(f"{number} {key} {told}".encode(), usedforsecurity=False).hexdigest()


def _possible_ids(definition: Definition, number: str, told: int) -> list[str]:
    """Of every signal that the answer may have told then; taking back what never was told changes nothing."""
    keys = []
    for question in definition.questions:
        if metric_of(question) or isinstance(question, ShortText | LongText):
            keys.append(question.key)
        elif isinstance(question, Matrix):
            keys += [f"{question.key}.{row.key}" for row in question.rows]
        elif isinstance(question, Points):
            keys += [f"{question.key}.{option.key}" for option in question.options]
    return [_message_id(number, key, told) for key in keys]


def _microseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000)

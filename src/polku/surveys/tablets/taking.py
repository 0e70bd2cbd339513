"""What a tablet sends: answers that it has kept, and how it is.

Times are the device's. It knows how far its clock is off from its last contact; what has changed since follows from
`sent_at`, its idea of the moment in which it sends. Delivered again, an answer is the same one by its number.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated

import msgspec
from django.db import transaction
from django.utils import timezone
from django_scopes import scope

from polku.surveys.answering.domain import submit
from polku.surveys.definition.questions import Answer, Definition, from_data
from polku.surveys.definition.reading import AnswerProblem, cleaned, read_answer, read_other
from polku.surveys.models import Response, SurveyVersion, Tablet, TabletPress
from polku.surveys.tablets.setup import smiley_of

MOST_ANSWERS = 100
MOST_PRESSES = 200
_OLDEST = timedelta(days=90)
_FUTURE = 4_102_444_800_000.0  # the year 2100, in milliseconds

Moment = Annotated[float, msgspec.Meta(ge=0, le=_FUTURE)]
_Key = Annotated[str, msgspec.Meta(max_length=80)]


class Pressed(msgspec.Struct):
    """One answer. `at` and those of `presses` (time, face) are milliseconds since 1970 by the device's clock."""

    number: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$")]
    at: Moment
    face: int
    version: int = 0
    language: Annotated[str, msgspec.Meta(max_length=2)] = ""
    chosen: dict[_Key, Annotated[list[_Key], msgspec.Meta(max_length=100)]] = {}
    text: dict[_Key, Annotated[str, msgspec.Meta(max_length=5_000)]] = {}
    presses: Annotated[list[tuple[Moment, int]], msgspec.Meta(max_length=MOST_PRESSES)] = []
    test: bool = False


class Delivery(msgspec.Struct):
    sent_at: Moment
    answers: Annotated[list[Pressed], msgspec.Meta(max_length=MOST_ANSWERS)] = []
    waiting: Annotated[int, msgspec.Meta(ge=0, le=10_000_000)] = 0
    battery: Annotated[int, msgspec.Meta(ge=0, le=100)] | None = None
    program: Annotated[str, msgspec.Meta(max_length=40)] = ""


@dataclass(frozen=True)
class Receipt:
    """Numbers of the answers that the device need not keep any more: they are stored, or can never be."""

    stored: list[str]
    refused: list[str]


def take_delivery(*, tablet: Tablet, delivery: Delivery, versions: dict[int, SurveyVersion]) -> Receipt:
    """Store the answers, one transaction each, and note how the device is. `versions` are all of its survey."""
    now = timezone.now()
    ahead = timedelta(milliseconds=delivery.sent_at - now.timestamp() * 1000)
    stored: list[str] = []
    refused: list[str] = []
    with scope(workspace=tablet.workspace):
        definitions: dict[int, Definition] = {}
        for pressed in delivery.answers:
            version = versions.get(pressed.version) or versions[max(versions)]
            definition = definitions.setdefault(version.number, from_data(version.definition))
            is_taken = _is_test(tablet, pressed, now) or _store(
                tablet, pressed, version, definition, now, ahead
            )
            (stored if is_taken else refused).append(pressed.number)
        Tablet.objects.filter(pk=tablet.pk).update(
            seen_at=now,
            waiting=max(0, delivery.waiting - len(delivery.answers)),
            battery=delivery.battery,
            program=cleaned(delivery.program),
        )
    return Receipt(stored, refused)


def _is_test(tablet: Tablet, pressed: Pressed, now: datetime) -> bool:
    if pressed.test:
        Tablet.objects.filter(pk=tablet.pk).update(tested_at=now)
    return pressed.test


def _store(
    tablet: Tablet,
    pressed: Pressed,
    version: SurveyVersion,
    definition: Definition,
    now: datetime,
    ahead: timedelta,
) -> bool:
    answers = _answers_of(definition, pressed)
    known_as = Response.objects.filter(number=pressed.number).values_list("survey", flat=True).first()
    if not answers or known_as not in (None, tablet.link.survey_id):
        return False
    with transaction.atomic():
        submit(
            link=tablet.link,
            number=pressed.number,
            version=version,
            answers=answers,
            at=_moment(pressed.at, now, ahead),
            language=pressed.language,
            fields={"device": tablet.name},
        )
        if len(pressed.presses) > 1 and not tablet.link.survey.is_anonymous:
            TabletPress.objects.bulk_create(
                (
                    TabletPress(
                        workspace=tablet.workspace,
                        tablet=tablet,
                        number=pressed.number,
                        place=place,
                        face=min(max(face, 0), 9),
                        at=_moment(at, now, ahead),
                    )
                    for place, (at, face) in enumerate(pressed.presses)
                ),
                ignore_conflicts=True,
            )
    return True


def _moment(at: float, now: datetime, ahead: timedelta) -> datetime:
    """The device's moment by the server's clock: never to come, and not before there were tablets to press."""
    moment = datetime.fromtimestamp(at / 1000, UTC) - ahead
    return now if moment > now or moment < now - _OLDEST else moment


def _answers_of(definition: Definition, pressed: Pressed) -> dict[str, Answer]:
    """Those that the version allows; nothing without a face. What else cannot be read is left out: nobody is there who
    could mend it."""
    smiley = smiley_of(definition)
    if smiley is None:
        return {}
    form = {f"q-{key}": values for key, values in pressed.chosen.items()}
    form |= {f"q-{key}": [text] for key, text in pressed.text.items()}
    form[f"q-{smiley.key}"] = [str(pressed.face)]
    answers: dict[str, Answer] = {}
    for question in definition.questions:
        if f"q-{question.key}" not in form:
            continue
        try:
            answer = read_answer(question, form, pressed.language)
        except AnswerProblem:
            continue
        if answer is not None:
            answers[question.key] = answer
            if (other := read_other(question, form, answer)) is not None:
                answers[f"{question.key}.other"] = other
    return answers if smiley.key in answers else {}

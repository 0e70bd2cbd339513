"""How an answer is begun, kept and completed, inside a transaction of `domain`. Nothing here saves it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

import msgspec
from django.db.models import QuerySet
from django_scopes import scope

from polku.site.tokens import digest_of
from polku.surveys.answering.finding import Visit, definition_of, resume_token
from polku.surveys.answering.telling import channel_of, tell_response
from polku.surveys.definition.logic import met_answers
from polku.surveys.definition.piping import Known
from polku.surveys.definition.questions import Answer, AnyQuestion, Definition
from polku.surveys.honesty import flags
from polku.surveys.honesty.stuffing import stuffing
from polku.surveys.models import AnswerChange, Invitation, Response, SurveyLink, SurveyVersion

_LONGEST_FIELD = 200


class AlreadyAnswered(Exception):
    """An anonymous invitation was used: nothing tells which answer it was, so nothing can be corrected."""


@dataclass(frozen=True)
class Sender:
    """What is known of the device that answers, for the checks of honesty only: nothing of it is kept."""

    address: str = ""
    agent: str = ""
    honeypot: str = ""
    sudden: float | None = None
    """Seconds from the page's display to its form's return."""
    is_program: bool = False
    """A device of ours that has no browser's name: a tablet that sends what it kept."""

    @property
    def device(self) -> str:
        return f"{self.address} {self.agent}" if self.address else ""


def coarse(visit_or_response: Visit | Response, at: datetime) -> datetime:
    """The moment to be kept: of an anonymous survey, noon of the day."""
    survey = visit_or_response.survey
    if not survey.is_anonymous:
        return at
    zone = ZoneInfo(survey.workspace.timezone)
    return datetime.combine(at.astimezone(zone).date(), time(12), zone)


def visit_of(
    link: SurveyLink | None, invitation: Invitation | None, version: SurveyVersion | None = None
) -> Visit:
    of = invitation or link
    if of is None:
        raise ValueError("an answer belongs to a link or an invitation")
    with scope(workspace=of.workspace):
        link = link or (invitation.link if invitation else None)
        version = version or SurveyVersion.objects.filter(survey=of.survey).first()
        if version is None:
            raise ValueError("the survey was not published")
        return Visit(
            "",
            of.survey,
            version,
            definition_of(version),
            link,
            invitation,
        )


def existing(visit: Visit, number: str) -> Response | None:
    """The answer that is gone on with, locked until the transaction ends."""
    survey = visit.survey
    if visit.invitation is not None:
        # Its row is what two answers at once wait for, each other's answer may not be there yet.
        invitation = Invitation.objects.select_for_update().get(pk=visit.invitation.pk)
        if survey.is_anonymous and invitation.is_answered:
            raise AlreadyAnswered
        if not survey.is_anonymous:
            return _prepared(Response.objects.filter(invitation=invitation), visit)
    return _prepared(Response.objects.filter(survey=survey, number=number), visit)


def _prepared(found: QuerySet[Response], visit: Visit) -> Response | None:
    response = found.select_for_update().first()
    if response is not None:
        response.survey, response.workspace = visit.survey, visit.workspace
        if response.link_id == (visit.link.pk if visit.link else None):
            response.link = visit.link
        if response.version_id == visit.version.pk:
            response.version = visit.version
    return response


def locked(pk: int) -> Response:
    # The nullable relations are read apart: PostgreSQL locks no outer join.
    Response.objects.select_for_update().get(pk=pk)
    return Response.objects.select_related("survey__workspace", "version", "link", "invitation").get(pk=pk)


def new_response(
    visit: Visit, number: str, language: str, fields: Mapping[str, str], sender: Sender, at: datetime
) -> Response:
    """Not saved yet."""
    survey, link, invitation = visit.survey, visit.link, visit.invitation
    moment = coarse(visit, at)
    response = Response(
        workspace=visit.workspace,
        survey=survey,
        version=visit.version,
        link=link,
        number=number,
        digest="" if survey.is_anonymous else digest_of(resume_token(number)),
        language=language,
        channel=channel_of(link),
        fields=_fields(visit, fields),
        is_test=visit.is_test,
        started_at=moment,
        changed_at=moment,
    )
    if invitation is not None and not survey.is_anonymous:
        response.invitation = invitation
        response.person, response.person_kind = invitation.person, invitation.person_kind
        if not response.person and invitation.email:
            response.person, response.person_kind = invitation.email.lower(), "email"
        response.order = invitation.order
    if link is not None and sender.address and stuffing.is_too_many(link, sender.address):
        response.is_held, response.flags = True, [flags.TOO_MANY]
    return response


def _fields(visit: Visit, given: Mapping[str, str]) -> dict[str, str]:
    """Hidden fields, those of the link before what came in the address; a tablet says which it is. What came with one
    person's link or address is not kept of an anonymous survey: it might say who it was."""
    fields: dict[str, object] = {}
    if not visit.survey.is_anonymous:
        is_tablet = visit.link is not None and visit.link.kind == SurveyLink.Kind.TABLET
        names = [*visit.definition.fields, *(("device",) if is_tablet else ())]
        fields |= {name: value for name, value in given.items() if name in names}
        fields |= visit.invitation.fields if visit.invitation else {}
    fields |= visit.link.fields if visit.link else {}
    return {str(name)[:80]: str(value)[:_LONGEST_FIELD] for name, value in fields.items() if value != ""}


def fitting(
    answers: Mapping[str, Answer | None], asked: Definition, begun: Definition
) -> Mapping[str, Answer | None]:
    """Those that can be kept in an answer `begun` with another version than the one that `asked` for them: a page that
    stood open while the survey was published anew. A key may have come to name another question, or another scale."""
    if asked is begun:
        return answers
    before = {question.key: _gist(question) for question in begun.questions}
    same = {question.key for question in asked.questions if before.get(question.key) == _gist(question)}
    return {key: answer for key, answer in answers.items() if key.removesuffix(".other") in same}


def _gist(question: AnyQuestion) -> AnyQuestion:
    """The question without what does not change what an answer means."""
    return msgspec.structs.replace(question, text={}, help={}, required=False, show_if=None, skips=())


def keep(
    response: Response,
    definition: Definition,
    answers: Mapping[str, Answer | None],
    known: Known,
    language: str,
    at: datetime,
) -> bool:
    """Whether anything is different now. Changes of what had been answered are noted."""
    before = dict(response.answers)
    merged = {key: answer for key, answer in {**before, **answers}.items() if answer is not None}
    after = met_answers(definition, merged, known)
    if after == before and response.pk:
        return False
    response.answers = dict(after)
    response.language = language
    response.changed_at = coarse(response, at)
    if response.state == Response.State.STARTED and after:
        response.state = Response.State.PARTIAL
    changes = [
        AnswerChange(
            workspace=response.workspace,
            response=response,
            question=key[:80],
            before=given,
            after=after.get(key),
            at=response.changed_at,
        )
        for key, given in before.items()
        if after.get(key) != given
    ]
    if changes:
        AnswerChange.objects.bulk_create(changes)
    return True


def complete(response: Response, definition: Definition, known: Known, sender: Sender, at: datetime) -> None:
    response.state = Response.State.COMPLETED
    response.completed_at = response.changed_at = coarse(response, at)
    found = set(response.flags)
    if flags.is_speeder(definition, response.answers, response.seconds, response.language):
        found.add(flags.SPEEDER)
    if flags.is_straight_liner(definition, response.answers):
        found.add(flags.STRAIGHT_LINER)
    if not sender.is_program:
        if flags.is_bot(honeypot=sender.honeypot, agent=sender.agent, sudden=sender.sudden):
            found.add(flags.BOT)
        if flags.repeats.is_duplicate(
            definition, response.answers, survey=response.survey_id, device=sender.device
        ):
            found.add(flags.DUPLICATE)
    response.flags = [flag for flag in flags.FLAGS if flag in found]
    if response.survey.is_anonymous:
        response.seconds = None
    tell_response(response, known.traits)


def traits_of(response: Response) -> dict[str, str]:
    if response.invitation is None:
        return {}
    return texts(response.invitation.known)


def texts(values: Mapping[str, object]) -> dict[str, str]:
    return {str(name): str(value) for name, value in values.items()}

"""Writing what people answer. Each function is one transaction, and its event-store news is in it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django_scopes import scope

from polku.accounts.domain.audit import record_audit
from polku.accounts.models import User
from polku.surveys.answering.finding import Visit, definition_of, resume_token
from polku.surveys.answering.paging import page_with_missing
from polku.surveys.answering.telling import channel_of, tell_response, withdraw_response
from polku.surveys.definition.logic import met_answers, page_of
from polku.surveys.definition.piping import Known
from polku.surveys.definition.questions import Answer, Definition
from polku.surveys.honesty import flags
from polku.surveys.honesty.stuffing import stuffing
from polku.surveys.links import digest_of
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


@dataclass
class Taken:
    response: Response
    next_page: list[str]
    """Keys of the questions to show next; empty: the survey was completed."""


def take_page(
    *,
    visit: Visit,
    number: str,
    answers: Mapping[str, Answer | None],
    last: str | None,
    language: str,
    fields: Mapping[str, str],
    seconds: float | None,
    sender: Sender,
    at: datetime,
    may_complete: bool = True,
) -> Taken:
    """Keep the answers of one page, of an answer that this may begin, and complete it where `last`, the page's last
    question, is the last of all. Sending a page again changes nothing; sending it with other answers corrects them.

    `number` names an answer that is begun; whoever has one goes on with it. Raises AlreadyAnswered.
    """
    try:
        return _take_page(
            visit, number, answers, last, language, fields, seconds, sender, at, may_complete=may_complete
        )
    except IntegrityError:
        # Another process began the same answer in this very moment: now it is there to go on with.
        return _take_page(
            visit, number, answers, last, language, fields, seconds, sender, at, may_complete=may_complete
        )


def _take_page(
    visit: Visit,
    number: str,
    answers: Mapping[str, Answer | None],
    last: str | None,
    language: str,
    fields: Mapping[str, str],
    seconds: float | None,
    sender: Sender,
    at: datetime,
    *,
    may_complete: bool,
) -> Taken:
    with scope(workspace=visit.workspace), transaction.atomic():
        response = _existing(visit, number) or _new(visit, number, language, fields, sender, at)
        known = Known(_texts(response.fields), visit.traits)
        _keep(response, visit.definition, answers, known, language, at)
        if seconds is not None:
            response.seconds = (response.seconds or 0.0) + min(max(seconds, 0.0), 3_600.0)
        next_page = page_of(visit.definition, response.answers, known, last)
        if not next_page and may_complete:
            next_page = page_with_missing(visit.definition, response.answers, known)
        if not next_page and may_complete and response.state != Response.State.COMPLETED:
            _complete(response, visit.definition, known, sender, at)
            if visit.invitation is not None:
                Invitation.objects.filter(pk=visit.invitation.pk).update(is_answered=True)
        elif response.told:
            tell_response(response, visit.traits)
        response.save()
        return Taken(response, next_page)


def begin_response(
    *,
    link: SurveyLink | None = None,
    invitation: Invitation | None = None,
    language: str,
    channel: str = "",
    known: Mapping[str, str] = {},
    at: datetime,
) -> Response:
    """An answer without answers yet; of an invitation, the one that it has. `known` are its hidden fields."""
    visit = _visit(link, invitation)
    with scope(workspace=visit.workspace), transaction.atomic():
        number = secrets.token_hex(16)
        response = _existing(visit, number) or _new(visit, number, language, known, Sender(), at)
        response.channel = channel or response.channel
        response.save()
        return response


def keep_answers(*, response: Response, answers: Mapping[str, Answer | None], at: datetime) -> Response:
    """Keep answers beside those that are there; None takes one back. A change of one that was given is noted, and
    told where the answer had been told."""
    with scope(workspace=response.workspace), transaction.atomic():
        response = _locked(response.pk)
        traits = _traits(response)
        _keep(
            response,
            definition_of(response.version),
            answers,
            Known(_texts(response.fields), traits),
            response.language,
            at,
        )
        if response.told:
            tell_response(response, traits)
        response.save()
        return response


def complete_response(*, response: Response, at: datetime, sender: Sender | None = None) -> Response:
    """Nothing more is to come: flag it, and tell it. One that is completed stays as it is."""
    with scope(workspace=response.workspace), transaction.atomic():
        response = _locked(response.pk)
        if response.state != Response.State.COMPLETED:
            known = Known(_texts(response.fields), _traits(response))
            _complete(response, definition_of(response.version), known, sender or Sender(is_program=True), at)
            response.save()
        return response


def submit(
    *,
    link: SurveyLink,
    number: str,
    answers: Mapping[str, Answer | None],
    at: datetime,
    channel: str = "",
    language: str = "",
    fields: Mapping[str, str] = {},
    person: str = "",
    person_kind: str = "",
    order: str = "",
    url: str = "",
    seconds: float | None = None,
    sender: Sender | None = None,
    version: SurveyVersion | None = None,
    is_complete: bool = True,
) -> Response:
    """A whole answer, or what there is of it (`is_complete` False), by what has a page of its own: widget, tablet.

    Idempotent by `number` (32 hex digits, chosen by the device): delivered again, it is the same answer.
    """
    visit = _visit(link, None, version)
    sender = sender or Sender(is_program=True)
    for _attempt in range(2):
        try:
            with scope(workspace=visit.workspace), transaction.atomic():
                response = _existing(visit, number)
                if response is None:
                    chosen = (
                        language if language in visit.definition.languages else visit.definition.languages[0]
                    )
                    response = _new(visit, number, chosen, fields, sender, at)
                    response.channel = channel or response.channel
                    if not visit.survey.is_anonymous:
                        response.person, response.person_kind = person[:255], person_kind[:10]
                        response.order, response.url = order[:255], url[:2000]
                    response.seconds = seconds
                known = Known(_texts(response.fields), {})
                was_completed = response.state == Response.State.COMPLETED
                _keep(response, visit.definition, answers, known, response.language, at)
                if is_complete and not was_completed:
                    _complete(response, visit.definition, known, sender, at)
                elif response.told:
                    tell_response(response, {})
                response.save()
                return response
        except IntegrityError:
            if _attempt:
                raise
    raise AssertionError


def take_next_step(*, response: Response, wants_contact: bool, contact: str, may_be_quoted: bool) -> Response:
    """What somebody chose on the last page. Nobody who answers anonymously can be reached."""
    with scope(workspace=response.workspace):
        if response.survey.is_anonymous:
            wants_contact, contact = False, ""
        response.wants_contact, response.contact = wants_contact, contact[:254] if wants_contact else ""
        response.may_be_quoted = may_be_quoted
        response.save(update_fields=["wants_contact", "contact", "may_be_quoted"])
        return response


def let_in_response(*, response: Response, actor: User | None) -> Response:
    """Count an answer that was held: it is told from now on."""
    with scope(workspace=response.workspace), transaction.atomic():
        response = _locked(response.pk)
        if not response.is_held:
            return response
        response.is_held = False
        if response.state == Response.State.COMPLETED:
            tell_response(response, _traits(response))
        response.save()
        record_audit(
            workspace=response.workspace,
            actor=actor,
            action="answer.let_in",
            target=response.survey.name,
            response=response.number,
        )
        return response


def hold_response(*, response: Response, actor: User | None) -> Response:
    """Let an answer not count: what was told of it is taken back."""
    with scope(workspace=response.workspace), transaction.atomic():
        response = _locked(response.pk)
        if response.is_held:
            return response
        withdraw_response(response)
        response.is_held = True
        response.save()
        record_audit(
            workspace=response.workspace,
            actor=actor,
            action="answer.held",
            target=response.survey.name,
            response=response.number,
        )
        return response


def coarse(visit_or_response: Visit | Response, at: datetime) -> datetime:
    """The moment to be kept: of an anonymous survey, noon of the day."""
    survey = visit_or_response.survey
    if not survey.is_anonymous:
        return at
    zone = ZoneInfo(survey.workspace.timezone)
    return datetime.combine(at.astimezone(zone).date(), time(12), zone)


def _visit(
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


def _existing(visit: Visit, number: str) -> Response | None:
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


def _prepared(found: object, visit: Visit) -> Response | None:
    response: Response | None = found.select_for_update().first()  # type: ignore[attr-defined]
    if response is not None:
        response.survey, response.workspace = visit.survey, visit.workspace
        if response.link_id == (visit.link.pk if visit.link else None):
            response.link = visit.link
        if response.version_id == visit.version.pk:
            response.version = visit.version
    return response


def _locked(pk: int) -> Response:
    # The nullable relations are read apart: PostgreSQL locks no outer join.
    Response.objects.select_for_update().get(pk=pk)
    return Response.objects.select_related("survey__workspace", "version", "link", "invitation").get(pk=pk)


def _new(
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
        digest=digest_of(resume_token(number)),
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
    """Hidden fields, those of the link before what came in the address. What came with one person's link or address
    is not kept of an anonymous survey: it might say who it was."""
    fields: dict[str, object] = {}
    if not visit.survey.is_anonymous:
        names = visit.definition.fields
        fields |= {name: value for name, value in given.items() if name in names}
        fields |= visit.invitation.fields if visit.invitation else {}
    fields |= visit.link.fields if visit.link else {}
    return {str(name)[:80]: str(value)[:_LONGEST_FIELD] for name, value in fields.items() if value != ""}


def _keep(
    response: Response,
    definition: Definition,
    answers: Mapping[str, Answer | None],
    known: Known,
    language: str,
    at: datetime,
) -> None:
    before = dict(response.answers)
    merged = {key: answer for key, answer in {**before, **answers}.items() if answer is not None}
    after = met_answers(definition, merged, known)
    if after == before and response.pk:
        return
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


def _complete(response: Response, definition: Definition, known: Known, sender: Sender, at: datetime) -> None:
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
        response.digest, response.seconds = "", None
    tell_response(response, known.traits)


def _traits(response: Response) -> dict[str, str]:
    if response.invitation is None:
        return {}
    return _texts(response.invitation.known)


def _texts(values: Mapping[str, object]) -> dict[str, str]:
    return {str(name): str(value) for name, value in values.items()}

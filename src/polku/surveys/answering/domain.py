"""Writing what people answer. Each function is one transaction, and its event-store news is in it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django_scopes import scope

from polku.accounts.domain.audit import record_audit
from polku.accounts.models import User
from polku.surveys.answering.finding import Visit, definition_of
from polku.surveys.answering.paging import page_with_missing
from polku.surveys.answering.telling import tell_response, withdraw_response
from polku.surveys.answering.writing import (
    AlreadyAnswered,
    Sender,
    complete,
    existing,
    fitting,
    keep,
    locked,
    new_response,
    texts,
    traits_of,
    visit_of,
)
from polku.surveys.definition.logic import page_of
from polku.surveys.definition.piping import Known
from polku.surveys.definition.questions import Answer
from polku.surveys.models import Invitation, Response, SurveyLink, SurveyVersion


@dataclass
class Taken:
    response: Response
    next_page: list[str]
    """Keys of the questions to show next; empty: the survey was completed."""
    is_new: bool
    """Whether this began it."""


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
    page = (number, answers, last, language, fields, seconds, sender, at)
    # Most pages of a link begin an answer: to look for it first would be one question more.
    is_surely_new = visit.response is None and visit.invitation is None
    try:
        return _take_page(visit, *page, is_surely_new=is_surely_new, may_complete=may_complete)
    except IntegrityError:
        # It was begun already, by the same form or by another process in this very moment: go on with it.
        return _take_page(visit, *page, is_surely_new=False, may_complete=may_complete)


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
    is_surely_new: bool,
    may_complete: bool,
) -> Taken:
    with scope(workspace=visit.workspace), transaction.atomic():
        response = None if is_surely_new else existing(visit, number)
        is_new = response is None
        if response is None:
            response = new_response(visit, number, language, fields, sender, at)
        definition = definition_of(response.version)
        known = Known(texts(response.fields), visit.traits)
        answers = fitting(answers, visit.definition, definition)
        is_changed = keep(response, definition, answers, known, language, at)
        if seconds is not None:
            response.seconds = (response.seconds or 0.0) + min(max(seconds, 0.0), 3_600.0)
        last = last if any(question.key == last for question in definition.questions) else None
        next_page = page_of(definition, response.answers, known, last)
        if not next_page and may_complete:
            next_page = page_with_missing(definition, response.answers, known)
        if not next_page and may_complete and response.state != Response.State.COMPLETED:
            complete(response, definition, known, sender, at)
            if visit.invitation is not None:
                Invitation.objects.filter(pk=visit.invitation.pk).update(is_answered=True)
        elif is_changed and response.told:
            tell_response(response, visit.traits)
        response.save()
        return Taken(response, next_page, is_new)


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
    visit = visit_of(link, invitation)
    with scope(workspace=visit.workspace), transaction.atomic():
        number = secrets.token_hex(16)
        response = existing(visit, number) or new_response(visit, number, language, known, Sender(), at)
        response.channel = channel or response.channel
        response.save()
        return response


def keep_answers(*, response: Response, answers: Mapping[str, Answer | None], at: datetime) -> Response:
    """Keep answers beside those that are there; None takes one back. A change of one that was given is noted, and
    told where the answer had been told."""
    with scope(workspace=response.workspace), transaction.atomic():
        response = locked(response.pk)
        traits = traits_of(response)
        is_changed = keep(
            response,
            definition_of(response.version),
            answers,
            Known(texts(response.fields), traits),
            response.language,
            at,
        )
        if is_changed and response.told:
            tell_response(response, traits)
        response.save()
        return response


def complete_response(*, response: Response, at: datetime, sender: Sender | None = None) -> Response:
    """Nothing more is to come: flag it, and tell it. One that is completed stays as it is."""
    with scope(workspace=response.workspace), transaction.atomic():
        response = locked(response.pk)
        if response.state != Response.State.COMPLETED:
            known = Known(texts(response.fields), traits_of(response))
            complete(response, definition_of(response.version), known, sender or Sender(is_program=True), at)
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
    visit = visit_of(link, None, version)
    sender = sender or Sender(is_program=True)
    for _attempt in range(2):
        try:
            with scope(workspace=visit.workspace), transaction.atomic():
                response = existing(visit, number)
                if response is None:
                    chosen = (
                        language if language in visit.definition.languages else visit.definition.languages[0]
                    )
                    response = new_response(visit, number, chosen, fields, sender, at)
                    response.channel = channel or response.channel
                    if not visit.survey.is_anonymous:
                        response.person, response.person_kind = person[:255], person_kind[:10]
                        response.order, response.url = order[:255], url[:2000]
                    response.seconds = seconds
                definition = definition_of(response.version)
                answers = fitting(answers, visit.definition, definition)
                known = Known(texts(response.fields), {})
                was_completed = response.state == Response.State.COMPLETED
                is_changed = keep(response, definition, answers, known, response.language, at)
                if is_complete and not was_completed:
                    complete(response, definition, known, sender, at)
                elif is_changed and response.told:
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
        response = locked(response.pk)
        if not response.is_held:
            return response
        response.is_held = False
        if response.state == Response.State.COMPLETED or response.told:
            tell_response(response, traits_of(response))
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
        response = locked(response.pk)
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


__all__ = [
    "AlreadyAnswered",
    "Sender",
    "Taken",
    "begin_response",
    "complete_response",
    "hold_response",
    "keep_answers",
    "let_in_response",
    "submit",
    "take_next_step",
    "take_page",
]

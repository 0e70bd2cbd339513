"""The job that sends invitations whose time has come, and reminds those who have not answered, once.

An invitation is claimed by giving it the digest of its link, in the transaction that puts its message into the queue
and notes that the person was asked: it happens once, or not at all. It counts as sent when the mail server has taken
the message (`hear`).
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from polku.accounts.models import Workspace
from polku.jobs.queue import Interrupted, enqueue, stop_sign
from polku.jobs.registry import Progress
from polku.messaging.addresses import clean_address
from polku.messaging.domain import is_suppressed
from polku.messaging.registry import Happening
from polku.site.addresses import public_address
from polku.site.tokens import digest_of, new_nonce
from polku.surveys.definition.wordings import metrics_of
from polku.surveys.inviting.domain import JOB
from polku.surveys.inviting.writing import INVITATION, REMINDER, Writer
from polku.surveys.links import link_token
from polku.surveys.models import Invitation, Response, Survey
from polku.surveys.moments.fatigue import note_ask
from polku.surveys.moments.limits import Refusal
from polku.surveys.moments.sending import Word, reason_of, words_before_sending

logger = logging.getLogger(__name__)
_AT_ONCE = 100
_CHUNK = 500
_State = Invitation.State


class _Refused(Exception):
    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal


def look_for_due() -> None:
    """Queue the job for every workspace with an invitation or a reminder whose time has come.

    While no mail server is set they wait: nobody was asked whose message cannot leave.
    """
    if not settings.SENDS_MAIL:
        return
    now = timezone.now()
    with scopes_disabled():
        found = _workspaces(_due().filter(send_at__lte=now))
        found |= _workspaces(Invitation.objects.filter(reminder_at__lte=now))
    for workspace_id in sorted(found):
        enqueue(kind=JOB, workspace_id=workspace_id, payload={})


def work(workspace_id: int, payload: dict[str, Any], progress: Progress) -> None:
    """The job's handler; what it has done is not done again."""
    workspace = Workspace.objects.filter(pk=workspace_id).first()
    if workspace is not None and settings.SENDS_MAIL:
        with scope(workspace=workspace):
            send_due(workspace)


def send_due(workspace: Workspace) -> int:
    """Write the messages of all that are due, in the workspace's scope; how many."""
    is_told_to_stop = stop_sign()
    writer = Writer(workspace)
    written = last = 0
    now = timezone.now()
    while rows := list(_loaded(_due().filter(send_at__lte=now, pk__gt=last)).order_by("pk")[:_AT_ONCE]):
        last = rows[-1].pk
        words = words_before_sending(workspace, rows, now=now)
        for each in rows:
            if is_told_to_stop():
                raise Interrupted
            written += _send(workspace, writer, each, words[each.pk])
    last = 0
    while rows := list(
        _loaded(_to_remind().filter(reminder_at__lte=now, pk__gt=last)).order_by("pk")[:_AT_ONCE]
    ):
        last = rows[-1].pk
        for each in rows:
            if is_told_to_stop():
                raise Interrupted
            written += _remind(writer, each)
    # Whoever is left has answered, begun to, or may not be asked now: nobody looks at them again.
    left = Invitation.objects.filter(reminder_at__lte=now).order_by("pk")
    while numbers := list(left.values_list("pk", flat=True)[:_CHUNK]):
        Invitation.objects.filter(pk__in=numbers).update(reminder_at=None)
    return written


def _workspaces(rows: Any) -> set[int]:
    return set(rows.order_by().values_list("workspace_id", flat=True).distinct())


def _due() -> Any:
    return Invitation.objects.filter(state=_State.WAITING, digest=None)


def _to_remind() -> Any:
    """Who began to answer is left alone, and so is who may have answered without anybody knowing."""
    return Invitation.objects.filter(
        state=_State.SENT,
        reminded_at=None,
        is_answered=False,
        survey__state=Survey.State.OPEN,
        survey__deleted_at=None,
        link__deleted_at=None,
    ).exclude(response__state__in=[Response.State.PARTIAL, Response.State.COMPLETED])


def _loaded(rows: Any) -> Any:
    return rows.select_related("survey", "link", "moment", "workspace")


def _send(workspace: Workspace, writer: Writer, invitation: Invitation, word: Word) -> bool:
    if word.later is not None:
        Invitation.objects.filter(pk=invitation.pk, state=_State.WAITING).update(send_at=word.later)
        return False
    if why := word.skip or _hindrance(workspace, invitation):
        return _skip(invitation, why)
    survey = invitation.survey
    mail, metrics = writer.mail(invitation, INVITATION), metrics_of(writer.definition_of(survey))
    nonce = new_nonce()
    try:
        with transaction.atomic():
            claimed = Invitation.objects.filter(pk=invitation.pk, state=_State.WAITING, digest=None).update(
                nonce=nonce, digest=digest_of(link_token(nonce))
            )
            if not claimed:
                return False
            writer.put_in_queue(invitation, INVITATION, mail)
            # Near the end of the transaction: from here on others who ask somebody wait.
            refusal = note_ask(
                workspace=workspace,
                ids=word.ids,
                survey=survey,
                metrics=metrics,
                at=timezone.now(),
                not_within_days=word.not_within_days,
            )
            if refusal is not None:
                raise _Refused(refusal)
    except _Refused as refused:
        return _skip(invitation, reason_of(refused.refusal))
    return True


def _hindrance(workspace: Workspace, invitation: Invitation) -> str:
    """Why it is not sent; empty where nothing hinders."""
    survey, link = invitation.survey, invitation.link
    if survey.state != Survey.State.OPEN or survey.deleted_at or link.deleted_at or not link.is_active:
        return "closed"
    if clean_address(invitation.email) is None:
        return "no_address"
    if is_suppressed(workspace, invitation.email):
        return "suppressed"
    return ""


def _skip(invitation: Invitation, why: str) -> bool:
    Invitation.objects.filter(pk=invitation.pk, state=_State.WAITING).update(
        state=_State.SKIPPED, why=why[:40]
    )
    return False


def _remind(writer: Writer, invitation: Invitation) -> bool:
    mail = writer.mail(invitation, REMINDER)
    with transaction.atomic():
        claimed = Invitation.objects.filter(
            pk=invitation.pk, state=_State.SENT, reminded_at=None, is_answered=False
        ).update(reminded_at=timezone.now(), reminder_at=None)
        if not claimed:
            return False
        writer.put_in_queue(invitation, REMINDER, mail)
    return True


def fill(workspace: Workspace, reference: str) -> Mapping[str, str] | None:
    """The personal link, put in when the message leaves; None where nobody is to be asked any more."""
    with scope(workspace=workspace):
        found = Invitation.objects.select_related("survey").filter(pk=int(reference)).first()
    if found is None or not found.nonce or found.is_answered:
        return None
    if found.survey.state != Survey.State.OPEN or found.survey.deleted_at is not None:
        return None
    if found.state not in (_State.WAITING, _State.SENT):
        return None
    return {"{{link}}": f"{public_address()}/s/{link_token(found.nonce)}"}


def hear_of_invitation(workspace: Workspace, reference: str, happening: Happening, why: str) -> None:
    """What became of the message that asks."""
    with scope(workspace=workspace):
        rows = Invitation.objects.filter(pk=int(reference))
        match happening:
            case Happening.SENT:
                _mark_sent(rows)
            case Happening.HELD:
                rows.filter(state=_State.WAITING).update(state=_State.SKIPPED, why=why)
            case Happening.FAILED:
                rows.filter(state=_State.WAITING).update(state=_State.FAILED, why=why)
            case _:
                _end(rows, happening, why)


def hear_of_reminder(workspace: Workspace, reference: str, happening: Happening, why: str) -> None:
    """What became of a reminder; the invitation itself was sent long ago."""
    with scope(workspace=workspace):
        _end(Invitation.objects.filter(pk=int(reference)), happening, why)


def _mark_sent(rows: Any) -> None:
    invitation = _loaded(rows.filter(state=_State.WAITING)).first()
    if invitation is None:
        return
    settings = Writer(invitation.workspace).settings_of(invitation.survey)
    now = timezone.now()
    rows.filter(state=_State.WAITING).update(
        state=_State.SENT,
        sent_at=now,
        reminder_at=now + timedelta(days=settings.reminder_days) if settings.reminder_days else None,
        expires_at=now + timedelta(days=settings.expiry_days),
    )


def _end(rows: Any, happening: Happening, why: str) -> None:
    if happening is Happening.BOUNCED:
        rows.filter(state__in=[_State.WAITING, _State.SENT]).update(state=_State.BOUNCED, why=why)
    elif happening in (Happening.UNSUBSCRIBED, Happening.COMPLAINED):
        rows.filter(state=_State.SENT, is_answered=False).update(state=_State.DECLINED, why=happening.value)

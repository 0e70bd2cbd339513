"""The job that empties the queue: one message after another, each claimed first, none at twice its pace.

Never twice: a message is claimed by a conditional UPDATE and marked as sent in the transaction that tells its owner.
The one way to a double is a death of the process between the server's 250 and that mark: the next run cannot know, and
sends again, because the other choice would lose messages.
"""

from __future__ import annotations

import logging
import smtplib
import time
import uuid
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone, translation
from django_scopes import scope, scopes_disabled

from polku.accounts.models import Workspace
from polku.jobs.queue import Interrupted, enqueue, stop_sign
from polku.jobs.registry import Progress
from polku.messaging import outcomes
from polku.messaging.composing import compose
from polku.messaging.domain import JOB, is_suppressed
from polku.messaging.models import Message
from polku.messaging.refusals import GIVEN_UP_AFTER, PAUSES, Fate, refusal_of
from polku.messaging.registry import owner_of

logger = logging.getLogger(__name__)
RUN = uuid.uuid4().hex
"""Of this process: what another run had claimed was left behind when it died."""
_TURN = 60.0
"""Seconds after which the job gives way to the messages of other workspaces."""
_RESTS = (5.0, 15.0, 60.0, 300.0, 900.0)
"""Seconds without any attempt while no server takes messages, longer and longer."""


@dataclass
class _Rest:
    """Of a workspace, in this process: no attempt before `until` (monotonic clock)."""

    until: float = 0.0
    times: int = 0


_rests: dict[int, _Rest] = {}
_last_sent = 0.0


def work(workspace_id: int, payload: dict[str, Any], progress: Progress) -> None:
    """The job's handler: send what is due, for at most a turn. Without a mail server messages wait."""
    workspace = Workspace.objects.filter(pk=workspace_id).first()
    if (
        workspace is None
        or not settings.SENDS_MAIL
        or _rests.get(workspace_id, _Rest()).until > time.monotonic()
    ):
        return
    with scope(workspace=workspace):
        _take_back_left_behind()
        if send_due(workspace):
            enqueue(kind=JOB, workspace_id=workspace_id, payload={})


def look_for_due() -> None:
    """Queue the job for every workspace with a message whose time has come, or that a dead run had in its hands."""
    if not settings.SENDS_MAIL:
        return
    with scopes_disabled():
        waiting = Message.objects.filter(state=Message.State.QUEUED, next_at__lte=timezone.now())
        left = Message.objects.filter(state=Message.State.SENDING).exclude(claimed_by=RUN)
        found = {*waiting.order_by().values_list("workspace_id", flat=True).distinct()}
        found |= {*left.order_by().values_list("workspace_id", flat=True).distinct()}
    for workspace_id in sorted(found):
        if _rests.get(workspace_id, _Rest()).until <= time.monotonic():
            enqueue(kind=JOB, workspace_id=workspace_id, payload={})


def _take_back_left_behind() -> None:
    """One process works a lane at a time, so whatever another run claimed is in nobody's hands."""
    Message.objects.filter(state=Message.State.SENDING).exclude(claimed_by=RUN).update(
        state=Message.State.QUEUED, claimed_by=""
    )


def send_due(workspace: Workspace, *, turn: float = _TURN) -> bool:
    """Send what is due, in the workspace's scope, for `turn` seconds; whether that ended before the messages did."""
    is_told_to_stop = stop_sign()
    ends = time.monotonic() + turn
    with _Post() as post:
        while time.monotonic() < ends:
            if is_told_to_stop():
                raise Interrupted
            message = _claim()
            if message is None:
                return False
            if not _deliver(workspace, message, post):
                return False
    return True


def _claim() -> Message | None:
    now = timezone.now()
    due = Message.objects.filter(state=Message.State.QUEUED, next_at__lte=now).order_by("next_at", "pk")
    for message in due[:5]:
        won = Message.objects.filter(pk=message.pk, state=Message.State.QUEUED).update(
            state=Message.State.SENDING, claimed_by=RUN
        )
        if won:
            return message
    return None


def _deliver(workspace: Workspace, message: Message, post: _Post) -> bool:
    """Send the claimed message; False where no server takes any just now."""
    with translation.override(message.language or workspace.language):
        try:
            mail = _mail_or_reason(workspace, message)
            if not isinstance(mail, str):
                _keep_pace()
                post.send(mail)
        except Exception as error:
            return _refused(workspace, message, error)
    if isinstance(mail, str):
        outcomes.hold(message, mail)
        return True
    outcomes.mark_sent(message)
    _rests.pop(workspace.pk, None)
    return True


def _mail_or_reason(workspace: Workspace, message: Message) -> EmailMultiAlternatives | str:
    """The e-mail, or an enumerated word that says why it is not sent."""
    if is_suppressed(workspace, message.recipient):
        return "suppressed"
    fills = owner_of(message.kind).fill(workspace, message.reference)
    return "not_wanted" if fills is None else compose(message, fills)


def _refused(workspace: Workspace, message: Message, error: Exception) -> bool:
    refusal = refusal_of(error)
    # Only the kind of fault: the words of servers, and of errors, hold addresses.
    logger.warning("message %s was not taken: %s %s", message.pk, type(error).__name__, refusal.code)
    is_old = timezone.now() - message.created_at > GIVEN_UP_AFTER
    match refusal.fate:
        case Fate.NO_ADDRESS:
            outcomes.bounce(message, refusal.code, is_hard=True)
        case Fate.REFUSED:
            outcomes.fail(message, "refused")
        case _ if is_old:
            outcomes.fail(message, "too_old")
        case Fate.LATER:
            _put_off(message, "put_off")
        case Fate.NO_SERVER:
            # The message waits like one that was put off: should it be what ends each conversation, the others pass.
            _put_off(message, "no_server")
            _rest(workspace.pk)
            return False
    return True


def _put_off(message: Message, why: str) -> None:
    pause = PAUSES[min(message.attempts, len(PAUSES) - 1)]
    Message.objects.filter(pk=message.pk, claimed_by=RUN).update(
        state=Message.State.QUEUED,
        claimed_by="",
        attempts=message.attempts + 1,
        why=why,
        next_at=timezone.now() + pause,
    )


def _rest(workspace_id: int) -> None:
    rest = _rests.setdefault(workspace_id, _Rest())
    rest.until = time.monotonic() + _RESTS[min(rest.times, len(_RESTS) - 1)]
    rest.times += 1


def _keep_pace() -> None:
    """At most POLKU_MAIL_PER_MINUTE, spread evenly: mail services refuse those who come in a rush."""
    global _last_sent
    pause = _last_sent + 60 / settings.MAIL_PER_MINUTE - time.monotonic()
    if pause > 0:
        time.sleep(pause)
    _last_sent = time.monotonic()


class _Post:
    """One connection for as many messages as the server takes over it."""

    def __init__(self) -> None:
        self._connection: BaseEmailBackend | None = None

    def __enter__(self) -> _Post:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def send(self, mail: Any) -> None:
        """Raises SMTPException and OSError. A connection that the server had closed meanwhile is opened anew: it closes
        before a message, never in the middle of one that it takes."""
        if self._connection is not None:
            try:
                self._connection.connection.rset()  # type: ignore[attr-defined]
            except (smtplib.SMTPException, OSError):
                self._close()
        if self._connection is None:
            opened = get_connection()
            opened.open()
            self._connection = opened
        try:
            self._connection.send_messages([mail])
        except (smtplib.SMTPServerDisconnected, OSError):
            self._close()
            raise

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.close()
            except (smtplib.SMTPException, OSError):
                logger.debug("the mail server was gone already")

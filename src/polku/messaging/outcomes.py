"""What became of messages: kept on the row, told to the message's owner, its address and words removed.

Each function is one transaction, and does nothing for a message that has moved on meanwhile.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django_scopes import scope

from polku.messaging.domain import suppress
from polku.messaging.models import Message, Suppression
from polku.messaging.registry import Happening, owner_of

_State = Message.State
_EMPTY = {"recipient": "", "subject": "", "text": "", "html": "", "headers": {}, "claimed_by": ""}
"""What need not be kept any more: the address, and what was written."""


def mark_sent(message: Message) -> None:
    _end(message, _State.SENT, "", Happening.SENT)


def hold(message: Message, why: str) -> None:
    """Not sent: the address is suppressed, or nobody wants the message sent any more."""
    _end(message, _State.HELD, why, Happening.HELD)


def fail(message: Message, why: str) -> None:
    _end(message, _State.FAILED, why, Happening.FAILED)


def bounce(message: Message, status: str, *, is_hard: bool) -> None:
    """The message cannot be delivered. With `is_hard` the address is wrong or gone: nobody writes to it again."""
    with transaction.atomic():
        if is_hard:
            suppress(
                workspace=message.workspace,
                digest=message.recipient_digest,
                shown=message.recipient_masked,
                reason=Suppression.Reason.BOUNCED,
            )
        _end(message, _State.BOUNCED, "no_address" if is_hard else "undeliverable", Happening.BOUNCED)


def unsubscribe(message: Message) -> bool:
    """The receiver wants no more; whether this is new."""
    return _want_no_more(message, Suppression.Reason.UNSUBSCRIBED, Happening.UNSUBSCRIBED)


def complain(message: Message) -> bool:
    """The receiver reported the message as junk; whether this is new."""
    return _want_no_more(message, Suppression.Reason.COMPLAINED, Happening.COMPLAINED)


def _want_no_more(message: Message, reason: Suppression.Reason, happening: Happening) -> bool:
    with transaction.atomic():
        is_new = suppress(
            workspace=message.workspace,
            digest=message.recipient_digest,
            shown=message.recipient_masked,
            reason=reason,
        )
        if is_new:
            _hear(message, happening, "")
    return is_new


def resubscribe(message: Message) -> bool:
    """The receiver pressed the button by mistake; whether there was something to take back. What the company or a
    bounce put on the list stays there."""
    with scope(workspace=message.workspace):
        gone, _rows = Suppression.objects.filter(
            digest=message.recipient_digest, reason=Suppression.Reason.UNSUBSCRIBED
        ).delete()
    return bool(gone)


def is_unsubscribed(message: Message) -> bool:
    with scope(workspace=message.workspace):
        return Suppression.objects.filter(digest=message.recipient_digest).exists()


def _end(message: Message, state: _State, why: str, happening: Happening) -> None:
    """Whoever sends has claimed it; a bounce comes to a message that was sent."""
    before = _State.SENT if state == _State.BOUNCED and message.state == _State.SENT else _State.SENDING
    with scope(workspace=message.workspace), transaction.atomic():
        moved = Message.objects.filter(pk=message.pk, state=before).update(
            state=state, why=why, ended_at=timezone.now(), **_EMPTY
        )
        if moved:
            _hear(message, happening, why)


def _hear(message: Message, happening: Happening, why: str) -> None:
    owner_of(message.kind).hear(message.workspace, message.reference, happening, why)

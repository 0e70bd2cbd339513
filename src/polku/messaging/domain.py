"""What puts messages into the queue, and what keeps addresses out of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_scopes import scope

from polku.accounts.domain import record_audit
from polku.accounts.models import User, Workspace
from polku.jobs.queue import enqueue
from polku.messaging.addresses import clean_address, digest_of, masked
from polku.messaging.models import Message, SenderIdentity, Suppression
from polku.messaging.tokens import unsubscribe_token
from polku.site.tokens import digest_of as token_digest
from polku.site.tokens import new_nonce

JOB = "messages.send"
MOST_ADDRESSES = 10_000
"""That may be added to the suppression list at once."""
_CHUNK = 500


@dataclass(frozen=True)
class Sender:
    """In whose name a message goes, all parts filled but the footer and where replies go."""

    name: str
    email: str
    reply_to: str = ""
    footer: str = ""


def sender_of(workspace: Workspace) -> Sender:
    """The workspace's own; what it has not set is the workspace's name and the installation's address."""
    with scope(workspace=workspace):
        identity = SenderIdentity.objects.first() or SenderIdentity()
    return Sender(
        name=identity.name or workspace.name,
        email=identity.email or settings.DEFAULT_FROM_EMAIL,
        reply_to=identity.reply_to,
        footer=identity.footer,
    )


def set_sender(
    *, workspace: Workspace, name: str, email: str, reply_to: str, footer: str, actor: User | None
) -> SenderIdentity:
    """Keep in whose name messages go from now on. One transaction with its audit entry. Raises ValidationError."""
    for field, value in (("email", email), ("reply_to", reply_to)):
        if value and clean_address(value) is None:
            raise ValidationError({field: _("This is no e-mail address.")})
    if any(ord(character) < 32 for character in name):
        raise ValidationError({"name": _("The name must fit on one line.")})
    values = {
        "name": name.strip()[:120],
        "email": email.strip(),
        "reply_to": reply_to.strip(),
        "footer": footer.replace("\0", "").strip()[:500],
    }
    with scope(workspace=workspace), transaction.atomic():
        identity, _made = SenderIdentity.objects.update_or_create(workspace=workspace, defaults=values)
        record_audit(workspace=workspace, actor=actor, action="sender.updated", target=values["name"])
    return identity


def send_email(
    *,
    workspace: Workspace,
    to: str,
    subject: str,
    text: str,
    html: str,
    kind: str,
    reference: str = "",
    sender: Sender | None = None,
    headers: Mapping[str, str] | None = None,
    language: str = "",
    can_unsubscribe: bool = True,
    at: datetime | None = None,
) -> Message:
    """Put a message into the queue, in the caller's transaction; it leaves from `at` on, now by default.

    Whether the address is suppressed is looked up at sending. Marks in `text`, `html` and `headers` are filled in then
    by whoever registered `kind` (registry.py). With `can_unsubscribe` it carries the headers of RFC 8058.
    Raises ValidationError where `to` is no address.
    """
    address = clean_address(to)
    if address is None:
        raise ValidationError(_("This is no e-mail address."))
    sender = sender or sender_of(workspace)
    number = new_nonce()
    with scope(workspace=workspace):
        message = Message.objects.create(
            workspace=workspace,
            number=number,
            kind=kind,
            reference=reference,
            recipient=address,
            recipient_digest=digest_of(workspace, address),
            recipient_masked=masked(address),
            language=language,
            sender_name=sender.name,
            sender_email=sender.email,
            reply_to=sender.reply_to,
            subject=" ".join(subject.split())[:300],
            text=text,
            html=html,
            headers=dict(headers or {}),
            unsubscribe_digest=token_digest(unsubscribe_token(number)) if can_unsubscribe else None,
            next_at=at or timezone.now(),
        )
    enqueue(kind=JOB, workspace_id=workspace.pk, payload={})
    return message


def is_suppressed(workspace: Workspace, address: str) -> bool:
    """Whether the workspace must not write to this address."""
    with scope(workspace=workspace):
        return Suppression.objects.filter(digest=digest_of(workspace, address)).exists()


def suppressed_among(workspace: Workspace, addresses: Iterable[str]) -> set[str]:
    """Those of the addresses, as they are given, that the workspace must not write to."""
    by_digest: dict[str, list[str]] = {}
    for address in addresses:
        by_digest.setdefault(digest_of(workspace, address), []).append(address)
    digests, found = list(by_digest), set()
    with scope(workspace=workspace):
        for start in range(0, len(digests), _CHUNK):
            chunk = digests[start : start + _CHUNK]
            for digest in Suppression.objects.filter(digest__in=chunk).values_list("digest", flat=True):
                found.update(by_digest[digest])
    return found


def suppress(
    *, workspace: Workspace, digest: str, shown: str, reason: Suppression.Reason, actor: User | None = None
) -> bool:
    """Let an address, known by its digest, get no more messages; whether it was new to the list. In the caller's
    transaction. What the receiver did is no change of ours, so it leaves no audit entry."""
    with scope(workspace=workspace):
        _row, is_new = Suppression.objects.get_or_create(
            digest=digest,
            workspace=workspace,
            defaults={"masked": shown, "reason": reason, "added_by": actor},
        )
    return is_new


@dataclass(frozen=True)
class Added:
    """What became of addresses that were added: how many are new on the list, were there, and are no addresses."""

    new: int
    known: int
    wrong: int


def add_to_suppressions(
    *, workspace: Workspace, addresses: Iterable[str], reason: Suppression.Reason, actor: User | None
) -> Added:
    """Add addresses, in chunks with a transaction each; one audit entry says how many. Raises ValidationError for more
    than MOST_ADDRESSES."""
    given = [text for text in addresses if text.strip()]
    if len(given) > MOST_ADDRESSES:
        raise ValidationError(
            _("At most %s addresses at once.") % f"{MOST_ADDRESSES:,}".replace(",", "\u00a0")
        )
    cleaned = [clean_address(text) for text in given]
    wanted = list(dict.fromkeys(address for address in cleaned if address))
    known = suppressed_among(workspace, wanted)
    missing = [address for address in wanted if address not in known]
    with scope(workspace=workspace):
        for start in range(0, len(missing), _CHUNK):
            Suppression.objects.bulk_create(
                [
                    Suppression(
                        workspace=workspace,
                        digest=digest_of(workspace, address),
                        masked=masked(address),
                        reason=reason,
                        added_by=actor,
                    )
                    for address in missing[start : start + _CHUNK]
                ],
                ignore_conflicts=True,
            )
    if missing:
        verb = "imported" if reason == Suppression.Reason.IMPORTED else "added"
        record_audit(workspace=workspace, actor=actor, action=f"suppression.{verb}", addresses=len(missing))
    return Added(new=len(missing), known=len(known), wrong=sum(address is None for address in cleaned))


def remove_suppression(*, suppression: Suppression, actor: User | None) -> dict[str, str]:
    """Let the address get messages again; what is returned brings the entry back. One transaction with its audit
    entry, which does not name the address."""
    workspace = suppression.workspace
    kept = {
        "digest": suppression.digest,
        "masked": suppression.masked,
        "reason": suppression.reason,
        "created_at": suppression.created_at.isoformat(),
    }
    with scope(workspace=workspace), transaction.atomic():
        suppression.delete()
        record_audit(workspace=workspace, actor=actor, action="suppression.removed", reason=kept["reason"])
    return kept


def restore_suppression(*, workspace: Workspace, kept: Mapping[str, str], actor: User | None) -> None:
    """Undo a removal. One transaction with its audit entry; an entry that is there again stays as it is."""
    with scope(workspace=workspace), transaction.atomic():
        row, is_new = Suppression.objects.get_or_create(
            workspace=workspace,
            digest=kept["digest"],
            defaults={"masked": kept["masked"], "reason": kept["reason"], "added_by": actor},
        )
        if is_new:
            Suppression.objects.filter(pk=row.pk).update(
                created_at=datetime.fromisoformat(kept["created_at"])
            )
            record_audit(workspace=workspace, actor=actor, action="suppression.restored")

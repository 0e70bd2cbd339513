"""Keys of the HTTP API. The key is shown once; only its SHA-256 is kept."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from polku.accounts.domain.audit import record_audit
from polku.accounts.models import ApiKey, User, Workspace
from polku.accounts.signals import api_keys_changed
from polku.accounts.values import clean_choice, clean_line

_PREFIXES = {ApiKey.Kind.WRITE: "pk_", ApiKey.Kind.SECRET: "sk_"}
_RANDOM_BYTES = 32
_LONGEST_KEY = 200
_USE_NOTED_EVERY = timedelta(minutes=1)


def create_api_key(*, workspace: Workspace, kind: str, name: str, actor: User | None) -> tuple[ApiKey, str]:
    """Make a key of 256 random bits; returns its row and its text, which can never be had again.

    One transaction with its audit entry; `signals.api_keys_changed` after it. Raises ValidationError for an
    unknown kind or a bad name.
    """
    kind = clean_choice(kind, ApiKey.Kind.values)
    name = clean_line(name, longest=120)
    text = _PREFIXES[ApiKey.Kind(kind)] + secrets.token_urlsafe(_RANDOM_BYTES)
    with scope(workspace=workspace), transaction.atomic():
        key = ApiKey.objects.create(
            workspace=workspace, kind=kind, name=name, prefix=text[:8], digest=_digest(text), created_by=actor
        )
        record_audit(workspace=workspace, actor=actor, action="api_key.created", target=name, kind=kind)
        transaction.on_commit(_tell_of_change)
    return key, text


def revoke_api_key(*, key: ApiKey, actor: User | None) -> datetime | None:
    """End the key at once; `restore_api_key` brings it back. When it ended, or None where it had ended before.

    One transaction with its audit entry; `signals.api_keys_changed` after it.
    """
    now = timezone.now()
    with scope(workspace=key.workspace), transaction.atomic():
        ended = ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now)
        if ended:
            record_audit(workspace=key.workspace, actor=actor, action="api_key.revoked", target=key.name)
            transaction.on_commit(_tell_of_change)
    return now if ended else None


def restore_api_key(*, workspace: Workspace, key: int, revoked_at: datetime, actor: User) -> ApiKey | None:
    """Let a key work again that was revoked at that moment; None where it works already or was revoked anew since.

    One transaction with its audit entry; `signals.api_keys_changed` after it.
    """
    with scope(workspace=workspace), transaction.atomic():
        if not ApiKey.objects.filter(pk=key, revoked_at=revoked_at).update(revoked_at=None):
            return None
        found = ApiKey.objects.get(pk=key)
        record_audit(workspace=workspace, actor=actor, action="api_key.restored", target=found.name)
        transaction.on_commit(_tell_of_change)
    return found


def find_api_key(text: str) -> ApiKey | None:
    """The living key with this text, with its workspace, or None.

    Unknown, revoked and malformed keys take the same way: one look-up by digest, one comparison in constant
    time. Notes the use, at most once a minute.
    """
    digest = _digest(text[:_LONGEST_KEY])
    with scopes_disabled():
        key = ApiKey.objects.select_related("workspace").filter(digest=digest).first()
        matches = hmac.compare_digest(key.digest if key else _digest(""), digest)
        if key is None or not matches or key.revoked_at is not None:
            return None
        _note_use(key)
    return key


def _note_use(key: ApiKey) -> None:
    now = timezone.now()
    stale = Q(last_used_at=None) | Q(last_used_at__lt=now - _USE_NOTED_EVERY)
    if key.last_used_at is None or key.last_used_at < now - _USE_NOTED_EVERY:
        ApiKey.objects.filter(stale, pk=key.pk).update(last_used_at=now)


def _tell_of_change() -> None:
    api_keys_changed.send(ApiKey)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

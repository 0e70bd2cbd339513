"""Rows kept raw: mended, taken in again, deleted, brought back."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django_scopes import scope

from polku.accounts.domain import record_audit
from polku.accounts.models import User, Workspace
from polku.accounts.undo import UNDO_LASTS
from polku.capture.sources.rejected_rows import Replayed, replay_rows, waiting_ids
from polku.eventstore.port import StoreError
from polku.eventstore.registry import store

logger = logging.getLogger(__name__)
MOST_AT_ONCE = 10_000
"""Rows that one press of a button takes in again or deletes; the rest wait for the next."""


def mend_rejected(*, workspace: Workspace, changes: Sequence[tuple[str, str]], actor: User | None) -> int:
    """Replace the raw text of rows by (id, text); how many of them there were.

    One transaction of the store, then an audit entry, which never says what the rows hold. Raises StoreError.
    """
    mended = store().mend_rejected(workspace.key.hex, changes)
    if mended:
        _record(workspace, actor, "updated", None, "", mended)
    return mended


def mend_and_replay(*, workspace: Workspace, origin: str, row: str, raw: str, actor: User | None) -> Replayed:
    """Replace the raw text of one row of the source and take it in again at once.

    Not one transaction: what cannot be taken in after all waits on with its new text. Raises ValidationError where
    the row waits no more, StoreError.
    """
    if not store().rejected(workspace.key.hex, origin=origin, ids=[row], limit=1):
        raise ValidationError(_("The row waits no more: somebody has processed or deleted it."))
    mend_rejected(workspace=workspace, changes=[(row, raw)], actor=actor)
    return replay_rejected(workspace=workspace, origin=origin, ids=[row], actor=actor)


def replay_rejected(
    *,
    workspace: Workspace,
    origin: str | None = None,
    reason: str = "",
    ids: Sequence[str] | None = None,
    most: int | None = MOST_AT_ONCE,
    actor: User | None,
) -> Replayed:
    """Take in again these rows, or those that wait of the source (None: of any) for the reason (empty: for any), the
    newest first and at most `most`.

    Each portion is whole or not at all; one audit entry tells of all. Raises StoreError.
    """
    if ids is None and (origin or reason or most is not None):
        ids = waiting_ids(workspace.key.hex, origin=origin, reason=reason or None, most=most)
    done = replay_rows(workspace.key.hex, ids)
    if done.replayed:
        _record(workspace, actor, "replayed", origin, reason, done.replayed)
    return done


def put_aside_rejected(
    *, workspace: Workspace, origin: str, reason: str = "", row: str = "", actor: User | None
) -> tuple[int, datetime]:
    """Delete one row of the source, or those that wait for the reason, so that `restore_rejected` brings them back for
    a day; (how many there were, the moment that names them).

    Nothing shows them or takes them in meanwhile. The rows go first, then the audit entry is made: a crash in between
    loses the entry. Raises StoreError.
    """
    at = datetime.now(UTC).replace(tzinfo=None)
    ids = _waiting(workspace, origin, reason, row)
    count = store().put_aside_rejected(workspace.key.hex, ids, at=at) if ids else 0
    if count:
        _record(workspace, actor, "deleted", origin, reason, count)
    return count, at


def restore_rejected(*, workspace: Workspace, origin: str, put_aside_at: datetime, actor: User | None) -> int:
    """Let the rows wait again that were put aside at that moment; how many there were still. An audit entry follows.
    Raises StoreError."""
    count = store().restore_rejected(workspace.key.hex, put_aside_at=put_aside_at)
    if count:
        _record(workspace, actor, "restored", origin, "", count)
    return count


def delete_rejected(
    *, workspace: Workspace, origin: str, reason: str = "", row: str = "", actor: User | None
) -> int:
    """Delete one row of the source, or those that wait for the reason, for good; how many there were.

    The rows go first, then the audit entry is made: a crash in between loses the entry. Raises StoreError.
    """
    ids = _waiting(workspace, origin, reason, row)
    deleted = store().forget_rejected(workspace.key.hex, ids) if ids else 0
    if deleted:
        _record(workspace, actor, "deleted", origin, reason, deleted, for_good=True)
    return deleted


def forget_deleted_rows() -> None:
    """Remove for good, in every workspace, the rows whose deletion can no longer be taken back. Done daily; a
    workspace whose store fails holds up no other."""
    before = (datetime.now(UTC) - UNDO_LASTS).replace(tzinfo=None)
    for key in Workspace.objects.order_by("pk").values_list("key", flat=True):
        try:
            store().forget_put_aside(key.hex, before=before)
        except StoreError as error:
            logger.warning("deleted rows of the workspace %s could not be removed yet: %s", key.hex, error)


def _waiting(workspace: Workspace, origin: str, reason: str, row: str) -> list[str]:
    key = workspace.key.hex
    if row:
        return [found.id for found in store().rejected(key, origin=origin, ids=[row], limit=1)]
    return waiting_ids(key, origin=origin, reason=reason or None, most=MOST_AT_ONCE)


def _record(
    workspace: Workspace,
    actor: User | None,
    verb: str,
    origin: str | None,
    reason: str,
    count: int,
    **more: object,
) -> None:
    with scope(workspace=workspace):
        record_audit(
            workspace=workspace,
            actor=actor,
            action=f"rejected_rows.{verb}",
            target=origin or "",
            reason=reason,
            count=count,
            **more,
        )

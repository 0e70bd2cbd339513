"""Putting the list of first steps away, and bringing it back."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django_scopes import scope

from polku.accounts.domain.audit import record_audit
from polku.accounts.models import User, Workspace


def dismiss_checklist(*, workspace: Workspace, actor: User | None) -> None:
    """Show the list no more. One transaction with its audit entry; where it is put away already nothing changes."""
    _change(workspace, "checklist.dismissed", actor, is_shown=False)


def show_checklist(*, workspace: Workspace, actor: User | None) -> None:
    """Undo `dismiss_checklist`. One transaction with its audit entry."""
    _change(workspace, "checklist.restored", actor, is_shown=True)


def _change(workspace: Workspace, action: str, actor: User | None, *, is_shown: bool) -> None:
    if (workspace.checklist_dismissed_at is None) == is_shown:
        return
    workspace.checklist_dismissed_at = None if is_shown else timezone.now()
    with scope(workspace=workspace), transaction.atomic():
        workspace.save(update_fields=["checklist_dismissed_at"])
        record_audit(workspace=workspace, actor=actor, action=action, target=workspace.name)

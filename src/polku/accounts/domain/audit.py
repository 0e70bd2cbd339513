"""The audit log: who changed what, when."""

from __future__ import annotations

from django_scopes import scope

from polku.accounts.models import AuditEntry, User, Workspace


def record_audit(
    *, workspace: Workspace | None, actor: User | None, action: str, target: str = "", **details: object
) -> AuditEntry:
    """Add an entry, in the caller's transaction.

    `action` is "thing.verb" in the past tense (`api_key.revoked`), `target` the name of the thing, `details`
    plain JSON without personal data of customers. Without a workspace the entry belongs to the installation;
    without an actor the command line did it.
    """
    with scope(workspace=workspace):
        return AuditEntry.objects.create(
            workspace=workspace, actor=actor, action=action, target=target[:200], details=details
        )

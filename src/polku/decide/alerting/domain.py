"""What people do with alerts."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django_scopes import scope

from polku.accounts.domain import record_audit
from polku.accounts.models import User
from polku.decide.models import Alert


def acknowledge_alert(*, alert: Alert, is_seen: bool, actor: User | None) -> Alert:
    """Note that somebody has seen an alert and takes care, or take that back. One transaction; audited where it is
    new."""
    with scope(workspace=alert.workspace), transaction.atomic():
        if (alert.acknowledged_at is not None) != is_seen:
            alert.acknowledged_at = timezone.now() if is_seen else None
            alert.acknowledged_by = actor if is_seen else None
            alert.save(update_fields=["acknowledged_at", "acknowledged_by"])
            record_audit(
                workspace=alert.workspace,
                actor=actor,
                action="alert.closed" if is_seen else "alert.reopened",
                target=alert.touchpoint.name,
                figure=alert.figure,
                on=alert.on.isoformat(),
            )
    return alert

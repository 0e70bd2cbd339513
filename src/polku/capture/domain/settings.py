"""The company's own traffic, and counting without cookies."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django_scopes import scope

from polku.accounts.domain import record_audit
from polku.accounts.models import User, Workspace
from polku.capture.enrichment.own_traffic import parse_rules
from polku.capture.models import CaptureSettings


def update_capture_settings(
    *, workspace: Workspace, own_addresses: str, is_cookieless: bool, actor: User | None
) -> None:
    """Say which addresses are the company's own (one a line) and whether visitors are counted without cookies.

    One transaction with its audit entry (which holds no address); the running server follows at once, because it
    listens to what is saved. Raises ValidationError that names the field.
    """
    try:
        rules = parse_rules(own_addresses)
    except ValueError as error:
        raise ValidationError({"own_addresses": str(error)}) from error
    fields = {"own_addresses": rules, "is_cookieless": is_cookieless}
    with scope(workspace=workspace), transaction.atomic():
        row = CaptureSettings.objects.filter(workspace=workspace).first() or CaptureSettings(
            workspace=workspace
        )
        changed = sorted(field for field, value in fields.items() if getattr(row, field) != value)
        if not changed:
            return
        for field in changed:
            setattr(row, field, fields[field])
        row.save()
        record_audit(
            workspace=workspace,
            actor=actor,
            action="capture_settings.updated",
            target=workspace.name,
            changed=changed,
            is_cookieless=is_cookieless,
            own_addresses=len(rules),
        )

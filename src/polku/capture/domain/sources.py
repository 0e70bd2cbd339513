"""Names and alarms of sources."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django_scopes import scope

from polku.accounts.domain import record_audit
from polku.accounts.models import User, Workspace
from polku.accounts.values import clean_choice, clean_line
from polku.capture.models import SourceSettings
from polku.capture.sources import alarms
from polku.eventstore.registry import store

LONGEST_NAME = 80
MOST_HOURS = 24 * 366


def update_source(
    *, workspace: Workspace, origin: str, name: str, alarm: str, silent_hours: int | None, actor: User | None
) -> None:
    """Name the source and say when its silence is an alarm; an empty name gives the usual one back.

    One transaction with its audit entry; equal values change nothing. Raises ValidationError that names the field,
    ValueError for a source of which nothing ever came.
    """
    if origin not in {state.origin for state in store().sources(workspace.key.hex)}:
        raise ValueError(f"nothing ever came from {origin}")
    fields = {
        "name": _clean_name(name),
        "alarm": clean_choice(alarm, SourceSettings.Alarm.values),
        "silent_hours": _clean_hours(silent_hours) if alarm == SourceSettings.Alarm.HOURS else None,
    }
    with scope(workspace=workspace), transaction.atomic():
        row = SourceSettings.objects.filter(origin=origin).first() or SourceSettings(
            workspace=workspace, origin=origin
        )
        changed = sorted(field for field, value in fields.items() if getattr(row, field) != value)
        if changed:
            for field in changed:
                setattr(row, field, fields[field])
            row.save()
            record_audit(
                workspace=workspace,
                actor=actor,
                action="source.updated",
                target=row.name or origin,
                changed=changed,
            )
    alarms.forget(workspace)


def _clean_name(name: str) -> str:
    try:
        return clean_line(name, longest=LONGEST_NAME, required=False)
    except ValidationError as error:
        raise ValidationError({"name": error.messages}) from error


def _clean_hours(hours: int | None) -> int:
    if hours is None or not 1 <= hours <= MOST_HOURS:
        raise ValidationError({"silent_hours": _("Give whole hours, from 1 to %s.") % MOST_HOURS})
    return hours

"""What every change to a map shares: its transaction, its place in an order, its audit entry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django_scopes import scope

from polku.accounts.domain import record_audit
from polku.accounts.models import User, Workspace
from polku.journeys import limits, order_keys
from polku.journeys.models import Journey, Stage, Touchpoint

Sibling = Stage | Touchpoint


@contextmanager
def writing(journey: Journey) -> Iterator[None]:
    """One transaction in which nobody else changes this journey's structure.

    SQLite takes its one write lock when the transaction begins (transaction_mode IMMEDIATE); other databases lock
    the journey's row. Raises ValidationError where the journey is gone.
    """
    with scope(workspace=journey.workspace), transaction.atomic():
        if not Journey.objects.select_for_update().filter(pk=journey.pk).exists():
            raise ValidationError(_("The journey “%s” has been deleted.") % journey.name, code="gone")
        yield


def audit(journey: Journey, actor: User | None, action: str, target: object, **details: Any) -> None:
    record_audit(
        workspace=journey.workspace,
        actor=actor,
        action=action,
        target=str(target)[:200],
        journey=journey.pk,
        **details,
    )


def key_after(siblings: Sequence[Sibling], after: Sibling | None) -> str:
    """A key for a newcomer right behind `after` (None: first of all) among its ordered `siblings`.

    Where no key fits, because two siblings share one or keys have grown long, the whole family gets fresh keys.
    """
    index = 0 if after is None else [sibling.pk for sibling in siblings].index(after.pk) + 1
    before_key = siblings[index - 1].order_key if index else None
    after_key = siblings[index].order_key if index < len(siblings) else None
    try:
        key = order_keys.between(before_key, after_key)
    except ValueError:
        key = ""
    if 0 < len(key) <= order_keys.LONGEST:
        return key
    fresh = order_keys.spread(len(siblings) + 1)
    key = fresh.pop(index)
    for sibling, order_key in zip(siblings, fresh, strict=True):
        sibling.order_key = order_key
        type(sibling).objects.filter(pk=sibling.pk).update(order_key=order_key)
    return key


def save_changes(row: Any, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Write only the fields that differ; what somebody else changed beside them stays. Returns what was written."""
    written = {name: value for name, value in changes.items() if getattr(row, name) != value}
    if written:
        updated = type(row).objects.filter(pk=row.pk).update(**written)
        if not updated:
            raise ValidationError(_("“%s” has been deleted.") % row, code="gone")
        for name, value in written.items():
            setattr(row, name, value)
    return written


def require_room(journey: Journey, *, stages: int = 0, touchpoints: int = 0) -> None:
    """Raise ValidationError where so many more would make the map larger than people can read."""
    if stages and journey.stages.count() + stages > limits.STAGES:
        raise ValidationError(_("A journey has at most %s stages.") % limits.STAGES, code="full")
    if touchpoints:
        there = Touchpoint.objects.filter(stage__journey=journey).count()
        if there + touchpoints > limits.TOUCHPOINTS:
            raise ValidationError(
                _("A journey has at most %s touchpoints.") % limits.TOUCHPOINTS, code="full"
            )


def require_member(workspace: Workspace, user: User | None) -> User | None:
    """An owner is somebody who can see the map."""
    if user is not None and not workspace.memberships.filter(user=user).exists():
        raise ValidationError({"owner": _("The owner must be a member of the workspace.")})
    return user

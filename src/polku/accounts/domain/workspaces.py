"""Workspaces: one company's or client's data each."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django_scopes import scope

from polku.accounts.domain.api_keys import create_api_key
from polku.accounts.domain.audit import record_audit
from polku.accounts.models import ApiKey, Membership, Role, User, Workspace
from polku.accounts.slugs import unique_slug
from polku.accounts.values import clean_choice, clean_currency, clean_line, clean_states, clean_timezone
from polku.accounts.workspace_stores import stores
from polku.jobs.models import Job

_CLEANERS: dict[str, Callable[[object], object]] = {
    "name": lambda value: clean_line(value, longest=120),
    "language": lambda value: clean_choice(value, ["fi", "en"]),
    "timezone": clean_timezone,
    "currency": clean_currency,
    "cancelled_states": clean_states,
}
_TRIES = 5


def create_workspace(
    *,
    name: str,
    language: str = "fi",
    timezone: str = "Europe/Helsinki",
    currency: str = "EUR",
    owner: User | None = None,
    is_simulated: bool = False,
) -> tuple[Workspace, str, str]:
    """Make a workspace with its store and two keys; returns (workspace, write key, secret key).

    The store is made first: rows without a store would be a broken workspace, a store without rows is only an
    empty folder. The rows, `owner`'s membership and the audit entries are one transaction.
    Raises ValidationError that names the field.
    """
    given = {"name": name, "language": language, "timezone": timezone, "currency": currency}
    fields = _clean(given)
    key = uuid.uuid4()
    stores().create(key.hex)
    try:
        for attempt in range(_TRIES):
            try:
                return _create_rows(fields | {"key": key, "is_simulated": is_simulated}, owner)
            except IntegrityError:
                # Somebody took the slug between the look and the insert.
                if attempt == _TRIES - 1:
                    raise
        raise AssertionError("unreachable")
    except BaseException:
        stores().drop(key.hex)
        raise


def update_workspace(*, workspace: Workspace, changes: Mapping[str, object], actor: User | None) -> None:
    """Change name, language, timezone, currency or cancelled_states; the slug stays, because links hold it.

    One transaction with its audit entry. Raises ValidationError that names the field.
    """
    unknown = set(changes) - set(_CLEANERS)
    if unknown:
        raise ValueError(f"a workspace has no setting {sorted(unknown)}")
    cleaned = _clean(changes)
    changed = sorted(field for field, value in cleaned.items() if getattr(workspace, field) != value)
    if not changed:
        return
    for field in changed:
        setattr(workspace, field, cleaned[field])
    with transaction.atomic():
        workspace.save(update_fields=changed)
        record_audit(
            workspace=workspace,
            actor=actor,
            action="workspace.updated",
            target=workspace.name,
            changed=changed,
        )


def delete_workspace(*, workspace: Workspace, actor: User | None) -> None:
    """Remove the workspace, its jobs and its store, for good.

    The rows go in one transaction (with an audit entry of the installation), then the store: a crash in between
    leaves a folder that nothing points to.
    """
    key, name = workspace.key.hex, workspace.name
    with scope(workspace=workspace), transaction.atomic():
        Job.objects.filter(workspace_id=workspace.pk).delete()
        workspace.delete()
        record_audit(workspace=None, actor=actor, action="workspace.deleted", target=name)
    stores().drop(key)


@transaction.atomic
def _create_rows(fields: Mapping[str, object], owner: User | None) -> tuple[Workspace, str, str]:
    slug = unique_slug(str(fields["name"]), lambda slug: Workspace.objects.filter(slug=slug).exists())
    workspace = Workspace.objects.create(slug=slug, **fields)
    with scope(workspace=workspace):
        if owner is not None:
            Membership.objects.create(workspace=workspace, user=owner, role=Role.OWNER)
        record_audit(workspace=workspace, actor=owner, action="workspace.created", target=workspace.name)
        with translation.override(workspace.language):
            names = {ApiKey.Kind.WRITE: _("First source"), ApiKey.Kind.SECRET: _("First secret key")}
        (_row, write_key), (_row, secret_key) = (
            create_api_key(workspace=workspace, kind=kind, name=name, actor=owner)
            for kind, name in names.items()
        )
    return workspace, write_key, secret_key


def _clean(given: Mapping[str, object]) -> dict[str, object]:
    cleaned: dict[str, object] = {}
    errors: dict[str, list[str]] = {}
    for field, value in given.items():
        try:
            cleaned[field] = _CLEANERS[field](value)
        except ValidationError as error:
            errors[field] = error.messages
    if errors:
        raise ValidationError(errors)
    return cleaned

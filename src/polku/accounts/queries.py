"""Reads of users, workspaces and their members."""

from __future__ import annotations

from django.db.models import QuerySet
from django_scopes import scopes_disabled

from polku.accounts.models import ApiKey, AuditEntry, Membership, User, Workspace
from polku.accounts.workspace_stores import stores


def workspaces_of(user: User) -> list[Workspace]:
    """The workspaces that the user is a member of, by name."""
    with scopes_disabled():
        return list(Workspace.objects.filter(memberships__user=user).order_by("name", "pk"))


def membership_of(user: User, slug: str) -> Membership | None:
    """The user's membership, with its workspace, of the workspace with this slug."""
    with scopes_disabled():
        return Membership.objects.select_related("workspace").filter(workspace__slug=slug, user=user).first()


def members() -> QuerySet[Membership]:
    """Of the workspace in scope, owners first."""
    return Membership.objects.select_related("user").order_by("created_at", "pk")


def api_keys() -> QuerySet[ApiKey]:
    """Of the workspace in scope: living keys first, the newest first."""
    return ApiKey.objects.select_related("created_by").order_by("revoked_at", "-created_at", "-pk")


def audit_entries() -> QuerySet[AuditEntry]:
    """Of the workspace in scope, the newest first."""
    return AuditEntry.objects.select_related("actor").order_by("-at", "-pk")


def order_states(workspace: Workspace) -> list[str]:
    """Order states received, and those chosen earlier even when no order has them any more."""
    return list(dict.fromkeys([*stores().order_states(workspace.key.hex), *workspace.cancelled_states]))

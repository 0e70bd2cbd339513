"""What the page's frame may know about accounts: the user's workspaces and what the role allows."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django_scopes import scopes_disabled

from polku.accounts.access import allows
from polku.accounts.models import Workspace
from polku.site.navigation import WorkspaceLink


def member_may(request: HttpRequest, permission: Any) -> bool:
    """Whether the member that `workspace_view` let in may do what `permission` names."""
    membership = getattr(request, "membership", None)
    return membership is not None and allows(membership.role, permission)


def workspace_links(request: HttpRequest) -> list[WorkspaceLink]:
    """The user's workspaces by name, one query; none when nobody is signed in."""
    if not request.user.is_authenticated:
        return []
    current = getattr(request, "workspace", None)
    with scopes_disabled():
        found = list(Workspace.objects.filter(memberships__user=request.user).order_by("name"))
    return [
        WorkspaceLink(
            workspace.name,
            reverse("journeys:list", kwargs={"workspace": workspace.slug}),
            workspace == current,
        )
        for workspace in found
    ]

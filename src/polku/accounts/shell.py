"""What the page shell asks about members: fills the hooks of `site.navigation`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from django.http import HttpRequest
from django.urls import reverse

from polku.accounts.access import Permission, allows
from polku.accounts.queries import workspaces_of
from polku.site.navigation import WorkspaceLink


def member_may(request: HttpRequest, permission: str) -> bool:
    """Whether the request's member may do what `permission` names; False outside a workspace."""
    membership = getattr(request, "membership", None)
    return membership is not None and allows(membership.role, cast(Permission, permission))


def workspace_links(request: HttpRequest) -> Sequence[WorkspaceLink]:
    """The workspaces that the signed-in user may switch to."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return ()
    current = getattr(request, "workspace", None)
    return [
        WorkspaceLink(
            name=workspace.name,
            url=reverse("accounts:open", kwargs={"workspace": workspace.slug}),
            is_current=workspace == current,
        )
        for workspace in workspaces_of(user)
    ]

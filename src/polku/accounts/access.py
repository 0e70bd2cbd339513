"""The wall between workspaces: a view gets its workspace only through here."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any, Literal

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from polku.accounts.models import Membership, Role, User, Workspace

Permission = Literal["view", "act", "analyse", "edit", "manage"]

_LOWEST_ROLE: dict[Permission, Role] = {
    "view": Role.VIEWER,
    "act": Role.AGENT,
    "analyse": Role.ANALYST,
    "edit": Role.EDITOR,
    "manage": Role.OWNER,
}
_ORDER = list(Role)


class WorkspaceRequest(HttpRequest):
    """A request that passed `workspace_view`."""

    user: User
    workspace: Workspace
    membership: Membership


def allows(role: str, permission: Permission) -> bool:
    """Whether `role` may do what `permission` names."""
    return _ORDER.index(Role(role)) <= _ORDER.index(_LOWEST_ROLE[permission])


LAST_WORKSPACE = "workspace"
"""Key in the session: the slug of the workspace that was open last."""


def remember_workspace(request: HttpRequest, workspace: Workspace) -> None:
    """Let the start page lead back to this workspace."""
    if request.session.get(LAST_WORKSPACE) != workspace.slug:
        request.session[LAST_WORKSPACE] = workspace.slug


def workspace_view(
    permission: Permission,
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """A view below /w/<workspace>/ for members whose role allows `permission`.

    Anonymous visitors are sent to sign in, outsiders get 404 (they must not learn that the workspace exists),
    members with too low a role 403. The view runs inside the workspace's scope, with `request.workspace` and
    `request.membership`, on the workspace's clock; its `workspace` argument is taken away.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @login_required
        @functools.wraps(view)
        def guarded(request: Any, *args: Any, workspace: str, **kwargs: Any) -> HttpResponse:
            with scopes_disabled():
                membership = (
                    Membership.objects.select_related("workspace")
                    .filter(workspace__slug=workspace, user=request.user)
                    .first()
                )
            if membership is None:
                raise Http404
            if not allows(membership.role, permission):
                raise PermissionDenied
            request.workspace, request.membership = membership.workspace, membership
            remember_workspace(request, membership.workspace)
            with scope(workspace=membership.workspace), timezone.override(membership.workspace.timezone):
                response = view(request, *args, **kwargs)
                if hasattr(response, "render") and callable(response.render):
                    response = response.render()
                return response

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return decorate


def require_permissions(patterns: Iterable[URLPattern | URLResolver], prefix: str = "") -> None:
    """Raise ImproperlyConfigured for a view below w/<workspace>/ that did not pass `workspace_view`.

    Called when the addresses are imported, so that a page without a wall is never served.
    """
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            require_permissions(pattern.url_patterns, route)
        elif "<slug:workspace>" in route and not hasattr(pattern.callback, "permission"):
            raise ImproperlyConfigured(f"the view of {route} lacks @workspace_view")

"""The main navigation. Upper rooms register their pages here when the program starts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse


@dataclass(frozen=True)
class NavigationItem:
    """A page of the main navigation. `name` may be lazy text; `url_name` takes the workspace's slug.

    `covers` are names of further pages on which the entry is marked; alone in its namespace it covers all of that.
    `key` is the letter that opens it after g.
    """

    name: Any
    url_name: str
    order: int = 100
    permission: str = "view"
    covers: tuple[str, ...] = ()
    key: str = ""

    @property
    def namespace(self) -> str:
        return self.url_name.partition(":")[0]


@dataclass(frozen=True)
class WorkspaceLink:
    """A workspace that the signed-in user may open."""

    name: str
    url: str
    is_current: bool


@dataclass(frozen=True)
class Link:
    """An entry ready to be drawn. `is_current`: the page shown belongs to it."""

    name: Any
    url: str
    is_current: bool
    key: str = ""


_items: list[NavigationItem] = []
_settings: list[NavigationItem] = []
_allows: Callable[[HttpRequest, str], bool] = lambda request, permission: False  # noqa: E731
_workspaces: Callable[[HttpRequest], Sequence[WorkspaceLink]] = lambda request: ()  # noqa: E731


def register(item: NavigationItem) -> None:
    """Add a page to the main navigation (once)."""
    if item not in _items:
        _items.append(item)


def register_settings(item: NavigationItem) -> None:
    """Add a page to the settings of a workspace (once)."""
    if item not in _settings:
        _settings.append(item)


def use_accounts(
    *,
    allows: Callable[[HttpRequest, str], bool],
    workspaces: Callable[[HttpRequest], Sequence[WorkspaceLink]],
) -> None:
    """Tell the shell who may see what. Accounts stand above this room, so they register themselves."""
    global _allows, _workspaces
    _allows, _workspaces = allows, workspaces


def allowed(request: HttpRequest, permission: str) -> bool:
    """Whether the request's member may do what `permission` names; False outside a workspace."""
    return _allows(request, permission)


def links(request: HttpRequest) -> list[Link]:
    """The entries that this request's member may open, in order; none outside a workspace."""
    workspace = getattr(request, "workspace", None)
    if workspace is None:
        return []
    match = getattr(request, "resolver_match", None)
    here = match.view_name if match else ""
    namespaces = [item.namespace for item in _items]
    settings = {item.url_name for item in _settings}
    found = []
    for item in sorted(_items, key=lambda item: item.order):
        if not allowed(request, item.permission):
            continue
        alone = namespaces.count(item.namespace) == 1
        is_current = here in (item.url_name, *item.covers) or (
            alone and here.startswith(f"{item.namespace}:") and here not in settings
        )
        found.append(
            Link(
                item.name, reverse(item.url_name, kwargs={"workspace": workspace.slug}), is_current, item.key
            )
        )
    return found


def settings_links(request: HttpRequest) -> list[Link]:
    """The settings pages of upper rooms that this request's member may open, in order."""
    workspace = getattr(request, "workspace", None)
    match = getattr(request, "resolver_match", None)
    if workspace is None:
        return []
    return [
        Link(
            item.name,
            reverse(item.url_name, kwargs={"workspace": workspace.slug}),
            match is not None and match.view_name in (item.url_name, *item.covers),
        )
        for item in sorted(_settings, key=lambda item: item.order)
        if allowed(request, item.permission)
    ]


def workspaces(request: HttpRequest) -> Sequence[WorkspaceLink]:
    """The workspaces the user may switch to."""
    return _workspaces(request)

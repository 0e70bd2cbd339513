"""The tabs of the pages of numbers; each part registers its own when the program starts."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise

from polku.accounts.models import Workspace


@dataclass(frozen=True)
class Tab:
    name: Promise | str
    url_name: str
    order: int


@dataclass(frozen=True)
class ShownTab:
    name: Promise | str
    url: str
    is_current: bool


_tabs: list[Tab] = []


def register(tab: Tab) -> None:
    """Add a page to the numbers (once)."""
    if tab not in _tabs:
        _tabs.append(tab)


def tabs_of(workspace: Workspace, current: str) -> list[ShownTab]:
    """All pages of numbers in order; `current` is the url name of the one that is open."""
    return [
        ShownTab(
            tab.name, reverse(tab.url_name, kwargs={"workspace": workspace.slug}), tab.url_name == current
        )
        for tab in sorted(_tabs, key=lambda tab: tab.order)
    ]

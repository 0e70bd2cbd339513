"""What every page's frame needs to know."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from polku.site import checklist, navigation, notices
from polku.site.preferences import keys_of, theme_of


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor. Lists are lazy: fragments that draw no frame pay nothing for it."""
    return {
        "theme": theme_of(request),
        "keys": keys_of(request),
        "language": (get_language() or "fi")[:2],
        "navigation": SimpleLazyObject(lambda: navigation.links(request)),
        "settings_navigation": SimpleLazyObject(lambda: navigation.settings_links(request)),
        "notices": SimpleLazyObject(lambda: notices.notices(request)),
        "checklist": SimpleLazyObject(lambda: checklist.of_page(request)),
        "workspaces": SimpleLazyObject(lambda: navigation.workspaces(request)),
        "workspace": getattr(request, "workspace", None),
        "may": Permissions(request),
    }


class Permissions:
    """`{% if may.edit %}` in templates."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    def __getitem__(self, permission: str) -> bool:
        return navigation.allowed(self._request, permission)

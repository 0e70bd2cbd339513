"""Every address of the program, read from the URL resolver, and how to fill in its numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import URLResolver, get_resolver

_RESET = "^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$"
_PARAMETER = r"<(?:int|origin):(\w+)>"  # names something of a workspace
_WORD = r"<(?:kind|format|slug):(\w+)>"  # the same words in every workspace
PUBLIC = {
    "",
    "demo/",
    "first/<str:token>/",
    "language/",
    "theme/",
    "keys/",
    "accounts/login/",
    "accounts/logout/",
    "accounts/inactive/",
    "accounts/password/reset/",
    "accounts/password/reset/done/",
    f"accounts/{_RESET}",
    "accounts/password/reset/key/done/",
    "healthz",
    "readyz",
    "m/<str:token>/",
    "s/<str:token>",
    "said/<str:token>",
    "monday/<str:token>/",
    "polku-surveys/config",
    "polku-surveys/show",
    "polku-surveys/answer",
    "tablet/",
    "tablet/worker.js",
    "tablet/manifest.webmanifest",
    "tablet/pair",
    "tablet/setup",
    "tablet/answers",
    "api/",
    "api/openapi.json",
}
"""What anybody may open. A new address is private until it is written here."""

WITHOUT_TOKEN = {"m/<str:token>/", "monday/<str:token>/", "s/<str:token>"}
"""What takes a post without the token of a cookie: mail programs unsubscribe so, without a page of ours before it
(RFC 8058), and respondents have no cookies: their form proves itself (decision 35, tests/surveys/answering)."""

BY_KEY = {"api/v1/query", "api/v1/workspace"}
"""What answers strangers with 401 instead of leading them to sign in (tests/api)."""


@dataclass(frozen=True)
class Address:
    """`permission` is None outside workspaces."""

    route: str
    permission: str | None

    @property
    def parameters(self) -> list[str]:
        return re.findall(_PARAMETER, self.route)

    def path(self, workspace: str, numbers: Mapping[str, int | str]) -> str:
        """The address of these things. A parameter that `numbers` lacks is a KeyError: add it in `conftest`."""
        path = self.route.replace("<slug:workspace>", workspace)
        path = re.sub(f"{_PARAMETER}|{_WORD}", lambda found: str(numbers[found[1] or found[2]]), path)
        return "/" + path.replace(_RESET, "password/reset/key/1-x/").replace("<str:token>", "x")

    def __str__(self) -> str:
        return self.route or "/"


def addresses() -> list[Address]:
    return [Address(route, permission) for route, permission in _walk(get_resolver().url_patterns, "")]


def _walk(patterns: list[Any], prefix: str) -> Iterator[tuple[str, str | None]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, route)
        else:
            yield route, getattr(pattern.callback, "permission", None)


ALL = addresses()
OF_WORKSPACES = [address for address in ALL if "<slug:workspace>" in address.route]
PRIVATE = [address for address in ALL if address.route not in PUBLIC | BY_KEY]

"""One search for everything of a workspace. Upper rooms register what they can find when the program starts.

Searchers are asked for what somebody types, so they are quick, or say that they are slow: those are asked after the
others have answered.
"""

from __future__ import annotations

import logging
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from polku.site import navigation

logger = logging.getLogger(__name__)

LONGEST_TEXT = 100
MOST_HITS = 6
"""Hits of one searcher that are shown."""


@dataclass(frozen=True)
class Hit:
    """Something found: `detail` tells it apart from others of the same title."""

    title: str
    url: str
    detail: str = ""


Find = Callable[[Any, HttpRequest, str], Iterable[Hit]]


@dataclass(frozen=True)
class Searcher:
    """`find` gets the workspace, the request and the text, runs in the workspace's scope, and gives the best first.

    It is asked only for those whose role allows `permission`, and for texts of at least `shortest` letters; the
    text may be empty.
    """

    key: str
    title: Any
    permission: str
    find: Find
    order: int = 100
    shortest: int = 0
    is_slow: bool = False


@dataclass(frozen=True)
class Page:
    """A page that is not in the main navigation; `words` are others by which it is found, in any language."""

    name: Any
    url_name: str
    permission: str = "view"
    words: str = ""


@dataclass(frozen=True)
class Group:
    """What one searcher found. `has_failed`: it could not answer now."""

    key: str
    title: Any
    hits: tuple[Hit, ...]
    has_failed: bool = False


_searchers: dict[str, Searcher] = {}
_pages: list[Page] = []


def register(searcher: Searcher) -> None:
    """Add `searcher`; one of the same key is replaced."""
    _searchers[searcher.key] = searcher


def register_page(page: Page) -> None:
    """Let `page` be found by its name (once)."""
    if page not in _pages:
        _pages.append(page)


def search(request: HttpRequest, text: str, *, slow: bool | None = None) -> list[Group]:
    """What the searchers that the request's member may use find of `text`, without empty groups.

    `slow` takes only the slow ones, or only the others. A searcher that fails is a group that says so.
    """
    workspace = getattr(request, "workspace", None)
    if workspace is None:
        return []
    found = []
    for searcher in sorted(_searchers.values(), key=lambda searcher: searcher.order):
        if slow not in (None, searcher.is_slow) or len(text) < searcher.shortest:
            continue
        if not navigation.allowed(request, searcher.permission):
            continue
        group = _ask(searcher, workspace, request, text)
        if group.hits or group.has_failed:
            found.append(group)
    return found


def has_slow(request: HttpRequest, text: str) -> bool:
    """Whether slow searchers are still to be asked for `text`."""
    return any(
        searcher.is_slow
        and len(text) >= searcher.shortest
        and navigation.allowed(request, searcher.permission)
        for searcher in _searchers.values()
    )


def plain(text: str) -> str:
    """In small letters, without the dots and rings of letters: how texts are compared."""
    parts = unicodedata.normalize("NFD", text.casefold())
    return "".join(letter for letter in parts if not unicodedata.combining(letter))


def fits(text: str, *names: str) -> bool:
    """Whether every word of `text` is found somewhere in `names`, whatever the case."""
    there = plain(" ".join(names))
    return all(word in there for word in plain(text).split())


def best_first(hits: Iterable[Hit], text: str) -> list[Hit]:
    """Those whose title begins with `text` first, then those with a word that does; otherwise as they came."""
    wanted = plain(text)

    def distance(hit: Hit) -> int:
        title = plain(hit.title)
        return 0 if title.startswith(wanted) else 1 if f" {wanted}" in title else 2

    return sorted(hits, key=distance)


def find_pages(workspace: Any, request: HttpRequest, text: str) -> Sequence[Hit]:
    """The pages that the member may open, by name; without a text those of the main navigation."""
    hits = [Hit(str(link.name), link.url) for link in navigation.links(request) if fits(text, str(link.name))]
    if not text:
        return hits
    hits += [
        Hit(str(page.name), reverse(page.url_name, kwargs={"workspace": workspace.slug}))
        for page in _pages
        if fits(text, str(page.name), page.words) and navigation.allowed(request, page.permission)
    ]
    hits += [
        Hit(str(link.name), link.url)
        for link in navigation.settings_links(request)
        if fits(text, str(link.name))
    ]
    return best_first(hits, text)


def _ask(searcher: Searcher, workspace: Any, request: HttpRequest, text: str) -> Group:
    try:
        hits = tuple(searcher.find(workspace, request, text))[:MOST_HITS]
    except Exception as error:
        # One room in trouble must not take the search away from the others. What was typed is nobody's log.
        logger.warning("search: %s could not answer: %s", searcher.key, type(error).__name__)
        return Group(searcher.key, searcher.title, (), has_failed=True)
    return Group(searcher.key, searcher.title, hits)

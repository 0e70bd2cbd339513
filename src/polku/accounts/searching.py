"""What the search finds in this room: pages, words of the glossary, other workspaces, members."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from polku.accounts import queries
from polku.site import glossary, navigation, search
from polku.site.search import Hit, Page, Searcher, best_first, fits


def register() -> None:
    """Called once, when the program starts."""
    search.register(Searcher("pages", _("Pages"), "view", search.find_pages, order=10))
    search.register(Searcher("members", _("Members"), "manage", _members, order=70, shortest=2))
    search.register(Searcher("workspaces", _("Workspaces"), "view", _workspaces, order=80))
    search.register(Searcher("glossary", _("Glossary"), "view", _words, order=90))
    for page in (
        Page(_("Workspace settings"), "accounts:settings", "manage", "asetukset settings currency time zone"),
        Page(_("Members"), "accounts:members", "manage", "jäsenet kutsu invite users roles"),
        Page(_("API keys"), "accounts:api_keys", "manage", "avaimet write key secret"),
        Page(_("Audit log"), "accounts:audit", "manage", "loki who changed"),
        Page(_("Glossary"), "accounts:glossary", words="sanasto ohje apua help words"),
    ):
        search.register_page(page)


def _members(workspace: Any, request: HttpRequest, text: str) -> Iterable[Hit]:
    address = reverse("accounts:members", kwargs={"workspace": workspace.slug})
    return best_first(
        [
            Hit(str(member.user), address, member.user.email)
            for member in queries.members()
            if fits(text, str(member.user), member.user.email)
        ],
        text,
    )


def _workspaces(workspace: Any, request: HttpRequest, text: str) -> Iterable[Hit]:
    others = [link for link in navigation.workspaces(request) if not link.is_current]
    return best_first([Hit(link.name, link.url) for link in others if fits(text, link.name)], text)


def _words(workspace: Any, request: HttpRequest, text: str) -> Iterable[Hit]:
    if not text:
        return ()
    page = reverse("accounts:glossary", kwargs={"workspace": workspace.slug})
    return best_first(
        [
            Hit(str(term.name), f"{page}#{term.key}", str(term.short))
            for term in glossary.terms()
            if fits(text, str(term.name), term.key)
        ],
        text,
    )

"""What the search finds of data on its way in: sources, and the pages where they begin."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from polku.capture import queries
from polku.site import search
from polku.site.search import Hit, Page, Searcher, best_first, fits


def register() -> None:
    """Called once, when the program starts."""
    search.register(Searcher("sources", _("Data sources"), "view", _sources, order=60))
    for page in (
        Page(_("Import files"), "capture:imports", "edit", "tuonti tuo tiedosto csv excel xlsx import file"),
        Page(_("Install the tracker"), "capture:install", "edit", "seuranta asenna tracker script"),
    ):
        search.register_page(page)


def _sources(workspace: Any, request: HttpRequest, text: str) -> Iterable[Hit]:
    """Raises StoreError."""
    if not text:
        return ()
    found = [
        Hit(
            source.name,
            reverse("capture:source", args=[workspace.slug, source.origin.name]),
            str(source.origin.kind_name),
        )
        for source in queries.sources(workspace)
        if fits(text, source.name, str(source.origin.kind_name))
    ]
    return best_first(found, text)

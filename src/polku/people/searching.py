"""What the search finds of customers: themselves, and segments."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from polku.eventstore.registry import store
from polku.people import queries
from polku.people.names import name_person, read_traits
from polku.site import search
from polku.site.navigation import allowed
from polku.site.search import MOST_HITS, Hit, Page, Searcher, best_first, fits


def register() -> None:
    """Called once, when the program starts."""
    search.register(Searcher("segments", _("Segments"), "view", _segments, order=40))
    # By name, e-mail, id or order number, over everybody: with a million people not as fast as one types.
    search.register(
        Searcher("customers", _("Customers"), "act", _customers, order=50, shortest=3, is_slow=True)
    )
    search.register_page(
        Page(_("How data joins"), "people:joins", words="yhdistyminen yhdistäminen joined merge identity")
    )
    search.register_page(Page(_("New segment"), "people:create", "analyse", "uusi segmentti"))


def _segments(workspace: Any, request: HttpRequest, text: str) -> Iterable[Hit]:
    """The segment's own page for those who may change it, else the list."""
    if not text:
        return ()
    may_change = allowed(request, "analyse")
    every = reverse("people:segments", args=[workspace.slug])
    found = [
        Hit(segment.name, reverse("people:edit", args=[workspace.slug, segment.pk]) if may_change else every)
        for segment in queries.segments()
        if fits(text, segment.name)
    ]
    return best_first(found, text)


def _customers(workspace: Any, request: HttpRequest, text: str) -> Iterable[Hit]:
    """Raises StoreError where the question takes too long."""
    found = store().find_people(workspace.key.hex, search=text, limit=MOST_HITS).to_pylist()
    for row in found:
        name = name_person(read_traits(row["traits"]), row["ids"], row["kinds"], row["order"])
        detail = name.email if name.email and name.email != name.text else ""
        yield Hit(name.text, reverse("people:person", args=[workspace.slug, row["person"]]), detail)

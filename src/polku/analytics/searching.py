"""What the search finds of questions: the saved ones, and the pages on which one asks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from polku.analytics.explore import pages, queries
from polku.site import search
from polku.site.search import Hit, Searcher, best_first, fits


def register() -> None:
    """Called once, when the program starts."""
    search.register(Searcher("questions", _("Saved questions"), "view", _saved, order=30))
    search.register(Searcher("asking", _("Ask of your data"), "view", _asking, order=35))


def _saved(workspace: Any, request: HttpRequest, text: str) -> Iterable[Hit]:
    """Those that the reader may open; the kind of each beside it."""
    if not text:
        return ()
    names = {page.kind: str(page.name) for page in pages.pages()}
    user: Any = request.user
    found = [
        Hit(question.name, reverse("explore:open", args=[workspace.slug, question.pk]), names[question.kind])
        for question in queries.questions_for(user)
        if question.kind in names and fits(text, question.name)
    ]
    return best_first(found, text)


def _asking(workspace: Any, request: HttpRequest, text: str) -> Iterable[Hit]:
    if not text:
        return ()
    found = [
        Hit(str(page.name), reverse("explore:question", args=[workspace.slug, page.kind]), str(page.question))
        for page in pages.pages()
        if fits(text, str(page.name), str(page.question), page.kind)
    ]
    return best_first(found, text)

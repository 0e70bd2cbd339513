"""Reads of saved questions. Callers are inside the workspace's scope."""

from __future__ import annotations

from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.urls import reverse

from polku.accounts.models import User
from polku.analytics.explore import pages
from polku.analytics.models import SavedQuestion
from polku.eventstore.registry import store


def questions_for(user: User) -> QuerySet[SavedQuestion]:
    """Those that the user may open: their own and the shared ones, the latest changed first."""
    return SavedQuestion.objects.select_related("owner", "workspace").filter(
        Q(is_shared=True) | Q(owner=user)
    )


def address_of(question: SavedQuestion) -> str:
    """The page that shows the question as it was saved."""
    parameters = [*((name, value) for name, value in question.parameters), ("saved", str(question.pk))]
    page = pages.find(question.kind)
    base = (
        pages.base_of(page, question.workspace)
        if page is not None
        else reverse("explore:question", args=[question.workspace.slug, question.kind])
    )
    return f"{base}?{urlencode(parameters)}"


def query_of(question: SavedQuestion) -> dict[str, object] | None:
    """The Query object of a saved question as of now; None where it cannot be asked any more."""
    page = pages.find(question.kind)
    if page is None:
        return None
    data = QueryDict(urlencode([(name, value) for name, value in question.parameters]))
    workspace = question.workspace
    form = page.form(data, workspace=workspace, state=store().state(workspace.key.hex))
    return form.query() if form.is_valid() and form.is_asked else None

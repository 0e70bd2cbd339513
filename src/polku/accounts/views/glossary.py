"""What the product's words mean."""

from __future__ import annotations

from itertools import groupby

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from polku.accounts.access import WorkspaceRequest, workspace_view
from polku.site import glossary as words


@require_safe
@workspace_view("view")
def glossary(request: WorkspaceRequest) -> HttpResponse:
    """All terms in alphabetical order, each with those nearby."""
    terms = [(term, [words.find(key) for key in term.see]) for term in words.terms()]
    letters = [
        (letter, list(group))
        for letter, group in groupby(terms, key=lambda each: str(each[0].name)[0].upper())
    ]
    return render(request, "site/glossary.html", {"letters": letters})

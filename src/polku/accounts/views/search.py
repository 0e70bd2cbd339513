"""The search for everything of a workspace: its page, and its results while somebody types."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from polku.accounts.access import WorkspaceRequest, workspace_view
from polku.site import search as searching


@require_safe
@never_cache
@workspace_view("view")
def search(request: WorkspaceRequest) -> HttpResponse:
    """`q` in the query string. With `part` only the results: of those who answer at once ("quick"), or the rest
    ("slow"); as a whole page, of all."""
    text = _readable(request.GET.get("q", ""))
    part = request.GET.get("part", "")
    if part == "slow":
        groups = searching.search(request, text, slow=True)
        return render(request, "site/parts/search_slow.html", {"groups": groups, "text": text})
    quick = part == "quick"
    context = {
        "text": text,
        "groups": searching.search(request, text, slow=False if quick else None),
        "is_more_coming": quick and searching.has_slow(request, text),
    }
    return render(request, "site/parts/search_results.html" if quick else "site/search.html", context)


def _readable(text: str) -> str:
    plain = text.replace("\x00", "").encode("utf-8", "ignore").decode()
    return " ".join(plain.split())[: searching.LONGEST_TEXT]

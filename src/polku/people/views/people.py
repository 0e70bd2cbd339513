"""Pages of customers: the list, one person, and taking a merge of two people back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from polku.accounts.access import WorkspaceRequest, workspace_view
from polku.eventstore.persons import Identity, Merge
from polku.eventstore.registry import store
from polku.people import domain
from polku.people.merge_history import what_happened
from polku.people.names import name_person, read_traits
from polku.people.person_pages import SHOWN_IDS, kind_of, list_people, person_page, show_merge
from polku.people.sections import person_sections
from polku.site.formats import Reader

_LONGEST_SEARCH = 200
_LAST_PAGE = 10_000
_MOST_PEOPLE = 2**63 - 1
_WHO = {"customers": True, "visitors": False}


@require_safe
@never_cache
@workspace_view("act")
def people(request: WorkspaceRequest) -> HttpResponse:
    """The list; `search`, `who` (customers, visitors) and `page` in the query string."""
    search = readable(request.GET.get("search", ""))
    who = request.GET.get("who", "")
    who = who if who in _WHO else ""
    page = _page(request)
    context: dict[str, Any] = {"search": search, "who": who, "page": page}
    context["choices"] = [
        (name, label, _address(search=search, who=name), name == who)
        for name, label in (("", _("Everybody")), ("customers", _("Customers")), ("visitors", _("Visitors")))
    ]
    found = list_people(
        request.workspace, search=search, is_known=_WHO.get(who), page=page, reader=reader_of(request)
    )
    context["found"] = found
    if page > 1:
        context["newer"] = _address(search=search, who=who, page=page - 1)
    if not found.is_last:
        context["older"] = _address(search=search, who=who, page=page + 1)
    return render(request, "people/people.html", context)


@require_safe
@never_cache
@workspace_view("act")
def person(request: WorkspaceRequest, person: int) -> HttpResponse:
    """One person; `kind` and `page` of the timeline in the query string. Who was joined into somebody else is
    shown as who they are now."""
    now = _who_now(request, person)
    if now != person:
        return redirect("people:person", workspace=request.workspace.slug, person=now)
    kind = kind_of(request.GET.get("kind", ""))
    page = _page(request)
    today = dt.datetime.now(ZoneInfo(request.workspace.timezone)).date()
    shown = person_page(
        request.workspace, person, kind=kind, page=page, reader=reader_of(request), today=today
    )
    if shown is None:
        raise Http404
    separated = _number(request.GET.get("separated", ""))
    here = {"kind": request.GET.get("kind", "") if kind else ""}
    context: dict[str, Any] = {
        "shown": shown,
        "page": page,
        "separated": separated if separated and _is_somebody(request, separated) else None,
        "filters": [(each, _address(kind=each.value)) for each in shown.filters],
        "sections": person_sections(request.workspace, person, reader_of(request)),
    }
    if page > 1:
        context["newer"] = _address(**here, page=page - 1)
    if shown.has_older:
        context["older"] = _address(**here, page=page + 1)
    return render(request, "people/person.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@workspace_view("edit")
def unmerge(request: WorkspaceRequest, person: int, merge: int) -> HttpResponse:
    """Ask whether to take a merge back; POST does it."""
    now = _who_now(request, person)
    key = request.workspace.key.hex
    ids = store().identities(key, now)
    together = _taken_back_with(merge, store().merges(key, now), ids)
    if not together:
        raise Http404
    made = together[0]
    back_to = redirect("people:person", workspace=request.workspace.slug, person=now)
    if made.undone_at is not None:
        messages.warning(request, _("This has been undone already."))
        return back_to
    if request.method == "POST":
        try:
            backs = [
                domain.separate_people(
                    workspace=request.workspace, person=now, merge=each.merge, actor=request.user
                )
                for each in together
            ]
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return back_to
        messages.success(
            request,
            _("“%(alias)s” and “%(other)s” are two people again, and Polku keeps them apart from now on.")
            % {"alias": made.alias, "other": made.other},
        )
        response = redirect("people:person", workspace=request.workspace.slug, person=now)
        response["Location"] += f"?{urlencode({'separated': backs[0]})}"
        return response
    reader = reader_of(request)
    leaving = [alias for each in together for alias in store().leaving(key, each.merge)]
    gone = set(leaving)
    profile = store().profile(key, now)
    own = sorted((each for each in ids if not each.is_shared), key=lambda each: each.identity)
    context = {
        "person": now,
        "name": name_person(
            read_traits(profile.traits if profile else None),
            [each.alias for each in own],
            [each.kind for each in own],
        ),
        "made": show_merge(made, reader),
        "leaving": _some(leaving),
        "staying": _some([each.alias for each in own if each.alias not in gone]),
    }
    return render(request, "people/unmerge.html", context)


def _taken_back_with(merge: int, merges: Sequence[Merge], ids: Sequence[Identity]) -> Sequence[Merge]:
    """The merge and those that the same message made, as far as they are taken back together; empty where there is
    no such merge."""
    for happening in what_happened(merges, {each.alias: each.kind for each in ids}):
        if happening.main.merge == merge:
            return happening.undone_together
        for also in happening.also:
            if also.merge == merge:
                return (also,)
    return ()


def _some(ids: list[str]) -> dict[str, Any]:
    return {"shown": ids[:SHOWN_IDS], "more": max(0, len(ids) - SHOWN_IDS)}


def reader_of(request: WorkspaceRequest) -> Reader:
    workspace = request.workspace
    return Reader((get_language() or "fi")[:2], workspace.currency, workspace.timezone)


def readable(text: str) -> str:
    """What was searched for, without what no text holds."""
    plain = text.replace("\x00", "").encode("utf-8", "ignore").decode()
    return " ".join(plain.split())[:_LONGEST_SEARCH]


def _who_now(request: WorkspaceRequest, person: int) -> int:
    if person > _MOST_PEOPLE:
        raise Http404
    now = store().person_now(request.workspace.key.hex, person)
    if now is None:
        raise Http404
    return now


def _is_somebody(request: WorkspaceRequest, person: int) -> bool:
    return store().person_now(request.workspace.key.hex, person) == person


def _number(text: str) -> int:
    """0 for what is no number of a person."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


def _page(request: WorkspaceRequest) -> int:
    return min(_LAST_PAGE, max(1, _number(request.GET.get("page", ""))))


def _address(**parts: object) -> str:
    """A query string without what is empty or the first page."""
    kept = {name: value for name, value in parts.items() if value and (name, value) != ("page", 1)}
    return f"?{urlencode(kept)}"

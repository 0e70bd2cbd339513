"""What every page of the list begins with."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from polku.accounts.access import Permission, WorkspaceRequest, workspace_view
from polku.decide.fixing.reading import Listed, Record, read_list
from polku.decide.fixing.rows import row_id
from polku.journeys.models import Journey


def find_journey(number: int) -> Journey:
    """Of the workspace in scope. Raises Http404."""
    found = Journey.objects.select_related("workspace").filter(pk=number).first()
    if found is None:
        raise Http404
    return found


class NoSuchRow(Exception):
    """The row is not on the list, or no longer."""

    def __init__(self, journey: Journey) -> None:
        super().__init__(journey.pk)
        self.journey = journey


def asked_row(request: WorkspaceRequest, journey: int) -> tuple[Listed, Record]:
    """The list of the journey and the row that `pain` names, of the query string or the form.

    Raises Http404 for a journey, NoSuchRow for a row that is not there."""
    listed = read_list(request.workspace, find_journey(journey))
    key = request.POST.get("pain", "") or request.GET.get("pain", "")
    row = listed.row(key)
    if row is None:
        raise NoSuchRow(listed.journey)
    return listed, row


def row_view(permission: Permission) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """A view about one row: the list changes with the data, so one that has gone leads back to the list."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @functools.wraps(view)
        def kind(request: Any, **numbers: int) -> HttpResponse:
            try:
                return view(request, **numbers)
            except NoSuchRow as missing:
                messages.warning(request, _("That row is not on the list any more."))
                where = list_address(missing.journey)
                if is_part(request):
                    return HttpResponse(headers={"HX-Redirect": where})
                return redirect(where)

        return workspace_view(permission)(kind)

    return decorate


def address(name: str, listed: Listed, row: Record) -> str:
    """Of a page about one row."""
    where = reverse(f"decide:{name}", args=[listed.journey.workspace.slug, listed.journey.pk])
    return f"{where}?{urlencode({'pain': row['key']})}"


def list_address(journey: Journey, anchor: str = "") -> str:
    base = reverse("decide:fix-first", args=[journey.workspace.slug])
    return f"{base}?{urlencode({'journey': journey.pk})}{f'#{anchor}' if anchor else ''}"


def to_list(listed: Listed, row: Record) -> HttpResponse:
    return redirect(list_address(listed.journey, row_id(row["key"])))


def is_part(request: Any) -> bool:
    """Whether only the part beside the row is asked for."""
    return bool(request.htmx)

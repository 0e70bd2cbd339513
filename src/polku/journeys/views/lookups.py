"""From an address to the rows it names: inside the workspace's scope, so that another's number is a 404.

What a colleague has just deleted is no bare 404: the page says so and offers to bring it back.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from polku.accounts.access import allows, workspace_view
from polku.journeys import queries
from polku.journeys.models import Binding, Deletion, Journey, Stage, Touchpoint

Row = TypeVar("Row", bound=Model)


class Gone(Http404):
    """The row was there and has been deleted."""

    def __init__(self, deletion: Deletion) -> None:
        super().__init__(deletion.name)
        self.deletion = deletion


def edit_view(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view for editors that answers kindly where what it is about has just been deleted."""
    return workspace_view("edit")(_kindly(view))


def read_view(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view for everybody; to those who could bring back what was deleted it is as kind as `edit_view`."""
    return workspace_view("view")(_kindly(view))


def _kindly(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @functools.wraps(view)
    def kind(request: Any, **numbers: int) -> HttpResponse:
        try:
            return view(request, **numbers)
        except Gone as gone:
            if not allows(request.membership.role, "edit"):
                raise
            return _after(request, gone.deletion)

    return kind


def get_journey(number: int) -> Journey:
    return _found(Journey.objects.select_related("workspace").filter(pk=number), number, number)


def get_stage(journey: int, number: int) -> Stage:
    stages = Stage.objects.select_related("journey__workspace")
    return _found(stages.filter(pk=number, journey=journey), number, journey)


def get_touchpoint(journey: int, number: int) -> Touchpoint:
    points = Touchpoint.objects.select_related("stage__journey__workspace")
    return _found(points.filter(pk=number, stage__journey=journey), number, journey)


def get_binding(journey: int, touchpoint: int, number: int) -> Binding:
    bindings = Binding.objects.select_related("touchpoint__stage__journey__workspace")
    wanted = bindings.filter(pk=number, touchpoint=touchpoint, touchpoint__stage__journey=journey)
    return _found(wanted, number, journey)


def tell(request: HttpRequest, error: ValidationError) -> None:
    """Say what was wrong at the top of the next page drawn."""
    for message in error.messages:
        messages.error(request, message)


def shown_deletion(request: HttpRequest, *, journey: int | None = None) -> Deletion | None:
    """What the page before this one deleted (?deleted=…), to be undone with one click."""
    number = request.GET.get("deleted", "")
    if not number.isdecimal() or len(number) > 18:
        return None
    return queries.recent_deletions(journey).filter(pk=int(number)).first()


def with_deletion(response: HttpResponse, deletion: Deletion | None) -> HttpResponse:
    """A redirect to a page that shall offer to undo `deletion`."""
    if deletion is not None:
        response["Location"] += f"?deleted={deletion.pk}"
    return response


def _found(rows: QuerySet[Row], number: int, journey: int) -> Row:
    row = rows.first()
    if row is not None:
        return row
    deletion = queries.find_deletion(rows.model, number, journey)
    if deletion is not None:
        raise Gone(deletion)
    raise Http404


def _after(request: Any, deletion: Deletion) -> HttpResponse:
    messages.warning(
        request,
        _("“%(name)s” has been deleted by %(who)s.")
        % {"name": deletion.name, "who": deletion.actor or _("somebody")},
    )
    slug = request.workspace.slug
    if Journey.objects.filter(pk=deletion.journey_number).exists():
        page = redirect("journeys:edit", workspace=slug, journey=deletion.journey_number)
    else:
        page = redirect("journeys:list", workspace=slug)
    response = with_deletion(page, deletion)
    if not request.htmx:
        return response
    # A fragment cannot stand for a whole page: let htmx open it.
    return HttpResponse(headers={"HX-Redirect": response["Location"]})

"""The list of journeys, a new one, its settings, and the way back from deletions."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from polku.accounts.access import workspace_view
from polku.eventstore.registry import store
from polku.journeys import domain, queries
from polku.journeys.forms.changes import add_errors
from polku.journeys.forms.journeys import JourneyForm, NewJourneyForm
from polku.journeys.models import Deletion, Journey
from polku.journeys.start_page import LAST_JOURNEY
from polku.journeys.views.lookups import edit_view, get_journey, shown_deletion, tell, with_deletion
from polku.journeys.views.pictures import template_cards


@workspace_view("view")
def journey_list(request: Any) -> HttpResponse:
    journeys = list(queries.list_journeys())
    context = {
        "journeys": journeys,
        "cards": [] if journeys else template_cards(get_language() or "fi"),
        "deletions": queries.recent_deletions(None)[:10],
        "deleted": shown_deletion(request),
        "has_signals": _has_signals(request),
    }
    return render(request, "journeys/list.html", context)


@edit_view
def journey_create(request: Any) -> HttpResponse:
    form = NewJourneyForm(
        request.POST or None, initial={"template": request.GET.get("template", "four-phases")}
    )
    if request.method == "POST" and form.is_valid():
        try:
            journey = domain.create_journey(
                workspace=request.workspace, actor=request.user, **form.cleaned_data
            )
        except ValidationError as error:
            add_errors(form, error)
        else:
            fits = journey.template and _has_signals(request)
            page = "journeys:connect" if fits else "journeys:edit"
            return redirect(page, workspace=request.workspace.slug, journey=journey.pk)
    cards = template_cards(request.workspace.language, chosen=form["template"].value() or "")
    context = {"form": form, "cards": cards, "has_signals": _has_signals(request)}
    return render(request, "journeys/create.html", context)


@edit_view
def journey_settings(request: Any, journey: int) -> HttpResponse:
    row = get_journey(journey)
    form = JourneyForm.of(row, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            domain.update_journey(journey=row, actor=request.user, **form.changes())
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("journeys:edit", workspace=request.workspace.slug, journey=row.pk)
    return render(request, "journeys/settings.html", {"form": form, "journey": row})


@edit_view
def first_plan(request: Any) -> HttpResponse:
    """To the measurement plan of the map that was open last, else of the first one."""
    last = request.session.get(LAST_JOURNEY)
    journey = Journey.objects.filter(pk=last).first() if isinstance(last, int) else None
    journey = journey or Journey.objects.first()
    slug = request.workspace.slug
    if journey is None:
        return redirect("journeys:list", workspace=slug)
    return redirect("journeys:plan", workspace=slug, journey=journey.pk)


@require_POST
@edit_view
def journey_delete(request: Any, journey: int) -> HttpResponse:
    deletion = domain.delete_journey(journey=get_journey(journey), actor=request.user)
    return with_deletion(redirect("journeys:list", workspace=request.workspace.slug), deletion)


@require_POST
@edit_view
def deletion_undo(request: Any, deletion: int) -> HttpResponse:
    """Bring back, then go where it stood. Asked twice, it says that it is back already."""
    row = get_object_or_404(Deletion.objects.select_related("workspace"), pk=deletion)
    try:
        journey = domain.undo_deletion(deletion=row, actor=request.user)
    except ValidationError as error:
        tell(request, error)
        if row.kind == Deletion.Kind.JOURNEY:
            return redirect("journeys:list", workspace=request.workspace.slug)
        return redirect("journeys:edit", workspace=request.workspace.slug, journey=row.journey_number)
    messages.success(request, _("“%s” is back.") % row.name)
    return redirect("journeys:edit", workspace=request.workspace.slug, journey=journey.pk)


def _has_signals(request: Any) -> bool:
    return store().state(request.workspace.key.hex).signals > 0

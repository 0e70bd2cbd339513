"""The pages about tablets: adding, pairing, how they are."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from polku.accounts.access import WorkspaceRequest, workspace_view
from polku.accounts.undo import posted_undo, undo_message
from polku.site.addresses import address_for
from polku.surveys.models import Survey, Tablet
from polku.surveys.tablets import domain, queries
from polku.surveys.tablets.codes import MINUTES
from polku.surveys.tablets.forms import NameForm, TabletForm
from polku.surveys.tablets.notices import forget

_RESTORE = "surveys:tablet_restore"


@never_cache
@workspace_view("view")
@require_safe
def tablets(request: WorkspaceRequest) -> HttpResponse:
    """The health of all tablets of the workspace."""
    context = {"tablets": queries.tablets(request.workspace)}
    return render(request, "surveys/tablets.html", context)


@never_cache
@workspace_view("edit")
@require_http_methods(["GET", "HEAD", "POST"])
def tablet_add(request: WorkspaceRequest, survey: int) -> HttpResponse:
    """A new tablet of the survey; its code is shown at once, in this answer only."""
    found = get_object_or_404(Survey, pk=survey, deleted_at=None)
    form = NameForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            tablet = domain.add_tablet(survey=found, name=form.cleaned_data["name"], actor=request.user)
        except ValidationError as error:
            form.add_error("name", error.messages[0])
        else:
            return _code_page(request, tablet)
    context = {"survey": found, "form": form}
    return render(request, "surveys/tablet_add.html", context, status=422 if form.errors else 200)


@never_cache
@workspace_view("edit")
@require_http_methods(["GET", "HEAD", "POST"])
def tablet(request: WorkspaceRequest, tablet: int) -> HttpResponse:
    """One tablet: its name and opening hours, and what can be done with it."""
    found = _tablet_or_404(tablet)
    form = TabletForm(request.POST if request.method == "POST" else None, tablet=found)
    if request.method == "POST" and form.is_valid():
        try:
            domain.update_tablet(
                tablet=found, name=form.cleaned_data["name"], hours=form.hours, actor=request.user
            )
        except ValidationError as error:
            form.add_error("name", error.messages[0])
        else:
            forget()
            messages.success(request, _("Saved."))
            return redirect("surveys:tablet", workspace=request.workspace.slug, tablet=tablet)
        found.refresh_from_db()
    context = {"health": queries.health_of(found, timezone.now()), "tablet": found, "form": form}
    return render(request, "surveys/tablet_one.html", context, status=422 if form.errors else 200)


@never_cache
@workspace_view("edit")
@require_POST
def tablet_code(request: WorkspaceRequest, tablet: int) -> HttpResponse:
    """A new code, shown in this answer only."""
    return _code_page(request, _tablet_or_404(tablet))


@workspace_view("edit")
@require_POST
def tablet_test(request: WorkspaceRequest, tablet: int) -> HttpResponse:
    domain.test_tablet(tablet=_tablet_or_404(tablet), actor=request.user)
    messages.success(
        request,
        _("The tablet shows within a minute that it is being tested; for ten minutes nothing is kept."),
    )
    return redirect("surveys:tablet", workspace=request.workspace.slug, tablet=tablet)


@workspace_view("edit")
@require_POST
def tablet_unpair(request: WorkspaceRequest, tablet: int) -> HttpResponse:
    found = _tablet_or_404(tablet)
    if domain.unpair_tablet(tablet=found, actor=request.user):
        forget()
        text = _("The tablet “%s” was unpaired. Its answers stay.") % found.name
        undo_message(request, text, restore=_RESTORE, kept={"tablet": found.pk})
    return redirect("surveys:tablets", workspace=request.workspace.slug)


@workspace_view("edit")
@require_POST
def tablet_restore(request: WorkspaceRequest) -> HttpResponse:
    kept = posted_undo(request, restore=_RESTORE)
    if kept is not None:
        try:
            found = domain.restore_tablet(
                workspace=request.workspace, tablet=kept["tablet"], actor=request.user
            )
        except ValidationError as error:
            messages.error(request, error.messages[0])
        else:
            forget()
            if found is None:
                messages.error(request, _("This can no longer be undone."))
            else:
                messages.success(request, _("The tablet “%s” works again.") % found.name)
    return redirect("surveys:tablets", workspace=request.workspace.slug)


def _code_page(request: WorkspaceRequest, tablet: Tablet) -> HttpResponse:
    code = domain.make_code(tablet=tablet, actor=request.user)
    context = {
        "tablet": tablet,
        "code": code,
        "minutes": MINUTES,
        "address": f"{address_for(request)}/tablet/",
    }
    return render(request, "surveys/tablet_code.html", context)


def _tablet_or_404(tablet: int) -> Tablet:
    return get_object_or_404(
        Tablet.objects.select_related("workspace", "link__survey"),
        pk=tablet,
        deleted_at=None,
        link__survey__deleted_at=None,
    )

"""The page of one action: what it is, its state, and what came of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from polku.accounts.access import WorkspaceRequest, allows, workspace_view
from polku.accounts.audit_words import describe
from polku.accounts.models import AuditEntry
from polku.accounts.undo import posted_undo, undo_message
from polku.accounts.views.forms import add_errors
from polku.decide.acting import jobs
from polku.decide.acting.customer_words import address_of, page_of
from polku.decide.acting.forms import ActionForm, DoneForm
from polku.decide.acting.shown import reader_of, shown, today_in
from polku.decide.live_maps import cell_of, newest_map
from polku.journeys import domain
from polku.journeys.acting import find_action
from polku.journeys.models import Action

_RESTORE = "decide:action-restore"
_HISTORY = 50


def get_action(number: int) -> Action:
    """Inside the workspace's scope, so that another's number is a 404."""
    found = find_action(number) if number < 2**63 else None
    if found is None:
        raise Http404
    return found


@never_cache
@require_safe
@workspace_view("view")
def action(request: WorkspaceRequest, action: int) -> HttpResponse:
    """See it; those who may edit have its form."""
    found = get_action(action)
    form = _form(found) if allows(request.membership.role, "edit") else None
    return _page(request, found, form)


@require_POST
@workspace_view("edit")
def change(request: WorkspaceRequest, action: int) -> HttpResponse:
    """Keep what the form says of it."""
    found = get_action(action)
    form = _form(found, request.POST)
    if form.is_valid():
        try:
            domain.change_action(action=found, actor=request.user, **form.changes())
        except ValidationError as error:
            add_errors(form, error)
        else:
            jobs.estimate_soon(found)
            messages.success(request, _("Saved."))
            return redirect("decide:action", workspace=request.workspace.slug, action=found.pk)
    return _page(request, found, form)


def _form(action: Action, given: Any = None) -> ActionForm:
    answer, _filters = newest_map(action.opportunity.touchpoint.stage.journey)
    cell = cell_of(answer, action.opportunity.touchpoint_id)
    return ActionForm(given, action=action, cell=cell, reader=reader_of(action.workspace))


def _page(request: WorkspaceRequest, found: Action, form: ActionForm | None) -> HttpResponse:
    today = today_in(request.workspace)
    context = {
        "row": shown(found, reader_of(request.workspace), today),
        "action": found,
        "form": form,
        "done_form": DoneForm.of(None, today),
        "history": _history(found),
        "is_estimating": jobs.is_waited_for(found),
        "page_address": _page_address(request, found),
    }
    return render(request, "decide/acting/action.html", context, status=422 if form and form.errors else 200)


@require_POST
@workspace_view("edit")
def change_state(request: WorkspaceRequest, action: int) -> HttpResponse:
    """`to`: start, finish (with `done_on`) or drop. Can be undone."""
    found = get_action(action)
    before = domain.state_of(found)
    to = request.POST.get("to", "")
    back = request.POST.get("back", "")
    try:
        text = _enter(request, found, to)
    except ValidationError as error:
        for message in error.messages:
            messages.error(request, message)
    else:
        jobs.estimate_soon(found)
        kept = {"action": found.pk, "before": before, "now": domain.state_of(found)}
        undo_message(request, text, restore=_RESTORE, kept=kept)
    if back == "list":
        return redirect("decide:actions", workspace=request.workspace.slug)
    return redirect("decide:action", workspace=request.workspace.slug, action=found.pk)


@require_POST
@workspace_view("edit")
def restore(request: WorkspaceRequest) -> HttpResponse:
    kept = posted_undo(request, restore=_RESTORE)
    found = find_action(kept["action"]) if kept else None
    if kept is None or found is None:
        return redirect("decide:actions", workspace=request.workspace.slug)
    if domain.state_of(found) != kept["now"]:
        messages.error(request, _("Somebody has changed it since, so it stays as it is."))
    else:
        domain.restore_action(action=found, kept=kept["before"], actor=request.user)
        jobs.estimate_soon(found)
        messages.success(request, _("“%s” is as it was before.") % found.name)
    return redirect("decide:action", workspace=request.workspace.slug, action=found.pk)


def _page_address(request: WorkspaceRequest, action: Action) -> str:
    """Of the public page, where the action's words stand on it."""
    page = page_of(request.workspace) if action.published_at else None
    return address_of(page) if page else ""


def _enter(request: WorkspaceRequest, action: Action, to: str) -> str:
    if to == "start":
        domain.start_action(action=action, actor=request.user)
        return pgettext("action", "“%s” is under way.") % action.name
    if to == "drop":
        domain.drop_action(action=action, actor=request.user)
        return pgettext("action", "“%s” was dropped.") % action.name
    if to == "finish":
        form = DoneForm(request.POST)
        if not form.is_valid():
            raise ValidationError(_("Give the day on which it was done."))
        domain.finish_action(action=action, done_on=form.cleaned_data["done_on"], actor=request.user)
        return pgettext("action", "“%s” is done. From now on its effect is looked for.") % action.name
    raise ValidationError(_("This state is not known."))


def _history(action: Action) -> list[tuple[AuditEntry, Any]]:
    """What the audit log tells of it, the newest first."""
    entries = (
        AuditEntry.objects.filter(action__startswith="action.", details__number=action.pk)
        | AuditEntry.objects.filter(action__startswith="words.", details__number=action.pk)
    ).select_related("actor")
    return [(entry, describe(entry)) for entry in entries[:_HISTORY]]

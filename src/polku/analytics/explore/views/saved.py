"""Saved questions: the list of them, keeping one, changing it, and where it is shown."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from polku.accounts.access import WorkspaceRequest, workspace_view
from polku.accounts.undo import posted_undo, undo_message
from polku.analytics.explore import domain, pages, queries
from polku.analytics.explore.placements import placements
from polku.analytics.models import SavedQuestion
from polku.eventstore.registry import store

_RESTORE = "explore:restore"


@require_safe
@workspace_view("view")
def index(request: WorkspaceRequest) -> HttpResponse:
    """What one can ask, what was saved, and what the data proposes."""
    workspace = request.workspace
    state = store().state(workspace.key.hex)
    offered = pages.listed()
    names = {page.kind: page.name for page in pages.pages()}
    saved = [
        (question, names[question.kind])
        for question in queries.questions_for(request.user)
        if question.kind in names
    ]
    proposals = [
        (page, proposal)
        for page in offered
        if state.signals
        for proposal in page.propose(workspace, state)[:_MOST_PROPOSED]
    ]
    context = {"pages": offered, "saved": saved, "proposals": proposals, "has_signals": state.signals > 0}
    return render(request, "analytics/explore/index.html", context)


_MOST_PROPOSED = 4


@require_safe
@workspace_view("view")
def open_question(request: WorkspaceRequest, question: int) -> HttpResponse:
    """To the page that shows the question."""
    return redirect(queries.address_of(_find(request, question)))


@require_POST
@workspace_view("analyse")
def save(request: WorkspaceRequest, kind: str) -> HttpResponse:
    """Keep the state of a page (`state`, a query string) under `name`."""
    page = pages.find(kind)
    if page is None:
        raise Http404
    try:
        question = domain.create_question(
            workspace=request.workspace,
            kind=kind,
            name=request.POST.get("name", ""),
            parameters=_parameters(request, page),
            is_shared="is_shared" in request.POST,
            owner=request.user,
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return _back(request, kind, request.POST.get("state", ""))
    messages.success(request, _("“%s” is saved.") % question.name)
    return redirect(queries.address_of(question))


@require_POST
@workspace_view("analyse")
def change(request: WorkspaceRequest, question: int) -> HttpResponse:
    """Give a saved question a new name or sharing (`name`, `is_shared`), or the state of its page now (`state`)."""
    found = _find(request, question)
    changes: dict[str, Any] = {}
    if "state" in request.POST:
        changes["parameters"] = _parameters(request, pages.find(found.kind))
    else:
        changes |= {"name": request.POST.get("name", ""), "is_shared": "is_shared" in request.POST}
    try:
        domain.update_question(question=found, actor=request.user, **changes)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Saved."))
    return redirect(queries.address_of(_find(request, question)))


@require_POST
@workspace_view("analyse")
def delete(request: WorkspaceRequest, question: int) -> HttpResponse:
    """Delete at once; the message offers to undo it for a day."""
    kept = domain.delete_question(question=_find(request, question), actor=request.user)
    undo_message(
        request,
        _("The saved question “%s” is deleted.") % kept["name"],
        restore=_RESTORE,
        kept=kept,
    )
    return redirect("explore:index", workspace=request.workspace.slug)


@require_POST
@workspace_view("analyse")
def restore(request: WorkspaceRequest) -> HttpResponse:
    """Bring back the question that the signed token holds."""
    kept = posted_undo(request, restore=_RESTORE)
    if kept is None:
        return redirect("explore:index", workspace=request.workspace.slug)
    try:
        question = domain.restore_question(workspace=request.workspace, kept=kept, actor=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The saved question “%s” is back.") % question.name)
    return redirect("explore:index", workspace=request.workspace.slug)


@require_POST
@workspace_view("edit")
def place(request: WorkspaceRequest, question: int) -> HttpResponse:
    """Show the question beside a touchpoint (`put`), or there no more (`take`)."""
    found = _find(request, question)
    placing = placements()
    if placing is None:
        raise Http404
    wishes = ((placing.put, "put"), (placing.take, "take"))
    for do, name in wishes:
        number = request.POST.get(name, "")
        if number.isascii() and number.isdigit() and len(number) < 19:
            try:
                do(found, int(number), request.user)
            except ValidationError as error:
                messages.error(request, " ".join(error.messages))
            else:
                messages.success(request, _("Saved."))
    return redirect(queries.address_of(found))


def _find(request: WorkspaceRequest, number: int) -> SavedQuestion:
    found = get_object_or_404(queries.questions_for(request.user), pk=number)
    if pages.find(found.kind) is None:
        raise Http404
    return found


def _parameters(request: WorkspaceRequest, page: pages.QuestionPage | None) -> pages.Parameters:
    """What the page's form makes of the state that was posted."""
    if page is None:
        raise Http404
    workspace = request.workspace
    data = QueryDict(request.POST.get("state", ""))
    return page.form(data, workspace=workspace, state=store().state(workspace.key.hex)).kept()


def _back(request: WorkspaceRequest, kind: str, state: str) -> HttpResponse:
    page = pages.find(kind)
    if page is None:
        raise Http404
    base = pages.base_of(page, request.workspace)
    return redirect(f"{base}?{state}" if 0 < len(state) <= domain.LARGEST_PARAMETERS else base)

"""Pages of segments."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from polku.accounts.access import WorkspaceRequest, workspace_view
from polku.accounts.undo import posted_undo, undo_message
from polku.accounts.views.forms import add_errors
from polku.analytics import QueryError
from polku.eventstore.port import StoreError
from polku.people import domain, queries, rules
from polku.people.forms import SegmentForm
from polku.people.models import Segment
from polku.people.sections import segment_sections

_RESTORE = "people:restore"


@require_safe
@workspace_view("view")
def segment_list(request: WorkspaceRequest) -> HttpResponse:
    found = [
        (segment, rules.in_words(segment.rule), segment_sections(request.workspace, segment))
        for segment in queries.segments()
    ]
    return render(request, "people/segments.html", {"found": found})


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view("analyse")
def segment_create(request: WorkspaceRequest) -> HttpResponse:
    return _form_page(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view("analyse")
def segment_edit(request: WorkspaceRequest, segment: int) -> HttpResponse:
    return _form_page(request, get_object_or_404(Segment.objects.select_related("workspace"), pk=segment))


@require_safe
@workspace_view("analyse")
def segment_count(request: WorkspaceRequest) -> HttpResponse:
    """How many people the rule takes as the form stands now. Nothing is saved."""
    form = SegmentForm(request.GET)
    context: dict[str, object] = {}
    if not form.rows_are_valid():
        context["problem"] = _("Look at the rows: one of them is not as it should be.")
    else:
        rule = form.rule()
        context = _matches(request, rule) if any(rule.values()) else {}
    return render(request, "people/count.html", context)


@require_POST
@workspace_view("analyse")
def segment_delete(request: WorkspaceRequest, segment: int) -> HttpResponse:
    """Delete at once; the message offers to undo it for a day."""
    found = get_object_or_404(Segment.objects.select_related("workspace"), pk=segment)
    kept = domain.delete_segment(segment=found, actor=request.user)
    undo_message(
        request,
        _("The segment “%s” is deleted.") % kept["name"],
        restore=_RESTORE,
        kept=kept,
    )
    return redirect("people:segments", workspace=request.workspace.slug)


@require_POST
@workspace_view("analyse")
def segment_restore(request: WorkspaceRequest) -> HttpResponse:
    """Bring back the segment that the signed token holds."""
    kept = posted_undo(request, restore=_RESTORE)
    if kept is not None:
        try:
            domain.restore_segment(workspace=request.workspace, kept=kept, actor=request.user)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, _("The segment “%s” is back.") % kept["name"])
    return redirect("people:segments", workspace=request.workspace.slug)


def _form_page(request: WorkspaceRequest, segment: Segment | None) -> HttpResponse:
    name, rule = (segment.name, segment.rule) if segment else ("", {})
    form = SegmentForm(request.POST if request.method == "POST" else None, name=name, rule=rule)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and _save(request, segment, form):
            messages.success(request, _("Saved."))
            return redirect("people:segments", workspace=request.workspace.slug)
    if form.rows_are_valid():
        rule = form.rule()
    matches = _matches(request, rule) if any(rule.values()) else {}
    suggestions = queries.suggestions(request.workspace)
    context = {"form": form, "segment": segment, "suggestions": suggestions} | matches
    if segment is not None:
        context["sections"] = segment_sections(request.workspace, segment)
    return render(request, "people/segment.html", context, status=status)


def _save(request: WorkspaceRequest, segment: Segment | None, form: SegmentForm) -> bool:
    fields = {"name": form.cleaned_data["name"], "rule": form.rule(), "actor": request.user}
    try:
        if segment is None:
            domain.create_segment(workspace=request.workspace, **fields)
        else:
            domain.update_segment(segment=segment, **fields)
    except ValidationError as error:
        add_errors(form, error)
        return False
    return True


def _matches(request: WorkspaceRequest, rule: dict[str, list[dict[str, object]]]) -> dict[str, object]:
    try:
        return {"matches": queries.count_people(request.workspace, rules.clean_rule(request.workspace, rule))}
    except ValidationError as error:
        return {"problem": " ".join(error.messages)}
    except (QueryError, StoreError) as error:
        return {"problem": str(error)}

"""Where signals come from: the list of sources, one source, its name and its alarm."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from polku.accounts.access import WorkspaceRequest, workspace_view
from polku.accounts.views.forms import add_errors
from polku.capture import queries
from polku.capture.domain.sources import update_source
from polku.capture.forms import SourceForm
from polku.capture.queries import Source
from polku.capture.reason_words import ReasonWords, describe
from polku.capture.sources.words import ago, duration, length, length_of
from polku.capture.views import pictures
from polku.site.formats import Reader


@dataclass(frozen=True)
class Shown:
    """A source with its times in words and its last day as a picture."""

    source: Source
    last_ago: str
    last_at: str
    silent_for: str
    silent_short: str
    threshold: str
    sparkline: list[pictures.Bar]
    drops: list[tuple[ReasonWords, int]]


@require_safe
@workspace_view("view")
def source_list(request: WorkspaceRequest) -> HttpResponse:
    """Every source; the picture and figures alone where the page asks for them again."""
    reader, now = reader_of(request), queries.utc_now()
    found = [_shown(source, now, reader) for source in queries.sources(request.workspace, now=now)]
    context = {
        "found": found,
        "silent": [shown for shown in found if shown.source.freshness.state == "silent"],
        "address": request.build_absolute_uri("/").rstrip("/"),
    }
    template = "capture/parts/sources.html" if request.headers.get("HX-Request") else "capture/sources.html"
    return render(request, template, context)


@require_safe
@workspace_view("view")
def source_page(request: WorkspaceRequest, origin: str) -> HttpResponse:
    """What came of one source, what was dropped and why, and how many rows wait to be mended."""
    reader, now = reader_of(request), queries.utc_now()
    found = source_or_404(request, origin, now=now)
    by = request.GET.get("by", "")
    if by not in ("hour", "day"):
        by = "hour" if found.origin.is_live else "day"
    counts = queries.source_counts(request.workspace, origin, pictures.beginning(by, now))
    waiting = [
        (describe(group.reason), group) for group in queries.rejected_groups(request.workspace, origin)
    ]
    context = {
        "shown": _shown(found, now, reader),
        "by": by,
        "history": pictures.history(counts, by=by, now=now, reader=reader),
        "waiting": waiting,
        "first_at": _exact(found.state.first_received, reader),
        "newest_at": _exact(found.state.newest_time, reader) if found.state.newest_time else "",
    }
    return render(request, "capture/source.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view("edit")
def edit_source(request: WorkspaceRequest, origin: str) -> HttpResponse:
    """Its name, and when its silence is told on every page."""
    found = source_or_404(request, origin)
    form = SourceForm(request.POST if request.method == "POST" else None, source=found)
    if request.method == "POST" and form.is_valid():
        try:
            update_source(workspace=request.workspace, origin=origin, actor=request.user, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("capture:source", workspace=request.workspace.slug, origin=origin)
    return render(
        request,
        "capture/source_edit.html",
        {"form": form, "source": found},
        status=422 if form.errors else 200,
    )


def source_or_404(request: WorkspaceRequest, name: str, *, now: datetime | None = None) -> Source:
    """The source of the request's workspace that the store calls `name`."""
    found = queries.find_source(request.workspace, name, now=now)
    if found is None:
        raise Http404
    return found


def reader_of(request: WorkspaceRequest) -> Reader:
    """Who reads the page: their language, the workspace's money and clock."""
    return Reader(
        language=(get_language() or "fi")[:2],
        currency=request.workspace.currency,
        timezone=request.workspace.timezone,
    )


def _shown(source: Source, now: datetime, reader: Reader) -> Shown:
    state, freshness = source.state, source.freshness
    return Shown(
        source=source,
        last_ago=ago(now - state.last_taken) if state.last_taken else "",
        last_at=_exact(state.last_taken, reader) if state.last_taken else "",
        silent_for=duration(freshness.silent_for) if freshness.silent_for is not None else "",
        silent_short=length_of(freshness.silent_for) if freshness.silent_for is not None else "",
        threshold=length(freshness.threshold) if freshness.threshold is not None else "",
        sparkline=pictures.sparkline(source.by_hour),
        drops=[(describe(reason), count) for reason, count in state.drops.items()],
    )


def _exact(moment: datetime, reader: Reader) -> str:
    local = reader.local(moment)
    return f"{reader.day(local, year=True)} {reader.clock(local)}"

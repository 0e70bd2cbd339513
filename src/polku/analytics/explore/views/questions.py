"""The page of one kind of question, its answer as a file, and the way to stop an answer under way."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_htmx.http import push_url

from polku.accounts.access import WorkspaceRequest, allows, workspace_view
from polku.analytics import resolvers
from polku.analytics.explore import exports, pages, queries
from polku.analytics.explore.asking import Shown, address_of, ask, form_of, reader_of, saved_number
from polku.analytics.explore.forms import QuestionForm
from polku.analytics.explore.pages import QuestionPage
from polku.analytics.explore.placements import placements
from polku.analytics.models import SavedQuestion

BODY = "explore"
"""The id of what htmx draws anew: the form and its answer."""


@require_safe
@never_cache
@workspace_view("view")
def question(request: WorkspaceRequest, kind: str) -> HttpResponse:
    """The page of one of Explore's kinds; other rooms' are where they stand."""
    page = _page(kind)
    if page.url_name:
        parameters = request.GET.urlencode()
        base = pages.base_of(page, request.workspace)
        return redirect(f"{base}?{parameters}" if parameters else base)
    return show(request, page)


def show(request: WorkspaceRequest, page: QuestionPage, **more: object) -> HttpResponse:
    """The page; its form is the query string. With `do`, a button of the builder, it leads to what that changes. `more`
    is for the page's own frame."""
    form = form_of(request, page)
    saved = _saved(request, page)
    if "do" in request.GET:
        wish = request.GET["do"].replace("\0", "")[:100]
        parameters = [*form.after(wish), *([("saved", str(saved.pk))] if saved else [])]
        base = pages.base_of(page, request.workspace)
        return redirect(f"{base}?{urlencode(parameters)}" if parameters else base)
    shown = ask(request, page, form)
    context = _context(request, page, shown, saved) | more
    part = bool(request.htmx) and request.htmx.target == BODY  # type: ignore[attr-defined]
    response = render(request, "analytics/explore/body.html" if part else page.frame, context)
    return push_url(response, context["address"]) if part else response


@require_safe
@never_cache
@workspace_view("view")
def export(request: WorkspaceRequest, kind: str, file_format: str) -> HttpResponse:
    """The answer to the form in the query string as a file; where there is none, back to the page."""
    page = _page(kind)
    form = form_of(request, page)
    shown = ask(request, page, form)
    back = address_of(request, page, form)
    presentation = shown.presentation
    if presentation is None or not (presentation.charts if file_format == "png" else presentation.tables):
        messages.error(request, shown.problem or _("There is nothing to export yet."))
        return redirect(back)
    saved = _saved(request, page)
    title = saved.name if saved else str(page.question)
    try:
        content = exports.export(presentation, file_format, title=title, foot=_foot(request, form))
    except exports.PicturesUnavailable as error:
        messages.error(request, str(error))
        return redirect(back)
    response = HttpResponse(content, content_type=exports.FORMATS[file_format])
    name = slugify(saved.name) if saved else ""
    name = name or kind
    response["Content-Disposition"] = f'attachment; filename="{name}.{file_format}"'
    return response


def _foot(request: WorkspaceRequest, form: QuestionForm) -> str:
    """Whose figures they are, and of when."""
    reader, period = reader_of(request), form.period
    days = _("all data")
    if period.first is not None and period.last is not None:
        days = f"{reader.day(period.first, year=True)}–{reader.day(period.last, year=True)}"
    return " · ".join(filter(None, (request.workspace.name, days, form.segment)))


def _page(kind: str) -> QuestionPage:
    page = pages.find(kind)
    if page is None:
        raise Http404
    return page


def _saved(request: WorkspaceRequest, page: QuestionPage) -> SavedQuestion | None:
    """The saved question that the page was opened from, if the reader may open it."""
    number = saved_number(request)
    if number is None:
        return None
    return queries.questions_for(request.user).filter(pk=number, kind=page.kind).first()


def _context(
    request: WorkspaceRequest, page: QuestionPage, shown: Shown, saved: SavedQuestion | None
) -> dict[str, Any]:
    form: QuestionForm = shown.form
    workspace = request.workspace
    here = form.parameters()
    marked = [*here, ("saved", str(saved.pk))] if saved else here
    base = pages.base_of(page, workspace)
    state = f"?{urlencode(marked)}" if marked else ""
    placing = placements() if saved else None
    return {
        "page": page,
        "pages": pages.listed(),
        "form": form,
        "shown": shown,
        "saved": saved,
        "base": base,
        "address": base + state,
        "state": urlencode(form.kept()),
        "is_changed": saved is not None and [list(pair) for pair in form.kept()] != saved.parameters,
        "exports": [
            (
                name.upper(),
                reverse("explore:export", args=[workspace.slug, page.kind, name]) + state,
            )
            for name in exports.FORMATS
            if shown.presentation and (name != "png" or shown.presentation.charts)
        ],
        "api_address": request.build_absolute_uri("/api/v1/query"),
        "proposals": page.propose(workspace, form.state)
        if not form.is_asked and not form.hint and form.state.signals
        else (),
        "has_signals": form.state.signals > 0,
        "places": placing.places(saved) if placing and saved else (),
        "touchpoints": resolvers.touchpoint_choices(workspace)
        if placing and allows(request.membership.role, "edit")
        else (),
    }

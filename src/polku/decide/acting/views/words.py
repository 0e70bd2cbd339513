"""You said, we did: writing the words for customers, publishing them, and the page that customers read."""

from __future__ import annotations

import hashlib

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from polku.accounts.access import WorkspaceRequest, workspace_view
from polku.accounts.views.forms import add_errors
from polku.decide.acting.customer_words import (
    address_of,
    ensure_page,
    find_page,
    page_of,
    proposed_words,
    set_page,
    told,
)
from polku.decide.acting.forms import CustomerPageForm, WordsForm
from polku.decide.acting.shown import reader_of
from polku.decide.acting.views.one import get_action
from polku.decide.live_maps import cell_of, newest_map
from polku.journeys import domain
from polku.site.addresses import address_for
from polku.site.wrong_tokens import note_wrong_token, refused_for_guessing

_FRESH_SECONDS = 300


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view("edit")
def words(request: WorkspaceRequest, action: int) -> HttpResponse:
    """Write them; `publish` and `withdraw` say who may read them."""
    found = get_action(action)
    answer, _filters = newest_map(found.opportunity.touchpoint.stage.journey)
    proposed = proposed_words(found, cell_of(answer, found.opportunity.touchpoint_id))
    initial = {"you_said": found.you_said or proposed[0], "we_did": found.we_did or proposed[1]}
    form = WordsForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            if "withdraw" in request.POST:
                domain.withdraw_words(action=found, actor=request.user)
            domain.write_words(action=found, actor=request.user, **form.cleaned_data)
            if "publish" in request.POST:
                ensure_page(request.workspace)
                domain.publish_words(action=found, actor=request.user)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _told(request))
            return redirect("decide:action-words", workspace=request.workspace.slug, action=found.pk)
    page = page_of(request.workspace)
    context = {
        "action": found,
        "form": form,
        "page": page,
        "address": address_for(request) + address_of(page) if page else "",
        "snippet": _snippet(found.you_said, found.we_did) if found.published_at else "",
    }
    return render(request, "decide/acting/words.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view("edit")
def customer_page(request: WorkspaceRequest) -> HttpResponse:
    """The address of the public page and the words at its top."""
    page = ensure_page(request.workspace) if request.method == "POST" else page_of(request.workspace)
    form = CustomerPageForm(
        request.POST if request.method == "POST" else None,
        initial={"name": page.name if page else "", "lead": page.lead if page else ""},
    )
    if request.method == "POST" and form.is_valid():
        try:
            set_page(workspace=request.workspace, actor=request.user, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("decide:customer-page", workspace=request.workspace.slug)
    rows = told(request.workspace)
    context = {
        "form": form,
        "rows": rows,
        "address": address_for(request) + address_of(page) if page else "",
        "snippet": "\n".join(_snippet(row.you_said, row.we_did) for row in rows),
    }
    return render(request, "decide/acting/customer_page.html", context, status=422 if form.errors else 200)


@require_safe
def said(request: HttpRequest, token: str) -> HttpResponse:
    """What customers read: the same for everybody, without cookie, script or personal data, kept by caches for a few
    minutes. Nothing of the request but the address goes into it."""
    if refused := refused_for_guessing(request):
        return refused
    page = find_page(token)
    if page is None:
        note_wrong_token(request)
        with translation.override("en"):
            return HttpResponse(render_to_string("decide/acting/said_nothing.html"), status=404)
    workspace = page.workspace
    with translation.override(workspace.language):
        reader = reader_of(workspace, workspace.language)
        rows = [(row, reader.day(row.day, year=True)) for row in told(workspace)]
        text = render_to_string(
            "decide/acting/said.html",
            {"company": workspace.name, "lead": page.lead, "rows": rows, "language": workspace.language},
        )
    tag = f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
    fresh = {"Cache-Control": f"public, max-age={_FRESH_SECONDS}", "ETag": tag}
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified(headers=fresh)
    return HttpResponse(text, headers=fresh)


def _told(request: WorkspaceRequest) -> str:
    if "publish" in request.POST:
        return _("Published: customers can read it.")
    return _("Taken off the public page.") if "withdraw" in request.POST else _("Saved.")


def _snippet(you_said: str, we_did: str) -> str:
    """For the company's own pages: plain HTML that takes their look."""
    return render_to_string("decide/acting/snippet.html", {"you_said": you_said, "we_did": we_did}).strip()

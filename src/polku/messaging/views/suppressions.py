"""Whom no message goes to: searching, adding, taking back."""

from __future__ import annotations

import re

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from polku.accounts.access import WorkspaceRequest, workspace_view
from polku.accounts.undo import posted_undo, undo_message
from polku.accounts.views.forms import add_errors
from polku.messaging import domain
from polku.messaging.addresses import clean_address, digest_of
from polku.messaging.forms import AddForm
from polku.messaging.models import Suppression

_PAGE = 50
_RESTORE = "messaging:suppression_restore"
_BETWEEN = re.compile(r"[\s,;]+")
_FEW = 20
"""More than this at once is a list that comes from elsewhere."""


@require_safe
@never_cache
@workspace_view("edit")
def suppressions(request: WorkspaceRequest) -> HttpResponse:
    return _page(request, AddForm())


@require_POST
@workspace_view("edit")
def add(request: WorkspaceRequest) -> HttpResponse:
    form = AddForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    addresses = [part for part in _BETWEEN.split(form.cleaned_data["addresses"]) if part]
    reason = Suppression.Reason.ADDED if len(addresses) <= _FEW else Suppression.Reason.IMPORTED
    try:
        added = domain.add_to_suppressions(
            workspace=request.workspace, addresses=addresses, reason=reason, actor=request.user
        )
    except ValidationError as error:
        add_errors(form, error)
        return _page(request, form)
    parts = [
        ngettext("%(count)s address was added.", "%(count)s addresses were added.", added.new)
        % {"count": added.new}
    ]
    if added.known:
        parts.append(
            ngettext("%(count)s was on the list already.", "%(count)s were on the list already.", added.known)
            % {"count": added.known}
        )
    if added.wrong:
        parts.append(
            ngettext("%(count)s is no address.", "%(count)s are no addresses.", added.wrong)
            % {"count": added.wrong}
        )
    (messages.success if added.new or added.known else messages.error)(request, " ".join(parts))
    return redirect("messaging:suppressions", workspace=request.workspace.slug)


@require_POST
@workspace_view("edit")
def remove(request: WorkspaceRequest, suppression: int) -> HttpResponse:
    found = get_object_or_404(Suppression.objects.select_related("workspace"), pk=suppression)
    kept = domain.remove_suppression(suppression=found, actor=request.user)
    text = _("%s can get messages again.") % found.masked
    undo_message(request, text, restore=_RESTORE, kept=kept)
    return redirect("messaging:suppressions", workspace=request.workspace.slug)


@require_POST
@workspace_view("edit")
def restore(request: WorkspaceRequest) -> HttpResponse:
    kept = posted_undo(request, restore=_RESTORE)
    if kept is not None:
        domain.restore_suppression(workspace=request.workspace, kept=kept, actor=request.user)
        messages.success(request, _("%s gets no messages.") % kept["masked"])
    return redirect("messaging:suppressions", workspace=request.workspace.slug)


def _page(request: WorkspaceRequest, form: AddForm) -> HttpResponse:
    search = request.GET.get("search", "").replace("\0", "").strip()[:254]
    rows = Suppression.objects.select_related("added_by")
    if search:
        address = clean_address(search)
        # A whole address is known by its digest alone; anything else can only be a domain.
        rows = (
            rows.filter(digest=digest_of(request.workspace, address))
            if address
            else rows.filter(masked__endswith="@" + search.lower().lstrip("@"))
        )
    page = Paginator(rows, _PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "search": search,
        "page": page,
        "has_any": bool(page.paginator.count) or Suppression.objects.exists(),
    }
    return render(request, "messaging/suppressions.html", context, status=422 if form.errors else 200)

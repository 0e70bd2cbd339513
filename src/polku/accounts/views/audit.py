"""The audit log: who changed what, when."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from polku.accounts import queries
from polku.accounts.access import WorkspaceRequest, workspace_view
from polku.accounts.audit_words import describe

_PER_PAGE = 50


@require_safe
@workspace_view("manage")
def audit(request: WorkspaceRequest) -> HttpResponse:
    page = Paginator(queries.audit_entries(), _PER_PAGE).get_page(request.GET.get("page"))
    lines = [(entry, describe(entry)) for entry in page]
    return render(request, "accounts/audit.html", {"page": page, "lines": lines})

"""The list on one page, as PDF or to print."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from polku.accounts.access import WorkspaceRequest, workspace_view
from polku.decide.fixing.reading import read_list
from polku.decide.fixing.sheet import Sheet, sheet_of
from polku.decide.fixing.views.shared import find_journey
from polku.journeys.models import Journey
from polku.site import documents
from polku.surveys.inviting.mail_looks import policy_hash

_LANGUAGES = ("fi", "en")


@require_safe
@never_cache
@workspace_view("view")
def sheet(request: WorkspaceRequest, journey: int) -> HttpResponse:
    """The page that a browser prints; `language` fi or en."""
    made = _made(request, find_journey(journey), is_pdf=False)
    response = HttpResponse(made.html)
    # The look stands in the page itself, so that it prints as the PDF does; its policy names exactly this sheet.
    response._csp_update = {"style-src": [policy_hash(made.sheet)]}  # type: ignore[attr-defined]
    return response


@require_safe
@never_cache
@workspace_view("view")
def pdf(request: WorkspaceRequest, journey: int) -> HttpResponse:
    """The page as PDF; without the extra that makes it, the page to print, which says so."""
    found = find_journey(journey)
    if not documents.can_make_pdf():
        where = reverse("decide:fix-sheet", args=[request.workspace.slug, found.pk])
        return redirect(f"{where}?language={_language(request)}")
    made = _made(request, found, is_pdf=True)
    name = slugify(f"{request.workspace.name} {found.name}")[:80] or "polku"
    return HttpResponse(
        documents.pdf_of(made.html),
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="fix-first-{name}-{_language(request)}.pdf"'},
    )


def _language(request: WorkspaceRequest) -> str:
    asked = request.GET.get("language", "")
    return asked if asked in _LANGUAGES else (translation.get_language() or "fi")[:2]


def _made(request: WorkspaceRequest, journey: Journey, *, is_pdf: bool) -> Sheet:
    with translation.override(_language(request)):
        note = ""
        if not is_pdf and not documents.can_make_pdf():
            note = _(
                "PDF files need the extra “documents” (pip install 'polku[documents]'), which is not installed here. "
                "This is the same page: print it, or save it as PDF with your browser."
            )
        return sheet_of(
            request.workspace,
            read_list(request.workspace, journey),
            today=timezone.localdate(),
            is_pdf=is_pdf,
            note=note,
        )

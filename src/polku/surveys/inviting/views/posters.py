"""QR codes and posters of a link."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from polku.accounts.access import WorkspaceRequest, workspace_view
from polku.site import documents
from polku.site.addresses import address_for
from polku.surveys.inviting import posters, ways
from polku.surveys.inviting.forms import PosterForm
from polku.surveys.inviting.mail_looks import policy_hash
from polku.surveys.inviting.posters import Poster
from polku.surveys.inviting.views.shared import LANGUAGE_NAMES, definition_of, page, way_of
from polku.surveys.models import SurveyLink
from polku.surveys.queries import path_of


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view("edit")
def poster(request: WorkspaceRequest, survey: int, link: int) -> HttpResponse:
    """The poster's words, and its files."""
    found = way_of(survey, link)
    definition = definition_of(found.survey)
    form = PosterForm(
        request.POST if request.method == "POST" else None,
        languages=definition.languages,
        texts=posters.texts_of(found, definition),
    )
    if request.method == "POST" and form.is_valid():
        ways.set_poster(link=found, texts=form.texts(), actor=request.user)
        messages.success(request, _("Saved."))
        return redirect("surveys:poster", workspace=request.workspace.slug, survey=survey, link=link)
    context = {
        "link": found,
        "form": form,
        "groups": [(LANGUAGE_NAMES[code], fields) for code, fields in form.groups()],
        "sizes": [("a4", "A4"), ("a5", "A5"), ("tent", _("Tent card"))],
        "can_make_pdf": documents.can_make_pdf(),
        "address": _address(request, found),
        "qr": posters.qr_svg(_address(request, found), is_inline=True),
    }
    return page(
        request, found.survey, "surveys/collect_poster_page.html", context, 422 if form.errors else 200
    )


@require_safe
@workspace_view("view")
def poster_sheet(request: WorkspaceRequest, survey: int, link: int) -> HttpResponse:
    """The poster as a page that a browser prints; `size` in the query string."""
    made = _made(request, way_of(survey, link), is_pdf=False)
    response = HttpResponse(made.html)
    # The look stands in the page itself, so that it prints as the PDF does; its policy names exactly this sheet.
    response._csp_update = {"style-src": [policy_hash(made.sheet)]}  # type: ignore[attr-defined]
    return response


@require_safe
@workspace_view("view")
def poster_pdf(request: WorkspaceRequest, survey: int, link: int) -> HttpResponse:
    """The poster as a PDF; without the extra that makes it, the page to print."""
    found = way_of(survey, link)
    if not documents.can_make_pdf():
        return redirect(request.get_full_path().replace("poster.pdf", "sheet/"))
    content = posters.pdf_of(_made(request, found, is_pdf=True))
    return _file(content, "application/pdf", f"{slugify(found.name) or 'poster'}-{_size(request)}.pdf")


@require_safe
@workspace_view("view")
def qr_svg(request: WorkspaceRequest, survey: int, link: int) -> HttpResponse:
    found = way_of(survey, link)
    content = posters.qr_svg(_address(request, found)).encode()
    return _file(content, "image/svg+xml", f"{slugify(found.name) or 'qr'}.svg")


@require_safe
@workspace_view("view")
def qr_png(request: WorkspaceRequest, survey: int, link: int) -> HttpResponse:
    found = way_of(survey, link)
    return _file(posters.qr_png(_address(request, found)), "image/png", f"{slugify(found.name) or 'qr'}.png")


def _made(request: WorkspaceRequest, link: SurveyLink, *, is_pdf: bool) -> Poster:
    return posters.poster(
        link=link,
        definition=definition_of(link.survey),
        company=request.workspace.name,
        address=_address(request, link),
        size=_size(request),
        is_pdf=is_pdf,
    )


def _size(request: WorkspaceRequest) -> str:
    size = request.GET.get("size", "a4")
    if size not in posters.SIZES:
        raise Http404
    return size


def _address(request: WorkspaceRequest, link: SurveyLink) -> str:
    return address_for(request) + path_of(link)


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response

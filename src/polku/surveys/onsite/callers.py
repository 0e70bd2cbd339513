"""Who calls: a page of an allowed site with the workspace's write key, or the preview of one link in the console.

Unknown key, revoked key and a site that is not allowed get the same answer. No cookie is read or set: what identifies
nobody cannot be used in anybody's name, so these addresses need no CSRF token; that the caller's site is allowed is
what is asked instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import msgspec
from django.core import signing
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django_scopes import scopes_disabled

from polku.accounts.domain import find_api_key
from polku.accounts.models import ApiKey
from polku.surveys.models import Survey, SurveyLink, SurveyVersion
from polku.surveys.onsite.targeting import allows, targeting_of

LARGEST_BODY = 128 * 1024
_PREVIEW = "preview:"
_PREVIEW_SALT = "polku.surveys.onsite.preview"
_PREVIEW_SECONDS = 24 * 3600
_LONGEST_KEY = 300
_LONGEST_ORIGIN = 300

Body = TypeVar("Body")


@dataclass(frozen=True)
class Caller:
    """`links` are those that may be shown on the caller's site now. A preview has one, to people of the company, and
    nothing of it is kept."""

    origin: str
    links: tuple[SurveyLink, ...]
    is_preview: bool = False

    def link(self, number: int) -> SurveyLink | None:
        return next((link for link in self.links if link.pk == number), None)


def find_caller(request: HttpRequest, key: str) -> Caller | None:
    """None for a wrong key, and for a site that no survey of the workspace names."""
    origin = request.headers.get("Origin", "")[:_LONGEST_ORIGIN]
    if key.startswith(_PREVIEW):
        own = f"{request.scheme}://{request.get_host()}"
        link = _previewed(key) if origin in ("", own) else None
        return None if link is None else Caller(origin, (link,), is_preview=True)
    found = find_api_key(key[:_LONGEST_KEY])
    if found is None or found.kind != ApiKey.Kind.WRITE or not origin:
        return None
    with scopes_disabled():
        links = list(_living().filter(workspace=found.workspace))
    here = [link for link in links if allows(targeting_of(link.settings).sites, origin)]
    if not here:
        return None
    shown = (link for link in here if link.is_active and link.survey.state == Survey.State.OPEN)
    return Caller(origin, tuple(shown))


def preview_key(link: SurveyLink) -> str:
    return _PREVIEW + signing.dumps(link.pk, salt=_PREVIEW_SALT)


def _previewed(key: str) -> SurveyLink | None:
    try:
        number = signing.loads(key.removeprefix(_PREVIEW), salt=_PREVIEW_SALT, max_age=_PREVIEW_SECONDS)
    except signing.BadSignature:
        return None
    with scopes_disabled():
        return _living().filter(pk=number).first()


def _living() -> QuerySet[SurveyLink]:
    return (
        SurveyLink.objects.select_related("workspace", "survey")
        .filter(kind=SurveyLink.Kind.WEB, deleted_at=None, survey__deleted_at=None)
        .order_by("pk")
    )


def version_of(survey: Survey, number: int | None = None) -> SurveyVersion | None:
    """The version with this number, else the newest. Needs the workspace's scope."""
    versions = SurveyVersion.objects.filter(survey=survey)
    return (versions.filter(number=number) if number is not None else versions).order_by("-number").first()


def read_body(request: HttpRequest, shape: type[Body]) -> Body | HttpResponse:
    """What was sent, or the answer to somebody who sends what nobody can use."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length[:12]) > LARGEST_BODY:
        return refused(413)
    body = request.body
    if len(body) > LARGEST_BODY:
        return refused(413)
    try:
        return msgspec.json.decode(body, type=shape)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return refused(403 if not body.startswith(b"{") else 400)


def refused(status: int, *, retry_after: int | None = None) -> HttpResponse:
    why = {
        400: "This is not what the widget sends.",
        403: "The key is unknown, or this site is not among those where the survey may be shown.",
        413: "This is too long.",
        429: "Too many requests from this address; try again a little later.",
    }
    response = JsonResponse({"detail": why[status]}, status=status)
    response.headers["Cache-Control"] = "no-store"
    if retry_after:
        response.headers["Retry-After"] = str(retry_after)
    return response


def answered(caller: Caller, content: dict[str, object], *, status: int = 200, kept: int = 0) -> HttpResponse:
    """`kept`: for so many seconds by the browser. Only the caller's own site may read it."""
    response = JsonResponse(content, status=status)
    response.headers["Cache-Control"] = f"public, max-age={kept}" if kept else "no-store"
    response.headers["Vary"] = "Origin"
    if caller.origin:
        response.headers["Access-Control-Allow-Origin"] = caller.origin
    return response

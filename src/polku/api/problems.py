"""Every error of the API is a problem document (RFC 9457)."""

from __future__ import annotations

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

CONTENT_TYPE = "application/problem+json"
_OF_THE_BODY = {"Content-Type", "Content-Length"}


class Problem(Exception):
    """Ends a request with a problem document; `members` are added to it."""

    def __init__(
        self, status: int, detail: str, *, headers: dict[str, str] | None = None, **members: object
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers, self.members = status, detail, headers or {}, members


def problem_response(
    status: int, detail: str, *, headers: dict[str, str] | None = None, **members: object
) -> HttpResponse:
    """`type` about:blank means that the title is the status's own; members that are None are left out."""
    document: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    document |= {name: value for name, value in members.items() if value is not None}
    body = json.dumps(document, ensure_ascii=False).encode("utf-8", "replace")
    return HttpResponse(body, status=status, content_type=CONTENT_TYPE, headers=headers)


class ProblemDocuments:
    """Middleware: what Django itself answers below /api/ (404, 405, 500 …) becomes a problem document too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.path.startswith("/api/") or response.status_code < 400:
            return response
        if response.headers.get("Content-Type", "").startswith(CONTENT_TYPE):
            return response
        status = response.status_code
        kept = {name: value for name, value in response.headers.items() if name not in _OF_THE_BODY}
        return problem_response(status, _words(status), headers=kept)


def _words(status: int) -> str:
    if status == 404:
        return _("There is nothing at this address. /api/openapi.json lists what there is.")
    if status == 405:
        return _("This address does not take this method; the header Allow names those it takes.")
    if status >= 500:
        return _("Something went wrong in Polku. The details are in the server's log.")
    return _("The request could not be understood.")

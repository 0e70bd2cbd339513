"""What a page answers when the event store cannot."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from polku.eventstore.port import QuestionTooSlow, StoreError

logger = logging.getLogger(__name__)
_RETRY_SECONDS = "5"


class StoreTroubles:
    """Middleware: 503 with a page that says what is going on, where a view lets the store's error pass.

    A busy store is no fault of the program, so it is not logged as one.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, QuestionTooSlow):
            title, explanation = _("The figures take too long just now"), str(error)
        elif isinstance(error, StoreError):
            logger.error("%s: %s", request.path, error)
            title = _("The figures cannot be read")
            explanation = _("The details are in the server's log.")
        else:
            return None
        context = {"title": title, "explanation": explanation, "status": 503}
        response = render(request, "site/error.html", context, status=503)
        response.headers["Retry-After"] = _RETRY_SECONDS
        return response

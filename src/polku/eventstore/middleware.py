"""Questions of a request: whose they are, what ends them early, and what is answered when the store cannot."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from polku.eventstore import cancelling
from polku.eventstore.port import QuestionTooSlow, StoreError

logger = logging.getLogger(__name__)
_RETRY_SECONDS = "5"
TOKEN_HEADER = "Polku-Question"  # noqa: S105 - the name of a header
_PROGRAMS = "/api/"  # elsewhere nobody is let in by a key
_TOKEN = re.compile(r"[A-Za-z0-9_-]{8,64}")

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Application = Callable[..., Awaitable[None]]


class EndsWithItsClient:
    """An ASGI application whose questions are cancelled when whoever sent the request has closed the connection.

    Only questions: what a request writes is written whole.
    """

    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: Message, receive: Receive, send: Callable[..., Any]) -> None:
        asked = cancelling.Asking()

        async def watched() -> Message:
            message = await receive()
            if message["type"] == "http.disconnect":
                asked.cancel()
            return message

        with cancelling.asking_as(asked):
            await self._application(scope, watched, send)


class Questions:
    """Middleware: says who asks, so that people take turns, and lets a request name its questions.

    A request with the header `Polku-Question: TOKEN` can be stopped by whoever sent it (see `views.cancel`).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = token_of(request, request.headers.get(TOKEN_HEADER, ""))
        with cancelling.asking(token, by=asker_of(request)):
            return self.get_response(request)


class StoreTroubles:
    """Middleware: 503 with a page that says what is going on, where a view lets the store's error pass.

    A busy store is no fault of the program, so it is not logged as one.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        status = 503
        if isinstance(error, QuestionTooSlow):
            title, explanation = _("The figures take too long just now"), str(error)
        elif isinstance(error, cancelling.QuestionCancelled):
            status = 409
            title, explanation = str(error), _("Nothing was changed. Ask again when you like.")
        elif isinstance(error, StoreError):
            logger.error("%s: %s", request.path, error)
            title = _("The figures cannot be read")
            explanation = _("The details are in the server's log.")
        else:
            return None
        context = {"title": title, "explanation": explanation, "status": status}
        response = render(request, "site/error.html", context, status=status)
        if status == 503:
            response.headers["Retry-After"] = _RETRY_SECONDS
        return response


def asker_of(request: HttpRequest) -> str:
    """One text for all requests of one key or one session. Neither is kept anywhere, only a digest of them."""
    # Only what lets the request in counts, or one person could pass for many by sending what nobody looks at.
    said = request.headers.get("Authorization", "").split() if request.path.startswith(_PROGRAMS) else []
    credential = said[-1] if said else request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    return hashlib.sha256(credential.encode()).hexdigest()[:16] if credential else ""


def token_of(request: HttpRequest, said: str) -> str | None:
    """The token as it is known to the store: nobody can stop another's question by guessing. None for a bad one."""
    asker = asker_of(request)
    return f"{asker}/{said}" if asker and _TOKEN.fullmatch(said) else None

"""The language and the clock in which a request is answered."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers


class LanguageMiddleware:
    """The user's language, else the cookie's, else the browser's, else the default.

    The API's default is English, because programs seldom name a language. Times are shown in the default zone
    until `workspace_view` switches to the workspace's own.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with translation.override(language_of(request)), timezone.override(None):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or "")
        patch_vary_headers(response, ["Accept-Language", "Cookie"])
        return response


def language_of(request: HttpRequest) -> str:
    """The code of the language to answer in; only a request that carries a session asks the database."""
    if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
        chosen = request.user.language
        if chosen:
            return chosen
    known = dict(settings.LANGUAGES)
    cookie = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    if cookie in known:
        return cookie
    for code in accepted_languages(request.headers.get("Accept-Language", "")):
        if code in known:
            return code
    return "en" if request.path.startswith("/api/") else settings.LANGUAGE_CODE


def accepted_languages(header: str) -> list[str]:
    """Primary language tags, the most wanted first; what cannot be read is passed over."""
    wanted: list[tuple[float, str]] = []
    for part in header[:500].split(","):
        tag, _, weight = part.partition(";q=")
        try:
            quality = float(weight) if weight else 1.0
        except ValueError:
            continue
        if quality > 0:
            wanted.append((-quality, tag.strip().split("-")[0].lower()))
    return [code for _, code in sorted(wanted, key=lambda item: item[0])]

"""The switches of language, theme and shortcuts, and the pages shown when something went wrong."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import TooManyFilesSent
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from polku.site.preferences import KEYS, KEYS_COOKIE, THEME_COOKIE, THEMES, YEAR


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Keep the language in a cookie, and in the user's own settings when somebody is signed in."""
    response = _back(request)
    code = request.POST.get("language", "")
    if code in dict(settings.LANGUAGES):
        _keep(response, settings.LANGUAGE_COOKIE_NAME, code)
        user: Any = request.user
        if user.is_authenticated and user.language != code:
            user.language = code
            user.save(update_fields=["language"])
    return response


@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Keep the theme in a cookie, so that the server draws the page in it from the first byte."""
    response = _back(request)
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        _keep(response, THEME_COOKIE, theme)
    return response


@require_POST
def set_keys(request: HttpRequest) -> HttpResponse:
    """Keep in a cookie whether single letters and signs are shortcuts ("on" or "off")."""
    response = _back(request)
    keys = request.POST.get("keys", "")
    if keys in KEYS:
        _keep(response, KEYS_COOKIE, keys)
    return response


def _keep(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name, value, max_age=YEAR, samesite="Lax", httponly=True, secure=bool(settings.SESSION_COOKIE_SECURE)
    )


def _back(request: HttpRequest) -> HttpResponse:
    """To the page the form was on; never to another site."""
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = "/"
    return HttpResponseRedirect(target)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if isinstance(exception, TooManyFilesSent):
        return _error(
            request,
            400,
            _("Too many files at once"),
            _("At most %s files are taken at a time. Go back and bring them in parts.")
            % settings.DATA_UPLOAD_MAX_NUMBER_FILES,
        )
    return _error(
        request,
        400,
        _("The request could not be understood"),
        _("Something in the address or the form was not as it should be. Go back and try again."),
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error(
        request,
        403,
        _("Your role does not allow this"),
        _("Ask an owner of the workspace for a role that may do it."),
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _error(
        request,
        403,
        _("The page was too old"),
        _("The form was not sent: its safety code had expired. Go back, reload the page and try again."),
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error(
        request,
        404,
        _("Page not found"),
        _("The address may have changed, or you may not be a member of the workspace it belongs to."),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    return _error(
        request,
        500,
        _("Something went wrong in Polku"),
        _("It was not your fault. The details are in the server's log. Try again in a moment."),
    )


def _error(request: HttpRequest, status: int, title: str, explanation: str) -> HttpResponse:
    context = {"title": title, "explanation": explanation, "status": status}
    return render(request, "site/error.html", context, status=status)

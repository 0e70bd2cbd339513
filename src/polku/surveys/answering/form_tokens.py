"""Proof that a form was shown by this server for this survey (decision 35).

It needs no cookie: respondents are given none. What a browser says of the origin is checked beside it. It carries the
number of the answer to be, so that a form that is sent twice is one answer, and when its page was shown.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest

_SALT = "polku.surveys.form"


@dataclass(frozen=True)
class Form:
    number: str
    """Of the response, 32 hex digits."""
    shown: float
    """Seconds since 1970."""


def make(token: str, shown: float, number: str = "") -> str:
    """For a form at the address of `token`; of an answer that has none yet, `number` is empty."""
    return _signer(token).sign(f"{number or secrets.token_hex(16)}.{int(shown * 1000):x}")


def read(token: str, given: str) -> Form | None:
    """None where the form is not one that was shown at this address."""
    try:
        number, _dot, shown = _signer(token).unsign(given[:200]).partition(".")
        return Form(number, int(shown, 16) / 1000)
    except (BadSignature, ValueError):
        return None


def _signer(token: str) -> Signer:
    return Signer(salt=f"{_SALT}.{token}")


def came_from_here(request: HttpRequest) -> bool:
    """Whether the browser says that the form stood on a page of ours. Programs that are no browsers say nothing, and
    have the form's own proof."""
    origin = request.headers.get("Origin")
    if origin is not None:
        return origin in _ours(request)
    if (site := request.headers.get("Sec-Fetch-Site")) is not None:
        return site in {"same-origin", "none"}
    if referer := request.headers.get("Referer"):
        parts = urlsplit(referer)
        return f"{parts.scheme}://{parts.netloc}" in _ours(request)
    return True


def _ours(request: HttpRequest) -> set[str]:
    return {f"{request.scheme}://{request.get_host()}", *settings.CSRF_TRUSTED_ORIGINS}

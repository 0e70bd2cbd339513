"""Tokens of links. What opens a survey is never kept as it is: only its SHA-256, by which it is found."""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64encode

from django.utils.crypto import salted_hmac

from polku.surveys.models import Survey, SurveyLink

_SALT = "polku.surveys.link"


def new_nonce() -> str:
    return secrets.token_hex(16)


def new_token() -> str:
    """Of a personal link or a device: 192 random bits, 32 characters that are safe in an address."""
    return secrets.token_urlsafe(24)


def link_token(nonce: str) -> str:
    """Of an open link: shown again and again, so it follows from the nonce and the server's secret (192 bits)."""
    digest = salted_hmac(_SALT, nonce, algorithm="sha256").digest()
    return urlsafe_b64encode(digest[:24]).decode()


def digest_of(token: str) -> str:
    """SHA-256, 64 hex digits: what is kept, and looked up."""
    return hashlib.sha256(token.encode()).hexdigest()


def add_link(
    *,
    survey: Survey,
    kind: SurveyLink.Kind,
    name: str,
    fields: dict[str, str] | None = None,
    settings: dict[str, object] | None = None,
) -> SurveyLink:
    """A new way to the survey; leaves no audit entry, that is for the function that somebody calls."""
    nonce = new_nonce()
    return SurveyLink.objects.create(
        workspace=survey.workspace,
        survey=survey,
        kind=kind,
        name=name,
        nonce=nonce,
        digest=digest_of(link_token(nonce)),
        fields=fields or {},
        settings=settings or {},
    )

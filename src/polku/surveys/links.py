"""Tokens of links. What opens a survey is never kept as it is: only its SHA-256, by which it is found."""

from __future__ import annotations

from polku.site.tokens import digest_of, new_nonce, token_of
from polku.surveys.models import Survey, SurveyLink

_SALT = "polku.surveys.link"


def link_token(nonce: str) -> str:
    """Of an open link: shown again and again."""
    return token_of(nonce, salt=_SALT)


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

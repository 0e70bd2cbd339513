"""Tokens of unsubscribe pages: they follow from the message's number and are not kept."""

from __future__ import annotations

from polku.site.tokens import token_of

_SALT = "polku.messaging.unsubscribe"


def unsubscribe_token(number: str) -> str:
    """32 characters that are safe in an address."""
    return token_of(number, salt=_SALT)

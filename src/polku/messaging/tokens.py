"""Tokens of unsubscribe pages: 192 bits that follow from the message's number and the server's secret.

They are never kept: only their SHA-256 is, by which the message is found.
"""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64encode

from django.utils.crypto import salted_hmac

_SALT = "polku.messaging.unsubscribe"


def new_number() -> str:
    """Of a message: 32 hex digits, random."""
    return secrets.token_hex(16)


def unsubscribe_token(number: str) -> str:
    """32 characters that are safe in an address."""
    return urlsafe_b64encode(salted_hmac(_SALT, number, algorithm="sha256").digest()[:24]).decode()


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

"""Tokens of public addresses: 192 bits that follow from a kept random number and the server's secret.

They are shown again and again, so they cannot be thrown away; only their SHA-256 is kept, by which they are found.
"""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64encode

from django.utils.crypto import salted_hmac

LONGEST = 64


def new_nonce() -> str:
    return secrets.token_hex(16)


def token_of(purpose: str, nonce: str) -> str:
    """32 characters that are safe in an address."""
    digest = salted_hmac(f"polku.decide.{purpose}", nonce, algorithm="sha256").digest()
    return urlsafe_b64encode(digest[:24]).decode()


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

"""Tokens of addresses that only whoever was given them may open: 192 bits, never kept as they are.

What is kept is their SHA-256, by which they are found.
"""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64encode

from django.utils.crypto import salted_hmac

_BYTES = 24


def new_nonce() -> str:
    """32 hex digits, random."""
    return secrets.token_hex(16)


def new_token() -> str:
    """Random, 32 characters that are safe in an address."""
    return secrets.token_urlsafe(_BYTES)


def token_of(nonce: str, *, salt: str) -> str:
    """One that can be shown again, for it follows from the nonce and the server's secret; as long as a new one."""
    digest = salted_hmac(salt, nonce, algorithm="sha256").digest()
    return urlsafe_b64encode(digest[:_BYTES]).decode()


def digest_of(token: str) -> str:
    """SHA-256, 64 hex digits: what is kept, and looked up."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()

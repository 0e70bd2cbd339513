"""The short code by which a tablet is paired: shown to somebody of the company once, written on the device."""

from __future__ import annotations

import secrets

from django.utils.crypto import salted_hmac

ALPHABET = "ACDEFHJKMNPQRTUWXY3479"
"""Capitals and digits that nobody takes for one another: without 0 and O, 1, I and L, 2 and Z, 5 and S, 6 and G, 8 and
B, and V, of which two are a W."""
LENGTH = 6
MINUTES = 10


def new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def plain(code: str) -> str:
    """As it is kept, of whatever somebody wrote: small letters, spaces and dashes do not matter."""
    return "".join(letter for letter in code[:40].upper() if letter in ALPHABET)


def digest_of_code(code: str) -> str:
    """A code is short, so its digest is keyed by the server's secret."""
    return salted_hmac("polku.surveys.tablet", plain(code), algorithm="sha256").hexdigest()

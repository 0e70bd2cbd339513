"""Where clients put the write key."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping

LONGEST = 200


def key_from_authorization(headers: Mapping[str, str]) -> str | None:
    """The user part of Basic, or the token of Bearer; None where the header is absent or not readable."""
    given = headers.get("authorization")
    if not given:
        return None
    scheme, _, credentials = given.strip().partition(" ")
    credentials = credentials.strip()
    if scheme.lower() == "bearer":
        return usable(credentials)
    if scheme.lower() != "basic":
        return None
    try:
        decoded = base64.b64decode(credentials, validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return None
    return usable(decoded.partition(":")[0])


def usable(key: object) -> str | None:
    """`key` if it may be one at all."""
    return key if isinstance(key, str) and 0 < len(key) <= LONGEST else None

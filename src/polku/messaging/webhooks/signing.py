"""Secrets and signatures of Standard Webhooks.

A secret is not kept. It follows from a random number of the endpoint and the installation's key, so that neither a copy
of the database nor a backup of it alone lets anybody sign.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime

from django.utils.crypto import salted_hmac

PREFIX = "whsec_"


def new_nonce() -> str:
    """128 random bits."""
    return secrets.token_hex(16)


def secret_of(nonce: str) -> str:
    """What the receiver checks signatures with: `whsec_` and 256 bits in base64."""
    return PREFIX + base64.b64encode(_key(nonce)).decode()


def signed_headers(nonces: Sequence[str], *, number: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers of a message; it has a signature by the secret of each nonce."""
    stamp = str(int(at.timestamp()))
    content = b".".join((number.encode(), stamp.encode(), body))
    signatures = [
        "v1," + base64.b64encode(hmac.new(_key(nonce), content, hashlib.sha256).digest()).decode()
        for nonce in nonces
    ]
    return {"webhook-id": number, "webhook-timestamp": stamp, "webhook-signature": " ".join(signatures)}


def _key(nonce: str) -> bytes:
    return salted_hmac("polku.webhooks", nonce, algorithm="sha256").digest()

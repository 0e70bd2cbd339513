"""The key by which shares are drawn."""

from __future__ import annotations

from django.utils.crypto import salted_hmac

from polku.accounts.models import Workspace


def drawing_key(workspace: Workspace) -> bytes:
    """Of the workspace, for good: who is drawn cannot be guessed from outside, and is the same when it is simulated."""
    return salted_hmac("polku.surveys.drawn", workspace.key.hex, algorithm="sha256").digest()

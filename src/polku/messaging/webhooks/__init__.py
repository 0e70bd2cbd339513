"""Webhooks: news for other programs, signed as Standard Webhooks asks.

Rooms above register the types they send and say what happened; each active endpoint that wants the type gets it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from polku.messaging.webhooks.registry import register_type

if TYPE_CHECKING:
    from polku.accounts.models import Workspace

__all__ = ["register_type", "send"]


def send(*, workspace: Workspace, type: str, data: Mapping[str, Any]) -> None:
    """Queue one delivery for each active endpoint of the workspace that wants `type`, in the caller's transaction.

    `data` is plain JSON, without personal data: it is kept for a month and shown to whoever runs the endpoint. Raises
    ValueError for a type that nobody registered, and for data of more than 256 kB.
    """
    from polku.messaging.webhooks import domain

    domain.send(workspace=workspace, type=type, data=data)

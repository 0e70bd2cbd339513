"""Whose message it is: the rooms above say, by kind, what is put in at sending and hear what became of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from polku.accounts.models import Workspace


class Happening(StrEnum):
    """What became of a message."""

    SENT = "sent"
    HELD = "held"
    """Not sent: the address is suppressed, or nobody wants it sent any more."""
    FAILED = "failed"
    BOUNCED = "bounced"
    UNSUBSCRIBED = "unsubscribed"
    COMPLAINED = "complained"


Fill = Callable[[Workspace, str], Mapping[str, str] | None]
"""Called with (workspace, reference) just before sending: what to put in for which marks in the text, HTML and
headers; None where the message is not to be sent any more. What is secret is made here, and not kept in the queue."""

Hear = Callable[[Workspace, str, Happening, str], None]
"""Called with (workspace, reference, what happened, why), in the transaction that keeps it. May be called again."""


@dataclass(frozen=True)
class Owner:
    fill: Fill
    hear: Hear


def _nothing_to_fill(workspace: Workspace, reference: str) -> Mapping[str, str]:
    return {}


def _nothing_to_hear(workspace: Workspace, reference: str, happening: Happening, why: str) -> None:
    """Nobody asks."""


_NOBODY = Owner(_nothing_to_fill, _nothing_to_hear)
_owners: dict[str, Owner] = {}


def register(kind: str, *, fill: Fill = _nothing_to_fill, hear: Hear = _nothing_to_hear) -> None:
    """Called by the room whose messages these are, when the program starts."""
    _owners[kind] = Owner(fill, hear)


def owner_of(kind: str) -> Owner:
    return _owners.get(kind, _NOBODY)

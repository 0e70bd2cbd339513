"""Which function works which kind of job; the rooms above fill it in when the program starts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Progress = Callable[[int, int], None]
Handler = Callable[[int, dict[str, Any], Progress], None]
"""Called with (workspace id, payload, progress). It may run again after a crash: the same result both times."""

_handlers: dict[str, Handler] = {}


def register(kind: str, handler: Handler) -> None:
    """Let `handler` work jobs of `kind`."""
    _handlers[kind] = handler


def handler_of(kind: str) -> Handler:
    """Raises LookupError for a kind that nobody registered."""
    return _handlers[kind]

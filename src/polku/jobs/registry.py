"""Which function works which kind of job; the rooms above fill it in when the program starts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Progress = Callable[[int, int], None]
Handler = Callable[[int, dict[str, Any], Progress], None]
"""Called with (workspace id, payload, progress). It may run again after a crash: the same result both times."""

USUAL = "usual"
_handlers: dict[str, Handler] = {}
_lanes: dict[str, str] = {}


def register(kind: str, handler: Handler, *, lane: str = USUAL) -> None:
    """Let `handler` work jobs of `kind`. Jobs of one lane follow each other; what may take minutes has its own."""
    _handlers[kind] = handler
    _lanes[kind] = lane


def handler_of(kind: str) -> Handler:
    """Raises LookupError for a kind that nobody registered."""
    return _handlers[kind]


def lanes() -> list[str]:
    """Every lane, each once."""
    return sorted({USUAL, *_lanes.values()})


def kinds_beside(lane: str) -> list[str]:
    """The kinds that are worked in other lanes than this."""
    return [kind for kind, its_lane in _lanes.items() if its_lane != lane]

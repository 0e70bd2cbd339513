"""Which function works which kind of job; the rooms above fill it in when the program starts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Progress = Callable[[int, int], None]
Handler = Callable[[int, dict[str, Any], Progress], None]
"""Called with (workspace id, payload, progress). It may run again after a crash: the same result both times."""

GiveUp = Callable[[int, dict[str, Any]], None]
"""Called with (workspace id, payload), in the transaction that marks the job as failed: tells people of it."""

USUAL = "usual"
_handlers: dict[str, Handler] = {}
_lanes: dict[str, str] = {}
_give_up: dict[str, GiveUp] = {}


def register(kind: str, handler: Handler, *, lane: str = USUAL, give_up: GiveUp | None = None) -> None:
    """Let `handler` work jobs of `kind`. Jobs of one lane follow each other; what may take minutes has its own.

    With `give_up`, a job under which the server died as often as jobs are tried is left and told of through it.
    Without, it is worked for as long as it takes: for what the program owes its data, and nobody would begin anew.
    """
    _handlers[kind] = handler
    _lanes[kind] = lane
    _give_up.pop(kind, None)
    if give_up is not None:
        _give_up[kind] = give_up


def handler_of(kind: str) -> Handler:
    """Raises LookupError for a kind that nobody registered."""
    return _handlers[kind]


def ways_to_give_up() -> dict[str, GiveUp]:
    """By kind, those that can be given up."""
    return dict(_give_up)


def lanes() -> list[str]:
    """Every lane, each once."""
    return sorted({USUAL, *_lanes.values()})


def kinds_beside(lane: str) -> list[str]:
    """The kinds that are worked in other lanes than this."""
    return [kind for kind, its_lane in _lanes.items() if its_lane != lane]

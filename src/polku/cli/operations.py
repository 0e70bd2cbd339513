"""What may be asked of the process that owns the event store: by its own command, or over the socket.

An operation takes plain JSON and gives plain JSON, so that a command behaves the same beside a running server
and without one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Progress = Callable[[int, int], None]
Operation = Callable[[dict[str, Any], Progress], dict[str, Any]]

_operations: dict[str, Operation] = {}


def operation(name: str) -> Callable[[Operation], Operation]:
    """Register a function as the operation `name`."""

    def register(function: Operation) -> Operation:
        if name in _operations:
            raise ValueError(f"the operation {name} is there already")
        _operations[name] = function
        return function

    return register


def run_operation(name: str, params: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Run it in this process, which owns the store. Raises LookupError for an unknown name."""
    return _operations[name](params, progress)

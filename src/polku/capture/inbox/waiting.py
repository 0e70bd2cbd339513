"""Requests that wait for the disk, and how they hear of it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress
from typing import NamedTuple, TypeAlias

Told: TypeAlias = "asyncio.Future[None] | Future[None]"


class Waiting(NamedTuple):
    workspace: str
    payload: bytes
    future: Told


def tell(group: Sequence[Waiting], error: Exception | None) -> None:
    """Resolve the futures of a group: those of event loops by one call into each loop, whatever their number."""
    loops: dict[asyncio.AbstractEventLoop, list[asyncio.Future[None]]] = {}
    for item in group:
        if isinstance(item.future, Future):
            _settle(item.future, error)
        else:
            loops.setdefault(item.future.get_loop(), []).append(item.future)
    for loop, futures in loops.items():
        with suppress(RuntimeError):  # the loop was closed: nobody waits any more
            loop.call_soon_threadsafe(_settle_all, futures, error)


def _settle_all(futures: Sequence[asyncio.Future[None]], error: Exception | None) -> None:
    for future in futures:
        _settle(future, error)


def _settle(future: Told, error: Exception | None) -> None:
    if future.done():  # the sender went away
        return
    if error is None:
        future.set_result(None)
    else:
        future.set_exception(error)

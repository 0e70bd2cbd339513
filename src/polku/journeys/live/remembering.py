"""A small memory for what is costly to work out and named by everything it depends on."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from polku.eventstore import cancelling

_LOOKS_UP_EVERY = 0.2  # seconds

Value = TypeVar("Value")


class Remembered(Generic[Value]):
    """Keeps the `most` values asked for last. Threads that ask the same at once wait for the first of them: on few
    processors each would take all the longer for the others' doing it too."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, Value] = OrderedDict()
        self._under_way: dict[Hashable, threading.Event] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The value kept under `key`, else what `make` returns, kept. Where it fails, whoever waited tries anew."""
        while True:
            with self._lock:
                if key in self._kept:
                    self._kept.move_to_end(key)
                    return self._kept[key]
                others = self._under_way.get(key)
                if others is None:
                    done = self._under_way[key] = threading.Event()
                    break
            while not others.wait(_LOOKS_UP_EVERY):
                cancelling.check()  # whoever does not wait any more need not stand in line
        try:
            made = make()
            with self._lock:
                self._kept[key] = made
                while len(self._kept) > self._most:
                    self._kept.popitem(last=False)
            return made
        finally:
            with self._lock:
                del self._under_way[key]
            done.set()

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()

"""Answers kept in this process. The key holds the version of the data, so nothing here ever goes stale."""

from __future__ import annotations

import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from polku.analytics.context import Message
from polku.eventstore import cancelling
from polku.eventstore.places import WAITING_OF_ONE
from polku.eventstore.port import QuestionTooSlow

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOOKS_UP_EVERY = 0.2  # seconds
_PATIENCE = 2 * cancelling.QUESTION_SECONDS
"""Whoever works the answer out may have waited for a place before. What took longer failed, and would fail again."""


@dataclass(frozen=True)
class Kept:
    """An answer as JSON, and its warnings, which are translated anew for each reader."""

    body: bytes
    warnings: tuple[Message, ...]

    @property
    def size(self) -> int:
        """Bytes, about."""
        return len(self.body) + 500 * (1 + len(self.warnings))


class AnswerCache:
    """The least recently used answers go first, when more than `most_bytes` are kept.

    Threads that ask the same thing at the same time wait for one of them to work it out. As everywhere where questions
    wait, nobody lets so many wait that others find no thread.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._kept: OrderedDict[Hashable, Kept] = OrderedDict()
        self._size = 0
        self._lock = Lock()
        self._under_way: dict[Hashable, tuple[Lock, int]] = {}
        self._waiting: Counter[str] = Counter()  # by whom

    def get(self, key: Hashable, work_out: Callable[[], Kept]) -> Kept:
        """The answer kept under `key`, else the one that `work_out` returns, kept. Errors are not kept.

        Raises QuestionTooSlow where others take too long with it, or too many of whoever asks wait already.
        """
        found = self._find(key)
        if found is not None:
            return found
        with self._turn(key):
            found = self._find(key)
            if found is None:
                found = work_out()
                self._keep(key, found)
            return found

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()
            self._size = 0

    @property
    def size(self) -> int:
        """Bytes kept, about."""
        return self._size

    def _find(self, key: Hashable) -> Kept | None:
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def _keep(self, key: Hashable, answer: Kept) -> None:
        if answer.size > self._most // 4:
            return  # one giant must not throw out everybody else
        with self._lock:
            before = self._kept.pop(key, None)
            self._kept[key] = answer
            self._size += answer.size - (before.size if before else 0)
            while self._size > self._most:
                self._size -= self._kept.popitem(last=False)[1].size

    @contextmanager
    def _turn(self, key: Hashable) -> Iterator[None]:
        with self._lock:
            turn, waiting = self._under_way.get(key, (Lock(), 0))
            self._under_way[key] = (turn, waiting + 1)
        try:
            if not turn.acquire(blocking=False):
                self._wait(turn)
            try:
                yield
            finally:
                turn.release()
        finally:
            with self._lock:
                waiting = self._under_way[key][1] - 1
                if waiting:
                    self._under_way[key] = (turn, waiting)
                else:
                    del self._under_way[key]

    def _wait(self, turn: Lock) -> None:
        asked = cancelling.current()
        by = asked.by if asked else ""
        until = time.monotonic() + _PATIENCE
        with self._lock:
            if by and self._waiting[by] >= WAITING_OF_ONE:
                raise _too_slow()
            self._waiting[by] += 1
        try:
            while not turn.acquire(timeout=_LOOKS_UP_EVERY):
                cancelling.check()  # whoever does not wait any more need not stand in line
                if time.monotonic() > until:
                    raise _too_slow()
        finally:
            with self._lock:
                self._waiting[by] -= 1
                self._waiting += Counter()  # without those of whom nothing waits


def _too_slow() -> QuestionTooSlow:
    return QuestionTooSlow(_("Other questions take all the time now; try again in a moment."))

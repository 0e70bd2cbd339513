"""Who may ask now: few questions run at once, and nobody's keep another's from being answered.

Three rules. Of the places at most one is taken by heavy questions, so that light ones always find one; a question is
heavy where the same one of the workspace took long lately, and as long as nothing is known, where there is much to
read. Whoever was served last comes last: workspaces take turns, and inside a workspace those who ask. And nobody lets
so many wait that others find no thread to be answered by.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import TypeVar

from django.utils.translation import gettext as _

from polku.eventstore.cancelling import Asking
from polku.eventstore.port import QuestionTooSlow

HEAVY_SECONDS = 0.5
WAITING_OF_ONE, WAITING_OF_ALL = 16, 32
"""Questions of one person, and of all in one workspace, that may wait: each keeps one of the server's threads."""
_REMEMBERED = 10_000  # questions whose length, and askers whose last turn, is known
_FORGETS = 0.3  # is left of a longer time before, after each shorter one

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


@dataclass(eq=False)
class _Waiting:
    number: int
    workspace: str
    by: str
    is_heavy: bool


class Places:
    """`at_once` questions run at a time, one of them heavy at most."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._changed = threading.Condition()
        self._running: list[_Waiting] = []
        self._waiting: list[_Waiting] = []
        self._numbers = count(1)
        self._took: OrderedDict[tuple[str, str], float] = OrderedDict()
        self._served: OrderedDict[tuple[str, ...], int] = OrderedDict()

    @contextmanager
    def taken(
        self, workspace: str, work: str, asked: Asking, *, is_much: bool, patience: float
    ) -> Iterator[None]:
        """Have a place within the block for the question named `work`, waiting for it up to `patience` seconds.

        `is_much` says that there is much to read. The time of waiting is given back to `asked`. Raises
        QuestionTooSlow when no place came free or too many wait, and QuestionCancelled when `asked` was cancelled
        meanwhile.
        """
        begun = time.monotonic()
        me = _Waiting(next(self._numbers), workspace, asked.by, self._is_heavy(workspace, work, is_much))
        self._wait(me, asked, begun + patience)
        started = time.monotonic()
        asked.wait_not_counted(started - begun)
        try:
            yield
        finally:
            with self._changed:
                self._running.remove(me)
                self._remember(workspace, work, time.monotonic() - started)
                self._changed.notify_all()

    def _wait(self, me: _Waiting, asked: Asking, until: float) -> None:
        cancelled = _Bell(self._changed)
        with asked.notified(cancelled), self._changed:
            self._check_the_queue(me)
            self._waiting.append(me)
            try:
                while self._next() is not me:
                    asked.check_cancelled()
                    left = until - time.monotonic()
                    if left <= 0:
                        raise QuestionTooSlow(
                            _("Other questions take all the time now; try again in a moment.")
                        )
                    self._changed.wait(left)
                self._running.append(me)
                turn = next(self._numbers)
                self._note(self._served, (me.workspace,), turn)
                self._note(self._served, (me.workspace, me.by), turn)
            finally:
                self._waiting.remove(me)
                self._changed.notify_all()  # there may be another place, for another

    def _check_the_queue(self, me: _Waiting) -> None:
        """Raises QuestionTooSlow where the person, or the workspace, has enough waiting."""
        of_all = sum(each.workspace == me.workspace for each in self._waiting)
        of_one = sum(each.by == me.by for each in self._waiting)  # in whatever workspace
        if of_all >= WAITING_OF_ALL or (me.by and of_one >= WAITING_OF_ONE):
            raise QuestionTooSlow(_("Other questions take all the time now; try again in a moment."))

    def _next(self) -> _Waiting | None:
        """Whose turn it is, if a place is free for anybody."""
        if len(self._running) >= self._at_once:
            return None
        is_heavy_free = not any(each.is_heavy for each in self._running)
        return min(
            (each for each in self._waiting if is_heavy_free or not each.is_heavy),
            key=self._turn,
            default=None,
        )

    def _turn(self, one: _Waiting) -> tuple[int, int, int, int]:
        """The smallest comes first: fewest running, then longest not served, first the workspace, then the person."""
        return (
            sum(each.workspace == one.workspace for each in self._running),
            self._served.get((one.workspace,), 0),
            self._served.get((one.workspace, one.by), 0),
            one.number,
        )

    def _is_heavy(self, workspace: str, work: str, is_much: bool) -> bool:
        took = self._took.get((workspace, work))
        return is_much if took is None else took >= HEAVY_SECONDS

    def _remember(self, workspace: str, work: str, seconds: float) -> None:
        before = self._took.get((workspace, work), 0.0)
        self._note(self._took, (workspace, work), max(seconds, _FORGETS * before))

    def _note(self, noted: OrderedDict[_Key, _Value], key: _Key, value: _Value) -> None:
        """Remember as the newest, and forget the oldest of too many."""
        noted[key] = value
        noted.move_to_end(key)
        if len(noted) > _REMEMBERED:
            noted.popitem(last=False)


class _Bell(threading.Event):
    """Wakes those who wait for a place."""

    def __init__(self, condition: threading.Condition) -> None:
        super().__init__()
        self._condition = condition

    def set(self) -> None:
        super().set()
        with self._condition:
            self._condition.notify_all()

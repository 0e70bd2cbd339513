"""What is looked after every few seconds or minutes while the server runs: mostly, whether a job is due by now."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db import close_old_connections

logger = logging.getLogger(__name__)
_SHORTEST = 1.0  # seconds between two looks at what is due


@dataclass
class _Tick:
    every: float  # seconds
    work: Callable[[], None]
    due: float  # on the monotonic clock


_ticks: dict[str, _Tick] = {}


def register(name: str, *, every: timedelta, work: Callable[[], None]) -> None:
    """Have `work` done again and again; the rooms above do so when the program starts.

    It must be quick, and put into the queue what takes longer: all of it shares one thread. A failure is logged, and
    tried again the next time.
    """
    _ticks[name] = _Tick(every.total_seconds(), work, 0.0)


def do_what_is_due(now: float | None = None) -> int:
    """Do, one after another, all whose time has come; how many succeeded. `now` is of the monotonic clock."""
    succeeded = 0
    for name, tick in list(_ticks.items()):
        moment = time.monotonic() if now is None else now
        if moment < tick.due:
            continue
        tick.due = moment + tick.every
        try:
            tick.work()
        except Exception:
            logger.exception("the recurring work %s failed; it is tried again", name)
        else:
            succeeded += 1
    return succeeded


class Runner(threading.Thread):
    """The server's thread that does recurring work until `stop` is called."""

    def __init__(self) -> None:
        super().__init__(name="polku-ticks", daemon=True)
        self._stopping = threading.Event()

    def run(self) -> None:
        while not self._stopping.wait(_SHORTEST):
            close_old_connections()
            do_what_is_due()
        close_old_connections()

    def stop(self, timeout: float = 10) -> None:
        self._stopping.set()
        self.join(timeout)

"""Work in the background gives way to pages that somebody waits for.

All threads of a process share one interpreter, and whoever has much to do takes it for half a millisecond at a time:
a page beside the loader's busiest tenths of a second took three times as long as alone. So that work says now and
then, between two small steps, that it may be interrupted, and rests while a page is being made: never longer than it
has worked itself, so that however many pages are asked for it has half of the time.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_NICENESS = 5
_YOUNG = 0.25
"""Seconds of a page that others rest for. One that takes longer waits for figures, and not for the interpreter."""
_MOST_CREDIT = 0.1

_pages: dict[object, float] = {}  # those being made and when each was begun, the youngest last
_ended = threading.Condition()


class _Worked(threading.local):
    """What a thread has worked since it rested: seconds of its processor time, up to a tenth of a second."""

    def __init__(self) -> None:
        self.credit = _MOST_CREDIT
        self.counted = time.thread_time()


_worked = _Worked()


@contextmanager
def somebody_waits() -> Iterator[None]:
    """While this block makes a page, work in the background rests."""
    page = object()
    with _ended:
        _pages[page] = time.monotonic()
    try:
        yield
    finally:
        with _ended:
            del _pages[page]
            _ended.notify_all()


def give_way() -> None:
    """Rest while pages are being made, at most as long as this thread has worked since it rested.

    Costs a tenth of a microsecond where none is. To be called where no lock is held that a page may want.
    """
    if _pages:
        _rest()


def _rest() -> None:
    worked, now = _worked, time.thread_time()
    worked.credit = min(_MOST_CREDIT, worked.credit + now - worked.counted)
    worked.counted = now
    begun = time.monotonic()
    with _ended:
        while (left := begun + worked.credit - (now := time.monotonic())) > 0:
            youngest = next(reversed(_pages.values()), None)
            if youngest is None or now >= youngest + _YOUNG:
                break
            _ended.wait(min(left, youngest + _YOUNG - now))
    worked.credit = max(0.0, worked.credit - (time.monotonic() - begun))


def come_after_others() -> None:
    """Let other threads have the processor before this one, for good: only the privileged may take that back.

    This thread still gets a quarter of another's share where there is not enough for both. Only Linux knows priorities
    of threads; elsewhere nothing happens.
    """
    if sys.platform == "linux":
        with suppress(OSError):
            first = os.getpriority(os.PRIO_PROCESS, os.getpid())
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), first + _NICENESS)

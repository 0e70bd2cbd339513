"""Stopping a question: because whoever asked has gone or thought better of it, or because its time is over.

Who waits for an answer is an `Asking`. It begins at the edge (a request, a page's part) with `asking`, and each
question that is put to the store on the way is one inside it, with a time limit of its own. A database is interrupted
from outside; Python that runs for long looks by itself, with `check`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.utils.translation import gettext as _

from polku.eventstore.port import QuestionTooSlow, StoreError

QUESTION_SECONDS = 30.0
"""How long a question may take, without the time it waits for others."""
_AGAIN_AFTER = 0.05
"""Seconds until a statement is interrupted once more: a question may be several, and between two nothing is."""

_current: ContextVar[Asking | None] = ContextVar("asking", default=None)
_by_token: dict[str, set[Asking]] = {}
_lock = threading.Lock()


class QuestionCancelled(StoreError):
    """Whoever asked does not wait for the answer any more."""


class Asking:
    """Somebody waits for an answer: `by` whom (equal texts are one person), and at most `seconds` if they are given.

    What stops the outer one stops those inside it.
    """

    def __init__(self, *, by: str = "", seconds: float | None = None, inside: Asking | None = None) -> None:
        self.by: str = by or (inside.by if inside else "")
        self._inside = inside
        self._seconds = seconds
        self._begun = time.monotonic()
        self._is_cancelled = False
        self._wake: list[threading.Event] = []

    @property
    def is_cancelled(self) -> bool:
        return self._is_cancelled or (self._inside is not None and self._inside.is_cancelled)

    @property
    def left(self) -> float:
        """Seconds until the time is over; infinite without a limit."""
        own = float("inf") if self._seconds is None else self._begun + self._seconds - time.monotonic()
        return own if self._inside is None else min(own, self._inside.left)

    def wait_not_counted(self, seconds: float) -> None:
        """Give time back: what a question waits for others is not taken from its own."""
        self._begun += seconds
        if self._inside is not None:
            self._inside.wait_not_counted(seconds)

    def cancel(self) -> None:
        """Stop whatever is done for it, in any thread, and let nothing more begin."""
        with _lock:
            self._is_cancelled = True
            wake = list(self._wake)
        for event in wake:
            event.set()

    def check_cancelled(self) -> None:
        """Raises QuestionCancelled."""
        if self.is_cancelled:
            raise QuestionCancelled(_("The question was cancelled."))

    def check(self) -> None:
        """Raises QuestionCancelled, or QuestionTooSlow when the time is over."""
        self.check_cancelled()
        if self.left <= 0:
            raise self.too_slow()

    def too_slow(self) -> QuestionTooSlow:
        asking: Asking | None = self
        while asking is not None and asking._seconds is None:
            asking = asking._inside
        seconds = asking._seconds if asking is not None else None
        return QuestionTooSlow(
            _("The question took over %d seconds and was stopped. Ask about a shorter range.")
            % (seconds or 0)
        )

    @contextmanager
    def notified(self, event: threading.Event) -> Iterator[None]:
        """Within the block `event` is set as soon as this, or one around it, is cancelled."""
        chain: list[Asking] = []
        asking: Asking | None = self
        while asking is not None:
            chain.append(asking)
            asking = asking._inside
        with _lock:
            for each in chain:
                each._wake.append(event)
        if self.is_cancelled:
            event.set()
        try:
            yield
        finally:
            with _lock:
                for each in chain:
                    each._wake.remove(event)

    @contextmanager
    def interrupting(self, stop: Callable[[], None]) -> Iterator[None]:
        """Within the block `stop` is called again and again from the moment on at which this has to end."""
        woken, ended = threading.Event(), threading.Event()

        def watch() -> None:
            # Time may be given back meanwhile, so the limit is looked at anew.
            while not ended.is_set() and not self.is_cancelled and (left := self.left) > 0:
                woken.wait(None if left == float("inf") else left)
            while not ended.is_set():
                stop()
                ended.wait(_AGAIN_AFTER)

        with self.notified(woken):
            threading.Thread(target=watch, name="question-watch", daemon=True).start()
            try:
                yield
            finally:
                ended.set()
                woken.set()


@contextmanager
def asking(token: str | None = None, *, by: str = "", seconds: float | None = None) -> Iterator[Asking]:
    """Ask something within the block, in this thread and in what it awaits; with a `token`, `cancel` finds it."""
    with asking_as(Asking(by=by, seconds=seconds, inside=_current.get()), token) as asked:
        yield asked


@contextmanager
def asking_as(asked: Asking, token: str | None = None) -> Iterator[Asking]:
    """As `asking`, for one that was made before."""
    if token is not None:
        with _lock:
            _by_token.setdefault(token, set()).add(asked)
    before = _current.set(asked)
    try:
        yield asked
    finally:
        _current.reset(before)
        if token is not None:
            with _lock:
                _by_token[token].discard(asked)
                if not _by_token[token]:
                    del _by_token[token]


def cancel(token: str) -> bool:
    """Stop what is asked under the token; whether there was anything."""
    with _lock:
        found = list(_by_token.get(token, ()))
    for asked in found:
        asked.cancel()
    return bool(found)


def current() -> Asking | None:
    return _current.get()


def check() -> None:
    """To be called now and then by Python that may run for long, at least a few times a second.

    Raises QuestionCancelled or QuestionTooSlow where it has to end; does nothing where nobody asks.
    """
    asked = _current.get()
    if asked is not None:
        asked.check()

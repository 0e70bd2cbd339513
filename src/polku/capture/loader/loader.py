"""The loader's thread: it brings what lies in the inbox into the event stores, in order, each request once."""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import DatabaseError, InterfaceError, close_old_connections, connections
from django_scopes import scopes_disabled

from polku.accounts.models import Workspace
from polku.capture.details import Sentence, detail
from polku.capture.enrichment.enricher import Enricher
from polku.capture.inbox import Inbox
from polku.capture.loader.backlog import Backlog, Rows
from polku.capture.loader.pace import Pace, Trouble
from polku.capture.loader.reading import envelopes_of, unreadable
from polku.capture.loader.tables import build_batch
from polku.capture.messages import Envelope, decode_envelope
from polku.eventstore.port import EventStore, HitRules, QuestionTooSlow
from polku.eventstore.streams import InboxPlace
from polku.jobs.giving_way import come_after_others

logger = logging.getLogger(__name__)

MOST_EVENTS = 20_000
"""Events of one batch, which is one transaction of one workspace."""
_MOST_ROWS, _MOST_BYTES = 20_000, 16 * 1024 * 1024  # of the inbox, read at once
_IDLE, _TROUBLED = 1.0, 0.25
_TIRED = 4  # failures of a single request after which it is kept raw instead, if that succeeds


@dataclass(frozen=True)
class LoaderState:
    """`troubles`: why a workspace is not being loaded just now, by its key."""

    is_alive: bool
    is_paused: bool
    lag: float
    troubles: dict[str, str]


def _workspace_exists(key: str) -> bool:
    with scopes_disabled():
        return Workspace.objects.filter(key=uuid.UUID(hex=key)).exists()


class Loader:
    """The single writer from the inbox: `start` it once, `stop` it before the store closes.

    Each cycle takes every workspace that has something waiting in turn, one transaction each. `rules` gives the
    touchpoints' rules of a workspace, `exists` says whether there still is such a workspace.
    """

    def __init__(
        self,
        inbox: Inbox,
        store: EventStore,
        rules: HitRules,
        *,
        exists: Callable[[str], bool] = _workspace_exists,
    ) -> None:
        self._inbox = inbox
        self._store = store
        self._rules = rules
        self._exists = exists
        self._backlog = Backlog(inbox, store)
        self._enricher = Enricher()
        self._pace = Pace(MOST_EVENTS)
        self._troubles: dict[str, Trouble] = {}
        self._last_lag = 0.0
        self._stopping = threading.Event()
        self._running = threading.Event()
        self._running.set()
        self._cycle = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="polku-loader", daemon=True)

    # ---- from other threads ----------------------------------------------------------------------------------

    def start(self) -> None:
        self._thread.start()

    def stop(self, timeout: float) -> bool:
        """End after the transaction under way; what waits stays in the inbox. False where it has not ended in time."""
        self._stopping.set()
        self._running.set()
        self._inbox.wake.set()
        if self._thread.ident is not None:
            self._thread.join(timeout)
        return not self._thread.is_alive()

    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def pause(self, timeout: float = 10.0) -> bool:
        """Load nothing until `resume`; the front door goes on. Returns when nothing is being written any more, or
        False after `timeout` seconds."""
        self._running.clear()
        if not self._cycle.acquire(timeout=timeout):
            return False
        self._cycle.release()
        return True

    def resume(self) -> None:
        self._running.set()
        self._inbox.wake.set()

    def lag(self) -> float:
        """Seconds since the oldest request came in that is not in its store yet; 0 where all are."""
        oldest: int | None = None
        try:
            for workspace, lasts in self._backlog.waiting().items():
                payload = self._backlog.first_row(workspace, lasts[0].file)
                if payload is not None:
                    received = decode_envelope(payload).received
                    oldest = received if oldest is None else min(oldest, received)
        except (OSError, ValueError):
            return self._last_lag
        except Exception as error:  # a metric must not fail because a file is just being read or dropped
            logger.debug("the loader's lag is not known: %s", type(error).__name__)
            return self._last_lag
        self._last_lag = max(0.0, time.time() - oldest / 1e6) if oldest is not None else 0.0
        return self._last_lag

    def state(self) -> LoaderState:
        return LoaderState(
            is_alive=self.is_alive(),
            is_paused=not self._running.is_set(),
            lag=self.lag(),
            troubles={workspace: trouble.reason for workspace, trouble in dict(self._troubles).items()},
        )

    # ---- the thread ------------------------------------------------------------------------------------------

    def _run(self) -> None:
        come_after_others()
        self._enricher.warm_up()
        try:
            while not self._stopping.is_set():
                self._running.wait()
                self._inbox.wake.wait(_TROUBLED if self._troubles else _IDLE)
                self._inbox.wake.clear()
                begun = time.monotonic()
                has_more = False
                with self._cycle:
                    if self._running.is_set() and not self._stopping.is_set():
                        has_more = self._load_waiting()
                if has_more:
                    self._inbox.wake.set()
                else:
                    rest = self._pace.rest(time.monotonic() - begun)
                    self._stopping.wait(min(rest, _TROUBLED) if self._troubles else rest)
        finally:
            connections.close_all()

    def _load_waiting(self) -> bool:
        """One batch of every workspace that waits; whether there is more to do at once."""
        close_old_connections()
        has_more = False
        try:
            for workspace, lasts in self._backlog.waiting().items():
                if self._stopping.is_set() or not self._running.is_set():
                    return False
                trouble = self._troubles.get(workspace)
                if trouble is None or trouble.may_try(time.monotonic()):
                    has_more |= self._load(workspace, lasts)
            self._backlog.let_go()
        except Exception as error:
            # Nothing may end this thread: what went wrong is tried again, and nothing was passed.
            logger.error("the loader could not go on: %s; it tries again", _said(error))
            self._stopping.wait(_IDLE)
        return has_more

    def _load(self, workspace: str, lasts: list[InboxPlace]) -> bool:
        """One transaction of a workspace with rows up to `lasts`; whether it has more of these."""
        trouble = self._troubles.get(workspace)
        file, rows = 0, Rows()
        try:
            for file in [last.file for last in lasts]:
                rows = self._backlog.read(workspace, file, rows=_MOST_ROWS, most_bytes=_MOST_BYTES)
                if rows:
                    break
            else:
                return False
            if trouble is not None:
                rows = rows[: trouble.rows]
            envelopes, last = envelopes_of(rows, workspace, most_events=self._pace.events)
            self._write(workspace, envelopes, InboxPlace(file, last))
        except Exception as error:
            if not self._stopping.is_set():
                self._fail(workspace, file, rows, error)
            return False
        # What came in since then waits for the next cycle: batches that gather are cheaper.
        has_more = (file, last) < (lasts[-1].file, lasts[-1].row)
        if trouble is not None and (trouble.is_over_after_success() or not has_more):
            logger.warning("the workspace %s is being loaded again", workspace)
            del self._troubles[workspace]
        return has_more

    def _write(self, workspace: str, envelopes: list[Envelope], place: InboxPlace) -> None:
        begun = time.monotonic()
        received = max(envelope.received for envelope in envelopes)
        batch = build_batch(
            envelopes,
            self._enricher,
            place=place,
            received=datetime.fromtimestamp(received / 1e6, UTC).replace(tzinfo=None),
        )
        self._store.load_stream(workspace, batch, rules=self._rules(workspace))
        self._backlog.pass_to(workspace, place)
        self._pace.took(batch.events.num_rows, time.monotonic() - begun)

    def _fail(self, workspace: str, file: int, rows: Rows, error: Exception) -> None:
        """Pause before the next try, with fewer rows each time, until the request that cannot be loaded is alone."""
        try:
            if not self._exists(workspace):
                logger.warning("the workspace %s is no more; what waited for it is passed over", workspace)
                self._troubles.pop(workspace, None)
                self._backlog.give_up(workspace)
                return
        except (DatabaseError, InterfaceError, ValueError):
            """Whether it exists is not known now: it is tried again."""
        self._backlog.forget_place(workspace)
        trouble = self._troubles.get(workspace)
        if trouble is None:
            trouble = self._troubles[workspace] = Trouble(_said(error), _MOST_ROWS)
            logger.error("the workspace %s cannot be loaded: %s; it is tried again", workspace, _said(error))
        may_be_the_rows = not _is_of_the_surroundings(error)
        trouble.failed(_said(error), rows=len(rows), may_be_the_rows=may_be_the_rows, now=time.monotonic())
        if trouble.alone >= _TIRED:
            self._keep_raw(workspace, file, rows[0], error)

    def _keep_raw(self, workspace: str, file: int, row: tuple[int, bytes], error: Exception) -> None:
        """Keep a request that the store refuses among the rejected rows. Where that fails too, the store is at fault,
        and the request stays where it is."""
        number, payload = row
        kept = unreadable(payload, workspace, detail(Sentence.STORE_REFUSED, quote=_said(error)))
        try:
            self._write(workspace, [kept], InboxPlace(file, number))
        except Exception as again:
            logger.error("the workspace %s cannot be loaded: %s", workspace, _said(again))
            return
        logger.error("a request of the workspace %s could not be loaded; it is kept raw", workspace)
        self._troubles[workspace].is_over_after_success()


def _is_of_the_surroundings(error: BaseException) -> bool:
    """Whether the disk, the memory, the other database or the end of the program is at fault, not what was loaded."""
    return any(
        isinstance(cause, OSError | MemoryError | DatabaseError | InterfaceError | QuestionTooSlow)
        or type(cause).__name__ in ("IOException", "OutOfMemoryException", "InterruptException")
        for cause in (error, error.__cause__)
    )


def _said(error: BaseException) -> str:
    """What may stand in a log: the kinds of errors, and what they say only where that cannot quote data."""
    cause = error.__cause__
    names = type(error).__name__ + (f" ({type(cause).__name__})" if cause is not None else "")
    return (
        f"{names}: {str(cause or error).partition(chr(10))[0]}" if _is_of_the_surroundings(error) else names
    )

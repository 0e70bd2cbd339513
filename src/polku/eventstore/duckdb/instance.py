"""The one DuckDB instance of a process: attaches workspaces on use, gives cursors, keeps time and the gates."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import duckdb
from django.utils.translation import gettext as _

from polku.eventstore import cancelling
from polku.eventstore.cancelling import QUESTION_SECONDS
from polku.eventstore.duckdb.attaching import Attached, AttachedFiles
from polku.eventstore.duckdb.files import StoreFolder
from polku.eventstore.duckdb.session import Session
from polku.eventstore.duckdb.troubles import (
    FAULTS_OF_INPUT_OR_DISK,
    first_line,
    given_up,
    interrupt,
    stopping,
    undo,
)
from polku.eventstore.places import Places
from polku.eventstore.port import QuestionTooSlow, StoreError

QUESTIONS_AT_ONCE = 2
ATTACHED_AT_MOST = 50
MEMORY_LIMIT = "512MB"
STOPPING_SECONDS = 5.0

LOG_SIZE = 192_000_000
"""Bytes of a file's write-ahead log from which on questions wait a moment, so that it can be worked in. DuckDB does so
by itself from 16 MB on, but never while a question is under way, and somebody may always be asking. Reading so much
again after a crash takes about a second."""
_PATIENCE = 1.1
"""How long a question waits for a place, in times of what one may take: whoever is next gets it within that."""
_MUCH = 128_000_000
"""Bytes of a file, a million and a half signals: what reads all of them may well take half a second."""
QUIET_SECONDS = 2.0
"""How long a write waits for the questions that are under way, and new ones for the write: once, twice … as long the
first, second … time, for a log must not grow without end."""


@dataclass(frozen=True)
class Renewal:
    """A generation in the making: `session` reads the live one, `db` qualifies the tables of the new one."""

    session: Session
    db: str
    old_file: Path
    new_file: Path
    put_in_place: Callable[[], None]


class Instance:
    """`question` and `write` hand out sessions; a session is used by one thread and ends with its block."""

    def __init__(
        self,
        folder: Path,
        *,
        threads: int | None = None,
        memory_limit: str | None = None,
        question_seconds: float = QUESTION_SECONDS,
        attached_at_most: int = ATTACHED_AT_MOST,
        log_size: int = LOG_SIZE,
    ) -> None:
        self.files = StoreFolder(folder)
        self._seconds = question_seconds
        self._log_size = log_size
        self._renewals: dict[str, cancelling.Asking] = {}
        self._gates: dict[str, threading.RLock] = {}
        self._catalogue = threading.RLock()
        self._quieter = threading.Condition(self._catalogue)
        self._renewing = threading.Lock()
        self._places = Places(QUESTIONS_AT_ONCE)
        self._cursors: set[duckdb.DuckDBPyConnection] = set()
        self._is_stopping = False
        self.threads = threads or max(1, (os.cpu_count() or 1) - 1)
        try:
            self._attached = AttachedFiles(
                self.files,
                threads=self.threads,
                memory_limit=memory_limit or MEMORY_LIMIT,
                at_most=attached_at_most,
                log_size=log_size,
            )
        except BaseException:
            self.files.release()
            raise

    def stop(self) -> bool:
        """Take no more work and stop what is under way: it ends in StoreError, and what it wrote is undone.

        False where a statement still goes on: DuckDB does not look for interruptions while it plans.
        """
        with self._catalogue:
            self._is_stopping = True
            self._quieter.notify_all()
        deadline = time.monotonic() + STOPPING_SECONDS
        while (busy := self._busy()) and time.monotonic() < deadline:
            for cursor in busy:
                interrupt(cursor)
            time.sleep(0.02)
        return not busy

    def close(self) -> None:
        self.stop()
        self._attached.close()
        self.files.release()

    def _busy(self) -> list[duckdb.DuckDBPyConnection]:
        with self._catalogue:
            return list(self._cursors)

    def create(self, workspace: str) -> None:
        """Make an empty store for the workspace; one that exists stays as it is."""
        with self._catalogue:
            self._attached.create(workspace)

    def drop(self, workspace: str) -> None:
        """Remove the workspace's files. Raises StoreError while somebody uses them; a renewal is given up for it."""
        with self._catalogue:
            if workspace in self._renewals:
                self._renewals[workspace].cancel()
                renewed = self._attached.usable(workspace)
                self._quieter.wait_for(lambda: not renewed.users, STOPPING_SECONDS)
            attached = self._attached.find(workspace)
            if (attached is not None and attached.users) or self._attached.has_replaced(workspace):
                raise StoreError(_("The workspace's data is in use; try again in a moment."))
            if attached is not None:
                self._attached.detach(workspace)
            self.files.remove(workspace)

    @contextmanager
    def renewal(self, workspace: str) -> Iterator[Renewal]:
        """The workspace's next generation, without tables yet, beside the live one, until `put_in_place` makes it that.

        Where that was not called when the block ends nothing is left of it. One at a time. Raises StoreError where it
        cannot be written, or where the workspace is dropped meanwhile.
        """
        with (
            self._renewing,
            self._session(workspace, reads=True) as (session, attached),
            cancelling.asking() as asked,
            asked.interrupting(partial(interrupt, session.cursor)),
        ):
            with self._catalogue:
                new = self._attached.attach_next(workspace)
                self._renewals[workspace] = asked
                attached.is_renewed = True
            is_in_place = False

            def put_in_place() -> None:
                nonlocal is_in_place
                self._put_in_place(workspace, attached, new)
                is_in_place = True

            try:
                yield Renewal(session, f"{new.alias}.main", attached.file, new.file, put_in_place)
            except (duckdb.Error, OSError) as error:
                if self._is_stopping:
                    raise stopping() from None
                asked.check_cancelled()
                if isinstance(error, duckdb.FatalException | duckdb.InternalException):
                    raise
                # Not `from error`: it is the new file that was given up, the live one is well.
                raise StoreError(
                    _("The event store could not be written anew: %s") % first_line(error)
                ) from None
            finally:
                undo(session)
                with self._catalogue:
                    del self._renewals[workspace]
                    attached.is_renewed = False
                    if not is_in_place:
                        self._attached.bury(new)

    def _put_in_place(self, workspace: str, old: Attached, new: Attached) -> None:
        """Make the new generation, which is written whole, the live one. The caller holds the gate."""
        with self._attached.connection.cursor() as cursor:
            cursor.execute(f"CHECKPOINT {new.alias}")
        try:
            self.files.point_to(new.file)
        except OSError:
            self.files.point_to(old.file)
            raise
        with self._catalogue:
            self._attached.replace(workspace, old, new)

    @contextmanager
    def question(self, workspace: str, work: str = "") -> Iterator[Session]:
        """A session that reads one state of the store, for the question named `work`.

        Questions of one name take about equally long in a workspace; those that take long wait for each other, so
        that the others always find a place. Raises QuestionTooSlow when no place is free, or the answer not there,
        within the time limit, and QuestionCancelled when whoever asks is not waiting any more.
        """
        outer = cancelling.current() or cancelling.Asking()
        patience = _PATIENCE * self._seconds
        with (
            self._places.taken(workspace, work, outer, is_much=self._is_much(workspace), patience=patience),
            cancelling.asking(seconds=self._seconds) as asked,
            self._session(workspace, reads=True) as (session, _attached),
            asked.interrupting(partial(interrupt, session.cursor)),
        ):
            try:
                session.run("BEGIN")
                yield session
                session.run("COMMIT")
            except duckdb.InterruptException as error:
                if self._is_stopping:
                    raise stopping() from error
                asked.check_cancelled()
                raise asked.too_slow() from error
            except duckdb.OutOfMemoryException as error:
                raise QuestionTooSlow(
                    _("The question needs more memory than there is. Ask about a shorter range.")
                ) from error

    def _is_much(self, workspace: str) -> bool:
        """Whether there is so much to read that a question of unknown length may take long."""
        with self._catalogue:
            attached = self._attached.find(workspace)
        file = attached.file if attached else self.files.live_file(workspace)
        try:
            return file is not None and file.stat().st_size >= _MUCH
        except OSError:
            return False

    @contextmanager
    def glance(self, workspace: str) -> Iterator[Session]:
        """A session for one small read that must not wait behind questions."""
        with self._session(workspace, reads=True) as (session, _attached):
            yield session

    @contextmanager
    def gate(self, workspace: str) -> Iterator[None]:
        """Within the block nobody else writes to the workspace, nor puts another generation in its place.

        The thread that is in the block may write.
        """
        with self._catalogue:
            gate = self._gates.setdefault(workspace, threading.RLock())
        with gate:
            yield

    def mark(self, workspace: str) -> Hashable:
        """Something that is equal for as long as nothing is written to the workspace. Waits for nothing but a file
        that must be opened."""
        with self._catalogue:
            if self._is_stopping:
                raise stopping()
            attached = self._attached.usable(workspace)
            self._attached.detach_idle()
            return attached, attached.writes

    @contextmanager
    def write(self, workspace: str) -> Iterator[Session]:
        """A session whose one transaction is kept when the block ends well, else undone; one writer at a time.

        Raises StoreError where what was to be written cannot be, because of its form or of the disk.
        """
        with self.gate(workspace), self._session(workspace) as (session, attached):
            session.run("BEGIN")
            try:
                yield session
                session.run("COMMIT")
            except BaseException as error:
                undo(session)
                if isinstance(error, duckdb.InterruptException) and self._is_stopping:
                    raise stopping() from error
                if isinstance(error, FAULTS_OF_INPUT_OR_DISK):
                    raise StoreError(
                        _("The event store could not take this: %s") % first_line(error)
                    ) from error
                raise
            finally:
                attached.writes += 1
            self._work_in_log(session, attached)

    def _work_in_log(self, session: Session, attached: Attached) -> None:
        """Bring a long log into the file, which nobody may be reading meanwhile. What was written is safe already."""
        try:
            size = attached.log.stat().st_size
        except OSError:
            return
        if size < attached.log_size:
            return
        deadline = time.monotonic() + min(QUIET_SECONDS * (size // self._log_size), self._seconds)
        with self._catalogue:
            if attached.is_renewed:  # it is read until the end of that, and then the log goes with its file
                attached.log_size = size + self._log_size
                return
            attached.wants_quiet = True
            while attached.readers and (left := deadline - time.monotonic()) > 0:
                self._quieter.wait(left)
            is_quiet = not attached.readers
        try:
            if is_quiet:
                session.run(f"CHECKPOINT {attached.alias}")
        except duckdb.Error as error:
            with self._catalogue:
                self._attached.note_given_up(attached, error)
            is_quiet = False
        finally:
            with self._catalogue:
                attached.wants_quiet = False
                self._quieter.notify_all()
        attached.log_size = self._log_size if is_quiet else size + self._log_size

    @contextmanager
    def _session(self, workspace: str, *, reads: bool = False) -> Iterator[tuple[Session, Attached]]:
        with self._catalogue:
            deadline = time.monotonic() + self._seconds
            while True:
                if self._is_stopping:
                    raise stopping()
                attached = self._attached.usable(workspace)
                if not (reads and attached.wants_quiet) or time.monotonic() >= deadline:
                    break
                self._quieter.wait(max(0.0, deadline - time.monotonic()))
            attached.users += 1
            attached.readers += reads
            self._attached.detach_idle()
            cursor = self._attached.connection.cursor()
            self._cursors.add(cursor)
        try:
            yield Session(cursor, f"{attached.alias}.main"), attached
        except BaseException as error:
            with self._catalogue:
                is_given_up = self._attached.note_given_up(attached, error)
            if is_given_up:
                raise given_up() from error
            raise
        finally:
            cursor.close()
            with self._catalogue:
                self._cursors.discard(cursor)
                attached.users -= 1
                attached.readers -= reads
                self._quieter.notify_all()
                if attached.is_replaced and not attached.users:
                    self._attached.bury(attached)

"""The one DuckDB instance of a process: attaches workspaces on use, gives cursors, keeps time and the gates."""

from __future__ import annotations

import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import duckdb
from django.utils.translation import gettext as _

from polku.eventstore import cancelling
from polku.eventstore.cancelling import QUESTION_SECONDS
from polku.eventstore.duckdb import schema
from polku.eventstore.duckdb.attaching import Attached, attach, open_instance, upgrade
from polku.eventstore.duckdb.files import StoreFolder
from polku.eventstore.duckdb.session import Session
from polku.eventstore.duckdb.troubles import (
    FAULTS_OF_INPUT_OR_DISK,
    GIVEN_UP,
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
MEMORY_LIMIT = "1GB"
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
    """`question` and `write` hand out sessions; a session is used by one thread and ends with its block.

    When the disk is full or fails DuckDB gives a workspace's file up, or all of them. Whoever comes next, once the last
    session on it has ended, has it opened anew: nothing but the disk must be mended, and no path is open twice.
    """

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
        self._attached_at_most = attached_at_most
        self._log_size = log_size
        self._attached: OrderedDict[str, Attached] = OrderedDict()
        self._replaced: list[Attached] = []
        self._renewals: dict[str, cancelling.Asking] = {}
        self._gates: dict[str, threading.Lock] = {}
        self._catalogue = threading.RLock()
        self._quieter = threading.Condition(self._catalogue)
        self._renewing = threading.Lock()
        self._places = Places(QUESTIONS_AT_ONCE)
        self._cursors: set[duckdb.DuckDBPyConnection] = set()
        self._is_stopping = False
        self._is_given_up = False
        self.threads = threads or max(1, (os.cpu_count() or 1) - 1)
        self._memory_limit = memory_limit or MEMORY_LIMIT
        try:
            self._connection = self._open()
        except BaseException:
            self.files.release()
            raise

    def _open(self) -> duckdb.DuckDBPyConnection:
        return open_instance(self.files.path, threads=self.threads, memory_limit=self._memory_limit)

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
        self._connection.close()
        self._remove_replaced()
        self.files.release()

    def _busy(self) -> list[duckdb.DuckDBPyConnection]:
        with self._catalogue:
            return list(self._cursors)

    def create(self, workspace: str) -> None:
        """Make an empty store for the workspace; one that exists stays as it is."""
        with self._catalogue:
            if self.files.live_file(workspace) is not None:
                return
            file = self.files.first_file(workspace)
            alias = attach(self._connection, workspace, file)
            try:
                cursor = self._connection.cursor()
                cursor.execute("BEGIN")
                for statement in schema.statements(f"{alias}.main"):
                    cursor.execute(statement)
                cursor.execute("COMMIT")
                cursor.execute(f"CHECKPOINT {alias}")
                cursor.close()
            finally:
                self._connection.execute(f"DETACH {alias}")
            self.files.point_to(file)

    def drop(self, workspace: str) -> None:
        """Remove the workspace's files. Raises StoreError while somebody uses them; a renewal is given up for it."""
        with self._catalogue:
            if workspace in self._renewals:
                self._renewals[workspace].cancel()
                renewed = self._attached[workspace]
                self._quieter.wait_for(lambda: not renewed.users, STOPPING_SECONDS)
            attached = self._attached.get(workspace)
            if (attached is not None and attached.users) or self._has_replaced(workspace):
                raise StoreError(_("The workspace's data is in use; try again in a moment."))
            if attached is not None:
                self._detach(workspace)
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
            file = self.files.next_file(workspace)
            with self._catalogue:
                new = Attached(attach(self._connection, workspace, file), file, self._log_size)
                self._renewals[workspace] = asked
            try:
                yield Renewal(
                    session,
                    f"{new.alias}.main",
                    attached.file,
                    file,
                    partial(self._put_in_place, workspace, attached, new),
                )
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
                    if self._attached.get(workspace) is not new:
                        self._replaced.append(new)
                        self._bury(new)

    def _put_in_place(self, workspace: str, old: Attached, new: Attached) -> None:
        """Make the new generation, which is written whole, the live one. The caller holds the gate."""
        with self._connection.cursor() as cursor:
            cursor.execute(f"CHECKPOINT {new.alias}")
        try:
            self.files.point_to(new.file)
        except OSError:
            self.files.point_to(old.file)
            raise
        with self._catalogue:
            old.is_replaced = True
            self._replaced.append(old)
            self._attached[workspace] = new

    def _has_replaced(self, workspace: str) -> bool:
        return any(each.file.parent.name == workspace for each in self._replaced)

    def _bury(self, attached: Attached) -> None:
        """Forget a generation that nobody uses and that is not the live one, and remove its file."""
        with suppress(duckdb.Error):  # where DuckDB has given it up it is closed with the instance
            self._connection.execute(f"DETACH {attached.alias}")
        self._replaced.remove(attached)
        self.files.remove_generation(attached.file)

    def _remove_replaced(self) -> None:
        while self._replaced:
            self.files.remove_generation(self._replaced.pop().file)

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
            attached = self._attached.get(workspace)
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
        """Within the block nobody else writes to the workspace, nor puts another generation in its place."""
        with self._catalogue:
            gate = self._gates.setdefault(workspace, threading.Lock())
        with gate:
            yield

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
            attached.wants_quiet = True
            while attached.readers and (left := deadline - time.monotonic()) > 0:
                self._quieter.wait(left)
            is_quiet = not attached.readers
        try:
            if is_quiet:
                session.run(f"CHECKPOINT {attached.alias}")
        except duckdb.Error as error:
            self._note_given_up(attached, error)
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
                attached = self._usable(workspace)
                if not (reads and attached.wants_quiet) or time.monotonic() >= deadline:
                    break
                self._quieter.wait(max(0.0, deadline - time.monotonic()))
            self._attached.move_to_end(workspace)
            attached.users += 1
            attached.readers += reads
            self._detach_idle()
            cursor = self._connection.cursor()
            self._cursors.add(cursor)
        try:
            yield Session(cursor, f"{attached.alias}.main"), attached
        except BaseException as error:
            if self._note_given_up(attached, error):
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
                    self._bury(attached)

    def _usable(self, workspace: str) -> Attached:
        """The workspace's attached file; opened, or opened anew, where need be."""
        if self._is_given_up:
            if any(each.users for each in (*self._attached.values(), *self._replaced)):
                raise given_up()
            self._connection.close()
            self._attached.clear()
            self._remove_replaced()
            self._connection = self._open()
            self._is_given_up = False
        attached = self._attached.get(workspace)
        if attached is not None and attached.is_given_up:
            if attached.users:
                raise given_up()
            try:
                self._detach(workspace)
            except duckdb.Error as error:
                self._is_given_up = True
                raise given_up() from error
            attached = None
        if attached is None:
            file = self.files.live_file(workspace)
            if file is None:
                raise StoreError(_("This workspace has no event store."))
            attached = Attached(attach(self._connection, workspace, file), file, self._log_size)
            upgrade(self._connection, attached.alias, file)
            self._attached[workspace] = attached
        return attached

    def _note_given_up(self, attached: Attached, error: BaseException | None) -> bool:
        """Remember, and tell, whether DuckDB takes nothing more for the file, or at all, until it is opened anew."""
        while error is not None and not isinstance(error, duckdb.Error):
            error = error.__cause__
        if isinstance(error, duckdb.FatalException | duckdb.InternalException):
            self._is_given_up = True
        elif error is not None and GIVEN_UP in str(error):
            attached.is_given_up = True
        else:
            return False
        return True

    def _detach(self, workspace: str) -> None:
        self._connection.execute(f"DETACH {self._attached[workspace].alias}")
        del self._attached[workspace]

    def _detach_idle(self) -> None:
        idle = [key for key, attached in self._attached.items() if not attached.users]
        for key in idle[: max(0, len(self._attached) - self._attached_at_most)]:
            try:
                self._detach(key)
            except duckdb.Error:
                self._attached[key].is_given_up = True  # its next user opens it anew

"""The one DuckDB instance of a process: attaches workspaces on use, gives cursors, keeps time and the gates."""

from __future__ import annotations

import os
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import duckdb
from django.utils.translation import gettext as _

from polku.eventstore import cancelling
from polku.eventstore.cancelling import QUESTION_SECONDS
from polku.eventstore.duckdb import schema
from polku.eventstore.duckdb.files import SPILL, StoreFolder
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


@dataclass
class _Attached:
    alias: str
    file: Path
    log_size: int
    users: int = 0
    readers: int = 0
    wants_quiet: bool = False
    is_given_up: bool = False
    gate: threading.Lock = field(default_factory=threading.Lock)


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
        self._attached: OrderedDict[str, _Attached] = OrderedDict()
        self._catalogue = threading.RLock()
        self._quieter = threading.Condition(self._catalogue)
        self._places = Places(QUESTIONS_AT_ONCE)
        self._cursors: set[duckdb.DuckDBPyConnection] = set()
        self._is_stopping = False
        self._is_given_up = False
        self._threads = threads or max(1, (os.cpu_count() or 1) - 1)
        self._memory_limit = memory_limit or MEMORY_LIMIT
        try:
            self._connection = self._open()
        except BaseException:
            self.files.release()
            raise

    def _open(self) -> duckdb.DuckDBPyConnection:
        connection = duckdb.connect(
            ":memory:",
            config={
                "threads": self._threads,
                "memory_limit": self._memory_limit,
                "temp_directory": str(self.files.path / SPILL),
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "python_enable_replacements": False,
            },
        )
        # From here on nothing that a question says can reach another file or change a setting.
        connection.execute("SET allowed_directories = [$folder]", {"folder": str(self.files.path)})
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        return connection

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
            alias = self._attach(workspace, file)
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
        """Remove the workspace's files. Raises StoreError while somebody uses them."""
        with self._catalogue:
            attached = self._attached.get(workspace)
            if attached is not None:
                if attached.users:
                    raise StoreError(_("The workspace's data is in use; try again in a moment."))
                self._detach(workspace)
            self.files.remove(workspace)

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
    def write(self, workspace: str) -> Iterator[Session]:
        """A session whose one transaction is kept when the block ends well, else undone; one writer at a time.

        Raises StoreError where what was to be written cannot be, because of its form or of the disk.
        """
        with self._session(workspace) as (session, attached), attached.gate:
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

    def _work_in_log(self, session: Session, attached: _Attached) -> None:
        """Bring a long log into the file, which nobody may be reading meanwhile. What was written is safe already."""
        try:
            size = attached.file.with_name(attached.file.name + ".wal").stat().st_size
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
    def _session(self, workspace: str, *, reads: bool = False) -> Iterator[tuple[Session, _Attached]]:
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
                if attached.wants_quiet:
                    self._quieter.notify_all()

    def _usable(self, workspace: str) -> _Attached:
        """The workspace's attached file; opened, or opened anew, where need be."""
        if self._is_given_up:
            if any(each.users for each in self._attached.values()):
                raise given_up()
            self._connection.close()
            self._attached.clear()
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
            attached = _Attached(self._attach(workspace, file), file, self._log_size)
            self._upgrade(attached.alias, file)
            self._attached[workspace] = attached
        return attached

    def _note_given_up(self, attached: _Attached, error: BaseException | None) -> bool:
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

    def _attach(self, workspace: str, file: Path) -> str:
        """Attach by a name of the file's generation: a path is never attached under two names."""
        alias = f"w{workspace}_{file.stem}"
        path = str(file).replace("'", "''")
        try:
            self._connection.execute(f"ATTACH '{path}' AS {alias}")
        except duckdb.Error as error:
            raise StoreError(
                _("The event store's file %(file)s cannot be opened: %(reason)s")
                % {"file": file, "reason": first_line(error)}
            ) from error
        return alias

    def _upgrade(self, alias: str, file: Path) -> None:
        """Add what a file made by an earlier program lacks: all of it or, where that fails, nothing."""
        try:
            with self._connection.cursor() as cursor:
                there: dict[str, set[str]] = {}
                for table, column in cursor.execute(
                    "SELECT table_name, column_name FROM duckdb_columns() WHERE database_name = $alias",
                    {"alias": alias},
                ).fetchall():
                    there.setdefault(table, set()).add(column)
                if lacking := schema.upgrade_statements(f"{alias}.main", there):
                    for statement in ("BEGIN", *lacking, "COMMIT"):
                        cursor.execute(statement)
        except duckdb.Error as error:
            self._connection.execute(f"DETACH {alias}")
            raise StoreError(
                _("The event store's file %(file)s cannot be brought up to date: %(reason)s")
                % {"file": file, "reason": first_line(error)}
            ) from error

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

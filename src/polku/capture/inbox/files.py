"""One file of the inbox: an SQLite database in WAL mode with one row per request.

A file is never checkpointed: its rows stay in the write-ahead log until the whole file is removed, so every request
is written once, and a stop takes no longer where much waits. SQLite checkpoints when the last connection closes,
unless the file was unlinked before; hence `_let_go`.
"""

from __future__ import annotations

import ctypes
import os
import re
import sqlite3
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

Row: TypeAlias = tuple[int, str, bytes]  # number, workspace, payload
_NAME = re.compile(r"inbox-(\d+)\.sqlite3$")
_SIDES = ("-wal", "-shm")
_BUSY_SECONDS = 20.0


class InboxFile:
    """Rows are numbered from 1. One thread writes; any thread may read what was committed."""

    def __init__(self, path: Path, number: int) -> None:
        self.path, self.number = path, number
        self.last_row = 0
        self.passed_row = 0
        self.bytes = 0
        self.opened_at = time.monotonic()
        self._workspaces: dict[str, int] | None = None
        self._writer: sqlite3.Connection | None = None
        self._reader: sqlite3.Connection | None = None
        self._reading = threading.Lock()

    @classmethod
    def create(cls, folder: Path, number: int) -> InboxFile:
        """A new file for writing, durable with its name. Raises OSError or sqlite3.Error, and leaves nothing then."""
        file = cls(folder / f"inbox-{number}.sqlite3", number)
        try:
            descriptor = os.open(file.path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            os.close(descriptor)
            file._writer = writer = _connect(file.path)
            writer.execute("PRAGMA journal_mode = WAL")
            writer.execute("PRAGMA wal_autocheckpoint = 0")
            writer.execute("PRAGMA synchronous = FULL")
            writer.execute("PRAGMA fullfsync = 1")
            writer.execute(
                "CREATE TABLE request"
                " (row INTEGER PRIMARY KEY, workspace TEXT NOT NULL, payload BLOB NOT NULL) STRICT"
            )
            sync_folder(folder)
        except (OSError, sqlite3.Error):
            with suppress(OSError):
                file.remove()
            raise
        file._workspaces = {}
        file.measure()
        return file

    @classmethod
    def found(cls, path: Path, number: int) -> InboxFile:
        """A file that an earlier process left; it is opened when somebody reads it."""
        file = cls(path, number)
        file.measure()
        return file

    def write(self, rows: Sequence[tuple[str, bytes]]) -> None:
        """Add (workspace, payload) rows in one transaction; they are on the disk when this returns.

        After any error the file must not be written again: what of the rows reached the disk is unknown.
        """
        if self._writer is None or self._workspaces is None:
            raise sqlite3.ProgrammingError("this file of the inbox is only read")
        first = self.last_row + 1
        numbered = [(number, workspace, payload) for number, (workspace, payload) in enumerate(rows, first)]
        execute = self._writer.execute
        execute("BEGIN IMMEDIATE")
        self._writer.executemany("INSERT INTO request VALUES (?, ?, ?)", numbered)
        execute("COMMIT")
        for number, workspace, payload in numbered:
            self._workspaces[workspace] = number
            self.bytes += len(payload)
        self.last_row += len(numbered)

    def rows(self, after: int, limit: int, most_bytes: int, workspace: str | None = None) -> list[Row]:
        """Committed rows after `after`, at most `limit` of them and, but for the first, `most_bytes` of payload;
        with a `workspace` its rows only."""
        found: list[Row] = []
        size = 0
        with self._reading:
            cursor = self._read(
                "SELECT row, workspace, payload FROM request"
                " WHERE row > ?1 AND (?2 IS NULL OR workspace = ?2) ORDER BY row",
                after,
                workspace,
            )
            for row in cursor:
                size += len(row[2])
                if found and size > most_bytes:
                    break
                found.append(row)
                if len(found) == limit:
                    break
            cursor.close()
        return found

    def workspaces(self) -> dict[str, int]:
        """The last row of each workspace that has one here; what an earlier process wrote is read once."""
        with self._reading:
            if self._workspaces is None:
                cursor = self._read("SELECT workspace, max(row) FROM request GROUP BY workspace")
                self._workspaces = dict(cursor)
                self.last_row = max(self._workspaces.values(), default=0)
            return dict(self._workspaces)

    def copy_to(self, path: Path) -> bool:
        """Write what was committed to the new file `path`, while others go on; False where the file is gone by now,
        which it is when all of it is in the stores."""
        with self._reading:
            try:
                source = self._read("SELECT 1").connection
            except sqlite3.OperationalError:
                if self.path.exists():
                    raise
                return False
            target = sqlite3.connect(path, isolation_level=None)
            try:
                source.backup(target)
            finally:
                target.close()
        return True

    def measure(self) -> None:
        """Bring `bytes` up to date with the file system."""
        size = 0
        for path in self._paths():
            with suppress(OSError):
                size += path.stat().st_size
        self.bytes = size

    def remove(self) -> None:
        """Delete the file and let go of it. Raises OSError where the file system refuses."""
        with self._reading:
            for path in self._paths():
                path.unlink(missing_ok=True)
            self._close()

    def set_aside(self) -> Path:
        """Give the file and its log another name, which `files_in` does not find; returns it."""
        aside = self.path.with_name(f"broken-{self.path.name}")
        with self._reading:
            for path in self._paths():
                with suppress(FileNotFoundError):
                    path.rename(path.with_name(f"broken-{path.name}"))
            self._close()
        return aside

    def close(self) -> None:
        """Let go of the file and leave it as it is."""
        with self._reading:
            for connection in (self._reader, self._writer):
                if connection is not None:
                    _let_go(connection)
            self._reader = self._writer = None

    def _close(self) -> None:
        """Once the file is unlinked or has another name this writes nothing."""
        for connection in (self._reader, self._writer):
            if connection is not None:
                with suppress(sqlite3.Error):
                    connection.close()
        self._reader = self._writer = None

    def _paths(self) -> list[Path]:
        # The log goes first: what is left by a crash in between is a file without rows.
        return [*(self.path.with_name(self.path.name + side) for side in _SIDES), self.path]

    def _read(self, statement: str, *parameters: int | str | None) -> sqlite3.Cursor:
        if self._reader is None:
            self._reader = _connect(self.path)
            self._reader.execute("PRAGMA query_only = 1")
        try:
            return self._reader.execute(statement, parameters)
        except sqlite3.OperationalError as error:
            if "no such table" in str(error):  # its process ended before the file had its table
                return self._reader.execute("SELECT 0, '', x'' WHERE 0")
            raise


def files_in(folder: Path) -> list[InboxFile]:
    """The files that are there, by number."""
    named = [(int(match[1]), path) for path in folder.iterdir() if (match := _NAME.match(path.name))]
    return [InboxFile.found(path, number) for number, path in sorted(named)]


def copy_inbox(folder: Path, target: Path) -> None:
    """Copy what waits in an inbox that no process has open to the folder `target`."""
    for file in files_in(folder):
        file.copy_to(target / file.path.name)
        file.close()


def sync_folder(folder: Path) -> None:
    """Make the names in the folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _connect(path: Path) -> sqlite3.Connection:
    # `rw`: a file that is gone is an error, never made anew.
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw",
        uri=True,
        timeout=_BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )


def _let_go(connection: sqlite3.Connection) -> None:
    """Close without a checkpoint. Before Python 3.12 SQLite cannot be told so: there the connection is kept from being
    closed at all, and ends with the process."""
    if hasattr(connection, "setconfig"):
        connection.setconfig(getattr(sqlite3, "SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE"), True)  # noqa: B009 - of 3.12
        connection.close()
    else:
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(connection))

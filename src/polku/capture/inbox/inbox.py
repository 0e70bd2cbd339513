"""The inbox: requests go in from the event loop, one thread writes them in groups, the loader reads them in order.

A commit starts when the last one has ended, with everything that came meanwhile: the slower the disk, the larger the
groups. File numbers only grow, also over restarts and when the folder is lost, because the stores remember by them how
far they have read: a number is the millisecond in which its file was made, or one more than the last.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from polku.capture.inbox.files import InboxFile, Row, files_in, sync_folder
from polku.capture.inbox.refusals import InboxUnavailable, Refusal
from polku.capture.inbox.space import Space
from polku.capture.inbox.waiting import Told, Waiting, tell

logger = logging.getLogger(__name__)
_GIGABYTE = 1024**3
_TICK_SECONDS = 1.0
_LONGEST_OPEN = 600.0  # seconds; what was loaded leaves the disk soon after, also where little comes in
_MOST_WAITING = 20_000  # requests
_MOST_WAITING_BYTES = 64 * 1024 * 1024
_MOST_READ_BYTES = 32 * 1024 * 1024
_STUCK_SECONDS = 10.0
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 8.0  # between attempts to open a file after an error
_DISK_ERRORS = (sqlite3.Error, OSError)


@dataclass(frozen=True)
class InboxState:
    """`rows` and `bytes` are those that the loader has not passed, as far as is known; `bytes` counts whole files."""

    files: int
    rows: int
    bytes: int
    waiting: int
    waiting_bytes: int
    problem: Refusal | None


class Inbox:
    """Opening it starts its thread; `close` writes what waits and ends it.

    `file_bytes` and `file_seconds` say when a file is sealed and the next one begins; `committed` is called with the
    seconds that each commit took, in the writing thread. Raises OSError where the folder cannot be made or read.
    Failing to open a file does not raise: it is tried again, and meanwhile nothing is taken.
    """

    def __init__(
        self,
        folder: Path,
        *,
        most_bytes: int = 8 * _GIGABYTE,
        file_bytes: int | None = None,
        file_seconds: float = _LONGEST_OPEN,
        committed: Callable[[float], None] | None = None,
    ) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        sync_folder(folder.parent)
        self.folder = folder
        self.wake = threading.Event()
        """Set at each commit; the loader clears it before it reads."""
        self._space = Space(folder, most_bytes=most_bytes)
        self._file_bytes, self._file_seconds = file_bytes or self._space.file_bytes, file_seconds
        self._committed = committed
        self._files = {file.number: file for file in files_in(folder)}
        self._changing = threading.Lock()
        self._last_number = max(self._files, default=0)
        self._active: InboxFile | None = None
        self._problem: Refusal | None = None
        self._commit_started: float | None = None
        self._next_attempt, self._pause = 0.0, _FIRST_PAUSE
        self._waiting: deque[Waiting] = deque()
        self._waiting_bytes = 0  # changed by the event loop and, under the lock, by the writer
        self._counting = threading.Lock()
        self._called = threading.Event()
        self._is_closing = False
        self._open_next()
        self._thread = threading.Thread(target=self._run, name="polku-inbox", daemon=True)
        self._thread.start()

    # ---- going in ------------------------------------------------------------------------------------------

    def append(self, workspace: str, payload: bytes) -> asyncio.Future[None]:
        """A future of the running event loop that is done when the payload is on the disk.

        Raises InboxUnavailable at once where nothing is taken; the future raises it where writing failed.
        """
        future = asyncio.get_running_loop().create_future()
        self._append(workspace, payload, future)
        return future

    def put(self, workspace: str, payload: bytes) -> None:
        """The same for a thread without an event loop: returns when the payload is on the disk."""
        future: Future[None] = Future()
        self._append(workspace, payload, future)
        future.result()

    def _append(self, workspace: str, payload: bytes, future: Told) -> None:
        self.check()
        with self._counting:
            self._waiting_bytes += len(payload)
        self._waiting.append(Waiting(workspace, payload, future))
        if not self._called.is_set():
            self._called.set()

    def check(self) -> None:
        """Raises InboxUnavailable where an append would: the front asks before it reads a body."""
        refusal = self.problem
        if refusal is None and (
            len(self._waiting) >= _MOST_WAITING or self._waiting_bytes >= _MOST_WAITING_BYTES
        ):
            refusal = Refusal.BUSY
        if refusal is not None:
            raise InboxUnavailable(refusal)

    @property
    def problem(self) -> Refusal | None:
        """Why nothing is taken for some time, or None."""
        if self._is_closing:
            return Refusal.STOPPING
        if not self._thread.is_alive():
            return Refusal.STORAGE
        started = self._commit_started
        if started is not None and time.monotonic() - started > _STUCK_SECONDS:
            return Refusal.STUCK
        return self._problem

    def state(self) -> InboxState:
        with self._changing:
            files = list(self._files.values())
        return InboxState(
            files=len(files),
            rows=sum(max(0, file.last_row - file.passed_row) for file in files),
            bytes=sum(file.bytes for file in files),
            waiting=len(self._waiting),
            waiting_bytes=self._waiting_bytes,
            problem=self.problem,
        )

    # ---- the loader's view ---------------------------------------------------------------------------------

    def files(self) -> list[int]:
        """Numbers of the files that are there, the oldest first; the last one may still grow."""
        with self._changing:
            return sorted(self._files)

    def rows(
        self,
        file: int,
        after: int,
        limit: int,
        *,
        workspace: str | None = None,
        most_bytes: int = _MOST_READ_BYTES,
    ) -> list[Row]:
        """(number, workspace, payload) of the rows of a file after row `after`; none of a file that is gone.

        With a `workspace` its rows only. At most `limit` rows and, but for the first, `most_bytes` of payload. Raises
        sqlite3.DatabaseError where the file cannot be read (`set_aside`).
        """
        found = self._files.get(file)
        return found.rows(after, limit, most_bytes, workspace) if found else []

    def passed(self, file: int, row: int) -> None:
        """The loader tells that everything up to `row` of the file is in the stores, for `state`."""
        if found := self._files.get(file):
            found.passed_row = max(found.passed_row, row)

    def workspaces(self, file: int) -> dict[str, int]:
        """The last row of each workspace in the file, which may grow as long as it is not sealed."""
        found = self._files.get(file)
        return found.workspaces() if found else {}

    def is_sealed(self, file: int) -> bool:
        """Whether nothing will be added to the file any more."""
        return self._active is None or file != self._active.number

    def drop(self, file: int) -> bool:
        """Delete a sealed file, which every workspace in it has passed; False where it may still grow."""
        with self._changing:
            if not self.is_sealed(file):
                return False
            found = self._files.pop(file, None)
        if found is not None:
            found.remove()
        return True

    def set_aside(self, file: int) -> Path | None:
        """Take a sealed file that cannot be read out of the way, under another name, and keep it."""
        with self._changing:
            if not self.is_sealed(file):
                return None
            found = self._files.pop(file, None)
        return found.set_aside() if found else None

    def copy_to(self, folder: Path) -> None:
        """Copy every file to `folder`. All that was acknowledged before is in the copy or in the stores already: a
        backup copies the stores after this."""
        with self._changing:
            files = sorted(self._files.items())
        for _number, file in files:
            file.copy_to(folder / file.path.name)

    # ---- the writing thread --------------------------------------------------------------------------------

    def close(self, timeout: float = 10.0) -> None:
        """Take nothing more, write what waits, and let go of the files. Closing again does nothing."""
        self._is_closing = True
        self._called.set()
        self._thread.join(timeout)
        if self._thread.is_alive():  # the disk hangs; nothing that waits was promised to anybody
            return
        with self._changing:
            files = list(self._files.values())
            self._files.clear()
            self._active = None
        for file in files:
            file.close()

    def _run(self) -> None:
        looked = 0.0
        while not self._is_closing or self._waiting:
            if not self._waiting:
                self._called.wait(_TICK_SECONDS)
            self._called.clear()
            if time.monotonic() - looked >= _TICK_SECONDS:
                self._look_after()
                looked = time.monotonic()
            group = [self._waiting.popleft() for _ in range(len(self._waiting))]
            if group:
                self._commit(group)
        tell(self._waiting, InboxUnavailable(Refusal.STOPPING))

    def _commit(self, group: list[Waiting]) -> None:
        size = sum(len(item.payload) for item in group)
        try:
            self._write(group, size)
        except (
            Exception
        ) as error:  # a fault of the program: this thread must outlive it, and nobody may wait for ever
            self._fail(error)
            tell(group, InboxUnavailable(Refusal.STORAGE))
        finally:
            with self._counting:
                self._waiting_bytes -= size

    def _write(self, group: list[Waiting], size: int) -> None:
        refusal = self._refusal(size)
        if refusal is not None or self._active is None:
            self._problem = refusal or Refusal.STORAGE
            tell(group, InboxUnavailable(self._problem))
            return
        self._commit_started = started = time.monotonic()
        try:
            self._active.write([(item.workspace, item.payload) for item in group])
        except _DISK_ERRORS as error:
            self._fail(error)
            tell(group, InboxUnavailable(Refusal.STORAGE))
            return
        finally:
            self._commit_started = None
        self.wake.set()
        tell(group, None)
        if self._committed:
            self._committed(time.monotonic() - started)
        if self._active.bytes >= self._file_bytes and time.monotonic() >= self._next_attempt:
            self._seal()

    def _refusal(self, coming: int) -> Refusal | None:
        if self._active is None:
            return Refusal.STORAGE
        with self._changing:
            backlog = sum(file.bytes for file in self._files.values())
        return self._space.refusal(backlog=backlog, coming=coming)

    def _fail(self, error: Exception) -> None:
        """Give up the file: after a failed fsync the same descriptor may say that all is well when it is not."""
        logger.error("the inbox cannot write: %s; a new file is opened as soon as one can be", error)
        self._active = None
        self._problem = Refusal.STORAGE
        self._pause = _FIRST_PAUSE
        self._next_attempt = time.monotonic() + self._pause
        self.wake.set()

    def _look_after(self) -> None:
        """Once a second: open a file after an error, see whether there is room, seal what is old or stands in the
        way of making room."""
        if self._active is None:
            if time.monotonic() >= self._next_attempt:
                self._open_next()
            return
        self._active.measure()
        self._problem = self._refusal(0)
        if self._active.last_row and (
            self._problem or (self._is_old(self._active) and len(self._files) == 1)
        ):
            self._seal()

    def _is_old(self, file: InboxFile) -> bool:
        return time.monotonic() - file.opened_at >= self._file_seconds

    def _seal(self) -> None:
        """Go on in a new file; where none can be opened, in the old one as long as that can be written."""
        sealed = self._active
        try:
            self._begin()
        except _DISK_ERRORS as error:
            logger.error("the inbox cannot begin a new file: %s", error)
            self._next_attempt = time.monotonic() + _LONGEST_PAUSE
            return
        if sealed:
            sealed.measure()
        self.wake.set()

    def _open_next(self) -> None:
        try:
            self._begin()
        except _DISK_ERRORS as error:
            logger.error("the inbox cannot open a file: %s", error)
            self._problem = Refusal.STORAGE
            self._next_attempt = time.monotonic() + self._pause
            self._pause = min(self._pause * 2, _LONGEST_PAUSE)
            return
        self._problem = self._refusal(0)
        self._pause = _FIRST_PAUSE

    def _begin(self) -> None:
        number = max(self._last_number + 1, time.time_ns() // 1_000_000)
        self._last_number = number
        file = InboxFile.create(self.folder, number)
        with self._changing:
            self._files[number] = file
            self._active = file

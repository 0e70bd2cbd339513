"""The inbox when the disk is full, broken, slow, or the process dies."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from polku.capture.inbox import Inbox, InboxUnavailable, Refusal
from tests.robustness.conftest import compiled, faults, small_disk  # noqa: F401 - fixtures

SHOP = "a" * 32
MEGABYTE = 1024 * 1024

_WRITER = """
import sys
from pathlib import Path
from polku.capture.inbox import Inbox, InboxUnavailable
inbox = Inbox(Path(sys.argv[1]), file_bytes=200_000)
number = int(sys.argv[2])
for line in sys.stdin:
    for _ in range(int(line)):
        try:
            inbox.put("a" * 32, b"%d" % number)
            print(number, flush=True)
        except InboxUnavailable as refused:
            print(refused.refusal, refused.retry_after, flush=True)
        number += 1
    print("state", inbox.problem, len(inbox.files()), flush=True)
"""


class Writer:
    """A process of its own that puts numbers into an inbox and says which were acknowledged."""

    def __init__(self, folder: Path, first: int, **environment: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(folder), str(first)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=os.environ | environment,
        )
        self.acknowledged: list[int] = []
        self.refused: list[str] = []

    def put(self, rows: int) -> str:
        """Put rows one after the other; what the inbox says of itself then."""
        self.ask(rows)
        while not (line := self._line()).startswith("state"):
            pass
        return line.removeprefix("state ").strip()

    def ask(self, rows: int) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{rows}\n")
        self.process.stdin.flush()

    def _line(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the process ended"
        if line.strip().isdigit():
            self.acknowledged.append(int(line))
        elif not line.startswith("state"):
            self.refused.append(line.strip())
        return line

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.strip().isdigit() and line.endswith("\n"):
                self.acknowledged.append(int(line))
        self.process.wait(10)
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.stdout.close()


def _payloads(inbox: Inbox) -> list[int]:
    return [int(row[2]) for file in inbox.files() for row in inbox.rows(file, 0, 1_000_000)]


def _wait_until(holds: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.02)


@pytest.mark.robustness
def test_what_was_acknowledged_survives_the_end_of_the_process(tmp_path: Path):
    folder, acknowledged = tmp_path / "inbox", []
    for round in range(3):
        writer = Writer(folder, round * 1_000_000)
        writer.put(1)
        writer.ask(1_000_000)
        time.sleep(0.4 + round * 0.15)
        writer.kill()
        acknowledged += writer.acknowledged
    assert len(acknowledged) > 300
    inbox = Inbox(folder)
    kept = _payloads(inbox)
    assert len(inbox.files()) >= 4
    inbox.close()
    assert kept == sorted(set(kept))
    assert set(acknowledged) <= set(kept)
    assert len(kept) <= len(acknowledged) + 3, "at most what was under way was kept without a word"


@pytest.mark.robustness
def test_a_failed_fsync_is_refused_and_a_new_file_goes_on(tmp_path: Path, faults: Path):  # noqa: F811
    trigger = tmp_path / "trigger"
    writer = Writer(tmp_path / "inbox", 0, LD_PRELOAD=str(faults), POLKU_FAULT_FSYNC=str(trigger))
    assert writer.put(50) == "None 1"
    trigger.write_text("/inbox/")
    assert writer.put(5) == "storage 1"
    assert writer.refused == ["storage 5"] * 5
    time.sleep(2.5)  # attempts to open another file fail as well, and leave nothing behind
    assert writer.put(1) == "storage 1"
    trigger.unlink()
    deadline = time.monotonic() + 20
    while writer.put(1) != "None 2":
        assert time.monotonic() < deadline, "it did not mend itself"
        time.sleep(0.2)
    assert writer.put(50) == "None 2"
    writer.kill()
    inbox = Inbox(tmp_path / "inbox")
    kept = _payloads(inbox)
    inbox.close()
    assert set(writer.acknowledged) <= set(kept)
    assert len(kept) == len(set(kept))
    assert len(writer.acknowledged) >= 101


@pytest.mark.robustness
def test_a_disk_that_fills_up_is_refused_before_it_is_full(small_disk: Path):  # noqa: F811
    inbox = Inbox(small_disk / "inbox")
    try:
        inbox.put(SHOP, bytes(100_000))
        first = inbox.files()[0]
        free = os.statvfs(small_disk)
        (small_disk / "ballast").write_bytes(bytes(free.f_bavail * free.f_frsize - 12 * MEGABYTE))
        with pytest.raises(InboxUnavailable) as refused:
            for _ in range(200):
                inbox.put(SHOP, bytes(100_000))
        assert refused.value.refusal == Refusal.DISK_FULL
        assert refused.value.retry_after == 15
        state = os.statvfs(small_disk)
        assert state.f_bavail * state.f_frsize > 7 * MEGABYTE, "the loader needs room to make room"
        _wait_until(lambda: inbox.is_sealed(first), 5)  # so that what was loaded can go
        (small_disk / "ballast").unlink()
        _wait_until(lambda: inbox.problem is None, 5)
        inbox.put(SHOP, b"again")
    finally:
        inbox.close()


def test_a_backlog_is_refused_until_the_loader_has_read_some(opened):
    inbox = opened(most_bytes=5 * MEGABYTE, file_bytes=MEGABYTE)
    taken = 0
    with pytest.raises(InboxUnavailable) as refused:
        for _ in range(100):
            inbox.put(SHOP, bytes(100_000))
            taken += 1
    assert refused.value.refusal == Refusal.BACKLOG
    assert 30 <= taken <= 50
    assert inbox.problem == Refusal.BACKLOG
    with pytest.raises(InboxUnavailable):
        inbox.check()
    for file in inbox.files()[:2]:
        inbox.drop(file)
    _wait_until(lambda: inbox.problem is None, 5)
    inbox.put(SHOP, bytes(100_000))


def test_what_waits_for_a_slow_disk_is_bounded_and_written_in_the_end(opened, tmp_path: Path):
    inbox = opened()
    (file,) = inbox.files()

    async def send() -> tuple[int, InboxUnavailable]:
        with closing(
            sqlite3.connect(tmp_path / "inbox" / f"inbox-{file}.sqlite3", isolation_level=None)
        ) as other:
            other.execute("BEGIN IMMEDIATE")  # the writer waits for this, as it would for a disk
            futures = []
            try:
                for _ in range(200):
                    futures.append(inbox.append(SHOP, bytes(MEGABYTE)))
                    await asyncio.sleep(0)
            except InboxUnavailable as error:
                refused = error
            other.execute("ROLLBACK")
        await asyncio.gather(*futures)
        return len(futures), refused

    taken, refused = asyncio.run(send())
    assert refused.refusal == Refusal.BUSY
    assert refused.retry_after == 1
    assert 60 <= taken <= 70
    assert inbox.problem is None
    assert sum(inbox.workspaces(file).values()) == taken
    inbox.put(SHOP, b"again")


def test_many_small_requests_are_bounded_too(opened, tmp_path: Path):
    inbox = opened()
    (file,) = inbox.files()

    async def send() -> int:
        with closing(
            sqlite3.connect(tmp_path / "inbox" / f"inbox-{file}.sqlite3", isolation_level=None)
        ) as other:
            other.execute("BEGIN IMMEDIATE")
            futures = []
            with pytest.raises(InboxUnavailable):
                for _ in range(30_000):
                    futures.append(inbox.append(SHOP, b"x"))
            other.execute("ROLLBACK")
        await asyncio.gather(*futures)
        return len(futures)

    assert 20_000 <= asyncio.run(send()) < 30_000


@pytest.mark.robustness
def test_an_inbox_that_cannot_open_a_file_at_the_start_opens_one_later(tmp_path: Path, faults: Path):  # noqa: F811
    trigger = tmp_path / "trigger"
    trigger.write_text("inbox-")
    writer = Writer(tmp_path / "inbox", 0, LD_PRELOAD=str(faults), POLKU_FAULT_FSYNC=str(trigger))
    assert writer.put(1) == "storage 0"
    trigger.unlink()
    time.sleep(2.5)
    assert writer.put(1) == "None 1"
    writer.kill()
    assert (writer.refused, writer.acknowledged) == (["storage 5"], [1])

"""What the inbox keeps, in which order, and in which files."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from polku.capture.inbox import Inbox, InboxUnavailable, Refusal

SHOP, CAFE = "a" * 32, "b" * 32


def _everything(inbox: Inbox) -> list[tuple[str, bytes]]:
    return [row[1:] for file in inbox.files() for row in inbox.rows(file, 0, 100_000)]


def _wait_until(holds: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.01)


def test_what_was_put_is_read_in_order_by_others_too(opened, tmp_path: Path):
    inbox = opened()
    inbox.put(SHOP, b"one")
    inbox.put(CAFE, b"two")
    inbox.put(SHOP, b"")
    (file,) = inbox.files()
    assert inbox.rows(file, 0, 10) == [(1, SHOP, b"one"), (2, CAFE, b"two"), (3, SHOP, b"")]
    assert inbox.workspaces(file) == {SHOP: 3, CAFE: 2}
    with closing(sqlite3.connect(tmp_path / "inbox" / f"inbox-{file}.sqlite3")) as elsewhere:
        assert elsewhere.execute("SELECT payload FROM request ORDER BY row").fetchall() == [
            (b"one",), (b"two",), (b"",)
        ]  # fmt: skip


def test_reading_goes_on_after_a_row_and_stops_at_its_limits(opened):
    inbox = opened()
    for number in range(6):
        inbox.put(SHOP, bytes([number]) * 100)
    (file,) = inbox.files()
    numbers = [row[0] for row in inbox.rows(file, 2, 3)]
    assert numbers == [3, 4, 5]
    assert [row[0] for row in inbox.rows(file, 0, 100, most_bytes=250)] == [1, 2]
    assert [row[0] for row in inbox.rows(file, 0, 100, most_bytes=10)] == [1], (
        "one at least, else nothing advances"
    )
    inbox.put(CAFE, b"else")
    assert inbox.rows(file, 4, 10, workspace=CAFE) == [(7, CAFE, b"else")]
    assert [row[0] for row in inbox.rows(file, 4, 10, workspace=SHOP)] == [5, 6]
    assert inbox.rows(file, 7, 100) == []
    assert inbox.rows(file + 1, 0, 100) == []
    assert inbox.workspaces(file + 1) == {}


def test_waiting_requests_share_commits_and_keep_their_order(opened):
    commits: list[float] = []
    inbox = opened(committed=commits.append)

    async def send() -> None:
        futures = [inbox.append(SHOP, b"%d" % number) for number in range(2000)]
        await asyncio.gather(*futures)

    asyncio.run(send())
    assert _everything(inbox) == [(SHOP, b"%d" % number) for number in range(2000)]
    # Who waits is told first, and then how long it took.
    deadline = time.monotonic() + 10
    while not commits and time.monotonic() < deadline:
        time.sleep(0.01)
    assert 1 <= len(commits) < 500
    assert all(0 < seconds < 10 for seconds in commits)
    assert inbox.state().waiting == inbox.state().waiting_bytes == 0


def test_each_commit_wakes_the_loader(opened):
    inbox = opened()
    inbox.wake.clear()
    inbox.put(SHOP, b"one")
    assert inbox.wake.is_set()


def test_a_full_file_is_sealed_and_only_a_sealed_one_can_be_dropped(opened, tmp_path: Path):
    inbox = opened(file_bytes=100_000)
    for number in range(30):
        inbox.put(SHOP, bytes([number]) * 10_000)
    # A file is sealed after its last row was acknowledged. The first of these waits for that, and should it fill a
    # file itself, the second waits for that one.
    inbox.put(SHOP, b"a")
    inbox.put(SHOP, b"b")
    files = inbox.files()
    assert len(files) >= 3
    assert files == sorted(files)
    assert [row[1][:1] for row in _everything(inbox)] == [
        *(bytes([number]) for number in range(30)),
        b"a",
        b"b",
    ]
    assert [inbox.is_sealed(file) for file in files] == [True] * (len(files) - 1) + [False]
    assert inbox.drop(files[-1]) is False
    assert inbox.drop(files[0]) is True
    assert inbox.files() == files[1:]
    assert inbox.rows(files[0], 0, 10) == []
    left = {path.name for path in (tmp_path / "inbox").iterdir()}
    assert not {name for name in left if str(files[0]) in name}


def test_a_file_that_was_read_is_dropped_with_its_bytes(opened, tmp_path: Path):
    inbox = opened(file_bytes=50_000)
    inbox.put(SHOP, bytes(60_000))
    _wait_until(lambda: len(inbox.files()) == 2)
    first, second = inbox.files()
    assert inbox.state().bytes > 60_000
    assert len(inbox.rows(first, 0, 10)) == 1  # with a connection open for reading
    inbox.drop(first)
    assert inbox.state().bytes < 60_000
    assert {path.name for path in (tmp_path / "inbox").iterdir()} >= {f"inbox-{second}.sqlite3"}
    assert sum(path.stat().st_size for path in (tmp_path / "inbox").iterdir()) < 60_000 + 40_000


@pytest.mark.contract
def test_an_old_file_is_sealed_without_traffic_unless_it_is_empty(opened):
    inbox = opened(file_seconds=0.1)
    time.sleep(1.5)
    (first,) = inbox.files()
    inbox.put(SHOP, b"one")
    _wait_until(lambda: len(inbox.files()) == 2)
    assert inbox.workspaces(first) == {SHOP: 1}
    time.sleep(1.5)  # the next would only be one more while the first is not read
    assert len(inbox.files()) == 2


def test_rows_are_there_after_closing_and_opening_again(opened):
    inbox = opened()
    inbox.put(SHOP, b"one")
    inbox.close()
    with pytest.raises(InboxUnavailable) as refused:
        inbox.put(SHOP, b"two")
    assert refused.value.refusal == Refusal.STOPPING
    again = opened()
    first, second = again.files()
    assert again.rows(first, 0, 10) == [(1, SHOP, b"one")]
    assert again.workspaces(first) == {SHOP: 1}
    assert again.rows(second, 0, 10) == []
    assert again.drop(first) is True
    assert again.files() == [second]


def test_closing_moves_nothing_however_much_there_is(opened, tmp_path: Path):
    inbox = opened(file_bytes=500_000)
    for _ in range(20):
        inbox.put(SHOP, bytes(100_000))
    _wait_until(lambda: len(inbox.files()) >= 3)
    inbox.rows(inbox.files()[0], 0, 100)
    sealed = [path for file in inbox.files()[:2] for path in (tmp_path / "inbox").glob(f"inbox-{file}.*")]
    before = {path: path.read_bytes() for path in sealed}
    assert len(before) == 6
    inbox.close()
    assert {path: path.read_bytes() for path in sealed} == before
    again = opened()
    assert len(_everything(again)) == 20


def test_what_waits_is_written_when_closing(opened):
    inbox = opened()

    async def send_and_close() -> list[None]:
        futures = [inbox.append(SHOP, b"%d" % number) for number in range(500)]
        await asyncio.to_thread(inbox.close)
        return await asyncio.gather(*futures)

    assert asyncio.run(send_and_close()) == [None] * 500
    assert len(_everything(opened())) == 500


@pytest.mark.contract
def test_a_number_is_never_used_again(opened, tmp_path: Path):
    seen: list[int] = []
    for _ in range(3):
        inbox = opened(file_bytes=1000)
        for _ in range(3):
            inbox.put(SHOP, bytes(2000))
        _wait_until(lambda box=inbox: not box.rows(box.files()[-1], 0, 1))
        seen += inbox.files()
        for file in inbox.files():
            inbox.drop(file)
        inbox.close()
        for path in (tmp_path / "inbox").glob("*"):  # as after a disk that was lost
            path.unlink()
        time.sleep(1.1)
    assert len(seen) == len(set(seen))
    assert seen == sorted(seen)


def test_a_file_whose_table_was_never_made_is_empty(opened, tmp_path: Path):
    folder = tmp_path / "inbox"
    folder.mkdir()
    (folder / "inbox-7.sqlite3").touch()
    inbox = opened()
    assert inbox.files()[0] == 7
    assert (inbox.rows(7, 0, 10), inbox.workspaces(7)) == ([], {})
    assert inbox.drop(7) is True
    assert not (folder / "inbox-7.sqlite3").exists()


def test_a_broken_file_is_kept_under_another_name(opened, tmp_path: Path):
    folder = tmp_path / "inbox"
    folder.mkdir()
    (folder / "inbox-7.sqlite3").write_bytes(b"no database at all" * 1000)
    inbox = opened()
    inbox.put(SHOP, b"one")
    with pytest.raises(sqlite3.DatabaseError):
        inbox.rows(7, 0, 10)
    aside = inbox.set_aside(7)
    assert aside == folder / "broken-inbox-7.sqlite3"
    assert aside.read_bytes() == b"no database at all" * 1000
    assert 7 not in inbox.files()
    assert _everything(inbox) == [(SHOP, b"one")]
    inbox.close()
    assert 7 not in opened().files()


def test_rows_that_the_loader_has_passed_are_not_counted(opened):
    inbox = opened()
    for _ in range(5):
        inbox.put(SHOP, b"x")
    assert inbox.state().rows == 5
    inbox.passed(inbox.files()[0], 3)
    inbox.passed(inbox.files()[0], 2)
    assert inbox.state().rows == 2


def test_a_sender_who_goes_away_harms_nobody(opened):
    inbox = opened()

    async def send() -> None:
        gone = inbox.append(SHOP, b"one")
        gone.cancel()
        await inbox.append(SHOP, b"two")

    asyncio.run(send())
    assert [payload for _workspace, payload in _everything(inbox)] == [b"one", b"two"]


def test_a_loop_that_ended_harms_nobody(opened):
    inbox = opened()

    async def leave() -> None:
        inbox.append(SHOP, b"one")

    asyncio.run(leave())
    inbox.put(SHOP, b"two")
    assert [payload for _workspace, payload in _everything(inbox)] == [b"one", b"two"]


def test_a_lost_folder_is_an_error_at_the_start(tmp_path: Path):
    (tmp_path / "inbox").write_text("a file")
    with pytest.raises(OSError, match="exists"):
        Inbox(tmp_path / "inbox")


def test_the_folder_is_the_owners_alone(opened, tmp_path: Path):
    opened().put(SHOP, b"one")
    assert (tmp_path / "inbox").stat().st_mode & 0o777 == 0o700

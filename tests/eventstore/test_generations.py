"""Writing the store anew: nothing is lost or changed, whatever is read or written meanwhile, and who goes is gone."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from django.utils import translation

from polku.eventstore.duckdb.generations import Generation
from polku.eventstore.duckdb.instance import Instance
from polku.eventstore.duckdb.store import DuckDBStore
from polku.eventstore.port import Scope, Selector, StoreError
from tests.eventstore.lives import KEY, RULES, contents, life
from tests.eventstore.streaming import NOON, digest, stream_batch
from tests.eventstore.test_store_disk import FULL, run
from tests.eventstore.test_store_files import events

pytestmark = pytest.mark.contract


def open_store(folder: Path) -> DuckDBStore:
    store = DuckDBStore(folder)
    store.create(KEY)
    return store


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / KEY).iterdir() if not path.name.endswith(".wal"))


def test_all_is_as_it_was_and_signals_lie_in_order(tmp_path):
    store = open_store(tmp_path)
    for work in life(1):
        work(store)
    before, state = contents(store), store.state(KEY)
    done = store.compact(KEY)
    assert (done.signals, done.erased) == (state.signals, 0)
    assert contents(store) == before
    assert store.state(KEY) == state
    assert files(tmp_path) == ["current", "g000002.duckdb"]
    with store._instance.glance(KEY) as session:
        rows = session.rows(f"SELECT person, time, arrival FROM {session.db}.signal ORDER BY rowid")
        assert rows == sorted(rows)
        assert len(rows) == state.signals
    store.close()
    store = DuckDBStore(tmp_path)
    assert contents(store) == before
    store.close()


def test_what_is_written_during_the_copy_is_there_after_it(tmp_path):
    """Compared with a store to which the same was done, and which was never written anew."""
    seed = 2
    plain, renewed = open_store(tmp_path / "plain"), open_store(tmp_path / "renewed")
    for store in (plain, renewed):
        for work in life(seed):
            work(store)

    def meanwhile(store: DuckDBStore) -> None:
        for work in life(seed + 100, batches=2, first=4):
            work(store)

    meanwhile(plain)
    copied: list[int] = []

    def progress(done: int, total: int) -> None:
        if not copied:  # the signals are copied, the other tables are about to be
            copied.append(done)
            meanwhile(renewed)

    renewed.compact(KEY, progress=progress)
    assert copied == [1]
    assert contents(renewed, clock=False) == contents(plain, clock=False)
    for store in (plain, renewed):
        for work in life(seed + 200, batches=1, first=6):
            work(store)
    assert contents(renewed, clock=False) == contents(plain, clock=False)
    plain.close()
    renewed.close()


def test_signals_are_copied_part_by_part_of_the_people(tmp_path):
    store = open_store(tmp_path)
    for work in life(4):
        work(store)
    before = contents(store)
    parts: list[tuple[int, int]] = []
    instance = store._instance
    with instance.renewal(KEY) as renewal:
        generation = Generation(renewal.session, renewal.db, without=(), part=300)
        generation.copy(lambda *step: parts.append(step))
        with instance.gate(KEY):
            generation.catch_up()
            renewal.put_in_place()
    total = len(before["signal"]) // 300 + 2
    assert parts == [(number, total) for number in range(1, total)]
    assert contents(store) == before
    store.close()


def test_who_reads_goes_on_and_the_old_file_goes_with_the_last_of_them(tmp_path):
    store = open_store(tmp_path)
    store.load_signals(KEY, events(5000), rules=RULES)
    count = "SELECT count(*), sum(person * arrival) FROM {db}.signal"
    with store._instance.question(KEY) as session:
        before = session.row(count.format(db=session.db))
        store.compact(KEY)
        store.load_signals(KEY, events(10, first=5000), rules=RULES)
        assert files(tmp_path) == ["current", "g000001.duckdb", "g000002.duckdb"]
        assert session.row(count.format(db=session.db)) == before
        assert store.state(KEY).signals == 5010
    assert files(tmp_path) == ["current", "g000002.duckdb"]
    store.close()


def test_a_new_generation_may_be_detached_at_once(tmp_path):
    instance = Instance(tmp_path, attached_at_most=1)
    other = "f" * 32
    for key in (KEY, other):
        instance.create(key)
    with instance.renewal(KEY) as renewal:
        generation = Generation(renewal.session, renewal.db, without=())
        generation.copy()
        with instance.gate(KEY):
            generation.catch_up()
            renewal.put_in_place()
        with instance.glance(other) as session:
            assert session.row(f"SELECT version FROM {session.db}.meta") == (0,)
    assert files(tmp_path) == ["current", "g000002.duckdb"]
    with instance.glance(KEY) as session:
        assert session.row(f"SELECT version FROM {session.db}.meta") == (0,)
    instance.close()


def test_questions_and_loads_beside_many_compactions(tmp_path):
    store = open_store(tmp_path)
    store.load_signals(KEY, events(3000), rules=RULES)
    seen, faults, stop = set(), [], threading.Event()

    def ask() -> None:
        try:
            while not stop.is_set():
                hits = store.hits(KEY, Scope(), [1]).num_rows
                seen.add((hits % 100, store.trend(KEY, Scope(), Selector(), "day", "events")[0][1] % 100))
        except Exception as error:
            faults.append(error)

    def load() -> None:
        try:
            for number in range(12):
                store.load_signals(KEY, events(100, first=3000 + 100 * number), rules=RULES)
        except Exception as error:
            faults.append(error)

    threads = [threading.Thread(target=work) for work in (ask, ask, load)]
    for thread in threads:
        thread.start()
    for _each in range(3):
        store.compact(KEY)
    threads[2].join()
    stop.set()
    for thread in threads:
        thread.join()
    assert faults == []
    assert seen == {(0, 0.0)}
    assert store.state(KEY).signals == 4200
    assert files(tmp_path) == ["current", "g000004.duckdb"]
    store.close()


def test_a_repeat_is_known_wherever_its_first_lies(tmp_path):
    store = open_store(tmp_path)
    first = stream_batch([{"id": number, "device": f"d{number % 7}"} for number in range(50)])
    second = stream_batch([{"id": number, "device": f"d{number % 7}"} for number in range(25, 75)])
    store.load_stream(KEY, first, rules=[])
    store.compact(KEY)
    assert store.load_stream(KEY, second, rules=[]).accepted == 25
    assert store.load_stream(KEY, first, rules=[]).accepted == 0
    store.compact(KEY)
    assert store.load_stream(KEY, second, rules=[]).accepted == 0
    store.close()


MARKS = {
    "device": "3c1f7a99d0e14b52",
    "user": "8842170-marjatta",
    "mail": "marjatta.9471@example.com",
    "trait": "Kuusitie-5512-C",
    "url": "https://shop.example/oma/7719034",
    "property": "toive-66123-sininen",
    "order": "TILAUS-90817263",
    "comment": "Soittakaa numeroon 050 9918273",
    "rejected": "hylätty-551902",
}


def test_what_is_taken_back_during_the_copy_is_new_when_it_is_sent_again(tmp_path):
    store = open_store(tmp_path)
    batch = stream_batch([{"id": 1, "user": "a"}, {"id": 2, "user": "a"}])
    store.load_stream(KEY, batch, rules=RULES)

    def progress(done: int, total: int) -> None:
        if done < total:
            store.load_signals(KEY, events(0), rules=RULES, withdrawn=[digest(1)])

    store.compact(KEY, progress=progress)
    assert store.state(KEY).signals == 1
    assert store.load_stream(KEY, batch, rules=RULES).accepted == 1
    assert store.state(KEY).signals == 2
    store.close()


def test_of_people_who_go_no_byte_stays(tmp_path):
    store = open_store(tmp_path)
    for work in life(5):
        work(store)
    user, mail, device = MARKS["user"], MARKS["mail"], MARKS["device"]
    store.load_stream(
        KEY,
        stream_batch(
            [
                {"id": "a", "device": device, "url": MARKS["url"]},
                {
                    "id": "b",
                    "device": device,
                    "user": user,
                    "order": MARKS["order"],
                    "properties": f'{{"wish":"{MARKS["property"]}"}}',
                },
            ],
            links=[
                {"alias": user, "alias_kind": "user", "other": mail, "other_kind": "email", "position": 2}
            ],
            traits=[{"alias": user, "properties": f'{{"street":"{MARKS["trait"]}"}}'}],
            orders=[{"event": 1, "order": MARKS["order"], "value": 9.0, "status": "paid", "time": NOON}],
            rejected=[
                {
                    "id": digest("theirs"),
                    "reason": "no_name",
                    "raw": f'{{"userId":"{user}","note":"{MARKS["rejected"]}"}}',
                }
            ],
        ),
        rules=RULES,
    )
    comment = {"message_id": digest("c"), "kind": 5, "name": "comment", "time": NOON, "person": mail}
    store.load_signals(
        KEY,
        events(0).from_pylist([comment | {"text": MARKS["comment"]}], schema=events(0).schema),
        rules=RULES,
    )
    found = store.find_people(KEY, search=mail)
    assert found.num_rows == 1
    person = found["person"][0].as_py()
    store.compact(KEY)  # both what is in the log and what is in the file shows
    held = all_bytes(tmp_path)
    assert [name for name, mark in MARKS.items() if mark.encode() not in held] == []
    before, state = contents(store), store.state(KEY)
    theirs = [row for row in before["signal"] if row[5] == person]

    done = store.compact(KEY, without=[person])

    assert (done.erased, done.signals) == (len(theirs), state.signals - len(theirs))
    held = all_bytes(tmp_path)
    assert [name for name, mark in MARKS.items() if mark.encode() in held] == []
    after = contents(store)
    assert after["signal"] == [row for row in before["signal"] if row[5] != person]
    assert store.state(KEY).version == state.version + 1
    assert store.find_people(KEY, search=mail).num_rows == 0
    assert store.profile(KEY, person) is None
    arrivals = {row[0] for row in theirs}
    assert after["hit"] == [row for row in before["hit"] if row[1] not in arrivals]
    others = {row[0] for row in before["identity"] if row[2] != person}
    assert {row[0] for row in after["identity"]} == others
    assert [row for row in after["merged"] if row[3] == person or row[4] == person] == []
    store.close()
    held = all_bytes(tmp_path)
    assert [name for name, mark in MARKS.items() if mark.encode() in held] == []


def all_bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_somebody_who_is_not_there_any_more_is_told_and_nothing_happens(tmp_path):
    store = open_store(tmp_path)
    store.load_signals(KEY, events(100), rules=RULES)
    before = contents(store)
    with pytest.raises(StoreError, match="merged"), translation.override("en"):
        store.compact(KEY, without=[1, 12345])
    assert contents(store) == before
    assert files(tmp_path) == ["current", "g000001.duckdb"]

    def merge(done: int, total: int) -> None:
        if (done, total) == (1, 2):
            link = {
                "alias": "p1", "alias_kind": "file", "other": "p2", "other_kind": "file", "position": 0,
            }  # fmt: skip
            assert store.load_stream(KEY, stream_batch(links=[link]), rules=[]).merged == 1

    with pytest.raises(StoreError, match="merged"), translation.override("en"):
        store.compact(KEY, without=[3], progress=merge)
    assert store.state(KEY).signals == 100
    store.compact(KEY)
    assert files(tmp_path) == ["current", "g000004.duckdb"]  # a path is never used again
    store.close()


def test_closing_or_dropping_ends_a_compaction(tmp_path):
    store = open_store(tmp_path)
    store.load_signals(KEY, events(400_000), rules=[])
    reached, ended = threading.Event(), []

    def compact() -> None:
        try:
            store.compact(KEY, progress=lambda done, total: (reached.set(), threading.Event().wait(0.3)))
        except StoreError as error:
            ended.append(str(error))

    thread = threading.Thread(target=compact)
    thread.start()
    assert reached.wait(10)
    store.close()
    thread.join(10)
    assert len(ended) == 1
    store = DuckDBStore(tmp_path)
    assert files(tmp_path) == ["current", "g000001.duckdb"]
    assert store.state(KEY).signals == 400_000
    reached.clear()
    thread = threading.Thread(target=compact)
    thread.start()
    assert reached.wait(10)
    store.drop(KEY)
    thread.join(10)
    assert len(ended) == 2
    assert not (tmp_path / KEY).exists()
    store.close()


def test_it_is_due_after_much_that_is_new(tmp_path):
    store = open_store(tmp_path)
    assert not store.is_compaction_due(KEY)
    store.load_signals(KEY, events(9_999), rules=[])
    assert not store.is_compaction_due(KEY)
    store.load_signals(KEY, events(10, first=9_999), rules=[])
    assert store.is_compaction_due(KEY)
    store.compact(KEY)
    assert not store.is_compaction_due(KEY)
    store.close()


def test_what_a_killed_process_left_is_removed_at_the_next_start(tmp_path):
    open_store(tmp_path).close()
    for name in ("g000002.duckdb", "g000002.duckdb.wal", "g000003.duckdb.wal"):
        (tmp_path / KEY / name).write_bytes(b"half")
    (tmp_path / ".spill").mkdir(exist_ok=True)
    (tmp_path / ".spill" / "rows.tmp").write_bytes(b"of somebody")
    broken = tmp_path / ("f" * 32)
    broken.mkdir()
    (broken / "g000001.duckdb").write_bytes(b"kept: nothing says what is live here")
    Instance(tmp_path).close()
    assert files(tmp_path) == ["current", "g000001.duckdb"]
    assert not (tmp_path / ".spill" / "rows.tmp").exists()
    assert (broken / "g000001.duckdb").exists()


NO_ROOM = (
    FULL
    + """
for number in range(20):
    load(KEYS[0], number + 1)
store.close()
store = DuckDBStore(pathlib.Path(sys.argv[1]))
size = (pathlib.Path(sys.argv[1]) / KEYS[0] / "g000001.duckdb").stat().st_size
resource.setrlimit(resource.RLIMIT_FSIZE, (size // 2, resource.RLIM_INFINITY))
for _twice in range(2):
    try:
        store.compact(KEYS[0])
    except StoreError:
        pass
    else:
        raise AssertionError("there was no room")
    names = sorted(path.name for path in (pathlib.Path(sys.argv[1]) / KEYS[0]).iterdir())
    assert [name for name in names if not name.endswith(".wal")] == ["current", "g000001.duckdb"], names
    assert store.state(KEYS[0]).signals == 20_000
load(KEYS[0], 21)
assert store.state(KEYS[0]).signals == 21_000
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
assert store.compact(KEYS[0]).signals == 21_000
store.close()
store = DuckDBStore(pathlib.Path(sys.argv[1]))
assert store.state(KEYS[0]).signals == 21_000
assert store.inbox_place(KEYS[0]) == InboxPlace(1, 21)
store.close()
print("whole")
"""
)


def test_without_room_the_old_generation_stays(tmp_path):
    assert run(NO_ROOM, tmp_path / "events") == "whole"

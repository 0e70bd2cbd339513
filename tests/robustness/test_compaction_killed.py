"""A process that is killed at each step of a compaction: one generation or the other is there, whole and alone."""

from __future__ import annotations

import os
import pickle
import shutil
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.eventstore.lives import KEY, contents, life

pytestmark = pytest.mark.robustness

CHILD = """
import sys
import traceback
from pathlib import Path
import django; django.setup()
from tests.robustness.test_compaction_killed import kill_at_each_step
kill_at_each_step(Path(sys.argv[1]))
"""
MOST_STEPS = 60


def in_a_process(work: Callable[[], None], **environment: str) -> int:
    """Do the work in a process of its own, forked before DuckDB was ever used; how it ended."""
    pid = os.fork()
    if pid == 0:
        os.environ.update(environment)
        code = 1
        try:
            work()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def make(folder: Path) -> None:
    from polku.eventstore.duckdb.store import DuckDBStore

    store = DuckDBStore(folder / "events")
    store.create(KEY)
    for work in life(7, batches=1, size=80):
        work(store)
    (folder / "before").write_bytes(pickle.dumps(contents(store)))
    store.close()


def compact(folder: Path) -> None:
    """With a batch that comes in meanwhile; a file says when it was taken."""
    from polku.eventstore.duckdb.store import DuckDBStore

    store = DuckDBStore(folder / "events")

    def progress(done: int, total: int) -> None:
        if done < total:
            next(life(8, batches=1, size=80, first=2))(store)
            (folder / "after").write_bytes(pickle.dumps(contents(store)))

    store.compact(KEY, progress=progress)
    os.environ.pop("POLKU_KILL_AT")
    store.close()


def check(folder: Path, *, compacts: bool) -> None:
    """All that was taken is there, nothing else is in the folder, and all goes on."""
    from polku.eventstore.duckdb.store import DuckDBStore

    store = DuckDBStore(folder / "events")
    files = {path.name for path in (folder / "events" / KEY).iterdir() if not path.name.endswith(".wal")}
    assert len(files) == 2, files
    (live,) = files - {"current"}
    found = contents(store)
    told = folder / "after" if (folder / "after").exists() else folder / "before"
    expected = pickle.loads(told.read_bytes())  # noqa: S301 - written by this test
    if told.name == "before" and found != expected:  # killed between the commit and our note of it
        assert len(found["signal"]) > len(expected["signal"])
    else:
        assert found == expected
    print("live", live, flush=True)
    if compacts:
        store.compact(KEY)
    next(life(9, batches=1, size=80, first=4))(store)
    assert len(contents(store)["signal"]) > len(found["signal"])
    store.close()


def kill_at_each_step(folder: Path) -> None:
    assert in_a_process(partial(make, folder)) == 0
    for step in range(1, MOST_STEPS):
        copy = folder / f"step-{step}"
        shutil.copytree(folder / "events", copy / "events")
        shutil.copy(folder / "before", copy / "before")
        ended = in_a_process(partial(compact, copy), POLKU_KILL_AT=str(step))
        assert in_a_process(partial(check, copy, compacts=step % 8 == 0)) == 0, f"killed at step {step}"
        shutil.rmtree(copy)
        if ended == 0:
            print("steps", step - 1, flush=True)
            return
        assert ended == -signal.SIGKILL
    raise AssertionError("there are more steps than were tried")


def test_killed_at_each_step(tmp_path, compiled):
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        cwd=Path(__file__).parents[2],
        env=os.environ | {"LD_PRELOAD": str(compiled("steps.c"))},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    lines = [line.split() for line in done.stdout.splitlines()]
    live = [name for what, name in lines if what == "live"]
    assert lines[-1][0] == "steps"
    # Both sides of the moment at which the new generation takes the old one's place were met.
    assert live.count("g000001.duckdb") >= 5
    assert live.count("g000002.duckdb") >= 3
    assert live == sorted(live)

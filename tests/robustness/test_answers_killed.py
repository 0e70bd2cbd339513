"""A process that is killed while corrected answers replace earlier ones: one answer a person is there at any time, and
what changed since an earlier state is known."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from polku.eventstore.duckdb.store import DuckDBStore
from polku.eventstore.port import HitRule, Scope, Selector
from tests.contract.store_reference import START, message_id, signal_table

pytestmark = pytest.mark.robustness
KEY = "0123456789abcdef0123456789abcdef"
PEOPLE = 40
RULES = [HitRule(1, Selector(names=("nps",)))]
CHILD = """
import sys
from pathlib import Path
from tests.robustness.test_answers_killed import answer_again_and_again
answer_again_and_again(Path(sys.argv[1]))
"""


def answer_all(store: DuckDBStore, turn: int) -> None:
    """Everybody answers anew; what they answered in the turn before is taken back in the same load."""
    rows = [
        {"message_id": message_id(1_000 * turn + n), "kind": 2, "name": "nps", "time": START}
        | {"person": f"p{n}", "score": float(turn % 11), "scale_low": 0.0, "scale_high": 10.0}
        for n in range(PEOPLE)
    ]
    before = [message_id(1_000 * (turn - 1) + n) for n in range(PEOPLE)]
    store.load_signals(KEY, signal_table(rows), rules=RULES, origin="survey/1", withdrawn=before)


def answer_again_and_again(folder: Path) -> None:
    store = DuckDBStore(folder)
    store.create(KEY)
    for turn in range(1, 1_000):
        answer_all(store, turn)
        print(store.live_rows(KEY, Scope(), [1]).mark, flush=True)


@pytest.mark.parametrize("deaths", [2, pytest.param(6, marks=pytest.mark.long)])
def test_everybody_has_one_answer_whenever_it_was_killed(tmp_path, deaths):
    chance = random.Random(11)
    for number in range(deaths):
        folder = tmp_path / str(number)
        command = [sys.executable, "-c", CHILD, str(folder)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            mark = process.stdout.readline().strip()
            time.sleep(chance.random() * 0.6)
            process.send_signal(signal.SIGKILL)
            told = 1 + len(process.stdout.readlines())
        store = DuckDBStore(folder)
        version = store.state(KEY).version
        assert told <= version <= told + 1
        hits = store.hits(KEY, Scope(), [1])
        assert store.state(KEY).signals == PEOPLE
        assert len(set(hits["person"].to_pylist())) == hits.num_rows == PEOPLE
        assert set(hits["score"].to_pylist()) == {float(version % 11)}
        assert store.sources(KEY)[0].accepted == PEOPLE
        since_first = store.live_rows(KEY, Scope(), [1], since=1, mark=mark)
        assert since_first.change is not None
        told_of = sorted(hits["person"].to_pylist()) if version > 1 else []
        assert since_first.hits.person.tolist() == since_first.change.people.tolist() == told_of
        answer_all(store, version + 1)
        assert store.hits(KEY, Scope(), [1]).num_rows == PEOPLE
        store.close()

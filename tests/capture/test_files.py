"""Parquet, rejected rows, folders."""

from __future__ import annotations

import csv
import datetime as dt
import decimal
import fcntl
import json
import os
import tracemalloc

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from polku.capture.imports import ImportOptions, ImportProblem, Staged, stage, staging_folder
from polku.capture.imports.rejected import harmless


def test_typed_parquet_gives_the_same_as_text(tmp_path, understand):
    table = pa.table(
        {
            "who": pa.array([7, 8, None], pa.int64()),
            "what": pa.array(["a", "b", "c"]).dictionary_encode(),
            "when": pa.array([dt.datetime(2024, 3, 1, 10)] * 3, pa.timestamp("ns", tz="UTC")),
            "sum": pa.array([decimal.Decimal("12.50"), None, None], pa.decimal128(8, 2)),
            "vip": pa.array([True, False, None]),
        }
    )
    file = tmp_path / "f.parquet"
    pq.write_table(table, file)
    options = {"person": "who", "event": "what", "time": "when", "value": "sum", "properties": ("vip",)}
    staged, rows = understand("events", file.read_bytes(), name="f.parquet", **options)
    same = understand(
        "events",
        "who,what,when,sum,vip\n7,a,2024-03-01T10:00:00Z,12.5,true\n8,b,2024-03-01T10:00:00Z,,false\n",
        **options,
    )
    assert rows == same[1]
    (document,) = map(json.loads, staged.rejected_file.with_suffix(".jsonl").read_text("utf-8").splitlines())
    assert (document["line"], document["code"]) == (3, "no_unit")
    assert json.loads(document["raw"])["what"] == "c"


def test_nan_in_parquet_is_an_empty_cell(tmp_path, understand):
    number = [7.0, float("nan"), None]
    table = pa.table({"who": ["a", "b", "c"], "when": ["2024-03-01"] * 3, "size": number, "price": number})
    file = tmp_path / "f.parquet"
    pq.write_table(table, file)
    _staged, rows = understand(
        "events",
        file.read_bytes(),
        person="who",
        event="who",
        time="when",
        value="price",
        properties=("size",),
    )
    assert [row["value"] for row in rows] == [7.0, None, None]
    assert [row["properties"] for row in rows] == ['{"size":"7"}', None, None]


def test_nested_parquet_is_refused(tmp_path, understand):
    file = tmp_path / "f.parquet"
    pq.write_table(pa.table({"who": [["a"]], "what": ["x"], "when": ["2024-03-01"]}), file)
    with pytest.raises(ImportProblem, match="only simple values"):
        understand("events", file.read_bytes(), person="who", event="what", time="when")


def test_rejected_rows_are_harmless_in_a_spreadsheet_and_exact_beside_it(understand):
    bad = ["=1+1,a,x", "+358,a,x", "-1,a,x", "@here,a,x", '"two\nlines",a,x']
    staged, _rows = understand(
        "events", "\n".join(["who,what,when", *bad]) + "\n", person="who", event="what", time="when"
    )
    with staged.rejected_file.open(encoding="utf-8", newline="") as handle:
        shown = list(csv.DictReader(handle))
    assert [row["raw"] for row in shown] == ["'" + raw for raw in bad[:4]] + bad[4:]
    assert [int(row["line"]) for row in shown] == [2, 3, 4, 5, 6]
    exact = [
        json.loads(line)["raw"]
        for line in staged.rejected_file.with_suffix(".jsonl").read_text("utf-8").splitlines()
    ]
    assert exact == bad
    assert oct(staged.rejected_file.stat().st_mode)[-3:] == "600"


@pytest.mark.contract
def test_a_wholly_wrong_file_is_told_about_in_little_memory(understand):
    number = 60_000
    table = "who,what,when\n" + "".join(f"{n},visit,no time {n}\n" for n in range(number))
    tracemalloc.start()
    staged, _rows = understand("events", table, person="who", event="what", time="when")
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert staged.rejected == number
    with staged.rejected_file.open(encoding="utf-8", newline="") as handle:
        *_others, last = csv.DictReader(handle)
    assert last == {
        "line": str(number + 1),
        "reason": f"“no time {number - 1}” in column “when” is not a date and time that is understood",
        "raw": f"{number - 1},visit,no time {number - 1}",
    }
    assert peak < 350 * number  # bytes a row


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_harmless(start):
    assert harmless(start + "x") == "'" + start + "x"
    assert harmless("x" + start) == "x" + start


def test_the_staging_folder_goes_also_after_a_failure(tmp_path):
    with pytest.raises(ZeroDivisionError), staging_folder(tmp_path) as folder:
        assert folder.is_dir()
        raise ZeroDivisionError
    assert list((tmp_path / "staging").iterdir()) == []


def test_leftovers_go_and_running_imports_stay(tmp_path):
    dead = tmp_path / "staging" / "dead"
    dead.mkdir(parents=True)
    (dead / "in-use").touch()
    alive = tmp_path / "staging" / "alive"
    alive.mkdir()
    lock = os.open(alive / "in-use", os.O_RDWR | os.O_CREAT)
    fcntl.flock(lock, fcntl.LOCK_EX)
    with staging_folder(tmp_path) as folder:
        assert {path.name for path in (tmp_path / "staging").iterdir()} == {"alive", folder.name}
    os.close(lock)


def test_what_is_staged_crosses_a_socket(understand):
    staged, _rows = understand(
        "events", "who,what,when\n1,a,2024-03-01\n,b,x\n", person="who", event="what", time="when"
    )
    assert Staged.from_json(json.loads(json.dumps(staged.to_json()))) == staged


def test_staging_says_how_far_it_is(tmp_path):
    file = tmp_path / "f.csv"
    file.write_text("who,what,when\n" + "1,a,2024-03-01\n" * 1000)
    told: list[tuple[int, int]] = []
    stage(
        "events",
        file,
        ImportOptions(person="who", event="what", time="when"),
        timezone="UTC",
        folder=tmp_path,
        rejected_folder=tmp_path,
        progress=lambda done, total: told.append((done, total)),
    )
    assert told[-1] == (1000, 1000)
    assert sorted(told) == told

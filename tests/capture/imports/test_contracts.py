"""Contracts: when each started and ended, and what a later file changes."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from polku.capture.imports import ImportOptions, WrongUsage, load, stage
from polku.eventstore.port import Selector, SignalKind

OPTIONS = {"person": "who", "start": "from", "end": "to", "id": ("n",), "value": "fee"}
FILE = "n;who;from;to;fee;plan\n1;a;1.3.2024;;29,90;gold\n2;b;2.3.2024;1.2.2025;9,90;\n"


def told(rows):
    return [
        (row["name"], row["person"], row["time"], json.loads(row["properties"])["contract"]) for row in rows
    ]


def test_a_row_becomes_a_start_and_an_end(understand):
    staged, rows = understand("contracts", FILE, timezone="UTC", **OPTIONS, properties=("plan",))
    assert staged.accepted == 3
    assert told(rows) == [
        ("Contract Started", "a", datetime(2024, 3, 1), "1"),
        ("Contract Started", "b", datetime(2024, 3, 2), "2"),
        ("Contract Ended", "b", datetime(2025, 2, 1), "2"),
    ]
    assert [row["value"] for row in rows] == [29.9, 9.9, 9.9]
    assert {row["kind"] for row in rows} == {SignalKind.EVENT}
    assert json.loads(rows[0]["properties"]) == {"contract": "1", "plan": "gold"}


def test_without_an_id_person_and_start_name_the_contract(understand):
    _staged, rows = understand(
        "contracts", "who,from\nmaija@x.fi,2024-03-01\nb,2024-03-01\n", person="who", start="from"
    )
    contracts = [json.loads(row["properties"])["contract"] for row in rows]
    assert len(set(contracts)) == 2
    assert all(len(contract) == 16 and "maija" not in contract for contract in contracts)


def test_wrong_rows_are_rejected_and_the_last_of_a_contract_is_taken(understand):
    staged, rows = understand(
        "contracts",
        "n,who,from,to\n1,a,2024-03-01,2024-01-01\n2,,2024-03-01,\n,c,2024-03-01,\n4,d,,\n5,e,2024-03-01,x\n"
        "6,f,2024-03-01,\n6,f,2024-03-01,2024-05-01\n",
        timezone="UTC",
        person="who",
        start="from",
        end="to",
        id=("n",),
    )
    codes = [
        json.loads(line)["code"]
        for line in staged.rejected_file.with_suffix(".jsonl").read_text().splitlines()
    ]
    assert codes == ["end_before_start", "no_person", "no_id", "no_time", "bad_time"]
    assert told(rows) == [
        ("Contract Started", "f", datetime(2024, 3, 1), "6"),
        ("Contract Ended", "f", datetime(2024, 5, 1), "6"),
    ]
    assert any("the later was taken" in warning for warning in staged.warnings)


@pytest.mark.django_db
def test_a_later_file_has_the_last_word(workspace, store, tmp_path):
    key = workspace.key.hex
    selectors = [Selector(names=("Contract Started",)), Selector(names=("Contract Ended",))]

    def bring(content, **changes):
        file = tmp_path / "contracts.csv"
        file.write_text(content, encoding="utf-8")
        staged = stage(
            "contracts",
            file,
            ImportOptions(**OPTIONS | changes),
            timezone="UTC",
            folder=tmp_path,
            rejected_folder=tmp_path / "r",
        )
        result = load(workspace, staged)
        return result["accepted"], result["known"]

    def ends():
        rows = store.signals_after(key, after=0, selectors=selectors).rows.to_pylist()
        assert sum(row["selectors"] == 1 for row in rows) == 2
        return sorted(
            (row["ids"][0], row["time"].date().isoformat()) for row in rows if row["selectors"] == 2
        )

    assert bring(FILE) == (3, 0)
    assert bring(FILE) == (0, 3)
    assert bring("n;who;from;to;fee\n1;a;1.3.2024;5.5.2025;29,90\n") == (1, 1)
    assert ends() == [("a", "2025-05-05"), ("b", "2025-02-01")]
    assert bring("n;who;from;to;fee\n2;b;2.3.2024;1.4.2025;9,90\n") == (1, 1)
    assert ends() == [("a", "2025-05-05"), ("b", "2025-04-01")]
    assert bring("n;who;from;to;fee\n1;a;1.3.2024;;29,90\n") == (0, 1)
    assert ends() == [("b", "2025-04-01")]
    assert bring("n;who;from;to;fee\n1;a;1.3.2024;5.5.2025;29,90\n") == (1, 1)
    assert ends() == [("a", "2025-05-05"), ("b", "2025-04-01")]
    # A file that has no column of ends says nothing of them.
    assert bring("n;who;from;fee\n1;a;2.3.2024;29,90\n", end=None) == (1, 0)
    assert ends() == [("a", "2025-05-05"), ("b", "2025-04-01")]


def test_the_start_is_needed(understand):
    with pytest.raises(WrongUsage, match="--start"):
        understand("contracts", FILE, person="who")

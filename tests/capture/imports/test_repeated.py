"""Several records in one row, and headers of two rows."""

from __future__ import annotations

import io

import pyarrow.parquet as pq
import xlsxwriter

from polku.capture.imports import ImportOptions, stage
from polku.capture.imports.mapping import Reading

VISITS = (
    "visitor,type (0),at (0),url (0),type (1),at (1)\n"
    "a,action,2024-03-01 10:00,/,goal,2024-03-01 10:01\n"
    "b,action,2024-03-01 11:00,/x,,\n"
    "c,,,,action,not a time\n"
)


def test_each_filled_record_becomes_a_signal_in_its_order(understand):
    staged, rows = understand(
        "events",
        VISITS,
        person="visitor",
        event="type (0)",
        time="at (0)",
        url="url (0)",
        repeated=("(0)", "(1)"),
    )
    named = {"event": "type (1)", "time": "at (1)", "repeated": ("(1)", "(0)")}
    assert [row["name"] for row in understand("events", VISITS, person="visitor", **named)[1]] == [
        "action",
        "goal",
        "action",
    ]
    assert [(row["person"], row["name"], row["url"]) for row in rows] == [
        ("a", "action", "/"),
        ("a", "goal", None),
        ("b", "action", "/x"),
    ]
    assert staged.rejected == 1
    assert "not a time" in staged.rejected_file.read_text("utf-8")


def test_a_row_of_one_record_stays_as_it_is(understand):
    _staged, rows = understand(
        "events",
        VISITS,
        person="visitor",
        event="type (0)",
        time="at (0)",
        repeated=("(0)",),
        skip_empty=True,
    )
    assert [row["person"] for row in rows] == ["a", "b"]


def _stage(tmp_path, name: str, content: bytes):
    folder = tmp_path / "staging"
    folder.mkdir()
    (tmp_path / name).write_bytes(content)
    return stage(
        "scores",
        tmp_path / name,
        ImportOptions(
            person="Who", time="When", score="How satisfied were you with: Delivery", metric="csat"
        ),
        timezone="UTC",
        folder=folder,
        rejected_folder=tmp_path / "rejected",
        reading=Reading(header_line=1, header_rows=2),
    )


ROWS = [
    ["Who", "When", "How satisfied were you with", ""],
    ["", "", "Price", "Delivery"],
    ["a", "2024-03-01", "3", "5"],
    ["b", "2024-03-02", "4", "x"],
]


def test_a_header_of_two_rows_in_text(tmp_path):
    staged = _stage(tmp_path, "answers.csv", "\n".join(",".join(row) for row in ROWS).encode())
    assert (staged.accepted, staged.rejected) == (1, 1)
    assert staged.rejected_file.read_text("utf-8").splitlines()[1].startswith("4,")


def test_a_header_of_two_rows_in_a_workbook(tmp_path):
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(ROWS):
            sheet.write_row(number, 0, row)
    staged = _stage(tmp_path, "answers.xlsx", content.getvalue())
    assert (staged.accepted, staged.rejected) == (1, 1)


def test_numbers_of_a_workbook_stay_numbers_in_every_record(tmp_path):
    (tmp_path / "staging").mkdir()
    with xlsxwriter.Workbook(tmp_path / "visits.xlsx") as book:
        sheet = book.add_worksheet()
        names = ["visitor", "type (0)", "at (0)", "sum (0)", "type (1)", "at (1)", "sum (1)"]
        sheet.write_row(0, 0, names)
        at = "2024-03-01 10:00"
        sheet.write_row(1, 0, ["a", "order", at, "1.234,50", "order", "2024-03-01 11:00", 12.5])
    staged = stage(
        "events",
        tmp_path / "visits.xlsx",
        ImportOptions(
            person="visitor", event="type (0)", time="at (0)", value="sum (0)", repeated=("(0)", "(1)")
        ),
        timezone="UTC",
        folder=tmp_path / "staging",
        rejected_folder=tmp_path / "rejected",
    )
    assert staged.rejected == 0
    assert pq.read_table(staged.batch).column("value").to_pylist() == [1234.5, 12.5]

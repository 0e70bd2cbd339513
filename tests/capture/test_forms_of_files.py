"""Workbooks, archives and UTF-16 give what the same table gives as a plain CSV file; parts and samples of each."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import json
import zipfile
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.capture.imports import (
    ImportOptions,
    ImportProblem,
    Reading,
    WrongUsage,
    parts_of,
    sample_of,
    stage,
)
from tests.examples import examples

OPTIONS = ImportOptions(person="who", event="what", time="when", value="sum", properties=("said",))
ROWS = [
    ["p1", "Tilaus tehty", "1.3.2024 klo 9.05", "1 234,50 €", "Hyvä, kiitos"],
    ["p2", "käynti", "2.3.2024 klo 10.15", "0,50 €", 'sanoi "ei"'],
    ["", "nobody", "3.3.2024 klo 11.00", "", "kaksi\nriviä"],
]
HEADER = ["who", "what", "when", "sum", "said"]


def delimited(rows: list[list[str]]) -> str:
    def quoted(cell: str) -> str:
        return '"' + cell.replace('"', '""') + '"' if set(cell) & set('";\n') else cell

    return "".join(";".join(map(quoted, row)) + "\n" for row in rows)


TEXT = delimited([HEADER, *ROWS])


def workbook(**sheets: list[list[object]]) -> bytes:
    written = io.BytesIO()
    with xlsxwriter.Workbook(written) as book:
        moment = book.add_format({"num_format": "d.m.yyyy h:mm"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for place, cell in enumerate(row):
                    if isinstance(cell, dt.datetime):
                        sheet.write_datetime(number, place, cell, moment)
                    elif isinstance(cell, str) and not cell.startswith("{="):
                        sheet.write_string(number, place, cell)
                    elif isinstance(cell, str):
                        sheet.write_formula(number, place, cell[1:-1], value="computed")
                    elif cell is not None:
                        sheet.write(number, place, cell)
    return written.getvalue()


def zipped(**members: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("__MACOSX/._rubbish", b"\x00")
        for name, content in members.items():
            opened.writestr(name.replace("_", "."), content)
    return written.getvalue()


@pytest.fixture
def bring(tmp_path: Path):
    """Stages content as a file; returns (staged, rows, exact rejected rows)."""
    number = 0

    def bring_in(content: bytes, options: ImportOptions = OPTIONS, **more):
        nonlocal number
        number += 1
        folder = tmp_path / str(number)
        folder.mkdir()
        file = folder / "file.dat"
        file.write_bytes(content)
        staged = stage(
            "events",
            file,
            options,
            timezone="Europe/Helsinki",
            folder=folder,
            rejected_folder=folder / "rejected",
            **more,
        )
        rejected = []
        if staged.rejected_file:
            lines = staged.rejected_file.with_suffix(".jsonl").read_text("utf-8").splitlines()
            rejected = [json.loads(line) for line in lines]
        return staged, pq.read_table(staged.batch).to_pylist(), rejected

    return bring_in


PACKED = {
    "csv.gz": gzip.compress(TEXT.encode()),
    "csv.zip": zipped(a_csv=TEXT.encode("cp1252")),
    "csv.gz.zip": zipped(a_csv_gz=gzip.compress(TEXT.encode())),
    "csv": TEXT.encode("utf-16"),
    "xlsx": workbook(Data=[HEADER, *ROWS]),
    "xlsx.gz": gzip.compress(workbook(Data=[HEADER, *ROWS])),
    "xlsx.zip": zipped(a_xlsx=workbook(Data=[HEADER, *ROWS])),
}


@pytest.mark.parametrize("form", PACKED)
def test_every_form_gives_the_same(bring, form):
    _plain_staged, plain, plain_rejected = bring(TEXT.encode())
    staged, rows, rejected = bring(PACKED[form])
    assert staged.recognised["format"] == form
    assert rows == plain
    assert (staged.accepted, staged.rejected, staged.ties) == (2, 1, 0)
    assert [(each["line"], each["code"]) for each in rejected] == [(4, "no_unit")]
    kept = 'nobody,3.3.2024 klo 11.00,,"kaksi\nriviä"' if "xlsx" in form else plain_rejected[0]["raw"][1:]
    assert rejected[0]["raw"][1:] == kept


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_with_and_without_its_mark(bring, encoding):
    text = ("\ufeff" if encoding == "utf-16-be" else "") + TEXT.replace("Hyvä", "👍")
    staged, rows, _rejected = bring(text.encode(encoding))
    assert (staged.recognised["encoding"], rows[0]["properties"]) == ("utf-16", '{"said":"👍, kiitos"}')


def test_half_a_pair_in_utf_16_costs_its_row(bring):
    broken = TEXT.encode("utf-16").replace(
        "Hyvä".encode("utf-16-le"), b"\x00\xd8" + "yvä".encode("utf-16-le")
    )
    _staged, rows, rejected = bring(broken)
    assert [(each["line"], each["code"]) for each in rejected] == [(2, "bad_bytes"), (4, "no_unit")]
    assert len(rows) == 1


def test_cells_of_a_sheet_as_text(bring):
    """Numbers and times that are no texts mix with texts that look like them; none is read by the other's rules."""
    rows = [
        ["Raportti", None, None, None, None],
        [None] * 5,
        HEADER,
        [1001, "a", dt.datetime(2024, 3, 1, 9, 5, 33), 1.234, "=1+1"],
        ["1002", "{=A1}", "1.3.2024 klo 9.06", "1.234,50 €", True],
        [1003.0, "c", dt.datetime(2024, 3, 2), "2,5", 0.1 + 0.2],
        [None] * 5,
        [12345678901234567, "d", 20240303, -7, None],
    ]
    staged, found, rejected = bring(workbook(Data=rows))
    assert rejected == []
    assert [row["person"] for row in found] == ["1001", "1002", "1003", "12345678901234570"]
    assert [row["name"] for row in found] == ["a", "computed", "c", "d"]
    assert [row["value"] for row in found] == [1.234, 1234.5, 2.5, -7.0]
    assert [row["properties"] for row in found] == [
        '{"said":"=1+1"}',
        '{"said":"true"}',
        '{"said":"0.3"}',
        None,
    ]
    assert [str(row["time"]) for row in found] == [
        "2024-03-01 07:05:33",
        "2024-03-01 07:06:00",
        "2024-03-01 22:00:00",
        "2024-03-02 22:00:00",
    ]
    assert staged.recognised["header_line"] == 3
    assert staged.warnings == [
        "Column “who” holds numbers of over 15 digits, of which a workbook keeps only the first 15."
    ]


def test_the_sheet_with_the_columns_is_found_or_must_be_named(bring):
    notes = [["Muistiinpanoja"], ["x"]]
    one = workbook(Ohje=notes, Data=[HEADER, *ROWS], Tyhjä=[])
    assert bring(one)[0].recognised["sheet"] == "Data"
    two = workbook(Tammikuu=[HEADER, *ROWS], Helmikuu=[HEADER, *ROWS[:1]])
    with pytest.raises(WrongUsage, match="several sheets: “Tammikuu”, “Helmikuu”"):
        bring(two)
    assert bring(two, reading=Reading(sheet="Helmikuu"))[0].accepted == 1
    with pytest.raises(WrongUsage, match=r"no sheet “Maalis”\. Its sheets are: “Tammikuu”"):
        bring(two, reading=Reading(sheet="Maalis"))
    with pytest.raises(WrongUsage, match="no workbook"):
        bring(TEXT.encode(), reading=Reading(sheet="Data"))


def test_what_was_decided_is_followed(bring):
    text = "Raportti;;\nwho;what;when;sum;sum;\n1;a;02/03/2024;1,234;5;6\n2;b;03/04/2024;2,345;7;8\nYhteensä;;;3;;\n"
    options = ImportOptions(
        person="who", event="what", time="when", value="sum", properties=("sum (2)", "#6")
    )
    reading = Reading(header_line=2, last_line=4, delimiter=";", encoding="utf-8")
    for month_first, decimal, times, values in (
        (True, "comma", ["2024-02-02 22:00:00", "2024-03-03 22:00:00"], [1.234, 2.345]),
        (False, "point", ["2024-03-01 22:00:00", "2024-04-02 21:00:00"], [1234.0, 2345.0]),
    ):
        staged, found, rejected = bring(
            text.encode(),
            options,
            reading=reading,
            month_first={"when": month_first},
            decimal={"sum": decimal},
        )
        assert (staged.accepted, rejected, staged.warnings) == (2, [], [])
        assert [str(row["time"]) for row in found] == times
        assert [row["value"] for row in found] == values
        assert found[0]["properties"] == '{"sum (2)":"5","#6":"6"}'
    with pytest.raises(WrongUsage, match="No header row begins on line 9"):
        bring(text.encode(), options, reading=Reading(header_line=9))
    with pytest.raises(WrongUsage, match="“x” is no delimiter"):
        bring(text.encode(), options, reading=Reading(delimiter="x"))


def test_a_column_that_tells_its_order_has_the_last_word(bring):
    text = "who,what,when,sum,said\n1,a,03/02/2024,1,\n2,b,13/02/2024,1,\n"
    _staged, found, _rejected = bring(text.encode(), month_first={"when": True})
    assert [str(row["time"]) for row in found] == ["2024-02-02 22:00:00", "2024-02-12 22:00:00"]


def test_parts(tmp_path):
    file = tmp_path / "all.zip"
    book = workbook(Data=[HEADER, *ROWS], Muu=[["x"]], Tyhjä=[])
    file.write_bytes(zipped(b_csv=TEXT.encode(), kansio_xlsx=book))
    assert parts_of(file) == [
        Reading(part="b.csv"),
        Reading(part="kansio.xlsx", sheet="Data"),
        Reading(part="kansio.xlsx", sheet="Muu"),
    ]
    samples = [sample_of(file, part, rows=2) for part in parts_of(file)]
    assert samples[0].reading == Reading(part="b.csv", encoding="utf-8", delimiter=";")
    assert [sample.size for sample in samples] == [4, 4, 1]
    for sample in samples[:2]:
        assert sample.rows == [HEADER, ROWS[0]]
        assert sample.last_rows == ROWS[1:]
        assert (sample.lines, sample.last_lines) == ([1, 2], [3, 4])
    with pytest.raises(ImportProblem, match=r"several files: “b\.csv”, “kansio\.xlsx”"):
        sample_of(file)
    with pytest.raises(ImportProblem, match=r"holds no file “c\.csv”"):
        sample_of(file, Reading(part="c.csv"))


CELLS = st.text(alphabet="ab;,\t\"\n\r' äö|", max_size=6)


@settings(max_examples=examples(60), deadline=None)
@given(
    rows=st.lists(st.lists(CELLS, min_size=2, max_size=2), min_size=1, max_size=80), most=st.integers(1, 30)
)
def test_a_sample_holds_the_ends_of_any_text(tmp_path_factory, rows, most):
    rows = [[f"r{number}", *row] for number, row in enumerate(rows)]
    text, lines = "", []
    for row in rows:
        lines.append(text.count("\n") + 1)
        text += ";".join('"' + cell.replace('"', '""') + '"' for cell in row) + "\n"
    file = tmp_path_factory.mktemp("sample") / "f.csv"
    file.write_bytes(text.encode())
    sample = sample_of(file, Reading(delimiter=";"), rows=most)
    assert (sample.rows, sample.lines) == (rows[:most], lines[:most])
    assert (sample.last_rows, sample.last_lines) == (rows[most:][-50:], lines[most:][-50:])
    assert sample.size == len(rows)

"""Files of answers: what a spreadsheet would take for a formula stays a text, and numbers stay numbers."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile

import pytest

from polku.analytics.explore.exports import export
from polku.analytics.explore.presentation import Column, Presentation, Table

HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", '=HYPERLINK("http://x")', 'Ääkkönen; "lainaus"\n2']


@pytest.fixture
def presentation() -> Presentation:
    columns = [
        Column("=Nimi"),
        Column("Henkilöä", "count"),
        Column("Väli", "share_interval"),
        Column("Päivä", "date"),
    ]
    rows = [[name, number, (0.1, 0.25), dt.date(2026, 3, 1)] for number, name in enumerate(HOSTILE)]
    rows.append(["tyhjä", None, None, None])
    return Presentation("", tables=[Table("Vaiheet [1]/2: kaikki yhdessä samassa", columns, rows)])


def test_csv_cells_are_safe(presentation):
    content = export(presentation, "csv", title="x")
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert rows[0] == ["'=Nimi", "Henkilöä", "Väli, at least", "Väli, at most", "Päivä"]
    assert [row[0] for row in rows[1:-1]] == [f"'{name}" for name in HOSTILE[:-1]] + HOSTILE[-1:]
    assert rows[3][1:] == ["2", "0.1", "0.25", "2026-03-01"]
    assert rows[-1] == ["tyhjä", "", "", "", ""]


def test_xlsx_holds_no_formula_and_numbers_are_numbers(presentation):
    content = export(presentation, "xlsx", title="=x")
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        names = re.findall(r'<sheet name="([^"]+)"', book.read("xl/workbook.xml").decode())
        texts = book.read("xl/sharedStrings.xml").decode()
    assert "<f>" not in sheet and "hyperlink" not in sheet
    assert "<v>0.25</v>" in sheet
    assert names == ["1 Vaiheet  1  2  kaikki yhdessä"]
    assert "=1+1" in texts


def test_several_tables_stand_one_under_another():
    tables = [Table(name, [Column("a")], [["1"]]) for name in ("eka", "toka")]
    lines = export(Presentation("", tables=tables), "csv", title="").decode("utf-8-sig").split("\r\n")
    assert lines == ["eka", "a", "1", "", "toka", "a", "1", ""]

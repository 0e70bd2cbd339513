"""Files of answers: what a spreadsheet would take for a formula stays a text, and numbers stay numbers."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
from xml.etree import ElementTree

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


def test_signs_that_no_xml_may_hold_leave_the_book_whole():
    odd = "\x00a\x01b\x0bc\ufffed"
    table = Table(f"Jälkeen {odd}", [Column(odd)], [[odd]])
    with zipfile.ZipFile(io.BytesIO(export(Presentation("", tables=[table]), "xlsx", title=odd))) as book:
        parsed = [ElementTree.fromstring(book.read(name)) for name in book.namelist()]  # noqa: S314 - our own
        names = re.findall(r'<sheet name="([^"]+)"', book.read("xl/workbook.xml").decode())
    assert (len(parsed) > 5, names) == (True, ["1 Jälkeen  a b c d"])


def test_several_tables_stand_one_under_another():
    tables = [Table(name, [Column("a")], [["1"]]) for name in ("eka", "toka")]
    lines = export(Presentation("", tables=tables), "csv", title="").decode("utf-8-sig").split("\r\n")
    assert lines == ["eka", "a", "1", "", "toka", "a", "1", ""]

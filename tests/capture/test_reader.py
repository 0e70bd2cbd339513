"""Reading delimited files: the fast way and the careful way must agree on any bytes."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from polku.capture.imports.careful import LONGEST_RECORD, read_carefully
from polku.capture.imports.dialect import Dialect
from polku.capture.imports.problems import ImportProblem
from polku.capture.imports.reader import read_delimited
from polku.capture.imports.reasons import Reason
from polku.capture.imports.source import Source
from polku.capture.imports.staging_file import RawTable
from polku.capture.imports.tables import columns_of, read_table
from tests.examples import examples

VERBATIM = frozenset(range(9))


def read(folder: Path, content: bytes, *, width: int = 2, chunk: int = 1 << 20, encoding: str = "utf-8"):
    """Rows as (line, offset, length, cells) and rejections, of a file without header row."""
    file = folder / "file.csv"
    file.write_bytes(content)
    columns = tuple("abcdefghi"[:width])
    dialect = Dialect(encoding, ",", columns, width, start=0, first_line=1)  # type: ignore[arg-type]
    with RawTable(folder / "rows.arrow", width, verbatim=VERBATIM) as table:
        read_delimited(Source(file), dialect, columns, table, chunk=chunk)
    rows = table.open()
    places = zip(*(rows.column(name).to_pylist() for name in ("line", "offset", "length")), strict=True)
    cells = zip(*(rows.column(f"c{n}").to_pylist() for n in range(width)), strict=True)
    return [(*place, cell) for place, cell in zip(places, cells, strict=True)], table.rejected


def by_the_careful_way(content: bytes, width: int = 2):
    data = content if content.endswith(b"\n") else content + b"\n"
    found = read_carefully(data, 0, len(data), last=True, delimiter=",", encoding="utf-8", width=width)
    rows = [
        (line + 1, start, length, tuple(cell or None for cell in row))
        for line, start, length, row in zip(found.lines, found.starts, found.lengths, found.rows, strict=True)
    ]
    return rows, [(start, length, line + 1, reason) for start, length, line, reason in found.rejected]


PIECES = [
    b"a",
    b",",
    b",",
    b'"',
    b'"',
    b'""',
    b"\n",
    b"\n",
    b"\r\n",
    b" ",
    "é".encode(),
    "👍".encode(),
    b"NA",
    b"\r",
    b"\x00",
]


@settings(
    max_examples=examples(400), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(pieces=st.lists(st.sampled_from(PIECES), min_size=1, max_size=60), chunk=st.integers(1, 40))
def test_fast_and_careful_agree_on_any_text(tmp_path, pieces, chunk):
    content = b"".join(pieces)
    assert read(tmp_path, content, chunk=chunk) == by_the_careful_way(content)


def test_cells_places_and_lines(tmp_path):
    content = b'NA,007\r\n"1e5","two\nlines, ""quoted"""\n\n null ,\xf0\x9f\x91\x8d'
    rows, rejected = read(tmp_path, content)
    assert [(line, cells) for line, _offset, _length, cells in rows] == [
        (1, ("NA", "007")),
        (2, ("1e5", 'two\nlines, "quoted"')),
        (5, (" null ", "👍")),
    ]
    assert [content[offset : offset + length] for _line, offset, length, _cells in rows] == [
        b"NA,007",
        b'"1e5","two\nlines, ""quoted"""',
        b" null ,\xf0\x9f\x91\x8d",
    ]
    assert rejected == []


@pytest.mark.parametrize("chunk", [7, 64, 1 << 20])
def test_an_unclosed_quotation_mark_costs_its_own_line_only(tmp_path, chunk):
    lines = [f'{n},"text {n}\nmore"\n'.encode() for n in range(500)]
    lines[250] = b'250,"never closed\n'
    rows, rejected = read(tmp_path, b"".join(lines), chunk=chunk)
    assert [cells[0] for *_place, cells in rows] == [str(n) for n in range(500) if n != 250]
    assert rejected == [(len(b"".join(lines[:250])), len(b'250,"never closed'), 501, Reason.MALFORMED)]
    assert rows[250][0] == 502


def test_an_unclosed_quotation_mark_before_a_long_remainder(tmp_path):
    rest = b"".join(b"%d,x\n" % n for n in range(400_000))
    assert len(rest) > 2 * LONGEST_RECORD
    rows, rejected = read(tmp_path, b'1,"open\n' + rest)
    assert rejected == [(0, 7, 1, Reason.TOO_LONG)]
    assert len(rows) == 400_000
    assert rows[0] == (2, 8, 3, ("0", "x"))
    assert rows[-1][0] == 400_001


@pytest.mark.parametrize("length", [900_000, 3_000_000])
def test_a_long_line_among_others_and_trouble_after_it(tmp_path, length):
    around = b"".join(b"%d,x\n" % n for n in range(1000))
    rows, rejected = read(tmp_path, around + b"long," + b"x" * length + b'\n1,a "b" c\n2\n' + around)
    assert [len(cells[1]) for *_place, cells in rows if cells[0] == "long"] == [length]
    assert (len(rows), rows[1001][3]) == (2002, ("1", 'a "b" c'))
    assert [(line, reason) for _start, _length, line, reason in rejected] == [(1003, Reason.FIELD_COUNT)]


def test_a_line_too_long_to_be_a_row_costs_itself_only(tmp_path):
    rows, rejected = read(tmp_path, b"1,a\n2," + b"x" * 20_000_000 + b"\n3,c\n")
    assert [cells for *_place, cells in rows] == [("1", "a"), ("3", "c")]
    assert rejected == [(4, 20_000_002, 2, Reason.TOO_LONG)]


def test_an_unclosed_quotation_mark_at_the_end(tmp_path):
    rows, rejected = read(tmp_path, b'1,a\n2,"open\n3,c\n')
    assert [cells for *_place, cells in rows] == [("1", "a"), ("3", "c")]
    assert rejected == [(4, 7, 2, Reason.MALFORMED)]


def test_a_wrong_number_of_fields_costs_one_line(tmp_path):
    rows, rejected = read(tmp_path, b"1,a\n2\n3,c,d\n4,e\n")
    assert [cells[0] for *_place, cells in rows] == ["1", "4"]
    assert [(line, reason) for _start, _length, line, reason in rejected] == [
        (2, Reason.FIELD_COUNT),
        (3, Reason.FIELD_COUNT),
    ]


def test_an_inch_mark_inside_a_field_is_text(tmp_path):
    rows, rejected = read(tmp_path, b'1,5" screen\n2,"7"" screen"\n')
    assert [cells[1] for *_place, cells in rows] == ['5" screen', '7" screen']
    assert rejected == []


def test_bad_bytes_reject_their_row_in_otherwise_utf8_text(tmp_path):
    good = "".join(f"{n},hyvää\n" for n in range(1000)).encode()
    rows, rejected = read(tmp_path, good + b"x,hyv\xe4\xe4\n" + good)
    assert len(rows) == 2000
    assert rejected == [(len(good), 7, 1001, Reason.BAD_BYTES)]


def test_windows_1252_is_told_by_the_whole_file(tmp_path):
    file = tmp_path / "f.csv"
    file.write_bytes(b"id,text\n" + b"1,plain\n" * 200_000 + "2,Pöytä – 10 €\n".encode("cp1252"))
    source = Source(file)
    columns, dialect = columns_of(source, ["id"])
    assert columns == ("id", "text")
    table, recognised = read_table(source, dialect, ["text"], tmp_path / "rows.arrow")
    assert recognised["encoding"] == "windows-1252"
    assert table.open().column("c0")[-1].as_py() == "Pöytä – 10 €"
    assert table.rejected == []


@pytest.mark.parametrize(
    ("content", "delimiter", "columns", "line"),
    [
        (b"a,b\n1,2\n", ",", ("a", "b"), 2),
        (b"\xef\xbb\xbfa;b\n1,5;2\n", ";", ("a", "b"), 2),
        (b"a\tb\r\n1\t2\r\n", "\t", ("a", "b"), 2),
        (b"a|b\n1|2\n", "|", ("a", "b"), 2),
        (b"sep=;\r\na;b\r\n1;2\r\n", ";", ("a", "b"), 3),
        (b"Report of March\n\na,b\n1,2\n", ",", ("a", "b"), 4),
        (b'a,"b\nc"\n1,2\n', ",", ("a", "b\nc"), 3),
        (b"a;b\n1,2,3;4,5,6\n1,2,3;4,5,6\n", ";", ("a", "b"), 2),
        ("a,b,hinta €\n1,2,3\n".encode("cp1252"), ",", ("a", "b", "hinta €"), 2),
        (b"a,b\r1,2\r", ",", ("a", "b"), 2),
    ],
)
def test_what_is_recognised(tmp_path, content, delimiter, columns, line):
    file = tmp_path / "f.csv"
    file.write_bytes(content)
    found, dialect = columns_of(Source(file), ["a"])
    assert found == columns
    assert (dialect.delimiter, dialect.first_line) == (delimiter, line)
    table, _recognised = read_table(Source(file), dialect, ["a"], tmp_path / "rows.arrow")
    assert table.open().column("line").to_pylist()[0] == line
    assert table.rejected == []


def test_rows_that_all_end_in_a_delimiter(tmp_path):
    file = tmp_path / "f.csv"
    file.write_bytes(b"a,b\n1,2,\n3,4,\n")
    source = Source(file)
    table, _recognised = read_table(source, columns_of(source, ["b"])[1], ["b"], tmp_path / "rows.arrow")
    assert table.open().column("c0").to_pylist() == ["2", "4"]


def test_gzip_and_its_damage(tmp_path):
    packed = gzip.compress(b"a,b\n" + b"".join(b"%d,%d\n" % (n, n * n) for n in range(50_000)))
    file = tmp_path / "f.csv.gz"
    file.write_bytes(packed)
    source = Source(file)
    table, recognised = read_table(source, columns_of(source, ["a"])[1], ["a"], tmp_path / "rows.arrow")
    assert (table.rows, recognised["format"]) == (50_000, "csv.gz")
    file.write_bytes(packed[:-3000])
    with pytest.raises(ImportProblem, match="damaged gzip"):
        columns_of(Source(file), ["a"])
        read_table(source, columns_of(source, ["a"])[1], ["a"], tmp_path / "rows2.arrow")


def test_blanks_around_ids_go_and_those_of_comments_stay(tmp_path):
    file = tmp_path / "f.csv"
    file.write_bytes("id,said\n 007\u00a0, hello \n  ,x\n".encode())
    source = Source(file)
    table, _recognised = read_table(
        source,
        columns_of(source, ["id"])[1],
        ["id", "said"],
        tmp_path / "r.arrow",
        verbatim=frozenset(["said"]),
    )
    assert table.open().column("c0").to_pylist() == ["007", None]
    assert table.open().column("c1").to_pylist() == [" hello ", "x"]

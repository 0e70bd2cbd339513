"""Wrong files end in a clear message, a file of rejected rows (physical line, raw text) and a right remainder."""

from __future__ import annotations

import csv
import gzip
import json
import os
from pathlib import Path

import pytest
from django.utils import translation

from polku.capture.imports import ImportOptions, ImportProblem, WrongUsage, load, stage, staging_folder
from polku.eventstore.port import Condition, Scope, Selector

pytestmark = [pytest.mark.robustness, pytest.mark.django_db]

OPTIONS = ImportOptions(person="who", event="what", time="when", properties=("said",))
HEADER = b"who,what,when,said\n"
EVERYTHING = Selector()


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def row(number: int) -> bytes:
    """A row of two physical lines, with a quoted comment."""
    moment = f"2024-03-{1 + number % 28:02d} {number % 24:02d}:{number % 60:02d}:00"
    return f'p{number},visit,{moment},"Hyvä päivä {number},\n""kiitos"""\n'.encode()


ROWS = [row(number) for number in range(3000)]


def line_of(number: int) -> int:
    """The physical line on which a row of an undamaged file begins."""
    return 2 + 2 * number


@pytest.fixture
def bring(workspace, tmp_path):
    def bring_in(content: bytes, *, name: str = "file.csv", options: ImportOptions = OPTIONS) -> dict:
        file = tmp_path / name
        file.write_bytes(content)
        with staging_folder(tmp_path) as folder:
            staged = stage(
                "events",
                file,
                options,
                timezone="Europe/Helsinki",
                folder=folder,
                rejected_folder=tmp_path / "rejected",
            )
            return load(workspace, staged)

    return bring_in


def rejected(result: dict) -> list[tuple[int, str, str]]:
    """(line, code, raw) of the exact file; the table for people must hold the same rows."""
    table = Path(result["rejected_file"])
    exact = [json.loads(text) for text in table.with_suffix(".jsonl").read_text("utf-8").splitlines()]
    with table.open(encoding="utf-8", newline="") as handle:
        assert [int(line["line"]) for line in csv.DictReader(handle)] == [entry["line"] for entry in exact]
    assert len(exact) == result["rejected"]
    return [(entry["line"], entry["code"], entry.get("raw", "")) for entry in exact]


def comments(store, workspace) -> int:
    return store.preview(workspace.key.hex, [EVERYTHING], Scope()).signals


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\n \n\n", "is empty"),
        (gzip.compress(b"", mtime=0), "is empty"),
        (gzip.compress(HEADER + b"".join(ROWS))[:-2000], "damaged gzip"),
        (b"PK\x03\x04 spreadsheet", "damaged archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel"),
        (b"PAR1 but not really", "damaged Parquet"),
        (b"%PDF-1.7 named as a table", "is not a table"),
        (b"\x00\x01\x02\x03\x04 binary", "not a text file"),
    ],
)
def test_files_that_cannot_be_taken(bring, content, message):
    with pytest.raises(ImportProblem, match=message):
        bring(content)


def test_what_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    for path, message in (
        (tmp_path, "is a folder"),
        (tmp_path / "nothing.csv", "There is no file"),
        (tmp_path / "pipe.csv", "is a pipe"),
    ):
        with pytest.raises(ImportProblem, match=message):
            stage("events", path, OPTIONS, timezone="UTC", folder=tmp_path, rejected_folder=tmp_path)


def test_a_missing_column_is_named_with_the_nearest(bring):
    with pytest.raises(WrongUsage, match=r"no column “when”\. Nearest: “When \?”"):
        bring(b"who,what,When ?,said\n1,a,2024-03-01,\n")


def test_a_header_without_rows_is_no_error(bring):
    result = bring(HEADER)
    assert (result["rows"], result["warnings"]) == (0, ["The file has a header row but no rows."])


def test_an_unclosed_quotation_mark_in_the_middle(bring, workspace, store):
    broken = b'p1500,visit,2024-03-01 10:00:00,"never closed\n'
    result = bring(HEADER + b"".join([*ROWS[:1500], broken, *ROWS[1501:]]))
    assert (result["rows"], result["accepted"], result["rejected"]) == (3000, 2999, 1)
    assert rejected(result) == [(line_of(1500), "malformed", broken.decode().rstrip("\n"))]
    whole = bring(HEADER + b"".join(ROWS))
    assert (whole["accepted"], whole["known"]) == (1, 2999)
    assert comments(store, workspace) == 3000


def test_latin_1_bytes_in_utf_8(bring, workspace):
    broken = "p7,visit,2024-03-01 10:00:00,Hyvää päivää\n".encode("latin-1")
    result = bring(HEADER + b"".join([*ROWS[:700], broken, *ROWS[700:]]))
    assert (result["accepted"], result["rejected"]) == (3000, 1)
    assert [(line, code) for line, code, _raw in rejected(result)] == [(line_of(700), "bad_bytes")]
    table = Path(result["rejected_file"])
    assert "Hyvää päivää" in table.read_text("utf-8")
    assert bring(HEADER + b"".join(ROWS))["known"] == 3000


def test_ten_per_cent_bad_dates(bring):
    damaged = [
        text.replace(b"2024-03-", b"2024-13-") if number % 10 == 3 else text
        for number, text in enumerate(ROWS)
    ]
    result = bring(HEADER + b"".join(damaged))
    assert (result["rows"], result["accepted"], result["rejected"]) == (3000, 2700, 300)
    assert rejected(result) == [
        (line_of(number), "bad_time", damaged[number].decode().removesuffix("\n"))
        for number in range(3, 3000, 10)
    ]
    assert bring(HEADER + b"".join(ROWS))["known"] == 2700


def test_every_second_row_is_too_short(bring):
    damaged = [b"p,visit\n" if number % 2 else text for number, text in enumerate(ROWS)]
    result = bring(HEADER + b"".join(damaged))
    assert (result["accepted"], result["rejected"]) == (1500, 1500)
    assert rejected(result)[:2] == [(4, "field_count", "p,visit"), (7, "field_count", "p,visit")]


def test_a_file_of_nothing_but_quotation_marks(bring):
    result = bring(HEADER + b'"\n' * 5000)
    assert (result["accepted"], result["rejected"]) == (0, 5000)


def test_text_that_only_looks_dangerous_survives(bring, workspace, store):
    said = [
        "NA",
        "null",
        "007",
        "1e5",
        "=1+1",
        "'; DROP TABLE signal; --",
        "a\x1fb",
        "a\x00b",
        "👍\u200d",
        "\\",
        "%s{}",
    ]
    lines = [f'p,visit,2024-03-01 10:00:00,"{text}"\n' for text in said]
    result = bring(HEADER + "".join(lines).encode())
    assert (result["accepted"], result["rejected"]) == (len(said), 0)
    for text in said:
        found = store.preview(workspace.key.hex, [Selector(where=(Condition("said", "eq", text),))], Scope())
        assert (text, found.signals) == (text, 1)


def test_300_megabytes_with_an_unclosed_quotation_mark_in_the_middle(workspace, tmp_path):
    comment = b"x" * 160
    block = b"".join(
        b'p@%d,visit,2024-03-%02d %02d:%02d:%02d,"%b ""%d"""\n'
        % (n % 97, 1 + n % 28, n % 24, n % 60, n * 7 % 60, comment, n)
        for n in range(10_000)
    )
    file = tmp_path / "large.csv"
    blocks = 300_000_000 // len(block) + 1
    with file.open("wb") as handle:
        handle.write(HEADER)
        for number in range(blocks):
            if number == blocks // 2:
                handle.write(b'p,visit,2024-03-01 10:00:00,"never closed\n')
            handle.write(block.replace(b"@", b"%d-" % number))
    assert file.stat().st_size > 300_000_000
    with staging_folder(tmp_path) as folder:
        staged = stage(
            "events",
            file,
            OPTIONS,
            timezone="Europe/Helsinki",
            folder=folder,
            rejected_folder=tmp_path / "rejected",
        )
        result = load(workspace, staged)
    assert (result["accepted"], result["rejected"]) == (blocks * 10_000, 1)
    assert rejected(result) == [
        (2 + blocks // 2 * 10_000, "malformed", 'p,visit,2024-03-01 10:00:00,"never closed')
    ]

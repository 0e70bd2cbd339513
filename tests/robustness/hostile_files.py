"""Files made to do harm, and a process that tries to read each: `python -m tests.robustness.hostile_files FOLDER`."""

from __future__ import annotations

import gzip
import io
import json
import os
import stat
import struct
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import xlsxwriter

MEBIBYTE = 1024 * 1024
EVENTS = b"who,what,when\n1,visit,2024-03-01\n"
_MAIN = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_SHEET = b"<worksheet " + _MAIN + b"><sheetData>%b</sheetData></worksheet>"
_HEADER = b'<row r="1">' + b"".join(
    b'<c r="%b1" t="inlineStr"><is><t>%b</t></is></c>' % cell
    for cell in ((b"A", b"who"), (b"B", b"what"), (b"C", b"when"))
)


def archive(files: dict[str, bytes | Iterator[bytes]]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as opened:
        for name, content in files.items():
            with opened.open(name, "w") as member:
                for piece in (content,) if isinstance(content, bytes) else content:
                    member.write(piece)
    return packed.getvalue()


def workbook(cells: bytes, **more: bytes | Iterator[bytes]) -> bytes:
    """A workbook of one sheet whose rows are this XML; `more` are files of its folder xl."""
    written = io.BytesIO()
    with xlsxwriter.Workbook(written) as ordinary:
        ordinary.add_worksheet("Data").write(0, 0, "shared")
    with zipfile.ZipFile(written) as opened:
        files: dict[str, bytes | Iterator[bytes]] = {name: opened.read(name) for name in opened.namelist()}
    files |= {f"xl/{name}.xml": content for name, content in more.items()}
    return archive({**files, "xl/worksheets/sheet1.xml": _SHEET % cells})


def _lying(packed: bytes, name: bytes) -> bytes:
    """The same archive, telling that this file unpacks into a thousand bytes."""
    changed = bytearray(packed)
    for mark, place, length in ((b"PK\x03\x04", 22, 30), (b"PK\x01\x02", 24, 46)):
        begin = changed.find(mark)
        while begin >= 0:
            if changed[begin + length : begin + length + len(name)] == name:
                struct.pack_into("<L", changed, begin + place, 1000)
            begin = changed.find(mark, begin + 4)
    return bytes(changed)


def _member(name: str, *, link: bool = False) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as opened:
        item = zipfile.ZipInfo(name)
        item.external_attr = (stat.S_IFLNK if link else stat.S_IFREG) << 16
        opened.writestr(item, b"/etc/passwd" if link else EVENTS)
    return packed.getvalue()


def _overlapping() -> bytes:
    """Ten entries of the list that all stand for the same 5 MB."""
    one = archive({"a0.csv": os.urandom(5 * MEBIBYTE)})
    begin = one.find(b"PK\x01\x02")
    end = one.rfind(b"PK\x05\x06")
    entry = one[begin:end]
    listed = b"".join(entry.replace(b"a0.csv", b"a%d.csv" % number) for number in range(10))
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 10, 10, len(listed), begin, 0)
    return one[:begin] + listed + tail


def _locked() -> bytes:
    changed = bytearray(archive({"a.csv": EVENTS}))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        changed[changed.find(mark) + place] |= 1
    return bytes(changed)


def _many(text: bytes, megabytes: int) -> Iterator[bytes]:
    block = text * (MEBIBYTE // len(text))
    for _each in range(megabytes):
        yield block


def _gzipped(pieces: Iterator[bytes]) -> bytes:
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=6) as file:
        for piece in pieces:
            file.write(piece)
    return packed.getvalue()


def _row(cells: bytes) -> bytes:
    return _HEADER + b"</row>" + cells


def _letters(column: int) -> bytes:
    """1 → A, 27 → AA."""
    before, letter = divmod(column - 1, 26)
    return (_letters(before) if before else b"") + b"%c" % (65 + letter)


def files() -> Iterator[tuple[str, bytes, str]]:
    """(name, content, what the message must say) of each; ten thousand columns and the like included."""
    far = b"<row r='1048576'><%b r='XFD1048576'><v>1</v></%b></row>"
    wide = b"".join(b'<c r="%b1"><v>1</v></c>' % _letters(n) for n in range(1, 10_001))
    strings = b"<sst " + _MAIN + b">"
    bomb = workbook(_row(b""), sharedStrings=_many(b"<si><t>x</t></si>", 100))
    names = ",".join(f"c{n}" for n in range(10_000)).encode()
    yield "bomb.xlsx", bomb, "unpacks into far more"
    yield "spaces.xlsx", workbook(_row(b""), other=_many(b" ", 100)), "unpacks into far more"
    yield "lying.xlsx", _lying(bomb, b"xl/sharedStrings.xml"), "unpacks into far more"
    yield "corners.xlsx", workbook(_row(far % (b"c", b"c"))), "too large for a workbook"
    yield "prefixed.xlsx", workbook(_row(far % (b"x:c", b"x:c"))), "too large for a workbook"
    yield (
        "placeless.xlsx",
        workbook(_row(b"<row>" + b"<c><v>1</v></c>" * 9000 + b"</row>" + b"<row><c/></row>" * 9000)),
        "too large for a workbook",
    )
    most = _SHEET % _row(b'<row r="15000"><c r="ALL15000"/></row>')
    yield "together.xlsx", workbook(most[most.find(b"<row") : -24], other=most), "too large for a workbook"
    yield "wide.xlsx", workbook(b'<row r="1">' + wide + b"</row>"), "10000 columns"
    yield "cut.xlsx", workbook(_row(b""))[:-200], "damaged archive"
    yield "strings.xlsx", workbook(_row(b"")[:-9], sharedStrings=strings), "damaged workbook"
    yield "wide.csv", names + b"\n" + names + b"\n", "10000 columns"
    yield "line.csv", b"x" * (200 * MEBIBYTE), "not a table"
    yield "quoted-line.csv", b'who,what,when\n"' + b"x" * (200 * MEBIBYTE), "not a table"
    yield "spaces.csv.gz", _gzipped(_many(b" ", 100)), "is empty|unpacks into far more"
    yield "rows.csv.gz", gzip.compress(EVENTS) + _gzipped(_many(EVENTS[14:], 100)), "unpacks into far more"
    yield "rows.zip", archive({"a.csv": _many(EVENTS, 100)}), "unpacks into far more"
    for number, name in enumerate(("../../etc/passwd", "/etc/passwd", "C:\\data.csv", "a\\..\\..\\b.csv")):
        yield f"path-{number}.zip", _member(name), "leads out of the archive"
    yield "link.zip", _member("a.csv", link=True), "leads out of the archive"
    yield "many.zip", archive({f"{n}.csv": EVENTS for n in range(30_000)}), "too many files"
    yield "over.zip", _overlapping(), "unpacks into far more"
    yield "locked.zip", _locked(), "locked with a password"
    yield "nested.zip", archive({"b.zip": archive({"a.csv": EVENTS})}), "archive within an archive"
    yield "picture.xlsx", b"\x89PNG\r\n\x1a\n" + bytes(1000), "is not a table"
    yield "old.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000), "an old Excel"
    yield "other.ods", archive({"mimetype": b"x", "content.xml": b"<x/>"}), "no XLSX"
    yield "page.csv", b"<html><table><tr><td>who</td></tr></table>", "web page"
    yield "list.csv", b'[{"who": 1}]', "is JSON"
    yield "text.parquet", b"PAR1" + EVENTS, "damaged Parquet"
    yield "noise.csv", bytes(range(256)) * 4000, "not a text file|no column"


def _memory() -> int:
    status = Path("/proc/self/status").read_text()
    return 1024 * next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def main(folder: Path) -> None:
    """Try to inspect and to import each file; print what was said, seconds of processor and bytes of memory more."""
    import django

    django.setup()
    from django.utils import translation

    from polku.capture.imports import ImportOptions, ImportProblem, parts_of, sample_of, stage

    translation.activate("en")

    def look(file: Path) -> None:
        for part in parts_of(file):
            sample_of(file, part)

    def bring(file: Path) -> None:
        options = ImportOptions(person="who", event="what", time="when")
        stage("events", file, options, timezone="UTC", folder=folder, rejected_folder=folder)

    for name, content, message in files():
        file = folder / name
        file.write_bytes(content)
        del content
        for way in (look, bring):
            before = _resident()
            Path("/proc/self/clear_refs").write_text("5")
            begun, said = time.process_time(), ""
            try:
                way(file)
            except ImportProblem as problem:
                said = str(problem)
            seconds = time.process_time() - begun
            print(json.dumps([name, way.__name__, message, said, seconds, _memory() - before]), flush=True)
        file.unlink()


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""Whether a workbook can be opened without harm, found before the library that reads it sees it.

That library unpacks whatever the archive holds and lays a sheet out as a full rectangle from its first cell to its
last, so that two cells in opposite corners would take hundreds of gigabytes (docs/decisions/0024).
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

from django.utils.translation import gettext as _

from polku.capture.imports.archives import bomb, damaged
from polku.capture.imports.problems import ImportProblem

_MOST_UNPACKED = 1024 * 1024 * 1024
"""Bytes of a workbook's XML: ten million cells or more."""
_LEAST_SUSPICIOUS = 64 * 1024 * 1024
_USUAL_RATIO = 100
MOST_CELLS = 20_000_000
"""Of the rectangles that the sheets' cells span, together."""
_CHUNK = 1024 * 1024
_STORED, _DEFLATED = 0, 8
_CELL = re.compile(rb'<c[\s/>](?:r="([A-Z]{1,3})([0-9]{1,7})")?')
_PREFIXED_CELL = re.compile(rb":c[\s/>]")
_TAG = re.compile(rb"<(?:[^\s<>/:\"'=]+:)?(row|c)(?=[\s/>])((?:[^>\"']|\"[^\"]*\"|'[^']*')*+)>")
_PLACE = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]*)([0-9]*)")


def check_workbook(handle: IO[bytes], opened: zipfile.ZipFile, file: str) -> None:
    """Raises ImportProblem for a workbook that unpacks into too much, or whose cells lie too far apart."""
    if sum(item.file_size for item in opened.infolist()) > _MOST_UNPACKED:
        raise _too_large(file)
    others = 0
    for item in opened.infolist():
        if item.flag_bits & 1 or item.compress_type not in (_STORED, _DEFLATED):
            raise damaged(file, ValueError(f"{item.compress_type}"))
        if item.file_size > _LEAST_SUSPICIOUS and item.file_size > item.compress_size * _USUAL_RATIO:
            raise bomb(file)
        extent = _Extent()
        for piece in _unpacked(handle, item, file):
            extent.add(piece)
            if others + extent.cells > MOST_CELLS:
                raise _too_large(file)
        others += extent.cells


def _too_large(file: str) -> ImportProblem:
    return ImportProblem(
        _("%s is too large for a workbook. Save the sheet as CSV (UTF-8) and import that file.") % file
    )


def _unpacked(handle: IO[bytes], item: zipfile.ZipInfo, file: str) -> Iterator[bytes]:
    """What a file of the archive really unpacks into; the size that the archive tells may be a lie."""
    handle.seek(item.header_offset)
    header = handle.read(30)
    if len(header) < 30 or not header.startswith(b"PK\x03\x04"):
        raise damaged(file, ValueError(item.header_offset))
    handle.seek(sum(struct.unpack_from("<HH", header, 26)), 1)
    remaining, told = item.compress_size, item.file_size
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS) if item.compress_type == _DEFLATED else None
    packed = b""
    while remaining or packed:
        if not packed:
            packed = handle.read(min(_CHUNK // 4, remaining))
            remaining = remaining - len(packed) if packed else 0
        try:
            piece = unpacker.decompress(packed, _CHUNK) if unpacker else packed
        except zlib.error as error:
            raise damaged(file, error) from error
        told -= len(piece)
        if told < 0:
            raise bomb(file)
        if piece:
            yield piece
        packed = unpacker.unconsumed_tail if unpacker else b""
        if unpacker and unpacker.eof:
            return


class _Extent:
    """The rectangle from the first cell to the last, of a sheet's XML that comes in pieces."""

    def __init__(self) -> None:
        self._first = self._last = 0  # rows
        self._width = 0
        self._row = self._column = 0
        self._rest = b""

    @property
    def cells(self) -> int:
        return (self._last - self._first + 1) * self._width

    def add(self, piece: bytes) -> None:
        text = self._rest + piece
        cut = text.rfind(b"<")
        text, self._rest = (text[:cut], text[cut:]) if cut >= 0 else (b"", text[-_CHUNK:])
        cells = _CELL.findall(text)
        columns = {column for column, _row in cells}
        if b"" not in columns and not _PREFIXED_CELL.search(text):  # as nearly all programs write them
            if cells:
                rows = [int(row) for _letters, row in cells]
                self._row = rows[-1]
                self._include(min(rows), max(rows), max(map(_column, columns)))
            return
        for match in _TAG.finditer(text):
            self._step(match)

    def _step(self, match: re.Match[bytes]) -> None:
        """A tag of any form: without a place of its own a row or cell follows the one before it."""
        place = _PLACE.search(match[2])
        letters, number = (place[1], int(place[2] or 0)) if place else (b"", 0)
        if match[1] == b"row":
            self._row, self._column = number or self._row + 1, 0
            return
        self._column = _column(letters) if letters else self._column + 1
        self._row = number or self._row
        self._include(self._row, self._row, self._column)

    def _include(self, first: int, last: int, column: int) -> None:
        self._first = min(self._first, first) if self._width else first
        self._last = max(self._last, last)
        self._width = max(self._width, column)


def _column(letters: bytes) -> int:
    """A → 1, Z → 26, AA → 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number

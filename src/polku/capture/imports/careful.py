"""The slow way through a stretch of CSV that breaks the rules: record by record, losing no more than it must."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass, field

from polku.capture.imports.reasons import Reason

LONGEST_RECORD = 1024 * 1024
"""A quoted field that runs over more bytes than this was never closed."""


@dataclass
class Stretch:
    """What was found: rows with their places, and what was rejected. Offsets and lines count from the stretch's
    beginning; `end` and `newlines` tell how far it went."""

    rows: list[list[str]] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    rejected: list[tuple[int, int, int, Reason]] = field(default_factory=list)
    """(start, length, line, reason)"""
    end: int = 0
    newlines: int = 0


class _TooLong(Exception):
    """A record ran over LONGEST_RECORD."""


class _NotYet(Exception):
    """A record goes on beyond what was read so far."""


def read_carefully(
    data: bytes, begin: int, stop: int, *, last: bool, delimiter: str, encoding: str, width: int
) -> Stretch:
    """Read the records that begin in data[begin:stop]; the last may end beyond `stop`.

    A malformed record rejects its first physical line only, and reading resumes on the next: an unclosed quotation
    mark costs one line. `last` says that the file ends where `data` ends; without it a record that may go on is
    left for the next time.
    """
    found = Stretch()
    position = begin
    line = 0
    while position < stop:
        lines = _Lines(data, position, last=last, encoding=encoding)
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        while lines.position < stop:
            position = lines.begin_record()
            taken = lines.count
            try:
                row = next(reader)
            except _NotYet:
                found.end, found.newlines = position - begin, line
                return found
            except (csv.Error, _TooLong, StopIteration) as error:
                is_long = isinstance(error, _TooLong) or lines.position - position > LONGEST_RECORD
                reason = Reason.TOO_LONG if is_long else Reason.MALFORMED
                break
            length = len(data[position : lines.position].rstrip(b"\r\n"))
            if not row:
                pass  # a blank line
            elif len(row) != width:
                reason = Reason.FIELD_COUNT
                break
            elif encoding == "utf-8" and not _is_utf8(data[position : position + length]):
                found.rejected.append((position - begin, length, line, Reason.BAD_BYTES))
            else:
                found.rows.append(row)
                found.starts.append(position - begin)
                found.lengths.append(length)
                found.lines.append(line)
            line += lines.count - taken
            position = lines.position
        else:
            break
        after = data.find(b"\n", position) + 1 or len(data)
        found.rejected.append((position - begin, len(data[position:after].rstrip(b"\r\n")), line, reason))
        position = after
        line += 1
    found.end, found.newlines = position - begin, line
    return found


class _Lines:
    """Physical lines as text, one after the other, with the place of the next."""

    def __init__(self, data: bytes, position: int, *, last: bool, encoding: str) -> None:
        self._data = data
        self._last = last
        self._encoding = encoding
        self._record = position
        self.position = position
        self.count = 0

    def begin_record(self) -> int:
        self._record = self.position
        return self.position

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self.position > self._record and self.position - self._record > LONGEST_RECORD:
            raise _TooLong
        end = self._data.find(b"\n", self.position) + 1
        if not end:
            if not self._last:
                raise _NotYet
            if self.position == len(self._data):
                raise StopIteration
            end = len(self._data)
        text = decode(self._data[self.position : end], self._encoding)
        self.position = end
        self.count += 1
        return text


_WINDOWS_1252 = "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(256))


def decode(raw: bytes, encoding: str) -> str:
    """Text of bytes: in UTF-8 bad bytes become lone surrogates, in Windows-1252 its five gaps control characters."""
    if encoding == "utf-8":
        return raw.decode("utf-8", "surrogateescape")
    return codecs.charmap_decode(raw, "strict", _WINDOWS_1252)[0]


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True

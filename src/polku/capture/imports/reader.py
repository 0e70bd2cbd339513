"""CSV and TSV into a RawTable: in whole arrays where the rules are kept, record by record where they are not.

A piece of some megabytes is cut at record boundaries and its quotation marks are checked (records.py); then Arrow
parses it and must find as many rows as there are records. A piece that fails any of this is halved down to small
windows, and only the window that holds the trouble goes the careful way (careful.py).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
from django.utils.translation import gettext as _

from polku.capture.imports.careful import LONGEST_RECORD, decode, read_carefully
from polku.capture.imports.dialect import Dialect, Encoding, survey_encoding
from polku.capture.imports.problems import ImportProblem
from polku.capture.imports.records import find_records
from polku.capture.imports.source import CHUNK, Source
from polku.capture.imports.staging_file import RawTable
from polku.eventstore.port import Progress

_SMALLEST_WINDOW = 64 * 1024
_BLOCK = 1024 * 1024
_LONGEST_PENDING = 64 * 1024 * 1024


class OtherEncoding(Exception):
    """The file turned out to be in another encoding than its beginning; start again with this one."""

    def __init__(self, encoding: Encoding) -> None:
        super().__init__(encoding)
        self.encoding = encoding


def read_delimited(
    source: Source,
    dialect: Dialect,
    columns: Sequence[str],
    table: RawTable,
    *,
    chunk: int = CHUNK,
    progress: Progress | None = None,
) -> None:
    """Read the named columns of every record of the file into `table`, in this order; malformed lines are rejected
    there. `chunk` is the number of bytes worked on at once.

    Raises ImportProblem where the file cannot be read, OtherEncoding where it must be read anew.
    """
    _Reader(source, dialect, columns, table).run(chunk, progress)


class _Reader:
    def __init__(self, source: Source, dialect: Dialect, columns: Sequence[str], table: RawTable) -> None:
        self._source = source
        self._dialect = dialect
        self._table = table
        self._wanted = [dialect.position(column) for column in columns]
        self._names = [f"c{number}" for number in range(dialect.width)]
        included = [self._names[position] for position in self._wanted]
        self._convert = pa_csv.ConvertOptions(
            column_types={name: pa.string() for name in included},
            strings_can_be_null=True,
            null_values=[""],
            quoted_strings_can_be_null=True,
            include_columns=included,
            check_utf8=False,  # the whole piece is checked instead, columns that are not mapped included
        )
        self._offset = 0  # of the pending bytes' beginning
        self._line = dialect.first_line
        self._surveyed = source.wide is not None  # what comes from UTF-16 is UTF-8

    def run(self, chunk: int, progress: Progress | None) -> None:
        pending = b""
        skip = self._dialect.start
        self._offset = skip
        for piece, position in self._source.chunks(chunk):
            if progress:
                progress(position, self._source.size)
            if skip:
                dropped, skip = min(skip, len(piece)), max(0, skip - len(piece))
                piece = piece[dropped:]
            if self._dialect.bare_returns:
                piece = piece.replace(b"\r", b"\n")
            pending = pending + piece if pending else piece
            pending = pending[self._take(pending, last=False) :]
            if len(pending) > _LONGEST_PENDING:
                raise ImportProblem(
                    _("Line %(line)s of %(file)s does not end within 64 MB: this is not a table.")
                    % {"line": self._line, "file": self._source.name}
                )
        if pending:
            self._take(pending if pending.endswith(b"\n") else pending + b"\n", last=True)

    def _take(self, data: bytes, *, last: bool) -> int:
        """Read the complete records of `data`; returns how many bytes they are."""
        position, window = 0, len(data)
        trouble = len(data) + 1  # the end of the smallest window known to hold something to be careful about
        while position < len(data):
            stop = min(position + window, len(data))
            used = self._quickly(data, position, stop)
            if used is None and stop - position > _SMALLEST_WINDOW:
                trouble = min(trouble, stop)
                window = max((stop - position) // 8, _SMALLEST_WINDOW)
                continue
            if used == 0 and stop < len(data):
                if position + 8 * window < trouble:
                    window *= 8
                    continue
                used = None  # one record reaches from here to the trouble, or is it
            if used is None or (used == 0 and (last or len(data) - position > LONGEST_RECORD)):
                used = self._carefully(data, position, stop, last=last)
            if not used:
                break
            position += used
            self._offset += used
            window *= 4
            if position >= trouble:
                trouble = len(data) + 1
        return position

    def _quickly(self, data: bytes, begin: int, stop: int) -> int | None:
        """Read the complete records of data[begin:stop] all at once. None: there is something to be careful about."""
        piece = memoryview(data)[begin:stop]
        records = find_records(piece, ord(self._dialect.delimiter))
        if records is None:
            return None
        if not records.end:
            return 0
        if records.starts.size:
            text = self._utf8(piece[: records.end])
            if text is None:
                return None
            try:
                parsed = pa_csv.read_csv(
                    pa.BufferReader(text),
                    read_options=pa_csv.ReadOptions(column_names=self._names, block_size=_BLOCK),
                    parse_options=pa_csv.ParseOptions(
                        delimiter=self._dialect.delimiter, newlines_in_values=True
                    ),
                    convert_options=self._convert,
                )
            except pa.ArrowInvalid:
                return None
            if parsed.num_rows != records.starts.size:
                return None
            self._table.add(
                [column.combine_chunks() for column in parsed.columns],
                lines=records.lines + self._line,
                offsets=records.starts + self._offset,
                lengths=records.lengths,
            )
        self._line += records.newlines
        return records.end

    def _utf8(self, piece: memoryview) -> pa.Buffer | None:
        """The piece as UTF-8, or None where it is not. Raises OtherEncoding where the whole file says so."""
        buffer = pa.py_buffer(piece)
        if self._dialect.encoding == "windows-1252":
            return pa.py_buffer(decode(bytes(piece), "windows-1252").encode("utf-8"))
        offsets = pa.py_buffer(np.array([0, len(piece)], dtype=np.int32))
        try:
            pa.Array.from_buffers(pa.string(), 1, [None, offsets, buffer]).validate(full=True)
        except pa.ArrowInvalid:
            if not self._surveyed:
                self._surveyed = True
                encoding = survey_encoding(self._source)
                if encoding != "utf-8":
                    raise OtherEncoding(encoding) from None
            return None
        return buffer

    def _carefully(self, data: bytes, begin: int, stop: int, *, last: bool) -> int:
        found = read_carefully(
            data,
            begin,
            stop,
            last=last,
            delimiter=self._dialect.delimiter,
            encoding=self._dialect.encoding,
            width=self._dialect.width,
        )
        self._table.add(
            [pa.array([row[p] or None for row in found.rows], pa.string()) for p in self._wanted],
            lines=np.array(found.lines, dtype=np.int64) + self._line,
            offsets=np.array(found.starts, dtype=np.int64) + self._offset,
            lengths=np.array(found.lengths, dtype=np.int64),
        )
        for start, length, line, reason in found.rejected:
            self._table.reject(start + self._offset, length, line + self._line, reason)
        self._line += found.newlines
        return found.end

"""The table between reading and understanding: mapped columns as text, with the place of each row in the file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from polku.capture.imports.reasons import Reason


class RawTable:
    """Writes an Arrow file, one record batch after another.

    Its columns are c0, c1 … (text, null where the cell is empty), `line` (physical, from 1), `offset` and `length`
    (bytes in the decompressed file). Arrow's own format and not Parquet, because the next step maps it into memory
    and reads each column several times. `verbatim` are the columns whose surrounding blanks are kept; rows after
    the physical line `last_line` are left out. With `typed` there are also n0, n1 …: which cells are numbers of a
    sheet rather than texts that may look like numbers.
    """

    def __init__(
        self,
        path: Path,
        columns: int,
        *,
        verbatim: frozenset[int] = frozenset(),
        last_line: int | None = None,
        typed: bool = False,
    ) -> None:
        self.path = path
        self.rejected: list[tuple[int, int, int, Reason]] = []
        self.rows = 0
        self.beyond_digits: set[str] = set()
        """Columns in which a sheet keeps a number with more digits than it can."""
        self._verbatim = verbatim
        self._last_line = last_line
        self.schema = pa.schema(
            [
                *((f"c{number}", pa.string()) for number in range(columns)),
                ("line", pa.int64()),
                ("offset", pa.int64()),
                ("length", pa.int64()),
                *((f"n{number}", pa.bool_()) for number in range(columns if typed else 0)),
            ]
        )
        self._writer = pa.ipc.new_file(str(path), self.schema)

    def add(
        self,
        columns: list[pa.Array],
        *,
        lines: NDArray[np.int64],
        offsets: NDArray[np.int64],
        lengths: NDArray[np.int64],
        typed: Sequence[pa.Array] = (),
    ) -> None:
        """Append rows, whose lines ascend; the columns are text arrays of equal length."""
        if self._last_line is not None and lines.size and lines[-1] > self._last_line:
            kept = int(np.searchsorted(lines, self._last_line, side="right"))
            columns, typed = [c.slice(0, kept) for c in columns], [c.slice(0, kept) for c in typed]
            lines, offsets, lengths = lines[:kept], offsets[:kept], lengths[:kept]
        if not lines.size:
            return
        tidy = [
            column if number in self._verbatim else _trim(column) for number, column in enumerate(columns)
        ]
        self.rows += lines.size
        self._writer.write_batch(
            pa.record_batch(
                [*tidy, pa.array(lines), pa.array(offsets), pa.array(lengths), *typed], schema=self.schema
            )
        )

    def reject(self, offset: int, length: int, line: int, reason: Reason) -> None:
        """Note that the bytes at offset are no row."""
        if self._last_line is not None and line > self._last_line:
            return
        self.rejected.append((offset, length, line, reason))

    def __enter__(self) -> RawTable:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.close()

    def open(self) -> pa.Table:
        """The whole table, mapped into memory."""
        return pa.ipc.open_file(pa.memory_map(str(self.path))).read_all()


def _trim(column: pa.Array) -> pa.Array:
    """Without blanks around the text; what is nothing else becomes null."""
    if not _may_have_blanks(column):
        return column
    trimmed = pc.utf8_trim_whitespace(column)
    empty = pc.equal(pc.binary_length(trimmed), 0)
    return pc.if_else(empty, pa.scalar(None, pa.string()), trimmed) if pc.any(empty).as_py() else trimmed


def _may_have_blanks(column: pa.Array) -> bool:
    """Whether any text begins or ends in a byte that could be part of a blank (quick, and often no)."""
    _valid, offsets_buffer, data_buffer = column.buffers()
    if data_buffer is None or data_buffer.size == 0:
        return False
    offsets = np.frombuffer(offsets_buffer, dtype=np.int32)[column.offset : column.offset + len(column) + 1]
    data = np.frombuffer(data_buffer, dtype=np.uint8)
    filled = offsets[1:] > offsets[:-1]
    first, after = offsets[:-1][filled], offsets[1:][filled]
    if not first.size:
        return False
    edges = np.concatenate([data[first], data[after - 1]])
    return bool(((edges <= 32) | (edges >= 0x80)).any())

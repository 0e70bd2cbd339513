"""A file, or one part of it, as a RawTable, whatever its form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.utils.translation import gettext as _

from polku.capture.imports.dialect import (
    Dialect,
    Row,
    header_index,
    joined,
    names_of,
    recognise,
    require_columns,
    require_width,
)
from polku.capture.imports.mapping import Reading
from polku.capture.imports.problems import ImportProblem, WrongUsage
from polku.capture.imports.reader import OtherEncoding, read_delimited
from polku.capture.imports.source import Source
from polku.capture.imports.staging_file import RawTable
from polku.capture.imports.workbooks import Cell, SheetRows, is_beyond_digits, is_number, text_of
from polku.eventstore.port import Progress

_ROWS = 131_072
_PIECE = 10_000  # rows of a sheet taken at once
_FIRST_ROWS = 200  # of a sheet, in which its header must stand


@dataclass(frozen=True)
class SheetLayout:
    """Which sheet of a workbook is read, the row of its header, and how many rows that has."""

    sheet: str
    columns: tuple[str, ...]
    header_line: int
    header_rows: int = 1


Layout = Dialect | SheetLayout | None
"""How rows and columns are found; None for Parquet, which tells it itself."""


def columns_of(
    source: Source, wanted: Sequence[str], reading: Reading | None = None
) -> tuple[tuple[str, ...], Layout]:
    """The part's columns and layout. `wanted` are columns that help to find them, `reading` what is decided.

    Raises ImportProblem; WrongUsage where the reading does not fit the file.
    """
    if reading is not None and reading.sheet is not None and source.form != "workbook":
        raise WrongUsage(_("%s is no workbook, so it has no sheets.") % source.name)
    if source.form == "parquet":
        return tuple(_parquet(source).schema_arrow.names), None
    found = (
        _sheet_of(source, wanted, reading or Reading())
        if source.form == "workbook"
        else recognise(source, wanted, reading)
    )
    return found.columns, found


def read_table(
    source: Source,
    layout: Layout,
    columns: Sequence[str],
    path: Path,
    *,
    verbatim: frozenset[str] = frozenset(),
    last_line: int | None = None,
    progress: Progress | None = None,
) -> tuple[RawTable, dict[str, Any]]:
    """Read the named columns into a RawTable at `path`; returns it with what was recognised. Rows after the physical
    line `last_line` are left out.

    Raises ImportProblem; WrongUsage for a column that is not there.
    """
    kept = frozenset(number for number, column in enumerate(columns) if column in verbatim)

    def table(*, typed: bool = False) -> RawTable:
        return RawTable(path, len(columns), verbatim=kept, last_line=last_line, typed=typed)

    if layout is None:
        parquet = _parquet(source)
        require_columns(parquet.schema_arrow.names, columns, source.name)
        with table() as rows:
            _read_parquet(parquet, columns, rows, progress)
        return rows, {"format": source.format}
    require_columns(layout.columns, columns, source.name)
    if isinstance(layout, SheetLayout):
        with table(typed=True) as rows:
            _read_sheet(source.workbook().rows(layout.sheet), layout, columns, rows, progress)
        return rows, {"format": source.format, "sheet": layout.sheet, "header_line": layout.header_line}
    try:
        with table() as rows:
            read_delimited(source, layout, columns, rows, progress=progress)
    except OtherEncoding as other:
        layout = replace(layout, encoding=other.encoding)
        with table() as rows:
            read_delimited(source, layout, columns, rows, progress=progress)
    return rows, {
        "format": source.format,
        "delimiter": layout.delimiter,
        "encoding": "utf-16" if source.wide else layout.encoding,
        "header_line": layout.header_line,
    }


def first_rows(rows: SheetRows, most: int = _FIRST_ROWS) -> list[Row]:
    """The first rows of a sheet that hold anything."""
    return [Row(texts, 0, number, number) for number, texts in islice(rows.texts(), most)]


def parquet_rows(source: Source, most: int) -> tuple[list[Row], list[Row], int]:
    """(the first rows, the very first with the columns' names; no last ones; how many there are in all).

    Below a Parquet table stands nothing that could be taken for a row."""
    parquet = _parquet(source)
    names = list(parquet.schema_arrow.names)
    size = parquet.metadata.num_rows
    try:
        head = next(parquet.iter_batches(batch_size=max(most - 1, 1)), None)
        columns = [_as_text(head.column(n), name).to_pylist() for n, name in enumerate(names)] if head else []
    except (pa.ArrowException, OSError) as error:
        raise ImportProblem(_("The Parquet file cannot be read: %s.") % error) from error
    rows = [[text or "" for text in row] for row in zip(*columns, strict=True)]
    # The columns' names stand where line 0 would be: rows of Parquet are counted from 1.
    return [Row(names, 0, 0, 0), *(Row(row, 0, n, n) for n, row in enumerate(rows, start=1))], [], size + 1


def _sheet_of(source: Source, wanted: Sequence[str], reading: Reading) -> SheetLayout:
    """The sheet that was decided on; else the only one that holds rows, or that holds all wanted columns."""
    workbook = source.workbook()
    names = [reading.sheet] if reading.sheet is not None else workbook.sheets()
    beginnings = {name: rows for name in names if (rows := first_rows(workbook.rows(name)))}
    if not beginnings:
        raise ImportProblem(_("%s is empty.") % source.name)
    found: list[SheetLayout] = []
    for name, rows in beginnings.items():
        header = header_index(rows, wanted, line=reading.header_line)
        if header is not None:
            require_width(len(rows[header].fields), source.name)
            heads = [row.fields for row in rows[header : header + max(reading.header_rows, 1)]]
            columns = names_of(joined(heads), decided=reading.header_line is not None)
            found.append(SheetLayout(name, columns, rows[header].line, max(reading.header_rows, 1)))
    fitting = [layout for layout in found if set(wanted) <= set(layout.columns)]
    if len(found) == 1 or len(fitting) == 1:
        return (fitting or found)[0]
    listed = ", ".join(f"“{name}”" for name in list(beginnings)[:12])
    raise WrongUsage(
        _("%(file)s has several sheets: %(sheets)s. Say which by --sheet.")
        % {"file": source.name, "sheets": listed}
    )


def _read_sheet(
    rows: SheetRows,
    layout: SheetLayout,
    columns: Sequence[str],
    table: RawTable,
    progress: Progress | None,
) -> None:
    places = [layout.columns.index(column) for column in columns]
    remaining = rows.cells(layout.header_line + layout.header_rows)
    while piece := list(islice(remaining, _PIECE)):
        cells = [[row[place] for _number, row in piece] for place in places]
        lines = np.array([number for number, _row in piece], dtype=np.int64)
        table.add(
            [pa.array([_cell_text(cell) for cell in column], pa.string()) for column in cells],
            lines=lines,
            offsets=lines,
            lengths=np.zeros_like(lines),
            typed=[pa.array([is_number(cell) for cell in column]) for column in cells],
        )
        table.beyond_digits |= {
            column
            for column, values in zip(columns, cells, strict=True)
            if any(is_beyond_digits(cell) for cell in values)
        }
        if progress:
            progress(int(lines[-1]), rows.height)


def _cell_text(cell: Cell) -> str | None:
    return (cell or None) if type(cell) is str else text_of(cell)


def _parquet(source: Source) -> pq.ParquetFile:
    try:
        parquet = pq.ParquetFile(source.local())
    except (pa.ArrowException, OSError) as error:
        raise ImportProblem(
            _("%(file)s is a damaged Parquet file (%(reason)s).") % {"file": source.name, "reason": error}
        ) from error
    require_width(len(parquet.schema_arrow.names), source.name)
    return parquet


def _read_parquet(
    parquet: pq.ParquetFile, columns: Sequence[str], table: RawTable, progress: Progress | None
) -> None:
    done = 0
    try:
        for batch in parquet.iter_batches(batch_size=_ROWS, columns=list(columns)):
            numbers = np.arange(done, done + batch.num_rows, dtype=np.int64)
            table.add(
                [_as_text(batch.column(batch.schema.get_field_index(column)), column) for column in columns],
                lines=numbers + 1,
                offsets=numbers,
                lengths=np.zeros_like(numbers),
            )
            done += batch.num_rows
            if progress:
                progress(done, parquet.metadata.num_rows)
    except (pa.ArrowException, OSError) as error:
        raise ImportProblem(_("The Parquet file cannot be read: %s.") % error) from error


def _as_text(values: pa.Array, column: str) -> pa.Array:
    """Any simple column as the text a CSV file would have; empty texts become null."""
    kind = values.type
    if pa.types.is_dictionary(kind):
        values = values.dictionary_decode()
        kind = values.type
    if pa.types.is_timestamp(kind):
        # Arrow writes UTC; what has a zone must say so.
        text = pc.cast(values.cast(pa.timestamp("us"), safe=False), pa.string())
        values = pc.binary_join_element_wise(text, "Z", "") if kind.tz else text
    elif pa.types.is_nested(kind) or pa.types.is_duration(kind):
        raise ImportProblem(
            _("Column “%(column)s” holds %(kind)s; only simple values can be imported.")
            % {"column": column, "kind": kind}
        )
    elif not pa.types.is_string(kind):
        if pa.types.is_floating(kind):  # whoever has no nulls for numbers writes NaN
            values = pc.if_else(pc.is_nan(values), pa.scalar(None, kind), values)
        values = pc.cast(values, pa.string())
    return pc.if_else(pc.equal(pc.binary_length(values), 0), pa.scalar(None, pa.string()), values)

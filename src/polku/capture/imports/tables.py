"""Opening a file as a RawTable, whatever its form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.utils.translation import gettext as _

from polku.capture.imports.dialect import Dialect, recognise, require_columns
from polku.capture.imports.problems import ImportProblem
from polku.capture.imports.reader import OtherEncoding, read_delimited
from polku.capture.imports.source import Source
from polku.capture.imports.staging_file import RawTable
from polku.eventstore.port import Progress

_ROWS = 131_072


def columns_of(source: Source, wanted: Sequence[str]) -> tuple[tuple[str, ...], Dialect | None]:
    """The file's columns, and its dialect where it is text."""
    if source.form == "parquet":
        return tuple(_parquet(source).schema_arrow.names), None
    dialect = recognise(source, wanted)
    return dialect.columns, dialect


def read_table(
    source: Source,
    dialect: Dialect | None,
    columns: Sequence[str],
    path: Path,
    *,
    verbatim: frozenset[str] = frozenset(),
    progress: Progress | None = None,
) -> tuple[RawTable, dict[str, Any]]:
    """Read the named columns into a RawTable at `path`; returns it with what was recognised.

    Raises ImportProblem; WrongUsage for a column that is not there.
    """
    kept = frozenset(number for number, column in enumerate(columns) if column in verbatim)
    if dialect is None:
        parquet = _parquet(source)
        require_columns(parquet.schema_arrow.names, columns, source.path.name)
        with RawTable(path, len(columns), verbatim=kept) as table:
            _read_parquet(parquet, columns, table, progress)
        return table, {"format": "parquet"}
    require_columns(dialect.columns, columns, source.path.name)
    try:
        with RawTable(path, len(columns), verbatim=kept) as table:
            read_delimited(source, dialect, columns, table, progress=progress)
    except OtherEncoding as other:
        dialect = replace(dialect, encoding=other.encoding)
        with RawTable(path, len(columns), verbatim=kept) as table:
            read_delimited(source, dialect, columns, table, progress=progress)
    return table, {
        "format": "csv.gz" if source.form == "gzip" else "csv",
        "delimiter": dialect.delimiter,
        "encoding": dialect.encoding,
        "header_line": dialect.first_line - 1,
    }


def _parquet(source: Source) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(source.path)
    except (pa.ArrowException, OSError) as error:
        raise ImportProblem(
            _("%(file)s is a damaged Parquet file (%(reason)s).")
            % {"file": source.path.name, "reason": error}
        ) from error


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

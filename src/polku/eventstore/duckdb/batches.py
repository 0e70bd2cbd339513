"""Reading what is loaded: in chunks of a size that memory bears, with the columns that the port promises."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from polku.eventstore.duckdb.session import Session
from polku.eventstore.port import Source, StoreError

CHUNK = 500_000

Integers = NDArray[np.int64]


def row_count(source: Source) -> int:
    return source.num_rows if isinstance(source, pa.Table) else pq.read_metadata(source).num_rows


def chunks(source: Source, schema: pa.Schema, *optional: pa.Field, size: int = CHUNK) -> Iterator[pa.Table]:
    """The rows in order, cast to `schema` with the columns `optional` behind: null where the batch lacks them.

    Raises StoreError where a column is missing, null or unlike it.
    """
    if isinstance(source, pa.Table):
        for start in range(0, source.num_rows, size):
            yield _checked(source.slice(start, size), schema, optional)
        return
    with pq.ParquetFile(source) as file:
        for batch in file.iter_batches(batch_size=size):
            yield _checked(pa.Table.from_batches([batch]), schema, optional)


def columns(source: Source, names: Sequence[str]) -> pa.Table:
    """Some columns of all rows."""
    return (
        source.select(names) if isinstance(source, pa.Table) else pq.read_table(source, columns=list(names))
    )


def _checked(table: pa.Table, schema: pa.Schema, optional: Sequence[pa.Field]) -> pa.Table:
    for column in optional:
        if column.name not in table.column_names:
            table = table.append_column(column, pa.nulls(table.num_rows, column.type))
        schema = schema.append(column)
    missing = [name for name in schema.names if name not in table.column_names]
    if missing:
        raise StoreError(_("The batch lacks the column %s.") % ", ".join(missing))
    try:
        table = table.select(schema.names).cast(schema)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, ValueError) as error:
        raise StoreError(_("The batch has a column of another type: %s") % error) from error
    for column in schema:
        if not column.nullable and table[column.name].null_count:
            raise StoreError(_("The batch has rows without %s.") % column.name)
    return table


def unseen_rows(session: Session, batch: pa.Table, table: str) -> Integers:
    """Positions of the rows whose message id neither `table` nor an earlier row has, in order."""
    offered = pa.table({"message_id": batch["message_id"], "row": np.arange(batch.num_rows)})
    session.offer("incoming", offered)
    (rows,) = session.integers(
        f"""
        SELECT i.row FROM (
            SELECT CAST(message_id AS UUID) AS message_id, min(row) AS row FROM incoming GROUP BY ALL
        ) AS i ANTI JOIN {session.db}.{table} AS t ON t.message_id = i.message_id
        ORDER BY i.row"""
    )
    session.withdraw("incoming")
    return rows


def codes(column: pa.ChunkedArray) -> tuple[Integers, pa.Array]:
    """(position in the list of values or −1 for null, the distinct values by first appearance)."""
    encoded = column.combine_chunks().dictionary_encode()
    return encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64), encoded.dictionary


def nullable(values: Integers) -> pa.Array:
    """Whole numbers in which −1 stands for null."""
    return pa.array(values, mask=values < 0)

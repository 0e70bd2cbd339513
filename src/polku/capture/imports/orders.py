"""Orders: a sheet's rows as the port's ORDER_BATCH."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from polku.capture.imports.identity import as_text, content_digests, message_ids
from polku.capture.imports.options import ImportOptions
from polku.capture.imports.properties import as_json
from polku.capture.imports.reasons import Reason
from polku.capture.imports.sheet import Sheet
from polku.capture.imports.signals import descends, take
from polku.eventstore.port import ORDER_BATCH

_TEXTS = ("person", "status", "channel", "url")


def write_orders(sheet: Sheet, options: ImportOptions, path: Path) -> int:
    """Write the orders (or order lines) of a sheet to Parquet; returns how many."""
    (identifier,) = options.id
    sheet.reject(sheet.empty(identifier), Reason.NO_ORDER)
    sheet.prepare_moments([c for c in (options.time, options.promised, options.delivered) if c])
    columns: dict[str, pa.Array] = {}
    if options.value:
        columns["value"] = pa.array(sheet.numbers(options.value), from_pandas=True)
    time = None
    if options.time:
        time = sheet.times(options.time)
        sheet.reject(time.bad, Reason.BAD_TIME, options.time)
        columns["time"] = pa.array(time.utc, mask=time.empty | time.bad)
    for role in ("promised", "delivered"):
        if column := getattr(options, role):
            days, known = sheet.days(column)
            columns[role] = pa.array(days.astype(np.int32), mask=~known)
    rows = np.flatnonzero(sheet.accepted)
    if time is not None and descends(sheet, time.utc[rows][~time.empty[rows]]):
        rows = rows[::-1]
    table: dict[str, pa.Array | pa.ChunkedArray] = {"order": take(sheet.text(identifier), rows)}
    for role in _TEXTS:
        if column := getattr(options, role):
            table[role] = take(sheet.text(column), rows)
    picked = pa.array(rows)
    table |= {name: values.take(picked) for name, values in columns.items()}
    properties = list(dict.fromkeys(options.properties))
    traits = pa.table({name: take(sheet.text(name), rows) for name in properties})
    with duckdb.connect(":memory:") as connection:
        said = {f"property {name}": traits.column(name) for name in sorted(properties)}
        content = pa.table({**dict(sorted(table.items())), **said})
        ids = message_ids(content_digests(connection, [content], ["orders"]))
        if properties:
            table["properties"] = as_json(connection, traits, properties)
    size = rows.size
    arrays = [as_text(ids)]
    for field in list(ORDER_BATCH)[1:]:
        values = table.get(field.name)
        arrays.append(pa.nulls(size, field.type) if values is None else values.cast(field.type))
    pq.write_table(pa.table(arrays, schema=ORDER_BATCH), path, compression="lz4")
    return size

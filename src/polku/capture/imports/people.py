"""People: a sheet's rows as the port's PERSON_BATCH."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from polku.capture.imports.options import ImportOptions
from polku.capture.imports.properties import as_json
from polku.capture.imports.reasons import Reason
from polku.capture.imports.sheet import Sheet
from polku.capture.imports.signals import take
from polku.eventstore.port import PERSON_BATCH


def write_people(sheet: Sheet, options: ImportOptions, path: Path) -> int:
    """Write the people of a sheet to Parquet; returns how many rows."""
    person = str(options.person)
    if options.skip_empty:
        sheet.leave_out(sheet.empty(person))
    sheet.reject(sheet.empty(person), Reason.NO_PERSON)
    rows = np.flatnonzero(sheet.accepted)
    # Channel and page address are no fields of a person: where they are named they are traits.
    named = [*options.properties, *(column for column in (options.channel, options.url) if column)]
    properties = list(dict.fromkeys(named))
    traits = pa.table({name: take(sheet.text(name), rows) for name in properties})
    documents: pa.Array | pa.ChunkedArray = pa.nulls(rows.size, pa.string())
    if properties:
        with duckdb.connect(":memory:") as connection:
            documents = as_json(connection, traits, properties)
    arrays = [take(sheet.text(person), rows), _aliases(sheet, options, rows), documents]
    pq.write_table(pa.table(arrays, schema=PERSON_BATCH), path, compression="lz4")
    return rows.size


def _aliases(sheet: Sheet, options: ImportOptions, rows: NDArray[np.int64]) -> pa.Array:
    """The filled alias cells of each row as a list, null where there is none."""
    names = list(dict.fromkeys(options.aliases))
    if not names:
        return pa.nulls(rows.size, PERSON_BATCH.field("aliases").type)
    cells = [take(sheet.text(name), rows).to_pylist() for name in names]
    lists = [[text for text in row if text is not None] or None for row in zip(*cells, strict=True)]
    return pa.array(lists, type=PERSON_BATCH.field("aliases").type)

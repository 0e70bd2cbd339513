"""Contracts: a sheet's rows as events that a contract started and ended, in the port's SIGNAL_BATCH.

A signal's id begins with digits of its contract, so that what a later file says of it replaces what was said before
(`thing_digits` of the store's load; docs/decisions/0048).
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.utils.translation import ngettext
from numpy.typing import NDArray

from polku.capture.imports.identity import as_text, content_digests
from polku.capture.imports.options import ImportOptions
from polku.capture.imports.properties import as_json
from polku.capture.imports.reasons import Reason
from polku.capture.imports.sheet import Sheet, Times
from polku.capture.imports.signals import take
from polku.eventstore.port import SIGNAL_BATCH, SignalKind

STARTED, ENDED = "Contract Started", "Contract Ended"
_CONTRACT = 19
"""Hex digits of a message id that name the contract; the next tells start from end, the rest is what is said."""
_MARKS = {STARTED: "1", ENDED: "2"}
_SHORT = 16  # digits of a contract's name where the file gives it none
_ROLES = ("channel", "url")


def thing_digits(options: ImportOptions) -> int:
    """How many digits name what the file tells all of: a contract, or where it has no column of ends, its start."""
    return _CONTRACT if options.end else _CONTRACT + 1


def write_contracts(sheet: Sheet, options: ImportOptions, path: Path) -> int:
    """Write the starts and ends of a sheet's contracts to Parquet; returns how many signals."""
    start, person = str(options.start), str(options.person)
    value = pa.array(sheet.numbers(options.value), from_pandas=True) if options.value else None
    sheet.prepare_moments([column for column in (start, options.end) if column])
    starts = sheet.times(start)
    ends = sheet.times(options.end) if options.end else None
    if options.skip_empty:
        sheet.leave_out(sheet.empty(person))
    _reject(sheet, options, starts, ends)
    with duckdb.connect(":memory:") as connection:
        contracts = _contracts(connection, sheet, options, starts.utc)
        rows = _latest_rows(sheet, contracts, starts.utc)
        signals = [(STARTED, rows, starts.utc)]
        if ends is not None:
            signals.append((ENDED, rows[~ends.empty[rows]], ends.utc))
        tables = [
            _signals(connection, sheet, options, contracts, name, of, utc, value) for name, of, utc in signals
        ]
    batch = pa.concat_tables(tables)
    pq.write_table(batch, path, compression="lz4")
    return int(batch.num_rows)


def _reject(sheet: Sheet, options: ImportOptions, starts: Times, ends: Times | None) -> None:
    start = str(options.start)
    sheet.reject(sheet.empty(options.person), Reason.NO_PERSON)
    if options.id:
        missing = np.ones(sheet.size, dtype=np.bool_)
        for column in options.id:
            missing &= sheet.empty(column)
        sheet.reject(missing, Reason.NO_ID, options.id[0])
    sheet.reject(starts.empty, Reason.NO_TIME, start)
    sheet.reject(starts.bad, Reason.BAD_TIME, start)
    if ends is not None and options.end:
        sheet.reject(ends.bad, Reason.BAD_TIME, options.end)
        sheet.reject(~ends.empty & (ends.utc < starts.utc), Reason.END_BEFORE_START, options.end)


def _contracts(
    connection: duckdb.DuckDBPyConnection, sheet: Sheet, options: ImportOptions, starts: NDArray[np.int64]
) -> pa.Array:
    """What each row's contract is called: by the columns of its id, else after its person and start, in digits that
    tell neither."""
    if options.id:
        cells = [pc.fill_null(sheet.text(column), "").combine_chunks() for column in options.id]
        return cells[0] if len(cells) == 1 else pc.binary_join_element_wise(*cells, "/")
    who = pa.table({"person": sheet.text(str(options.person)), "start": pa.array(starts)})
    return pc.utf8_slice_codeunits(as_text(content_digests(connection, [who], ["contract"])), 0, _SHORT)


def _latest_rows(sheet: Sheet, contracts: pa.Array, starts: NDArray[np.int64]) -> NDArray[np.int64]:
    """The rows that are taken, in order: of a contract that has several, the last of the file."""
    rows = np.flatnonzero(sheet.accepted)
    codes = np.asarray(contracts.dictionary_encode().indices.to_numpy(zero_copy_only=False))[rows]
    _each, from_the_end = np.unique(codes[::-1], return_index=True)
    latest = rows[np.sort(rows.size - 1 - from_the_end)]
    if latest.size < rows.size:
        count = int(rows.size - latest.size)
        sheet.warnings.append(
            ngettext(
                "%(count)s row tells of a contract that a later row of the file tells of, too; the later was taken.",
                "%(count)s rows tell of contracts that a later row of the file tells of, too; the later was taken.",
                count,
            )
            % {"count": count}
        )
    return latest[np.argsort(starts[latest], kind="stable")]


def _signals(
    connection: duckdb.DuckDBPyConnection,
    sheet: Sheet,
    options: ImportOptions,
    contracts: pa.Array,
    name: str,
    rows: NDArray[np.int64],
    utc: NDArray[np.int64],
    value: pa.Array | None,
) -> pa.Table:
    picked = pa.array(rows, pa.int64())
    names = list(dict.fromkeys(column for column in options.properties if column != "contract"))
    said: dict[str, pa.Array | pa.ChunkedArray] = {
        "contract": contracts.take(picked),
        **{column: take(sheet.text(column), rows) for column in names},
    }
    columns: dict[str, pa.Array | pa.ChunkedArray] = {
        "kind": pa.repeat(pa.scalar(int(SignalKind.EVENT), pa.uint8()), rows.size),
        "name": pa.repeat(pa.scalar(name, pa.string()), rows.size),
        "time": pa.array(utc[rows]).cast(pa.timestamp("us")),
        "person": take(sheet.text(str(options.person)), rows),
        "properties": as_json(connection, pa.table(said), list(said)),
    }
    for role in _ROLES:
        if column := getattr(options, role):
            columns[role] = take(sheet.text(column), rows)
    if value is not None:
        columns["value"] = value.take(picked)
    things = content_digests(connection, [pa.table({"contract": said["contract"]})], ["contract"])
    # The name and all that is said: another person, value or day is another signal of the same contract.
    content = content_digests(connection, [pa.table(dict(sorted(columns.items())))], ["contract", name])
    ids = [
        thing.decode()[:_CONTRACT] + _MARKS[name] + rest.decode()[_CONTRACT + 1 :]
        for thing, rest in zip(things.tolist(), content.tolist(), strict=True)
    ]
    columns["message_id"] = pa.array(ids, pa.string())
    arrays = [
        columns[field.name].cast(field.type) if field.name in columns else pa.nulls(rows.size, field.type)
        for field in SIGNAL_BATCH
    ]
    return pa.table(arrays, schema=SIGNAL_BATCH)

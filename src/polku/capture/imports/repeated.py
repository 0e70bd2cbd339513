"""Several records in one row: a visit with numbered columns for each of its pages becomes one row for each page."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


def record_names(
    names: Sequence[str], repeated: Sequence[str], columns: Sequence[str]
) -> list[list[str | None]]:
    """For each record of a row the columns that stand for `names` (None where the file lacks one), in the order in
    which the records stand in a row; nothing where rows hold one record only."""
    if len(repeated) < 2:
        return []
    records: dict[int, list[str | None]] = {}
    for text in repeated:
        record = [name.replace(repeated[0], text) for name in names]
        own = [columns.index(name) for name in record if text in name and name in columns]
        if own:
            records[min(own)] = [name if name in columns or text not in name else None for name in record]
    return [records[place] for place in sorted(records)]


def unfold(
    raw: pa.Table,
    names: Sequence[str],
    read: Sequence[str],
    records: list[list[str | None]],
    *,
    key: str | None,
) -> pa.Table:
    """One row for each record that is there: whose column `key` (of `names`) is filled; every one without a key.

    `raw` has the columns of RawTable for `read`; what comes out has them for `names`, in the order of the rows and
    within each in the order of its records.
    """
    places = [name for name in raw.column_names if not _is_of_a_cell(name)]
    of_cells = [("c", pa.string()), *([("n", pa.bool_())] if "n0" in raw.column_names else [])]
    pieces: list[pa.Table] = []
    rows: list[np.ndarray] = []
    for record in records:
        columns = {
            f"{letter}{number}": raw.column(f"{letter}{read.index(name)}")
            if name
            else pa.chunked_array([pa.nulls(raw.num_rows, kind)])
            for letter, kind in of_cells
            for number, name in enumerate(record)
        }
        piece = pa.table(columns | {place: raw.column(place) for place in places})
        there = np.arange(raw.num_rows)
        if key is not None and key in names:
            there = np.flatnonzero(pc.is_valid(piece.column(list(names).index(key))).to_numpy())
            piece = piece.take(pa.array(there))
        pieces.append(piece)
        rows.append(there)
    order = np.argsort(np.concatenate(rows), kind="stable")
    return pa.concat_tables(pieces).take(pa.array(order))


def _is_of_a_cell(name: str) -> bool:
    return name[0] in "cn" and name[1:].isdigit()

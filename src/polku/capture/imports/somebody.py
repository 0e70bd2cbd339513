"""Rows of nobody in particular: each is a person of its own, whom nothing joins with anybody."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from polku.capture.imports.identity import as_text, content_digests, message_ids

_MARK = "anonymous-"


def columns_that_tell_apart(columns: Sequence[str]) -> list[str]:
    """Those of a file's columns whose names are their own: all that a row says makes it one of its own."""
    return [name for name in dict.fromkeys(columns) if name and list(columns).count(name) == 1]


def aliases_of_nobody(
    connection: duckdb.DuckDBPyConnection, raw: pa.Table, names: Sequence[str], *, backwards: bool
) -> pa.Array:
    """An id of its own for every row of `raw`, whose columns c0, c1 … are called `names`.

    It follows from all that the row says and from its number among equal rows, counted from the last with `backwards`:
    so it is the same for every import out of one row, and in every export that has the row. Rows of another file have
    another, but for those that say the same throughout.
    """
    order = sorted(range(len(names)), key=lambda number: names[number])
    said = pa.table({str(place): _trimmed(raw.column(f"c{number}")) for place, number in enumerate(order)})
    digests = content_digests(connection, [said], ["nobody", *(names[number] for number in order)])
    numbered: NDArray[np.bytes_] = message_ids(digests[::-1])[::-1] if backwards else message_ids(digests)
    return pc.binary_join_element_wise(_MARK, as_text(numbered), "")


def _trimmed(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Without the blanks around words, which an import of comments keeps and another does not."""
    text = pc.utf8_trim_whitespace(column)
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)

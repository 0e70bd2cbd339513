"""Which rows are the same signal: a digest of what a row says, and its number among the equal ones of its file."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

_SEPARATOR = "chr(31)"  # a control character that stands in no export
_NOTHING = "chr(0)"


def private_connection() -> duckdb.DuckDBPyConnection:
    """A database in memory for whole-column work; it never meets the store."""
    return duckdb.connect(":memory:")


def content_digests(
    connection: duckdb.DuckDBPyConnection, pieces: Iterable[pa.Table], head: Sequence[str]
) -> NDArray[np.bytes_]:
    """MD5 in hex digits of `head` and all columns of each row: the same parsed values give the same digest."""
    digests = [np.empty(0, dtype="S32")]
    for piece in pieces:
        cells = ", ".join(f"coalesce({quoted(name)}::VARCHAR, {_NOTHING})" for name in piece.column_names)
        constants = ", ".join(literal(part) for part in head)
        question = f"SELECT md5(concat_ws({_SEPARATOR}, {constants}, {cells})) AS digest FROM piece"  # noqa: S608
        connection.register("piece", piece)
        result = connection.sql(question).to_arrow_table()
        connection.unregister("piece")
        digests.extend(_hex_digits(array) for array in result.column("digest").chunks)
    return np.concatenate(digests)


def count_ties(connection: duckdb.DuckDBPyConnection, pieces: Iterable[pa.Table]) -> int:
    """How many rows share unit (`person`, else `order`) and instant (`time`) with another."""
    hashes = [np.empty(0, dtype=np.uint64)]
    for piece in pieces:
        connection.register("piece", piece)
        question = 'SELECT hash(coalesce(person, "order"), person IS NULL, time) AS unit FROM piece'
        hashes.append(connection.sql(question).fetchnumpy()["unit"])
        connection.unregister("piece")
    ordered = np.sort(np.concatenate(hashes))
    same = ordered[1:] == ordered[:-1]
    return int(np.count_nonzero(np.append(same, False) | np.insert(same, 0, False))) if ordered.size else 0


def message_ids(digests: NDArray[np.bytes_]) -> NDArray[np.bytes_]:
    """The digest itself for the first row that has it; a digest of it and its number for each further one."""
    if not digests.size:
        return digests
    keys = _keys(digests)
    order = np.argsort(keys, kind="stable")
    same = keys[order][1:] == keys[order][:-1]
    if not same.any():
        return digests
    result = digests.copy()
    suspects = np.sort(order[np.append(same, False) | np.insert(same, 0, False)])
    seen: Counter[bytes] = Counter()
    for row in suspects:
        digest = digests[row]
        seen[digest] += 1
        if seen[digest] > 1:
            numbered = digest + b"#%d" % seen[digest]
            result[row] = hashlib.md5(numbered, usedforsecurity=False).hexdigest().encode()
    return result


def count_repeated(digests: NDArray[np.bytes_]) -> int:
    """How many rows have the digest of an earlier one."""
    if not digests.size:
        return 0
    keys = np.sort(_keys(digests))
    return int(np.count_nonzero(keys[1:] == keys[:-1]))


def _keys(digests: NDArray[np.bytes_]) -> NDArray[np.uint64]:
    """A number for each digest, equal for equal ones (and hardly ever for others)."""
    words = np.ascontiguousarray(digests).view(np.uint64).reshape(-1, 4)
    with np.errstate(over="ignore"):
        mixed: NDArray[np.uint64] = (
            words[:, 0] * np.uint64(0x9E3779B97F4A7C15)
            ^ words[:, 1]
            ^ (words[:, 2] << np.uint64(1))
            ^ words[:, 3]
        )
    return mixed


def quoted(name: str) -> str:
    """A column's name in SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text in SQL."""
    return "'" + text.replace("'", "''") + "'"


def _hex_digits(array: pa.Array) -> NDArray[np.bytes_]:
    """A text array of 32 characters each, as fixed bytes."""
    if not len(array):
        return np.empty(0, dtype="S32")
    _valid, offsets, data = array.buffers()
    begin = int(np.frombuffer(offsets, dtype=np.int32)[array.offset])
    return np.frombuffer(data, dtype="S32", count=len(array), offset=begin)


def as_text(digests: NDArray[np.bytes_]) -> pa.Array:
    """Fixed bytes as an Arrow text array."""
    offsets = np.arange(digests.size + 1, dtype=np.int32) * 32
    return pa.Array.from_buffers(
        pa.string(),
        digests.size,
        [None, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(digests))],
    )

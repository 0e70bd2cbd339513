"""Columns without a role of their own: one JSON object a row."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import duckdb
import pyarrow as pa

from polku.capture.imports.identity import literal, quoted


def as_json(
    connection: duckdb.DuckDBPyConnection,
    piece: pa.Table,
    columns: Sequence[str],
    constants: Mapping[str, str] | None = None,
) -> pa.ChunkedArray:
    """JSON objects of the named columns of `piece` (texts; empty cells are left out) and of `constants`; null where
    nothing is left."""
    fixed = {name: text for name, text in (constants or {}).items() if text}
    varying = [name for name in columns if name not in fixed]
    pairs = [f"{literal(_member(name, text))}" for name, text in fixed.items()]
    pairs += [
        f"{literal(json.dumps(name, ensure_ascii=False) + ':')} || to_json({quoted(name)})::VARCHAR"
        for name in varying
    ]
    members = f"concat_ws(',', {', '.join(pairs)})"
    question = f"SELECT CASE WHEN {members} <> '' THEN '{{' || {members} || '}}' END AS properties FROM piece"  # noqa: S608
    connection.register("piece", piece)
    try:
        return connection.sql(question).to_arrow_table().column("properties")
    finally:
        connection.unregister("piece")


def _member(name: str, text: str) -> str:
    return f"{json.dumps(name, ensure_ascii=False)}:{json.dumps(text, ensure_ascii=False)}"

"""The rejected rows: a table for people and, beside it, the exact bytes for machines.

NAME.csv has `line` (physical, from 1), `reason` and `raw`. A raw text or reason that begins with = + - @ or a control
character has an apostrophe before it, so that no spreadsheet takes it for a formula. NAME.jsonl has one JSON object
a row, {"line", "code", "reason", "column", "raw"}, with the text as it was; `raw_base64` replaces `raw` where the
bytes are not UTF-8.
"""

from __future__ import annotations

import base64
import csv
import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa

from polku.capture.imports.careful import decode
from polku.capture.imports.reasons import Reason, in_words
from polku.capture.imports.sheet import Rejections
from polku.capture.imports.source import Source

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Rejected:
    """One line of the table: where, why, and (for a row that could be read) its number among the rows."""

    offset: int
    length: int
    line: int
    reason: Reason
    column: str = ""
    value: str = ""
    row: int = -1


def collect(
    raw: pa.Table,
    names: list[str],
    rejections: Rejections,
    malformed: list[tuple[int, int, int, Reason]],
) -> list[Rejected]:
    """All rejections in the order of the file."""
    found = [Rejected(offset, length, line, reason) for offset, length, line, reason in malformed]
    for rows, reason, column in zip(rejections.rows, rejections.reasons, rejections.columns, strict=True):
        picked = pa.array(rows)
        offsets, lengths, lines = (
            raw.column(name).take(picked).to_pylist() for name in ("offset", "length", "line")
        )
        values = (
            raw.column(names.index(column)).take(picked).to_pylist()
            if column in names
            else [None] * rows.size
        )
        found.extend(
            Rejected(offset, length, line, reason, column, value or "", int(row))
            for offset, length, line, value, row in zip(offsets, lengths, lines, values, rows, strict=True)
        )
    return sorted(found, key=lambda item: (item.offset, item.line))


def write_rejected(
    rejected: list[Rejected],
    source: Source,
    raw: pa.Table,
    names: list[str],
    *,
    folder: Path,
    encoding: str,
    scale: str,
) -> Path:
    """Write both files into `folder`; returns the path of the table. The files are the owner's only."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    stem = f"{source.path.name.split('.')[0][:60] or 'import'}-{stamp}-{secrets.token_hex(3)}"
    table, exact = folder / f"{stem}.csv", folder / f"{stem}.jsonl"
    with (
        open(table, "x", encoding="utf-8", newline="", opener=_private) as table_handle,
        open(exact, "x", encoding="utf-8", opener=_private) as exact_handle,
    ):
        writer = csv.writer(table_handle)
        writer.writerow(["line", "reason", "raw"])
        for item, bytes_of_row in zip(rejected, _raw(rejected, source, raw, names), strict=True):
            words = in_words(item.reason, column=item.column, value=item.value, scale=scale)
            text, kept = _readable(bytes_of_row, encoding)
            writer.writerow([item.line, harmless(words), harmless(text)])
            document = {
                "line": item.line,
                "code": item.reason.name.lower(),
                "reason": words,
                "column": item.column,
                **kept,
            }
            exact_handle.write(json.dumps(document, ensure_ascii=False) + "\n")
    return table


def harmless(text: str) -> str:
    """Text that a spreadsheet shows instead of computing."""
    return "'" + text if text.startswith(_DANGEROUS) else text


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _raw(rejected: list[Rejected], source: Source, raw: pa.Table, names: list[str]) -> Iterator[bytes]:
    """The raw bytes of each row; of a Parquet file, which has none, its mapped cells as JSON."""
    if source.form != "parquet":
        yield from _spans(rejected, source)
        return
    rows = raw.take(pa.array(np.array([item.row for item in rejected], dtype=np.int64)))
    for cells in rows.select(list(range(len(names)))).to_pylist():
        named = dict(zip(names, cells.values(), strict=True))
        yield json.dumps(named, ensure_ascii=False).encode()


def _spans(rejected: list[Rejected], source: Source) -> Iterator[bytes]:
    """Each place is read once, also where a wide row has several rejected cells."""
    places = list(dict.fromkeys((item.offset, item.length) for item in rejected))
    pieces = source.fetch(places)
    place: tuple[int, int] | None = None
    piece = b""
    for item in rejected:
        if (item.offset, item.length) != place:
            place, piece = (item.offset, item.length), next(pieces)
        yield piece


def _readable(raw: bytes, encoding: str) -> tuple[str, dict[str, str]]:
    """The text for people and what the exact file says."""
    try:
        text = raw.decode("utf-8") if encoding == "utf-8" else decode(raw, encoding)
    except UnicodeDecodeError:
        return decode(raw, "windows-1252"), {"raw_base64": base64.b64encode(raw).decode("ascii")}
    return text, {"raw": text}

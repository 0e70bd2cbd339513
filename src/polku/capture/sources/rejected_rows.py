"""Rows kept raw: finding those that wait, taking them in again in portions, writing them as text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from polku.capture.loader.replay import replay
from polku.eventstore.registry import store
from polku.eventstore.streams import RejectedRow

PORTION = 500
"""Rows read at a time: each may be 64 KiB long."""


@dataclass(frozen=True)
class Replayed:
    """What became of rows that were taken in again: `accepted`, `repeated` and `left_out` (dropped on purpose) are
    events, `still_rejected` rows that wait on, `waiting` all rows of the workspace that wait now."""

    replayed: int = 0
    accepted: int = 0
    repeated: int = 0
    left_out: int = 0
    still_rejected: int = 0
    waiting: int = 0


def waiting_ids(workspace: str, *, origin: str | None, reason: str | None, most: int | None) -> list[str]:
    """Ids of the rows of this source and reason (None: of any), newest first. Raises StoreError."""
    found: list[str] = []
    while most is None or len(found) < most:
        limit = PORTION if most is None else min(PORTION, most - len(found))
        rows = store().rejected(workspace, origin=origin, reason=reason, limit=limit, offset=len(found))
        found += [row.id for row in rows]
        if len(rows) < limit:
            break
    return found


def replay_rows(workspace: str, ids: Sequence[str] | None = None) -> Replayed:
    """Take these rows (None: all) in again, each portion in one transaction. Raises StoreError."""
    done = replay(workspace, ids=ids)
    counts = {name: done[name] for name in ("replayed", "accepted", "repeated", "left_out", "still_rejected")}
    return Replayed(**counts, waiting=waiting(workspace))


def waiting(workspace: str) -> int:
    """How many rows wait in the workspace. Raises StoreError."""
    return sum(group.count for group in store().rejected_groups(workspace))


def as_ndjson(workspace: str, *, origin: str, reason: str | None, most: int) -> tuple[bytes, bool]:
    """The rows that wait of the source, newest first, in whole lines of at most `most` bytes together; and whether
    these are all of them. Raises StoreError."""
    lines: list[bytes] = []
    size = offset = 0
    while True:
        rows = store().rejected(workspace, origin=origin, reason=reason, limit=PORTION, offset=offset)
        for row in as_json(rows):
            line = json.dumps(row, ensure_ascii=False).encode() + b"\n"
            size += len(line)
            if size > most:
                return b"".join(lines), False
            lines.append(line)
        offset += PORTION
        if len(rows) < PORTION:
            return b"".join(lines), True


def as_json(rows: Iterable[RejectedRow]) -> list[dict[str, Any]]:
    """Rows as commands and downloads give them; mended ones come back by `id` and `raw`."""
    return [
        {
            "id": row.id,
            "received": f"{row.received.isoformat(timespec='milliseconds')}Z",
            "source": row.origin,
            "reason": row.reason,
            "detail": row.detail,
            "raw": row.raw,
        }
        for row in rows
    ]

"""Batches of the front door made of plain rows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import pyarrow as pa

from polku.eventstore.streams import (
    STREAM_COUNTS,
    STREAM_EVENTS,
    STREAM_LINKS,
    STREAM_ORDERS,
    STREAM_REJECTED,
    STREAM_TRAITS,
    InboxPlace,
    StreamBatch,
)

NOON = datetime(2026, 3, 1, 12)

Rows = Iterable[Mapping[str, Any]]


def digest(name: object) -> str:
    """32 hex digits for a message's or rejected row's name."""
    return hashlib.blake2b(str(name).encode(), digest_size=16).hexdigest()


def stream_batch(
    events: Rows = (),
    *,
    links: Rows = (),
    traits: Rows = (),
    orders: Rows = (),
    rejected: Rows = (),
    counts: Rows = (),
    received: datetime = NOON,
    place: InboxPlace | None = None,
    replayed: Iterable[str] = (),
) -> StreamBatch:
    """Rows as the schemas have them; what is left out gets a plain value. An event's `id` is any name."""

    def table(rows: Rows, schema: pa.Schema, **usual: Any) -> pa.Table:
        return pa.Table.from_pylist([usual | dict(row) for row in rows], schema=schema)

    named = [{"message_id": digest(event["id"]), **event} for event in events]
    return StreamBatch(
        events=table(
            named,
            STREAM_EVENTS,
            name="Page Viewed",
            time=NOON,
            origin="segment/1",
            user_kind="user",
            device_kind="device",
        ),
        links=table(links, STREAM_LINKS, position=0, reason="identify", time=NOON),
        traits=table(traits, STREAM_TRAITS, alias_kind="user"),
        orders=table(orders, STREAM_ORDERS),
        rejected=table(rejected, STREAM_REJECTED, received=NOON, origin="segment/1", detail="", context="{}"),
        counts=table(counts, STREAM_COUNTS),
        received=received,
        place=place,
        replayed=tuple(replayed),
    )

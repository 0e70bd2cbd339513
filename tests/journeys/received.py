"""A handful of signals of every kind, and how to see which of them a touchpoint caught."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyarrow as pa

from polku.eventstore.port import ORDER_BATCH, SIGNAL_BATCH, Scope, SignalKind
from polku.jobs import queue

NOW = datetime.now(UTC).replace(tzinfo=None, microsecond=0)


def signals(rows: list[dict[str, object]]) -> pa.Table:
    blank = dict.fromkeys(SIGNAL_BATCH.names)
    numbered = [
        blank | {"message_id": f"{number:032x}", "kind": 1, "time": NOW - timedelta(days=1)} | row
        for number, row in enumerate(rows)
    ]
    return pa.Table.from_pylist(numbered, schema=SIGNAL_BATCH)


def orders(rows: list[dict[str, object]]) -> pa.Table:
    blank = dict.fromkeys(ORDER_BATCH.names)
    numbered = [blank | {"message_id": f"{number + 1000:032x}"} | row for number, row in enumerate(rows)]
    return pa.Table.from_pylist(numbered, schema=ORDER_BATCH)


EVENT, SCORE, CONTACT = int(SignalKind.EVENT), int(SignalKind.SCORE), int(SignalKind.CONTACT)
ROWS = [
    {"name": "product_view", "person": "a", "channel": "web", "url": "https://kauppa.fi/product/1?x=10%"},
    {"name": "product_view", "person": "b", "channel": "mobile", "url": "https://kauppa.fi/product/2"},
    {"name": "cart", "person": "a", "channel": "web", "url": "https://kauppa.fi/cart", "value": 120.0},
    {"name": "cart", "person": "c", "channel": "web", "url": "https://kauppa.fi/cart", "value": 15.5},
    {
        "name": "payment",
        "person": "a",
        "order": "o1",
        "channel": "web",
        "properties": '{"browser": "Safari"}',
    },
    {"name": "old", "person": "d", "time": NOW - timedelta(days=60)},
    {
        "kind": SCORE,
        "name": "nps",
        "person": "a",
        "score": 9.0,
        "scale_low": 0.0,
        "scale_high": 10.0,
        "text": "Hyvä!",
    },
    {"kind": CONTACT, "name": "delivery", "person": "b", "channel": "phone", "text": "Missä paketti on?"},
    {"kind": CONTACT, "name": "return", "person": "c", "channel": "email"},
]
ORDERS = [
    {"order": "o1", "person": "a", "time": NOW - timedelta(days=1), "value": 120.0, "status": "delivered"},
    {"order": "o2", "person": "b", "time": NOW - timedelta(days=1), "value": 40.0, "status": "cancelled"},
]


def hits(store, workspace, touchpoint) -> list[tuple[int, str]]:
    table = store.hits(workspace.key.hex, Scope(), [touchpoint.pk])
    return sorted(zip(table["kind"].to_pylist(), table["name"].to_pylist(), strict=True))


def names_caught(store, workspace, touchpoint) -> list[str]:
    assert queue.work_off() >= 1
    return [name for _, name in hits(store, workspace, touchpoint)]

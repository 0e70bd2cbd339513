"""The tables a simulation gives: the same columns as the event store's port takes (a test compares them).

They stand here again because the simulator is a pure module below the store.
"""

from __future__ import annotations

from enum import IntEnum

import pyarrow as pa


class Kind(IntEnum):
    EVENT = 1
    SCORE = 2
    CONTACT = 3


SIGNALS = pa.schema(
    [
        pa.field("message_id", pa.string(), nullable=False),
        pa.field("kind", pa.uint8(), nullable=False),
        pa.field("name", pa.string(), nullable=False),
        pa.field("time", pa.timestamp("us"), nullable=False),
        pa.field("person", pa.string()),
        pa.field("order", pa.string()),
        pa.field("session", pa.string()),
        pa.field("channel", pa.string()),
        pa.field("url", pa.string()),
        pa.field("value", pa.float64()),
        pa.field("score", pa.float64()),
        pa.field("scale_low", pa.float64()),
        pa.field("scale_high", pa.float64()),
        pa.field("text", pa.string()),
        pa.field("properties", pa.string()),
    ]
)

ORDERS = pa.schema(
    [
        pa.field("message_id", pa.string(), nullable=False),
        pa.field("order", pa.string(), nullable=False),
        pa.field("person", pa.string()),
        pa.field("time", pa.timestamp("us")),
        pa.field("value", pa.float64()),
        pa.field("status", pa.string()),
        pa.field("promised", pa.date32()),
        pa.field("delivered", pa.date32()),
        pa.field("channel", pa.string()),
        pa.field("url", pa.string()),
        pa.field("properties", pa.string()),
    ]
)

PEOPLE = pa.schema(
    [
        pa.field("person", pa.string(), nullable=False),
        pa.field("aliases", pa.list_(pa.string())),
        pa.field("properties", pa.string()),
    ]
)

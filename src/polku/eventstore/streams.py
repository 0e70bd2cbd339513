"""What the front door hands to the store, and what pages ask about it: shapes that cross the port.

A `StreamBatch` is loaded whole in one transaction of the workspace's own file, together with the place in the inbox
up to which it reaches: after a crash the store itself says where to go on, so nothing is lost and nothing is doubled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import pyarrow as pa


class IdKind(StrEnum):
    """What sort of id an alias is. It decides what may join people without anybody being asked.

    A device is a browser or an app (anonymous id, visitor id). A user id is what the company calls its customer:
    login or customer number; two different ones are never made one person by what happens on a device. E-mail
    addresses, phone and loyalty numbers lead to the person who has them. `FILE` ids came with a file, which does
    not say what they are. A cookieless id lives at most a day and never joins anything.
    """

    DEVICE = "device"
    COOKIELESS = "cookieless"
    USER = "user"
    EMAIL = "email"
    PHONE = "phone"
    LOYALTY = "loyalty"
    FILE = "file"


STREAM_EVENTS = pa.schema(
    [
        pa.field("message_id", pa.string(), nullable=False),  # 32 hex digits; equal ids are one event
        pa.field("name", pa.string(), nullable=False),
        pa.field("time", pa.timestamp("us"), nullable=False),  # UTC, corrected for the sender's clock
        pa.field("user", pa.string()),  # alias of what names the person for good (any kind but a device)
        pa.field("user_kind", pa.string()),  # IdKind
        pa.field("device", pa.string()),  # alias of the device; `user` or `device` is there
        pa.field("device_kind", pa.string()),  # IdKind.DEVICE or IdKind.COOKIELESS
        pa.field("order", pa.string()),  # an order's id
        pa.field("channel", pa.string()),
        pa.field("url", pa.string()),
        pa.field("value", pa.float64()),
        pa.field("properties", pa.string()),  # one JSON object, or null
        pa.field(
            "traffic", pa.string()
        ),  # where the visit came from: one flat JSON object, or null if not said
        pa.field("origin", pa.string(), nullable=False),  # the source, see `Origin names` below
    ]
)
"""Events in order of arrival.

Origin names: `segment/KEY`, `matomo/KEY`, `tracker/KEY` with KEY the number of the write key; `import/events`,
`import/scores`, `import/contacts`, `import/orders`, `import/people`; `simulation/web` and the like of a simulated
company, `simulation` of one that was loaded by an earlier program.

`traffic` is kept for the person's visit (30 minutes without a signal end it) and given to all its events, so that an
order knows where its visit came from.
"""

STREAM_LINKS = pa.schema(
    [
        pa.field("position", pa.int64(), nullable=False),  # how many events of the batch came before it
        pa.field("alias", pa.string(), nullable=False),
        pa.field("alias_kind", pa.string(), nullable=False),
        pa.field("other", pa.string(), nullable=False),
        pa.field("other_kind", pa.string(), nullable=False),
        pa.field("reason", pa.string(), nullable=False),  # LinkReason
        pa.field("time", pa.timestamp("us"), nullable=False),
    ]
)
"""Statements that two ids are the same person, in order of arrival. An event that has both a user and a device says
so by itself and needs no link."""

STREAM_TRAITS = pa.schema(
    [
        pa.field("alias", pa.string(), nullable=False),
        pa.field("alias_kind", pa.string(), nullable=False),
        pa.field(
            "properties", pa.string(), nullable=False
        ),  # one JSON object; what is not null replaces what was
    ]
)

STREAM_ORDERS = pa.schema(
    [
        pa.field(
            "event", pa.int64(), nullable=False
        ),  # row in the batch's events; taken when that event is new
        pa.field("order", pa.string(), nullable=False),
        pa.field("time", pa.timestamp("us")),
        pa.field("value", pa.float64()),
        pa.field("status", pa.string()),
        pa.field("channel", pa.string()),
        pa.field("properties", pa.string()),
    ]
)
"""What events say of orders; the person is that of the event. Null leaves the order as it was."""

STREAM_REJECTED = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),  # 32 hex digits; one that waits already is the same row
        pa.field("received", pa.timestamp("us"), nullable=False),
        pa.field("origin", pa.string(), nullable=False),
        pa.field("reason", pa.string(), nullable=False),  # an enumerated word, e.g. `not_json`
        pa.field("detail", pa.string(), nullable=False),  # one sentence in English for whoever mends it
        pa.field("raw", pa.string(), nullable=False),  # what came, as text
        pa.field("context", pa.string(), nullable=False),  # JSON: what a replay needs beside `raw`
    ]
)

STREAM_COUNTS = pa.schema(
    [
        pa.field("hour", pa.timestamp("us"), nullable=False),  # UTC hour of receipt
        pa.field("origin", pa.string(), nullable=False),
        pa.field("reason", pa.string(), nullable=False),  # an enumerated drop reason, e.g. `bot`
        pa.field("count", pa.int64(), nullable=False),
    ]
)
"""What was dropped before the store. Accepted, repeated and rejected rows are counted by the store itself, under the
reasons `accepted`, `repeated` and `rejected`."""


class LinkReason(StrEnum):
    IDENTIFY = "identify"
    ALIAS = "alias"
    EVENT = "event"  # an event had both a user and a device
    IMPORT = "import"


@dataclass(frozen=True)
class InboxPlace:
    """A place in the inbox: everything up to `row` of file `file` is in the store."""

    file: int = 0
    row: int = 0


@dataclass(frozen=True)
class StreamBatch:
    """Everything of one transaction for one workspace; any table may be empty.

    `place` is None for a replay. `replayed` are ids of rejected rows that this batch settles: they are removed.
    `received` is when the newest of it came in (UTC).
    """

    events: pa.Table
    links: pa.Table
    traits: pa.Table
    orders: pa.Table
    rejected: pa.Table
    counts: pa.Table
    received: datetime
    place: InboxPlace | None = None
    replayed: Sequence[str] = ()


@dataclass(frozen=True)
class StreamLoaded:
    """`accepted` and `repeated` are events; `merged` is how many people were joined into others."""

    accepted: int
    repeated: int
    rejected: int
    merged: int
    version: int


@dataclass(frozen=True)
class SourceState:
    """One source: times are naive UTC, counts are of all time; `waiting` rejected rows can be mended and replayed.

    `drops` are what `dropped` consists of, by reason, the most first. `last_taken` is when something of it was last
    taken, new or repeated: exact while nothing was dropped or rejected since, else the end of that hour.
    """

    origin: str
    first_received: datetime
    last_received: datetime
    newest_time: datetime | None
    accepted: int
    repeated: int
    rejected: int
    dropped: int
    waiting: int
    drops: Mapping[str, int] = field(default_factory=dict)
    last_taken: datetime | None = None


@dataclass(frozen=True)
class RejectedRow:
    id: str
    received: datetime
    origin: str
    reason: str
    detail: str
    raw: str
    context: str


@dataclass(frozen=True)
class RejectedGroup:
    """How many rows of one source wait for one reason, and when the first and the last of them came."""

    origin: str
    reason: str
    count: int
    first_received: datetime
    last_received: datetime

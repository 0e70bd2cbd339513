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
`import/scores`, `import/contacts`, `import/orders`, `import/people`; `simulation`.

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


@dataclass(frozen=True)
class Identity:
    """One id of a person. `is_shared`: several people used this device, so it joins nobody any more."""

    identity: int
    alias: str
    kind: str
    is_shared: bool
    signals: int
    first_seen: datetime | None
    last_seen: datetime | None


@dataclass(frozen=True)
class Merge:
    """Two people who became one: `alias` and `other` are the ids whose link joined them, `survivor` and `absorbed`
    the people's numbers."""

    merge: int
    at: datetime
    reason: str
    alias: str
    other: str
    undone_at: datetime | None
    survivor: int = 0
    absorbed: int = 0


@dataclass(frozen=True)
class RefusedLink:
    """A link that was not made: reasons `two_users`, `shared_device`, `too_many`, `placeholder`, `kept_apart`."""

    reason: str
    alias: str
    other: str
    count: int
    last: datetime


@dataclass(frozen=True)
class JoinRate:
    """How well the signals of one source and kind join; all are counts of signals but `people`.

    `known`: their person has an id other than a device; `ordered`: they name an order that the store knows more of
    than its number, or their person has one; `elsewhere`: their person has signals of another source too (in
    simulated data, and in what came before sources were kept, the kinds stand for the sources); `joined`: ordered
    or elsewhere, for orders elsewhere. `numbered` name an order, `lost` one of which nothing but the number is
    known. `bridged`: their person has an e-mail address and another id that is no device. `ids` counts them by the
    kind of id they came with: a device beside another id counts as well, and `none` came by an order's number alone.
    """

    origin: str
    kind: int
    signals: int
    people: int
    known: int
    ordered: int
    elsewhere: int
    joined: int = 0
    numbered: int = 0
    lost: int = 0
    bridged: int = 0
    ids: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Profile:
    """One person in sum.

    `is_known`: by an id other than a device. `signals` counts by kind (a SignalKind); `visits` are those of the
    timeline in which an event came from a page or a device.
    `orders` are (state or None, how many, their value together), those without a time included;
    `newest_order` is a number of one, for a person who is known by nothing else.
    """

    person: int
    is_known: bool
    traits: str | None
    signals: Mapping[int, int]
    visits: int
    first_seen: datetime | None
    last_seen: datetime | None
    origins: tuple[str, ...]
    orders: tuple[tuple[str | None, int, float], ...]
    newest_order: str | None = None

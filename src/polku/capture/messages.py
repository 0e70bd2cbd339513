"""What travels between the front door and the loader, and how it lies in the inbox.

A protocol decodes a request into `Message`s and `RejectedMessage`s; the pipeline checks each message; what comes out
is one `Envelope`, one row of the inbox. Structs are arrays in MessagePack: small, and quick on both sides. Fields are
only ever added at the end, with a default, because an inbox may be older than the program that reads it.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Kind = Literal["event", "identify", "alias"]


class Message(msgspec.Struct, array_like=True, gc=False):
    """One thing that a customer did, or one statement about who they are.

    Before the pipeline `time` may be None and is by the sender's clock; after it `time` is set, in microseconds
    since 1970 (UTC), corrected. `properties` and `traits` are JSON objects as bytes, or empty. `id` is whatever the
    sender called it, or empty.
    """

    kind: Kind
    id: str = ""
    name: str = ""
    time: int | None = None
    time_is_receipt: bool = False
    user: str | None = None
    user_kind: str = "user"  # eventstore.streams.IdKind
    device: str | None = None
    device_kind: str = "device"
    previous: str | None = None  # of an alias: the id that `user` had before
    email: str | None = None
    phone: str | None = None
    loyalty: str | None = None
    order: str | None = None
    order_value: float | None = None
    order_status: str | None = (
        None  # not None where the message says something of the order itself; "" for no state
    )
    channel: str | None = None
    url: str | None = None
    referrer: str | None = None
    campaign: dict[str, str] | None = None  # UTM: source, medium, name, term, content
    user_agent: str | None = None  # None: the request's
    value: float | None = None
    properties: bytes = b""
    traits: bytes = b""


class RejectedMessage(msgspec.Struct, array_like=True, gc=False):
    """What could not be taken, kept as it came. `reason` is one of `reasons.REJECTIONS`."""

    id: str  # 32 hex digits, made on receipt
    reason: str
    detail: str  # a sentence in English, worded by `details.detail`
    raw: str
    context: dict[str, str | int] = {}  # what decoding `raw` alone needs, e.g. {"type": "track"}


class Envelope(msgspec.Struct, array_like=True, gc=False):
    """One request that was let in: a row of the inbox. It never holds an IP address."""

    workspace: str  # key of the workspace, 32 hex digits
    origin: str  # eventstore.streams: `segment/3`
    protocol: str  # folder below protocols/ that decoded it and can replay its rejected messages
    received: int  # microseconds since 1970 (UTC)
    user_agent: str
    country: str  # ISO 3166 code, or ""
    messages: list[Message]
    rejected: list[RejectedMessage]
    dropped: dict[str, int]  # reason → count, see reasons.DROPS


encoder = msgspec.msgpack.Encoder()
decode_envelope = msgspec.msgpack.Decoder(Envelope).decode

"""What a protocol is: it reads a request, says what it holds, and words the reply. Nothing else.

A protocol is a folder with an object that fits `Protocol`. It never touches a database, the inbox or a clock, so
everything it does can be tested with bytes and compared with ==.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from typing import Protocol as Interface

import msgspec

from polku.capture.messages import Message, RejectedMessage

OriginKind = Literal["segment", "matomo", "tracker"]

EVENT_BYTES = 32 * 1024
"""One event may be this long, as it came; a longer one is rejected by itself."""
RAW_BYTES = 64 * 1024
"""So much is kept of what was rejected."""
EVENTS = 5_000
"""One request may hold so many events. The body's limit lets no honest client reach it."""
_IP_ADDRESS = re.compile(r'("ip"\s*:\s*")[0-9A-Fa-f.:]{2,45}(?=")')
_MESSAGE_ID = re.compile(r'"messageId"\s*:\s*"[^"]')


@dataclass(frozen=True, slots=True)
class Request:
    """One request as the front door hands it on.

    `path` is without the query, `headers` have lower-case names, `body` is decompressed and within its limit,
    `received` is in microseconds since 1970 (UTC). `client` is the sender's IP address: no protocol keeps it.
    """

    method: str
    path: str
    query: bytes
    headers: Mapping[str, str]
    body: bytes
    received: int
    client: str = ""
    scheme: str = "http"


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class Candidate(msgspec.Struct, gc=False):
    """A message on its way through the pipeline, with what must not travel further.

    `raw` is the event as it came, kept if it is rejected; `context` makes what `Protocol.decode_one` needs beside it.
    `sent_at` is the sender's clock when it sent (microseconds). The pipeline checks `properties` and `traits` and
    writes them into the message as JSON.
    """

    message: Message
    raw: bytes | msgspec.Raw
    sent_at: int | None = None
    properties: dict[str, Any] | None = None
    traits: dict[str, Any] | None = None
    context: Callable[[], dict[str, str | int] | None] | None = None


@dataclass(slots=True)
class Decoded:
    """What a request holds. With a `refusal` nothing of it is taken, and that is the reply."""

    origin_kind: OriginKind
    candidates: list[Candidate] = field(default_factory=list)
    rejected: list[RejectedMessage] = field(default_factory=list)
    dropped: dict[str, int] = field(default_factory=dict)
    refusal: Reply | None = None
    held: int = 0  # how many events there were in all, where the reply says so

    def reject(
        self, reason: str, detail: str, raw: bytes | msgspec.Raw, context: dict[str, str | int] | None = None
    ) -> None:
        """Keep `raw` with an enumerated reason: its first 64 KiB, without IP addresses that libraries add to events;
        bytes that are not UTF-8 become U+FFFD. Sent again with the id that its sender gave it, it is the same row."""
        text = _IP_ADDRESS.sub(r"\1", bytes(raw)[:RAW_BYTES].decode("utf-8", "replace"))
        has_id = _MESSAGE_ID.search(text) is not None
        row = hashlib.blake2b(text.encode(), digest_size=16).hexdigest() if has_id else os.urandom(16).hex()
        self.rejected.append(RejectedMessage(row, reason, detail, text, context or {}))

    def drop(self, reason: str, count: int = 1) -> None:
        self.dropped[reason] = self.dropped.get(reason, 0) + count


class Wrong(Exception):
    """An event that cannot be taken: an enumerated reason, and for whoever mends it a sentence of `details.detail`."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


class Protocol(Interface):
    """The folder's object. `name` is the folder's name: it lies in the inbox and leads a replay back here."""

    @property
    def name(self) -> str: ...

    def takes(self, method: str, path: str) -> bool:
        """Whether requests of this method and path are its own."""

    def answer(self, request: Request) -> Reply | None:
        """The reply to what needs no key and brings no signal; None for everything else."""

    def key_of(self, request: Request) -> str | None:
        """The write key that the request carries; one in Authorization wins. Never raises."""

    def decode(self, request: Request) -> Decoded:
        """Never raises, whatever the body holds. Without candidates, rejected or dropped there is nothing to keep."""

    def decode_one(self, raw: str, context: Mapping[str, Any]) -> Decoded:
        """One event kept earlier and mended since, with its `RejectedMessage.context`."""

    def reply(self, request: Request, decoded: Decoded) -> Reply:
        """Called when what was decoded is on disk."""

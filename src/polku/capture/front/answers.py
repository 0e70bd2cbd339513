"""What the front door says for itself: problem documents (RFC 9457) in plain English, and CORS."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import TypeAlias

import msgspec

from polku.capture.inbox import Refusal
from polku.capture.protocols import Reply

RawHeaders: TypeAlias = list[tuple[bytes, bytes]]

_PREFLIGHT = [
    (b"access-control-allow-methods", b"GET, POST, OPTIONS"),
    (b"access-control-max-age", b"86400"),
]
_ALLOWED_HEADERS = b"Authorization, Content-Type, Content-Encoding"
_LONGEST_ECHO = 500


def problem(status: int, detail: str, **headers: str) -> Reply:
    """`headers` are named with _ for -."""
    document = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        # Without these RudderStack's Python library takes any reply for a network failure, and tries again.
        "code": HTTPStatus(status).name.lower(),
        "message": detail,
    }
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, {"content-type": "application/problem+json"} | named, msgspec.json.encode(document))


UNKNOWN_KEY = problem(
    401,
    "Send a valid write key of the workspace (pk_…): as the user name of Authorization: Basic, or as “writeKey”.",
    www_authenticate="WriteKey",  # after “Basic” a browser would ask the shop's visitor for a password
)
NOT_FOUND = problem(
    404, "There is nothing at this address. The capture addresses are in docs/reference/capture.md."
)
NOT_STARTED = problem(503, "The server is starting or stopping; send this again.", retry_after="5")
KEYS_UNKNOWN = problem(503, "Write keys cannot be looked up just now; send this again.", retry_after="5")

_WHY = {
    Refusal.STORAGE: "Writing to the disk failed, so nothing of this request was kept; send it again.",
    Refusal.STUCK: "The disk does not answer, so nothing of this request was kept; send it again.",
    Refusal.DISK_FULL: "The disk is nearly full, so nothing of this request was kept; send it again later.",
    Refusal.BACKLOG: "Too much waits to be loaded, so nothing of this request was kept; send it again later.",
    Refusal.BUSY: "Too many requests wait for the disk, so this one was not kept; send it again.",
    Refusal.STOPPING: "The server is stopping, so nothing of this request was kept; send it again.",
}


def unavailable(refusal: Refusal, retry_after: int) -> Reply:
    return problem(503, _WHY[refusal], retry_after=str(retry_after))


def too_many(retry_after: int) -> Reply:
    return problem(
        429,
        "This write key sends more events than it may; send this again after the seconds in Retry-After. "
        "POLKU_CAPTURE_EVENTS_PER_SECOND on the server is the limit.",
        retry_after=str(retry_after),
    )


def cors(headers: Mapping[str, str]) -> RawHeaders:
    """What lets a page elsewhere read the reply.

    The origin is echoed with credentials allowed because beacons always carry them; no cookie means anything here.
    """
    origin = headers.get("origin")
    if origin is None or len(origin) > _LONGEST_ECHO:
        return []
    return [
        (b"access-control-allow-origin", origin.encode("latin-1", "replace")),
        (b"access-control-allow-credentials", b"true"),
        (b"access-control-expose-headers", b"Retry-After"),
        (b"vary", b"Origin"),
    ]


def preflight(headers: Mapping[str, str]) -> RawHeaders:
    """The headers of the answer to OPTIONS; whatever header the browser asks for may be sent."""
    asked = headers.get("access-control-request-headers", "")
    allowed = asked.encode("latin-1", "replace") if 0 < len(asked) <= _LONGEST_ECHO else _ALLOWED_HEADERS
    return [*cors(headers), *_PREFLIGHT, (b"access-control-allow-headers", allowed)]

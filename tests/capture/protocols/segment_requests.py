"""Requests to Segment's protocol, and what becomes of them after the pipeline."""

from __future__ import annotations

from polku.capture import pipeline
from polku.capture.messages import Message
from polku.capture.protocols import Decoded, find
from tests.capture.protocols.requests import RECEIVED, post

SENT = "2027-01-15T08:00:00.000Z"  # the moment of receipt
BROWSER = {
    "page": {
        "url": "https://kauppa.example/tuote/1?utm_source=kirje",
        "path": "/tuote/1",
        "referrer": "https://www.google.com/",
        "search": "?utm_source=kirje",
        "title": "Takki",
    },
    "campaign": {"source": "kirje", "medium": "email", "name": "kevät"},
    "userAgent": "Mozilla/5.0 (X11; Linux x86_64)",
    "locale": "fi-FI",
    "timezone": "Europe/Helsinki",
    "library": {"name": "analytics.js", "version": "next-1.84.3"},
}


def decode(path: str, body: object) -> Decoded:
    protocol = find("POST", path)
    assert protocol is not None
    return protocol.decode(post(path, body))


def message(path: str, body: object) -> Message:
    """The only message of a request, after the pipeline."""
    decoded = decode(path, body)
    (made,) = pipeline.run(decoded, received=RECEIVED)
    assert decoded.rejected == []
    return made


def rejected(path: str, body: object) -> tuple[str, str]:
    """Reason and raw text of what became of the only event."""
    decoded = decode(path, body)
    assert pipeline.run(decoded, received=RECEIVED) == []
    (row,) = decoded.rejected
    return row.reason, row.raw

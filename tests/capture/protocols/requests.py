"""Requests as the front door hands them to a protocol."""

from __future__ import annotations

import json

from polku.capture.protocols import Request

RECEIVED = 1_800_000_000_000_000  # 2027-01-15 08:00:00 UTC


def post(path: str, body: object, **headers: str) -> Request:
    """`body` is bytes as they are, or what becomes JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Request("POST", path, b"", headers, content, RECEIVED)


def get(path: str, query: str = "", **headers: str) -> Request:
    return Request("GET", path, query.encode("utf-8", "surrogateescape"), headers, b"", RECEIVED)

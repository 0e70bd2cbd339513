"""GET /metrics: for Prometheus on the same machine, or for whoever has the token."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any

from django.conf import settings

from polku.capture.front import answers
from polku.capture.front.counts import CONTENT_TYPE
from polku.capture.front.running import running
from polku.capture.protocols import Reply

_OF_A_PROXY = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")
_FORBIDDEN = answers.problem(
    403,
    "Metrics are told to this machine only. From elsewhere send Authorization: Bearer with POLKU_METRICS_TOKEN.",
)


def answer(scope: Mapping[str, Any], headers: Mapping[str, str]) -> Reply:
    if scope["method"] not in ("GET", "HEAD"):
        return answers.problem(405, "This address takes GET.", allow="GET, HEAD")
    if not (_has_token(headers) or _is_from_here(scope, headers)):
        return _FORBIDDEN
    front = running()
    if front is None:
        return answers.NOT_STARTED
    text = front.counts.text()
    said = {"content-type": CONTENT_TYPE, "cache-control": "no-store", "content-length": str(len(text))}
    return Reply(200, said, text if scope["method"] == "GET" else b"")


def _has_token(headers: Mapping[str, str]) -> bool:
    scheme, _, given = headers.get("authorization", "").partition(" ")
    token = settings.METRICS_TOKEN
    return (
        bool(token)
        and scheme.lower() == "bearer"
        and hmac.compare_digest(given.strip().encode(), token.encode())
    )


def _is_from_here(scope: Mapping[str, Any], headers: Mapping[str, str]) -> bool:
    """A request that a proxy on this machine hands on for somebody else is not from here."""
    client = scope["client"]
    if not client or any(name in headers for name in _OF_A_PROXY):
        return False
    try:
        return ip_address(client[0]).is_loopback
    except ValueError:
        return False

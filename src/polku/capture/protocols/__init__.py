"""The languages that clients speak to the front door: one folder each (see docs/reference/capture.md)."""

from __future__ import annotations

from polku.capture.protocols.contract import Candidate, Decoded, Protocol, Reply, Request
from polku.capture.protocols.matomo import matomo
from polku.capture.protocols.segment import segment

__all__ = ["PROTOCOLS", "Candidate", "Decoded", "Protocol", "Reply", "Request", "find", "named"]

PROTOCOLS: tuple[Protocol, ...] = (segment, matomo)


def find(method: str, path: str) -> Protocol | None:
    """Who answers this address; None where no client of ours speaks."""
    for protocol in PROTOCOLS:
        if protocol.takes(method, path):
            return protocol
    return None


def named(name: str) -> Protocol | None:
    """The protocol of a folder, for a replay."""
    for protocol in PROTOCOLS:
        if protocol.name == name:
            return protocol
    return None

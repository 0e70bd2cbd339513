"""Rows of the inbox as envelopes. One that cannot be read becomes a rejected row: it is kept, and stops nothing."""

from __future__ import annotations

import base64
import os
import time

import msgspec

from polku.capture.details import Sentence, detail
from polku.capture.loader.backlog import Rows
from polku.capture.messages import Envelope, RejectedMessage, decode_envelope
from polku.jobs.giving_way import give_way

INBOX = "inbox"
"""Instead of a protocol's name: what is kept raw is a whole request as it lay in the inbox."""
UNKNOWN_ORIGIN = "inbox"


def envelopes_of(rows: Rows, workspace: str, *, most_events: int) -> tuple[list[Envelope], int]:
    """The envelopes of the first rows, and the number of the last of these: together at most `most_events` events,
    unless the first has more."""
    taken: list[Envelope] = []
    events, last = 0, 0
    for number, payload in rows:
        give_way()
        try:
            envelope = decode_envelope(payload)
        except (ValueError, RecursionError) as error:  # msgspec's errors are ValueErrors
            envelope = unreadable(payload, workspace, detail(Sentence.NOT_FROM_INBOX, quote=error))
        events += len(envelope.messages)
        if taken and events > most_events:
            break
        taken.append(envelope)
        last = number
    return taken, last


def unreadable(payload: bytes, workspace: str, why: str) -> Envelope:
    """An envelope that holds nothing but a request that could not be loaded, as text: JSON where it can be read."""
    try:
        known = decode_envelope(payload)
        raw = msgspec.json.encode(known).decode()
    except (ValueError, RecursionError):
        known = None
        raw = base64.b64encode(payload).decode()
    row = RejectedMessage(os.urandom(16).hex(), "unreadable", why, raw)
    return Envelope(
        workspace=workspace,
        origin=known.origin if known else UNKNOWN_ORIGIN,
        protocol=INBOX,
        received=known.received if known else time.time_ns() // 1000,
        user_agent="",
        country="",
        messages=[],
        rejected=[row],
        dropped={},
    )


def envelope_again(raw: str) -> Envelope:
    """What `unreadable` kept, perhaps mended since. Raises ValueError."""
    if raw.lstrip()[:1] in ("{", "["):
        return msgspec.json.decode(raw, type=Envelope)
    return decode_envelope(base64.b64decode(raw, validate=True))

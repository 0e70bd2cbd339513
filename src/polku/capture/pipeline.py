"""What every message goes through between a protocol and the inbox: a list of small steps.

Each step lets the message pass (None), or says why it is dropped or rejected, with an enumerated reason. What is
dropped is counted, what is rejected is kept as it came.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import msgspec

from polku.capture.details import Sentence, detail
from polku.capture.enrichment.scrubbing import scrub_url
from polku.capture.messages import Message
from polku.capture.protocols.contract import Candidate, Decoded, OriginKind
from polku.eventstore.placeholders import is_placeholder

NAME_LENGTH = 200
ID_LENGTH = 255
URL_LENGTH = 2_000
TEXT_LENGTH = 1_000
PROPERTIES = 255
DEPTH = 20
"""Characters of an event's name, of an id, of an address, of any other text; names of properties; nesting."""

VISITOR = "visitor"
"""Name of the cookieless visitor's id in the context of a rejected message."""
EARLIEST = 946_684_800_000_000  # 2000-01-01, microseconds
FUTURE = 86_400_000_000  # a day
AHEAD_BY = 1_000_000
BEHIND_BY = 10_000_000
"""Microseconds. A sender's clock that is less off than this is left alone. Ahead of ours it can only be wrong; behind
it may be right, and the network, a busy machine or a second attempt took the time. So what machines send stays exact,
and in order."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the front door knows of the request. `cookieless` makes the sender's id of the day, or is None where
    visitors are not counted without cookies."""

    received: int
    origin_kind: OriginKind
    cookieless: Callable[[], str | None] | None


class Drop(NamedTuple):
    reason: str


class Reject(NamedTuple):
    reason: str
    detail: str


Outcome: TypeAlias = Drop | Reject | None
Step: TypeAlias = Callable[[Candidate, Circumstances], Outcome]


def known_sender(candidate: Candidate, circumstances: Circumstances) -> Outcome:
    """Somebody must have done it: a user, a device, an e-mail address, or the cookieless visitor of the day. What
    programs write where an id is missing names nobody."""
    message = candidate.message
    if message.email is not None:
        message.email = _email(message.email)
    if message.phone is not None:
        message.phone = _phone(message.phone)
    said = message.user
    if message.device is None and said is not None and is_placeholder(said):
        message.user = None
    if message.user is not None or message.device is not None:
        return None
    if message.email is not None and not is_placeholder(message.email):
        message.user, message.user_kind = message.email, "email"
        return None
    if circumstances.origin_kind == "segment" or message.kind != "event":
        # A server's own library: its address is no visitor's, and the specification asks for an id.
        if said is not None:
            return Reject("missing_id", detail(Sentence.PLACEHOLDER, said=said))
        return Reject("missing_id", detail(Sentence.NEEDS_EITHER, one="userId", other="anonymousId"))
    visitor = circumstances.cookieless() if circumstances.cookieless is not None else None
    if visitor is None:
        return Drop("no_identifier")
    message.device, message.device_kind = visitor, "cookieless"
    return None


def times(candidate: Candidate, circumstances: Circumstances) -> Outcome:
    """Correct the sender's clock; a time that cannot be is the time of receipt, and says so."""
    message = candidate.message
    time, received = message.time, circumstances.received
    if time is None:
        message.time = received
        return None
    if candidate.sent_at is not None:
        behind = received - candidate.sent_at
        if behind > BEHIND_BY or behind < -AHEAD_BY:
            time += behind
    if EARLIEST <= time <= received + FUTURE:
        message.time = time
    else:
        message.time, message.time_is_receipt = received, True
    return None


def lengths(candidate: Candidate, circumstances: Circumstances) -> Outcome:
    """Names and ids are whole or not at all, because a cut one is another's; addresses and texts are cut."""
    message = candidate.message
    if len(message.name) > NAME_LENGTH:
        return Reject("bad_field", detail(Sentence.NAME_TOO_LONG, most=NAME_LENGTH))
    for name in _IDS:
        value = getattr(message, name)
        if value is not None and len(value) > ID_LENGTH:
            return Reject("bad_field", detail(Sentence.ID_TOO_LONG, name=name, most=ID_LENGTH))
    for name in _ADDRESSES:
        value = getattr(message, name)
        if value is not None and len(value) > URL_LENGTH:
            setattr(message, name, value[:URL_LENGTH])
    for name in _TEXTS:
        value = getattr(message, name)
        if value is not None and len(value) > TEXT_LENGTH:
            setattr(message, name, value[:TEXT_LENGTH])
    if message.campaign:
        message.campaign = {name[:100]: value[:TEXT_LENGTH] for name, value in message.campaign.items()}
    return None


def properties(candidate: Candidate, circumstances: Circumstances) -> Outcome:
    """Write properties and traits as JSON: names counted, nesting bounded, addresses scrubbed, texts cut."""
    message = candidate.message
    try:
        if candidate.properties:
            message.properties = _json(candidate.properties)
        if candidate.traits:
            message.traits = _json(candidate.traits)
    except _TooMany:
        return Reject("too_many_properties", detail(Sentence.TOO_MANY_PROPERTIES, most=PROPERTIES))
    except _TooDeep:
        return Reject("bad_field", detail(Sentence.DEEPER_THAN, most=DEPTH))
    return None


STEPS: tuple[Step, ...] = (known_sender, times, lengths, properties)


def run(
    decoded: Decoded, *, received: int, cookieless: Callable[[], str | None] | None = None
) -> list[Message]:
    """The messages that passed, in order. What did not is added to `decoded.dropped` and `decoded.rejected`."""
    circumstances = Circumstances(received, decoded.origin_kind, cookieless)
    passed: list[Message] = []
    for candidate in decoded.candidates:
        for step in STEPS:
            outcome = step(candidate, circumstances)
            if outcome is not None:
                break
        else:
            passed.append(candidate.message)
            continue
        if isinstance(outcome, Drop):
            decoded.drop(outcome.reason)
        else:
            decoded.reject(outcome.reason, outcome.detail, candidate.raw, _context(candidate))
    return passed


def _context(candidate: Candidate) -> dict[str, str | int] | None:
    """What a replay needs beside the raw text: also who the visitor was that day, whom nobody can tell again."""
    context = candidate.context() if candidate.context is not None else None
    message = candidate.message
    if message.device is not None and message.device_kind == "cookieless":
        return {**(context or {}), VISITOR: message.device}
    return context


_IDS = ("id", "user", "device", "previous", "order", "loyalty")
_ADDRESSES = ("url", "referrer")
_TEXTS = ("user_agent", "channel", "order_status")
_SCHEMES = ("https://", "http://")
_TELLING_ADDRESS = re.compile(rb'"https?://[^"]*[?#@]')
_encode = msgspec.json.Encoder().encode


class _TooMany(Exception):
    pass


class _TooDeep(Exception):
    pass


def _json(values: dict[str, Any]) -> bytes:
    if len(values) > PROPERTIES:
        raise _TooMany
    encoded = _encode(values)
    # A text can only be too long, or the nesting too deep, in what is long, and few hold an address with a query:
    # most need no look inside.
    if (
        len(encoded) > TEXT_LENGTH
        or encoded.count(b"[") + encoded.count(b"{") > DEPTH
        or (b"://" in encoded and _TELLING_ADDRESS.search(encoded))
    ):
        encoded = _encode(_cut(values, DEPTH))
    return encoded


def _cut(value: Any, levels: int) -> Any:
    if type(value) is str:
        return (scrub_url(value[:URL_LENGTH]) if value.startswith(_SCHEMES) else value)[:TEXT_LENGTH]
    if type(value) is dict or type(value) is list:
        if levels == 0:
            raise _TooDeep
        if type(value) is dict:
            return {name[:ID_LENGTH]: _cut(inner, levels - 1) for name, inner in value.items()}
        return [_cut(inner, levels - 1) for inner in value]
    return value


def _email(given: str) -> str | None:
    """As the store knows it; None where it is none."""
    address = given.strip().lower()
    return address if "@" in address and len(address) <= ID_LENGTH else None


def _phone(given: str) -> str | None:
    """Digits with the plus in front, where there was one; None where it is none."""
    digits = "".join(character for character in given if character in "0123456789")
    if not 5 <= len(digits) <= 20:
        return None
    return f"+{digits}" if given.strip().startswith("+") else digits

"""Which of our messages a report is about, and what it says. Reports come from anywhere: nothing in them is trusted but
the message's number, which only its receiver's servers have seen."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage, Message
from typing import Literal

from polku.messaging.refusals import is_no_address

LARGEST = 2_000_000
"""Bytes of a report that are read."""
_MOST_PARSED = 256_000
"""Bytes, as what a report says stands before what it quotes. The standard library takes the square of the length for
some headers: two million bytes of parameters are twenty seconds."""
_MOST_PARTS = 50
_RETURN_PATH = re.compile(r"\+([0-9a-f]{32})@")
_MESSAGE_ID = re.compile(r"<polku\.([0-9a-f]{32})@")
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_TO = ("To", "Delivered-To", "X-Original-To", "Envelope-To")
_COMPLAINTS = {"abuse", "fraud", "opt-out", "opt-out-list"}


@dataclass(frozen=True)
class Report:
    """`number` is our message's; `status` of RFC 3463 as far as it is known. A bounce that is not hard says that this
    message was not delivered, but the address may be right: a full mailbox, a filter."""

    number: str
    kind: Literal["bounce", "complaint"]
    status: str = ""
    is_hard: bool = False


def read_report(raw: bytes) -> Report | None:
    """What the message in `raw` reports; None where it is no report of a failure, or not about a message of ours (an
    automatic reply, news of a delay, somebody's letter). Never raises: what cannot be read reports nothing."""
    if len(raw) > LARGEST:
        return None
    try:
        return _read(raw)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        # The standard library's parser promises to take anything, and does not quite.
        return None


def _read(raw: bytes) -> Report | None:
    # The old policy reads headers as they are; the new one fails at some that are broken.
    message = email.message_from_bytes(raw[:_MOST_PARSED], policy=email.policy.compat32)
    parts = list(_parts(message))
    number = _number(message, parts)
    if number is None:
        return None
    for part in parts:
        if part.get_content_type() == "message/feedback-report":
            said = _fields(part).get("feedback-type", "").lower()
            return Report(number, "complaint") if said in _COMPLAINTS else None
    for part in parts:
        if part.get_content_type() == "message/delivery-status":
            return _of_status(number, part)
    return None


def _of_status(number: str, part: Message | EmailMessage) -> Report | None:
    """The first recipient's failure: a message of ours has one recipient."""
    for block in _blocks(part):
        fields = {name.lower(): str(value) for name, value in block.items()}
        if fields.get("action", "").strip().lower() != "failed":
            continue
        told = _STATUS.search(fields.get("status", ""))
        status = told[0] if told else ""
        precise = _STATUS.search(fields.get("diagnostic-code", ""))
        # Some servers give the general 5.0.0 and tell what is wrong in the other server's own words.
        if precise and precise[1] == "5" and status in ("", "5.0.0"):
            status = precise[0]
        return Report(number, "bounce", status, is_hard=is_no_address(status))
    return None


def _number(message: Message, parts: list[Message]) -> str | None:
    for name in _TO:
        for value in message.get_all(name, []):
            if found := _RETURN_PATH.search(str(value)):
                return found[1]
    for each in (message, *parts):
        for name in ("Message-ID", "References", "In-Reply-To", "Original-Message-ID"):
            for value in each.get_all(name, []):
                if found := _MESSAGE_ID.search(str(value)):
                    return found[1]
    for part in parts:
        is_headers = part.get_content_type() in ("text/rfc822-headers", "message/rfc822-headers")
        if is_headers and (found := _MESSAGE_ID.search(_text(part))):
            return found[1]
    return None


def _parts(message: Message) -> Iterator[Message]:
    for count, part in enumerate(message.walk()):
        if count == _MOST_PARTS:
            return
        yield part


def _blocks(part: Message) -> list[Message]:
    payload = part.get_payload()
    if isinstance(payload, list):
        return [each for each in payload[:_MOST_PARTS] if isinstance(each, Message)]
    return [email.message_from_string(block) for block in _text(part).split("\n\n")[:_MOST_PARTS]]


def _fields(part: Message) -> dict[str, str]:
    return {name.lower(): str(value).strip() for block in _blocks(part) for name, value in block.items()}


def _text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if isinstance(payload, bytes):
        return payload.decode("utf-8", "replace").replace("\r\n", "\n")
    return str(part.get_payload())

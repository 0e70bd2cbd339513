"""What the body of a request holds, whatever its content type says."""

from __future__ import annotations

import base64
import json
import re
from itertools import islice
from typing import Any
from urllib.parse import parse_qs

import msgspec

from polku.capture.protocols.contract import EVENT_BYTES, EVENTS

_WHITESPACE = b" \t\r\n"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Batch(msgspec.Struct, gc=False):
    """Events are cut out unread, so that a bad one spoils no other."""

    batch: list[msgspec.Raw] | None = None
    sentAt: Any = None
    context: msgspec.Raw = msgspec.Raw(b"null")


class _EventKey(msgspec.Struct, gc=False):
    writeKey: Any = None


class _Keys(msgspec.Struct, gc=False):
    writeKey: Any = None
    batch: list[_EventKey] = []


_batch = msgspec.json.Decoder(Batch).decode
_keys = msgspec.json.Decoder(_Keys).decode
_WRITE_KEY = re.compile(rb'"writeKey"\s*:\s*"([^"\\]{1,200})"')
_BATCH = re.compile(r'"batch"\s*:\s*\[')
_BETWEEN = re.compile(r"[\s,]*")
_SENT_AT = re.compile(r'"sentAt"\s*:\s*("[^"\\]{1,64}"|\d{1,20})')
_CONTEXT = re.compile(r'"context"\s*:\s*(?=\{)')
_lenient = json.JSONDecoder(strict=False)
# A text without an end takes all that follows and gives nothing back: else many quotes would take hours.
_BRACKET = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|([{\[])|([}\]])', re.DOTALL)
_MOST_BRACKETS = 500_000
"""So many are looked at to find where a broken event ends; it takes about a tenth of a second."""


def json_of(body: bytes) -> bytes:
    """The JSON text in a body: bare, or in the field `data` of a form, perhaps in base64."""
    text = body.removeprefix(_BYTE_ORDER_MARK).strip(_WHITESPACE)
    if text[:1] in (b"{", b"[", b""):
        return text
    if text[:5] != b"data=":
        return text
    try:
        # A form's separators cannot be in base64, and as JSON the value is percent-encoded.
        value = parse_qs(text.decode("utf-8", "replace"), max_num_fields=20).get("data", [""])[0]
        if value[:1] in ("{", "["):
            return value.encode("utf-8", "replace")
        return base64.b64decode(value.replace(" ", "+"), validate=True)
    except ValueError:  # too many fields, or no base64
        return text


def write_key(body: bytes) -> object:
    """The first `writeKey` of the body: its own or an event's. Of broken JSON, the first that looks like one."""
    text = json_of(body)
    try:
        keys = _keys(text)
    except (ValueError, RecursionError):
        found = _WRITE_KEY.search(text)
        return found.group(1).decode("utf-8", "replace") if found else None
    if keys.writeKey is not None:
        return keys.writeKey
    return next((event.writeKey for event in keys.batch if event.writeKey is not None), None)


def batch_of(text: bytes) -> Batch | None:
    """The events of a batch; None where the text is no batch even with patience."""
    try:
        return _batch(text)
    except (ValueError, RecursionError):
        return _patiently(text)


def _patiently(text: bytes) -> Batch | None:
    """Cut broken JSON into events: NaN in one of them makes the whole text no JSON, and the rest is good.

    What is no JSON at all, or nested too deeply, ends where its brackets do. What cannot be told apart any more is
    one last event, to be rejected as it is.
    """
    # Bytes that are no UTF-8 pass through as lone surrogates, and come back as they were.
    source = text.decode("utf-8", "surrogateescape")
    opened = _BATCH.search(source)
    if opened is None:
        return None
    events: list[msgspec.Raw] = []
    place = opened.end()
    while len(events) <= EVENTS:
        place = _BETWEEN.match(source, place).end()  # type: ignore[union-attr] # it matches nothing at least
        if place >= len(source) or source[place] == "]":
            break
        end = _end(source, place)
        events.append(msgspec.Raw(source[place:end].encode("utf-8", "surrogateescape")))
        place = end
    said = _SENT_AT.search(source, place) or _SENT_AT.search(source, 0, opened.start())
    return Batch(
        events, json.loads(said.group(1)) if said else None, _context_of(source, place, opened.start())
    )


def _context_of(source: str, after: int, before: int) -> msgspec.Raw:
    found = _CONTEXT.search(source, after) or _CONTEXT.search(source, 0, before)
    if found is not None:
        try:
            end = _lenient.raw_decode(source, found.end())[1]
            return msgspec.Raw(source[found.end() : end].encode())
        except (ValueError, RecursionError):
            pass
    return msgspec.Raw(b"null")


def _end(source: str, place: int) -> int:
    """Where the event that begins at `place` ends."""
    try:
        if source[place] != "{":  # where that is no JSON nothing more is read
            return _lenient.raw_decode(source, place)[1]
        # A complaint about JSON counts the lines of all the text before it, so each event is read by itself, as far as
        # it may be long.
        return place + _lenient.raw_decode(source[place : place + EVENT_BYTES])[1]
    except (ValueError, RecursionError):
        return _end_by_brackets(source, place)


def _end_by_brackets(source: str, place: int) -> int:
    """Where the object that begins at `place` ends, or the end of the text where that cannot be told."""
    if source[place] != "{":
        return len(source)
    depth = 0
    for each in islice(_BRACKET.finditer(source, place), _MOST_BRACKETS):
        opens, closes = each.group(1, 2)
        if opens:
            depth += 1
        elif closes:
            depth -= 1
            if depth <= 0:
                return each.end() if depth == 0 else len(source)
    return len(source)

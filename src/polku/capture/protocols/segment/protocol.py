"""Segment's HTTP interface, read leniently: content types are not believed, one bad event spoils no other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from polku.capture.protocols.contract import EVENT_BYTES, EVENTS, Decoded, Reply, Request
from polku.capture.protocols.keys import key_from_authorization, usable
from polku.capture.protocols.segment import addresses
from polku.capture.protocols.segment.body import batch_of, json_of, write_key
from polku.capture.protocols.segment.events import Event, Wrong, candidate, is_our_tracker
from polku.capture.protocols.segment.settings import settings_of

_JSON = {"content-type": "application/json"}
_TAKEN = b'{"success":true}'

_event = msgspec.json.Decoder(Event).decode
_anything = msgspec.json.Decoder().decode


class Segment:
    name = "segment"

    def takes(self, method: str, path: str) -> bool:
        if method == "POST":
            return path in addresses.POSTED
        return method == "GET" and addresses.settings_key(path) is not None

    def answer(self, request: Request) -> Reply | None:
        # The browser library counts its own workings and sends them without a key.
        return Reply(200, _JSON, _TAKEN) if request.path == addresses.METRICS else None

    def key_of(self, request: Request) -> str | None:
        if request.method == "GET":
            return usable(addresses.settings_key(request.path))
        return key_from_authorization(request.headers) or usable(write_key(request.body))

    def decode(self, request: Request) -> Decoded:
        decoded = Decoded("segment")
        if request.method == "GET":
            return decoded
        text = json_of(request.body)
        kind = addresses.SINGLE.get(request.path)
        if kind is not None:
            if text[:1] != b"{":
                decoded.refusal = _refusal(400, "The body is not a JSON object.")
            else:
                _take(decoded, text, kind, None, alone=True)
            return decoded
        batch = batch_of(text)
        if batch is None or batch.batch is None:
            decoded.refusal = _refusal(400, "The body is not a JSON object with a list “batch”.")
        elif len(batch.batch) > EVENTS:
            decoded.refusal = _refusal(413, f"One request may hold {EVENTS} events.")
        else:
            for raw in batch.batch:
                _take(decoded, raw, None, batch.sentAt)
        return decoded

    def decode_one(self, raw: str, context: Mapping[str, Any]) -> Decoded:
        decoded = Decoded("segment")
        text = raw.encode("utf-8", "replace").strip()
        _take(decoded, text, context.get("type"), context.get("sent_at"))
        return decoded

    def reply(self, request: Request, decoded: Decoded) -> Reply:
        if request.method == "GET":
            return Reply(200, _JSON, settings_of(request))
        if decoded.rejected:
            return Reply(200, _JSON, b'{"success":true,"rejected":%d}' % len(decoded.rejected))
        return Reply(200, _JSON, _TAKEN)


segment = Segment()


def _take(
    decoded: Decoded, raw: bytes | msgspec.Raw, kind: str | None, sent_at: object, *, alone: bool = False
) -> None:
    """Decode one event into `decoded`: a candidate or a rejected message, never an exception."""
    size = memoryview(raw).nbytes
    try:
        if size > EVENT_BYTES:
            raise Wrong("too_large", f"It has {size} bytes; one event may have {EVENT_BYTES}.")
        event = _event(raw)
        made = candidate(event, raw, kind=kind, sent_at=sent_at)
    except Wrong as wrong:
        reason, detail = wrong.reason, wrong.detail
    except RecursionError:
        reason, detail = "bad_field", "It is nested too deeply."
    except msgspec.ValidationError as error:
        reason, detail = _what_is_wrong(raw, str(error))
    except ValueError as error:  # DecodeError and UnicodeDecodeError
        reason, detail = "not_json", str(error)[:200]
    else:
        if kind is not None or sent_at is not None:
            made.context = _context(kind, sent_at)
        if is_our_tracker(event):
            decoded.origin_kind = "tracker"
        decoded.candidates.append(made)
        return
    if alone and reason == "not_json":
        decoded.refusal = _refusal(400, "The body is not valid JSON.")
        return
    decoded.reject(reason, detail, raw, _context(kind, sent_at))


def _what_is_wrong(raw: bytes | msgspec.Raw, complaint: str) -> tuple[str, str]:
    try:
        value = _anything(raw)
    except (msgspec.ValidationError, RecursionError):
        return "bad_field", complaint[:200]
    except ValueError as error:
        return "not_json", str(error)[:200]
    if not isinstance(value, dict):
        return "not_an_object", "An event is a JSON object."
    return "bad_field", complaint[:200]


def _context(kind: str | None, sent_at: object) -> dict[str, str | int]:
    context: dict[str, str | int] = {}
    if kind is not None:
        context["type"] = kind
    if isinstance(sent_at, str | int) and not isinstance(sent_at, bool):
        context["sent_at"] = sent_at
    return context


def _refusal(status: int, message: str) -> Reply:
    return Reply(status, _JSON, msgspec.json.encode({"success": False, "message": message}))

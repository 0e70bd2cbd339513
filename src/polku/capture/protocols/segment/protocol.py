"""Segment's HTTP interface, read leniently: content types are not believed, one bad event spoils no other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from polku.capture.details import Sentence, detail
from polku.capture.protocols.contract import EVENT_BYTES, EVENTS, Decoded, Reply, Request, Wrong
from polku.capture.protocols.keys import key_from_authorization, usable
from polku.capture.protocols.segment import addresses
from polku.capture.protocols.segment.body import batch_of, json_of, write_key
from polku.capture.protocols.segment.events import (
    OUR_TRACKER,
    Event,
    Surroundings,
    candidate,
    clock_of,
    is_our_tracker,
    surroundings_of,
)
from polku.capture.protocols.segment.settings import settings_of

_JSON = {"content-type": "application/json"}
_TAKEN = b'{"success":true}'
_LONGEST_TIME = 64
_NO_TIME_FROM = 10**18

_event = msgspec.json.Decoder(Event).decode
_surroundings = msgspec.json.Decoder(Surroundings).decode
_anything = msgspec.json.Decoder().decode


@dataclass(slots=True)
class _Shared:
    """What a request says once for all its events; with an event that is rejected it is kept beside it."""

    kind: str | None = None  # the type of an event that does not say its own
    sent_at: str | int | None = None
    is_ours: bool = False  # sent by our own tracker
    clock: int | None = field(init=False, default=None)  # `sent_at` in microseconds

    def __post_init__(self) -> None:
        self.clock = clock_of(self.sent_at)

    def context(self) -> dict[str, str | int] | None:
        context: dict[str, str | int] = {}
        if self.kind is not None:
            context["type"] = self.kind
        if self.sent_at is not None:
            context["sent_at"] = self.sent_at
        if self.is_ours:
            context["library"] = OUR_TRACKER
        return context or None


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
            _take_alone(decoded, text, kind)
            return decoded
        batch = batch_of(text)
        if batch is None or batch.batch is None:
            decoded.refusal = _refusal(
                400, "bad_request", "The body is not a JSON object with a list “batch”."
            )
        elif len(batch.batch) > EVENTS:
            decoded.refusal = _refusal(413, "too_large", f"One request may hold {EVENTS} events.")
        else:
            shared = _Shared(sent_at=_sent_at(batch.sentAt), is_ours=_is_ours(batch.context))
            for raw in batch.batch:
                _take(decoded, raw, shared)
        return decoded

    def decode_one(self, raw: str, context: Mapping[str, Any]) -> Decoded:
        decoded = Decoded("segment")
        shared = _Shared(context.get("type"), context.get("sent_at"), context.get("library") == OUR_TRACKER)
        _take(decoded, raw.encode("utf-8", "replace").strip(), shared)
        return decoded

    def reply(self, request: Request, decoded: Decoded) -> Reply:
        if request.method == "GET":
            return Reply(200, _JSON, settings_of(request))
        if decoded.rejected:
            return Reply(200, _JSON, b'{"success":true,"rejected":%d}' % len(decoded.rejected))
        return Reply(200, _JSON, _TAKEN)


segment = Segment()


def _take_alone(decoded: Decoded, text: bytes, kind: str) -> None:
    """The body is one event: what is no JSON at all is no event, and its sender can be told so."""
    if text[:1] == b"{":
        _take(decoded, text, _Shared(kind))
        if all(row.reason != "not_json" for row in decoded.rejected):
            return
    decoded.rejected.clear()
    decoded.refusal = _refusal(400, "bad_request", "The body is not a JSON object.")


def _take(decoded: Decoded, raw: bytes | msgspec.Raw, shared: _Shared) -> None:
    """Decode one event into `decoded`: a candidate or a rejected message, never an exception."""
    size = memoryview(raw).nbytes
    try:
        if size > EVENT_BYTES:
            raise Wrong("too_large", detail(Sentence.TOO_LARGE, bytes=size, most=EVENT_BYTES))
        event = _event(raw)
        made = candidate(event, raw, kind=shared.kind, clock=shared.clock)
    except Wrong as wrong:
        reason, why = wrong.reason, wrong.detail
    except RecursionError:
        reason, why = "bad_field", detail(Sentence.TOO_DEEP)
    except msgspec.ValidationError as error:
        reason, why = _what_is_wrong(raw, str(error))
    except ValueError as error:  # DecodeError and UnicodeDecodeError
        reason, why = "not_json", detail(Sentence.NOT_JSON, quote=error)
    else:
        if shared.is_ours or is_our_tracker(surroundings_of(event)):
            decoded.origin_kind = "tracker"
        made.context = shared.context
        decoded.candidates.append(made)
        return
    decoded.reject(reason, why, raw, shared.context())


def _what_is_wrong(raw: bytes | msgspec.Raw, complaint: str) -> tuple[str, str]:
    try:
        value = _anything(raw)
    except (msgspec.ValidationError, RecursionError):
        return "bad_field", detail(Sentence.WRONG_KIND, quote=complaint)
    except ValueError as error:
        return "not_json", detail(Sentence.NOT_JSON, quote=error)
    if not isinstance(value, dict):
        return "not_an_object", detail(Sentence.NOT_AN_OBJECT)
    return "bad_field", detail(Sentence.WRONG_KIND, quote=complaint)


def _sent_at(said: object) -> str | int | None:
    """Short enough to be kept beside each event that is rejected."""
    if type(said) is str:
        return said if len(said) <= _LONGEST_TIME else None
    return said if type(said) is int and abs(said) < _NO_TIME_FROM else None


def _is_ours(context: msgspec.Raw) -> bool:
    """Whether the batch's own context names our tracker."""
    try:
        return is_our_tracker(_surroundings(context))
    except (ValueError, RecursionError):
        return False


def _refusal(status: int, code: str, message: str) -> Reply:
    # RudderStack's Python library takes a reply without a code for a broken server, and tries again for ever.
    return Reply(status, _JSON, msgspec.json.encode({"success": False, "code": code, "message": message}))

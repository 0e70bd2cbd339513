"""Matomo's HTTP interface: a query string, a form, or a JSON object with a list of hits."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import msgspec

from polku.capture.details import Sentence, detail
from polku.capture.protocols.contract import EVENT_BYTES, EVENTS, Decoded, Reply, Request, Wrong
from polku.capture.protocols.keys import key_from_authorization, usable
from polku.capture.protocols.matomo.hits import Unsupported, candidate
from polku.capture.protocols.matomo.queries import (
    LEFT_OUT,
    Parameters,
    bulk_of,
    key_among,
    parameters_of,
    parameters_of_object,
    without_secrets,
)

_ADDRESSES = {"/matomo.php", "/piwik.php"}
_anything = msgspec.json.Decoder().decode
_JSON = {"content-type": "application/json"}
_IMAGE = Reply(
    200,
    {"content-type": "image/gif", "cache-control": "no-store"},
    base64.b64decode("R0lGODlhAQABAIAAAAAAAAAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw=="),
)
_NOTHING = Reply(204)


class Matomo:
    name = "matomo"

    def takes(self, method: str, path: str) -> bool:
        return path in _ADDRESSES and method in ("GET", "POST")

    def answer(self, request: Request) -> Reply | None:
        return None

    def key_of(self, request: Request) -> str | None:
        return key_from_authorization(request.headers) or usable(_key_in_hits(request))

    def decode(self, request: Request) -> Decoded:
        decoded = Decoded("matomo")
        if not _is_bulk(request):
            decoded.held = 1
            _take(decoded, _single(request), request.received)
            return decoded
        bulk = bulk_of(request.body)
        if bulk is None:
            decoded.refusal = _refusal(400, "The body is not a JSON object with a list “requests”.")
        elif len(bulk.requests) > EVENTS:
            decoded.refusal = _refusal(413, f"One request may hold {EVENTS} hits.")
        else:
            decoded.held = len(bulk.requests)
            # All hits of a request go to one workspace: that of its key.
            key = None if key_from_authorization(request.headers) else _key_in_hits(request)
            for hit in bulk.requests:
                _take(decoded, hit, request.received, key)
        return decoded

    def decode_one(self, raw: str, context: Mapping[str, Any]) -> Decoded:
        decoded = Decoded("matomo", held=1)
        hit: object = raw.strip()
        if raw.lstrip().startswith("{"):
            try:
                hit = _anything(raw.encode("utf-8", "replace"))
            except (ValueError, RecursionError) as error:
                why = detail(Sentence.NOT_JSON, quote=error)
                decoded.reject("not_json", why, raw.encode("utf-8", "replace"))
                return decoded
        _take(decoded, hit, context["received"])
        return decoded

    def reply(self, request: Request, decoded: Decoded) -> Reply:
        if _is_bulk(request):
            invalid = len(decoded.rejected)
            body = {"status": "success", "tracked": decoded.held - invalid, "invalid": invalid}
            return Reply(200, _JSON, msgspec.json.encode(body))
        return _NOTHING if b"send_image=0" in (request.query + b"&" + request.body).split(b"&") else _IMAGE


matomo = Matomo()


def _is_bulk(request: Request) -> bool:
    return request.method == "POST" and request.body.lstrip()[:1] == b"{"


def _single(request: Request) -> str:
    """The parameters of the address and of a form, whichever are there, as one query string."""
    parts = [part for part in (request.query, request.body.strip()) if part]
    # Bytes that are no UTF-8 are lone surrogates from here on, and rejected as such.
    return b"&".join(parts).decode("utf-8", "surrogateescape")


def _key_in_hits(request: Request) -> str | None:
    """The key of the request's address or form, or in bulk of its first hit, or of all of them."""
    try:
        if not _is_bulk(request):
            return key_among(parameters_of(_single(request)[:EVENT_BYTES], errors="replace"))
        bulk = bulk_of(request.body)
        if bulk is None:
            return None
        first = _parameters(bulk.requests[0]) if bulk.requests else {}
        everywhere = {"token_auth": bulk.token_auth} if isinstance(bulk.token_auth, str) else {}
        return key_among(everywhere | first)
    except (Wrong, ValueError):
        return None


def _parameters(hit: object) -> Parameters:
    """Raises Wrong for what is no hit, UnicodeError for what is no UTF-8."""
    if isinstance(hit, str):
        return parameters_of(hit)
    if isinstance(hit, dict):
        return parameters_of_object(hit)
    raise Wrong("not_an_object", detail(Sentence.NOT_A_HIT))


def _take(decoded: Decoded, hit: object, received: int, key: str | None = None) -> None:
    """Decode one hit into `decoded`: a candidate, a rejected message or a count, never an exception.

    With a `key`, a hit that names another is rejected."""
    raw = _raw(hit)

    def context() -> dict[str, str | int]:
        return {"received": received}

    try:
        if len(raw) > EVENT_BYTES:
            raise Wrong("too_large", detail(Sentence.TOO_LARGE, bytes=len(raw), most=EVENT_BYTES))
        parameters = _parameters(hit)
        if key is not None and key_among(parameters) not in (None, key):
            raise Wrong("bad_field", detail(Sentence.OTHER_SITE))
        made = candidate(parameters, raw, received)
        made.context = context
        decoded.candidates.append(made)
    except Unsupported:
        decoded.drop("unsupported")
    except Wrong as wrong:
        decoded.reject(wrong.reason, wrong.detail, raw, context())
    except UnicodeError:
        decoded.reject("unreadable", detail(Sentence.NOT_UTF_8), raw, context())


def _raw(hit: object) -> bytes:
    if isinstance(hit, str):
        return without_secrets(hit).encode("utf-8", "surrogateescape")
    if isinstance(hit, dict):
        hit = {name: value for name, value in hit.items() if name not in LEFT_OUT}
    return msgspec.json.encode(hit)


def _refusal(status: int, message: str) -> Reply:
    return Reply(status, _JSON, msgspec.json.encode({"status": "error", "message": message}))

"""The ASGI application in front of everything else: it answers the front door's own addresses and hands on the rest."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

from polku.capture import protocols
from polku.capture.front import answers, metrics, scripts
from polku.capture.front.answers import RawHeaders
from polku.capture.front.bodies import Receive
from polku.capture.front.intake import answer
from polku.capture.front.running import running
from polku.capture.protocols import Reply, Request

Scope: TypeAlias = dict[str, Any]
Send: TypeAlias = Callable[[dict[str, Any]], Awaitable[None]]
Application: TypeAlias = Callable[[Scope, Any, Any], Awaitable[None]]

_METRICS = "/metrics"
_PREFIX = "/v1/"  # every address below it is a client's, known or not


class CaptureApplication:
    def __init__(self, following: Application) -> None:
        self._following = following

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._following(scope, receive, send)
            return
        method, path = scope["method"], scope["path"]
        protocol = protocols.find(method, path)
        if protocol is not None:
            await _capture(protocol, scope, receive, send)
        elif path in scripts.SERVED:
            await _script(path, method, _headers(scope), send)
        elif path == _METRICS:
            # Some metrics are read from the inbox's files, which may take a while.
            reply = await asyncio.to_thread(metrics.answer, scope, _headers(scope))
            await _send(send, reply, [])
        elif path.startswith(_PREFIX) or protocols.find("POST", path) or protocols.find("GET", path):
            await _not_taken(method, path, _headers(scope), send)
        else:
            await self._following(scope, receive, send)


async def _capture(protocol: protocols.Protocol, scope: Scope, receive: Receive, send: Send) -> None:
    headers = _headers(scope)
    client = scope["client"]
    request = Request(
        scope["method"],
        scope["path"],
        scope["query_string"],
        headers,
        b"",
        time.time_ns() // 1000,
        client[0] if client else "",
        scope["scheme"],
    )
    front = running()
    reply = answers.NOT_STARTED if front is None else await answer(front, protocol, request, receive)
    if reply is None:
        return
    if front is not None:
        front.counts.answered(protocol.name, reply.status)
    await _send(send, reply, answers.cors(headers))


async def _not_taken(method: str, path: str, headers: Mapping[str, str], send: Send) -> None:
    """What a protocol's address says to a method that it does not take, and to an address that nobody knows."""
    allowed = [known for known in ("GET", "POST") if protocols.find(known, path)]
    if not allowed:
        await _send(send, answers.NOT_FOUND, answers.cors(headers))
    elif method == "OPTIONS":
        await send({"type": "http.response.start", "status": 204, "headers": answers.preflight(headers)})
        await send({"type": "http.response.body", "body": b""})
    else:
        methods = ", ".join([*allowed, "OPTIONS"])
        reply = answers.problem(405, f"This address takes {methods}.", allow=methods)
        await _send(send, reply, answers.cors(headers))


async def _script(path: str, method: str, headers: Mapping[str, str], send: Send) -> None:
    if method not in ("GET", "HEAD"):
        await _send(send, answers.problem(405, "This address takes GET.", allow="GET, HEAD"), [])
        return
    found = scripts.find(path, compressed="gzip" in headers.get("accept-encoding", ""))
    body, said = found or (b"", {})
    tag = said.get("etag")
    if tag and tag in headers.get("if-none-match", ""):
        await _send(send, Reply(304, said), [])
    elif method == "HEAD":
        await _send(send, Reply(200, {**said, "content-length": str(len(body))}), [])
    else:
        await _send(send, Reply(200, said, body), [])


async def _send(send: Send, reply: Reply, extra: RawHeaders) -> None:
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in reply.headers.items()]
    if "content-length" not in reply.headers and reply.status not in (204, 304):
        headers.append((b"content-length", b"%d" % len(reply.body)))
    await send({"type": "http.response.start", "status": reply.status, "headers": headers + extra})
    await send({"type": "http.response.body", "body": reply.body})


def _headers(scope: Scope) -> dict[str, str]:
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}

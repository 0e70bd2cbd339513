"""Django behind ASGI, each request in one thread from its first middleware to its last byte made.

Django's own handler changes between the event loop and a thread at every middleware that knows only one of the two,
in a thread and on a database connection made for that request. Each change waits for whatever holds the interpreter,
and while signals pour in that is somebody else: of 45 ms that a page cost, 20 were for this (docs/decisions/0023).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from contextvars import copy_context
from io import SEEK_END, BytesIO
from tempfile import TemporaryFile
from typing import IO, Any

from django.conf import settings
from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.core.handlers.base import BaseHandler
from django.http import FileResponse
from django.http.response import HttpResponseBase
from django.urls import set_script_prefix

from polku.capture.uploads import files, receiving
from polku.jobs.giving_way import come_after_others, somebody_waits

_Receive = Callable[[], Awaitable[Mapping[str, Any]]]
_Send = Callable[[Mapping[str, Any]], Awaitable[None]]

_OF_PEOPLE, _OF_PROGRAMS = 48, 42
"""Requests under way at a time. Each has a thread, which keeps its connection: together they are fewer than the hundred
that PostgreSQL gives, and each more than the questions of one workspace that may wait (`places.WAITING_OF_ALL`)."""
_PROGRAMS = "/api/"
_PIECE = 1_048_576  # bytes of a file that are written at a time


class Pages(ASGIHandler):
    """The ASGI application of everything that Django answers. What the caller set in context variables holds there."""

    def __init__(self) -> None:
        BaseHandler.__init__(self)
        self.load_middleware(is_async=False)
        self._pages = ThreadPoolExecutor(_OF_PEOPLE, "polku-page")
        # Programs wait for large questions more patiently than people for small pages.
        self._answers = ThreadPoolExecutor(_OF_PROGRAMS, "polku-api", initializer=come_after_others)

    async def __call__(self, scope: dict[str, Any], receive: _Receive, send: _Send) -> None:
        if scope["type"] != "http":
            raise ValueError(f"only HTTP is served, not {scope['type']}")
        try:
            slug = receiving.workspace_of(scope)
            if slug and await self._on_a_page_thread(self._may_send_files, scope, slug):
                await self._take_files(scope, slug, receive, send)
                return
            body = await self.read_body(receive)
        except RequestAborted:
            return
        if (size := body.seek(0, SEEK_END)) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            # Django refuses by the length that is told; it is not told where a body comes in chunks.
            headers = [pair for pair in scope["headers"] if pair[0] != b"content-length"]
            scope = {**scope, "headers": [*headers, (b"content-length", b"%d" % size)]}
        body.seek(0)
        with closing(body):
            await self._respond(scope, body, receive, send)

    async def read_body(self, receive: _Receive) -> IO[bytes]:
        """The body in memory, or its beginning where it is larger than any that is taken: nobody fills the disk with
        what is refused. Raises RequestAborted."""
        body = BytesIO()
        while body.tell() <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise RequestAborted
            body.write(message.get("body", b""))
            if not message.get("more_body", False):
                break
        return body

    async def _take_files(self, scope: dict[str, Any], slug: str, receive: _Receive, send: _Send) -> None:
        """Answer a request that brings files: its body goes to the disk. One that is refused is let fall to its end,
        because browsers read no answer before they have sent all."""
        told = dict(scope["headers"]).get(b"content-length", b"0")
        why = receiving.refusal(int(told) if told.isdigit() else 0)
        with TemporaryFile(dir=files.arriving()) as body:
            why = await _keep_body(receive, None if why else body) or why
            if why:
                status, headers = receiving.refused(slug, why)
                await send({"type": "http.response.start", "status": status, "headers": headers})
                await send({"type": "http.response.body", "body": b""})
                return
            size = body.tell()
            body.seek(0)
            headers = [pair for pair in scope["headers"] if pair[0] != b"content-length"]
            scope = {**scope, "headers": [*headers, (b"content-length", b"%d" % size)]}
            await self._respond(scope, body, receive, send)

    def _may_send_files(self, scope: dict[str, Any], slug: str) -> bool:
        request, _refusal = self.create_request(scope, BytesIO())
        return request is not None and receiving.may_send(request, slug)

    async def _on_a_page_thread(self, work: Callable[..., Any], *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(
            self._pages, copy_context().run, work, *arguments
        )

    async def _respond(self, scope: dict[str, Any], body: IO[bytes], receive: _Receive, send: _Send) -> None:
        is_programs = scope["path"].startswith(_PROGRAMS)
        threads, make = (self._answers, self._make) if is_programs else (self._pages, self._make_page)
        making = asyncio.get_running_loop().run_in_executor(threads, copy_context().run, make, scope, body)
        leaving = asyncio.ensure_future(_left(receive))
        try:
            # A thread cannot be stopped, and it reads the body: what it makes is waited for, whoever wants it.
            response = await making
            if not leaving.done():
                await self.send_response(response, send)
            if response.streaming:
                await asyncio.to_thread(response.close)
        finally:
            leaving.cancel()

    def _make_page(self, scope: dict[str, Any], body: IO[bytes]) -> HttpResponseBase:
        with somebody_waits():
            return self._make(scope, body)

    def _make(self, scope: dict[str, Any], body: IO[bytes]) -> HttpResponseBase:
        """The whole response; one that is not streamed is closed already, and so is what was open for it."""
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=type(self), scope=scope)
        request, refusal = self.create_request(scope, body)
        response: HttpResponseBase | Any = refusal if request is None else self.get_response(request)
        if isinstance(response, FileResponse):
            response.block_size = self.chunk_size
        if not response.streaming:
            response.close()
        return response


async def _keep_body(receive: _Receive, body: IO[bytes] | None) -> str:
    """Write what comes to `body` (None: let it fall); why it could not be kept, or nothing. Raises RequestAborted."""
    why, piece, size = "", bytearray(), 0
    is_over = False
    while not is_over:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise RequestAborted
        is_over = not message.get("more_body", False)
        if body is None:
            continue
        piece += message.get("body", b"")
        size += len(message.get("body", b""))
        if size > receiving.most_bytes():
            why, body = receiving.TOO_LARGE, None
        elif len(piece) >= _PIECE or is_over:
            try:
                await asyncio.to_thread(body.write, bytes(piece))
                # Bodies in chunks tell no size, and several may come at a time: none may take what signals need.
                why = receiving.refusal(0)
            except OSError:
                why = receiving.NO_ROOM
            body = None if why else body
            piece.clear()
    return why


async def _left(receive: _Receive) -> None:
    """Until the client has gone, of which whoever wrapped `receive` hears. The rest of a body too large is let fall."""
    while (await receive())["type"] != "http.disconnect":
        pass

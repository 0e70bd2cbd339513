"""Django behind ASGI, each request in one thread from its first middleware to its last byte made.

Django's own handler changes between the event loop and a thread at every middleware that knows only one of the two,
in a thread and on a database connection made for that request. Each change waits for whatever holds the interpreter,
and while signals pour in that is somebody else: of 45 ms that a page cost, 20 were for this (docs/decisions/0022).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from contextvars import copy_context
from tempfile import SpooledTemporaryFile
from typing import Any

from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.core.handlers.base import BaseHandler
from django.http import FileResponse, HttpResponse
from django.urls import set_script_prefix

_Message = MutableMapping[str, Any]
_Receive = Callable[[], Awaitable[_Message]]
_Send = Callable[[_Message], Awaitable[None]]

_AT_ONCE = 64
"""Requests under way at a time; as many may wait for a place to ask their question. A thread keeps its connection."""


class Pages(ASGIHandler):
    """The ASGI application of everything that Django answers. What the caller set in context variables holds there."""

    def __init__(self) -> None:
        BaseHandler.__init__(self)
        self.load_middleware(is_async=False)
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="polku-page")

    async def __call__(self, scope: _Message, receive: _Receive, send: _Send) -> None:
        if scope["type"] != "http":
            raise ValueError(f"only HTTP is served, not {scope['type']}")
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        with closing(body):
            await self._respond(scope, body, receive, send)

    async def _respond(
        self, scope: _Message, body: SpooledTemporaryFile[bytes], receive: _Receive, send: _Send
    ) -> None:
        making = asyncio.get_running_loop().run_in_executor(
            self._threads, copy_context().run, self._make, scope, body
        )
        # All that can still come from there is that the client has gone.
        leaving = asyncio.ensure_future(receive())
        try:
            await asyncio.wait((making, leaving), return_when=asyncio.FIRST_COMPLETED)
            has_left = leaving.done()
            # A thread cannot be stopped, and it reads the body: what it makes is waited for, whoever wants it.
            response = await asyncio.shield(making)
            if not has_left:
                await self.send_response(response, send)
            if response.streaming:
                await asyncio.to_thread(response.close)
        finally:
            leaving.cancel()

    def _make(self, scope: _Message, body: SpooledTemporaryFile[bytes]) -> HttpResponse:
        """The whole response; one that is not streamed is closed already, and so is what was open for it."""
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=type(self), scope=scope)
        request, refusal = self.create_request(scope, body)
        response: HttpResponse = refusal if request is None else self.get_response(request)
        response._handler_class = type(self)
        if isinstance(response, FileResponse):
            response.block_size = self.chunk_size
        if not response.streaming:
            response.close()
        return response

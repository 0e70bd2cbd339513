"""A file that is sent while it is made."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextvars import copy_context

from django.db import connections
from django.http import StreamingHttpResponse


class Streamed(StreamingHttpResponse):
    """Takes a plain iterator of pieces, as Django's own does, but behind ASGI asks for one at a time.

    Django would collect all pieces first. Each is made in a thread, in the language and time zone of the request, and
    leaves no database connection behind.
    """

    def __init__(self, pieces: Iterator[bytes], *, name: str, content_type: str) -> None:
        super().__init__(pieces, content_type=content_type)
        self._pieces = pieces
        self._context = copy_context()
        self["Content-Disposition"] = f'attachment; filename="{name}"'
        self["X-Accel-Buffering"] = "no"

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while (piece := await asyncio.to_thread(self._context.run, self._next)) is not None:
            yield piece

    def _next(self) -> bytes | None:
        try:
            return next(self._pieces, None)
        finally:
            connections.close_all()

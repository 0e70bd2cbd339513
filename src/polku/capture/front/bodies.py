"""Reading bodies that strangers send: bounded in bytes, in time, and in what they unpack to."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

Receive: TypeAlias = Callable[[], Awaitable[dict[str, Any]]]

LARGEST = 1024 * 1024
"""A body may have so many bytes, as it comes and unpacked."""
_MOST_READ_AWAY = 64 * LARGEST  # of a body that is too large, so that its sender hears why
_MOST_HELD = 64 * LARGEST  # of all bodies that are under way
_SECONDS = 30.0
_GZIP = b"\x1f\x8b"
_TIMES_PACKED = 2  # some clients pack, and the library below them packs once more
_MOST_MEMBERS = 100  # of one gzip body; each is cut off the front of the rest, so many would take long


class BadBody(Exception):
    """The request ends with this status; `closes`: the connection too, because the rest of the body is not read."""

    def __init__(
        self, status: int, detail: str, *, closes: bool = False, retry_after: int | None = None
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.closes, self.retry_after = status, detail, closes, retry_after


class SenderGone(Exception):
    """The connection ended before the body did."""


class BodyReader:
    """Reads bodies of one event loop and knows how much of them it holds."""

    def __init__(self) -> None:
        self._held = 0

    async def read(self, receive: Receive, headers: Mapping[str, str]) -> bytes:
        """The body as it came. Raises BadBody (400, 408, 413, 503) or SenderGone."""
        length = headers.get("content-length", "")
        if length and (not length.isascii() or not length.isdigit()):
            raise BadBody(400, "Content-Length is not a number.", closes=True)
        if length and int(length[:20]) > _MOST_READ_AWAY:
            raise _too_large(closes=True)
        message = await receive()
        if message["type"] == "http.disconnect":
            raise SenderGone
        body: bytes = message.get("body", b"")
        if not message.get("more_body"):
            if len(body) > LARGEST:
                raise _too_large()
            return body
        try:
            async with asyncio.timeout(_SECONDS):
                return await self._read_on(receive, body)
        except TimeoutError:
            raise BadBody(
                408, f"The body did not arrive within {_SECONDS:.0f} seconds.", closes=True
            ) from None

    async def _read_on(self, receive: Receive, first: bytes) -> bytes:
        chunks, size, held = [first], len(first), 0
        try:
            while True:
                keeps = size <= LARGEST
                if keeps:
                    self._held += size - held
                    held = size
                else:
                    chunks.clear()
                if self._held > _MOST_HELD:
                    raise BadBody(
                        503, "Too many bodies are under way; send this again.", closes=True, retry_after=1
                    )
                if size > _MOST_READ_AWAY:
                    raise _too_large(closes=True)
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise SenderGone
                chunk = message.get("body", b"")
                size += len(chunk)
                if keeps:
                    chunks.append(chunk)
                if not message.get("more_body"):
                    if size > LARGEST:
                        raise _too_large()
                    return b"".join(chunks)
        finally:
            self._held -= held


def unpacked(body: bytes, headers: Mapping[str, str]) -> bytes:
    """The body unpacked, whatever the headers say of it: gzip is told by its first two bytes, which begin no text.

    Raises BadBody 413 where more than `LARGEST` bytes come out, 400 where it is damaged, 415 for other packings.
    """
    for _ in range(_TIMES_PACKED):
        if body[:2] != _GZIP:
            break
        body = _inflated(body, 16 + zlib.MAX_WBITS)
    else:
        return body
    encoding = headers.get("content-encoding")
    if encoding and encoding.strip().lower() not in ("gzip", "x-gzip", "identity", ""):
        return _otherwise(body, encoding.strip().lower())
    return body


def _otherwise(body: bytes, encoding: str) -> bytes:
    if encoding != "deflate":
        raise BadBody(415, "Send the body as it is, or packed with gzip or deflate.")
    if body[:1] in b"{[":  # said so, but not done
        return body
    # By the standard deflate has a header of zlib's; some senders leave it out.
    has_header = len(body) > 1 and body[0] & 0x0F == 8 and (body[0] << 8 | body[1]) % 31 == 0
    return _inflated(body, zlib.MAX_WBITS if has_header else -zlib.MAX_WBITS)


def _inflated(body: bytes, bits: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    try:
        while body:
            if len(parts) == _MOST_MEMBERS:
                raise BadBody(400, f"The body is packed in more than {_MOST_MEMBERS} pieces; pack it as one.")
            inflater = zlib.decompressobj(bits)
            part = inflater.decompress(body, LARGEST + 1 - size)
            parts.append(part)
            size += len(part)
            if size > LARGEST:
                raise _too_large()
            if not inflater.eof:
                raise BadBody(400, "The packed body ends too early; send it again.")
            body = inflater.unused_data  # gzip may have several members
            if bits != 16 + zlib.MAX_WBITS or body[:2] != _GZIP:
                break
    except zlib.error:
        raise BadBody(400, "The packed body is damaged; send it again.") from None
    return b"".join(parts)


def _too_large(*, closes: bool = False) -> BadBody:
    return BadBody(
        413,
        f"A request may hold {LARGEST} bytes unpacked; send the events in several requests.",
        closes=closes,
    )

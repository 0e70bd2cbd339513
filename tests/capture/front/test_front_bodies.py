"""Bodies are bounded as they come, as they unpack, and in time."""

from __future__ import annotations

import asyncio
import gzip
import time
import tracemalloc
import zlib
from collections.abc import Iterable
from typing import Any

import pytest

from polku.capture.front.bodies import LARGEST, BadBody, BodyReader, SenderGone, unpacked

JSON = b'{"batch":[]}'


def _read(
    chunks: Iterable[bytes], headers: dict[str, str] | None = None, reader: BodyReader | None = None
) -> bytes:
    coming: list[dict[str, Any]] = [
        {"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks
    ]
    coming[-1]["more_body"] = False

    async def receive() -> dict[str, Any]:
        return coming.pop(0)

    return asyncio.run((reader or BodyReader()).read(receive, headers or {}))


def test_a_body_is_put_together():
    assert _read([JSON]) == JSON
    assert _read([b"a", b"", b"bc"]) == b"abc"
    assert _read([b""]) == b""


@pytest.mark.parametrize("chunks", [1, 2, 7])
def test_one_byte_under_the_limit_passes_and_one_over_does_not(chunks: int):
    exact = bytes(LARGEST)
    size = -(-LARGEST // chunks)
    assert _read([exact[at : at + size] for at in range(0, LARGEST, size)]) == exact
    over = exact + b"x"
    with pytest.raises(BadBody) as bad:
        _read([over[at : at + size] for at in range(0, LARGEST + 1, size)])
    assert (bad.value.status, bad.value.closes) == (413, False), (
        "read to its end, so that the sender hears why"
    )


def test_an_announced_giant_is_refused_unread():
    with pytest.raises(BadBody) as bad:
        _read([b"x"], {"content-length": str(10**30)})
    assert (bad.value.status, bad.value.closes) == (413, True)


@pytest.mark.parametrize("length", ["-1", "abc", "1e3", "٣"])
def test_a_length_that_is_no_number_is_refused(length: str):
    with pytest.raises(BadBody) as bad:
        _read([b"x"], {"content-length": length})
    assert (bad.value.status, bad.value.closes) == (400, True)


def test_an_endless_body_is_cut_off_without_being_kept():
    chunk = bytes(65536)
    tracemalloc.start()
    with pytest.raises(BadBody) as bad:
        _read([chunk] * 1100)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (bad.value.status, bad.value.closes) == (413, True)
    assert peak < 3 * LARGEST


def test_a_sender_who_goes_away_is_noticed():
    async def gone() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    with pytest.raises(SenderGone):
        asyncio.run(BodyReader().read(gone, {}))

    answers = [{"type": "http.request", "body": b"x", "more_body": True}, {"type": "http.disconnect"}]

    async def goes() -> dict[str, Any]:
        return answers.pop(0)

    with pytest.raises(SenderGone):
        asyncio.run(BodyReader().read(goes, {}))


def test_all_bodies_under_way_together_are_bounded():
    """Seventy senders stop one byte before their megabyte: the last of them are asked to come again."""

    async def scene() -> list[Any]:
        reader = BodyReader()

        def sender() -> Any:
            coming = [{"type": "http.request", "body": bytes(LARGEST - 1), "more_body": True}]
            released = asyncio.Event()

            async def receive() -> dict[str, Any]:
                if coming:
                    return coming.pop()
                await released.wait()
                return {"type": "http.request", "body": b"", "more_body": False}

            return receive, released

        senders = [sender() for _ in range(70)]
        tasks = [asyncio.create_task(reader.read(receive, {})) for receive, _ in senders]
        await asyncio.sleep(0.1)
        for _, released in senders:
            released.set()
        found = await asyncio.gather(*tasks, return_exceptions=True)
        found.append(await reader.read(sender_of_one(), {}))
        return found

    def sender_of_one() -> Any:
        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": JSON, "more_body": False}

        return receive

    *bodies, after = asyncio.run(scene())
    refused = [body for body in bodies if isinstance(body, BadBody)]
    assert [(bad.status, bad.retry_after) for bad in refused] == [(503, 1)] * 6
    assert sum(isinstance(body, bytes) for body in bodies) == 64
    assert after == JSON


def _packed(*members: bytes) -> bytes:
    return b"".join(gzip.compress(member, mtime=0) for member in members)


RAW = zlib.compressobj(wbits=-15)
RAW_DEFLATE = RAW.compress(JSON) + RAW.flush()


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (JSON, {}),
        (JSON, {"content-encoding": "gzip"}),  # said so, but not done
        (JSON, {"content-encoding": "identity"}),
        (JSON, {"content-encoding": "deflate"}),
        (_packed(JSON), {}),  # done, but not said
        (_packed(JSON), {"content-encoding": "gzip", "content-type": "application/json"}),
        (_packed(JSON), {"content-encoding": "GZIP"}),
        (_packed(JSON[:5], JSON[5:]), {"content-encoding": "gzip"}),
        (_packed(_packed(JSON)), {"content-encoding": "gzip"}),
        (zlib.compress(JSON), {"content-encoding": "deflate"}),
        (RAW_DEFLATE, {"content-encoding": "deflate"}),
    ],
)
def test_packing_is_told_by_the_bytes(body: bytes, headers: dict[str, str]):
    assert unpacked(body, headers) == JSON


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (_packed(bytes(LARGEST + 1)), {}, 413),
        (_packed(bytes(LARGEST), b"x"), {}, 413),
        (_packed(_packed(bytes(LARGEST + 1))), {}, 413),
        (zlib.compress(bytes(LARGEST + 1)), {"content-encoding": "deflate"}, 413),
        (_packed(JSON)[:-5], {}, 400),
        (_packed(JSON)[:12], {}, 400),
        (b"\x1f\x8b" + bytes(50), {}, 400),
        (b"\x78\x9c" + b"\xff" * 50, {"content-encoding": "deflate"}, 400),
        (JSON, {"content-encoding": "br"}, 415),
        (JSON, {"content-encoding": "zstd"}, 415),
    ],
)
def test_what_is_too_large_unpacked_or_damaged_is_refused(body: bytes, headers: dict[str, str], status: int):
    with pytest.raises(BadBody) as bad:
        unpacked(body, headers)
    assert bad.value.status == status


def test_what_is_exactly_at_the_limit_unpacked_passes():
    assert unpacked(_packed(bytes(LARGEST)), {}) == bytes(LARGEST)


def test_a_body_of_many_small_pieces_is_refused_at_once():
    assert unpacked(_packed(*[b"x"] * 100), {}) == b"x" * 100
    pieces = (
        gzip.compress(b"x") * 40_000
    )  # each would be cut off the front of the rest: a copy of it every time
    assert len(pieces) < LARGEST
    begun = time.perf_counter()
    with pytest.raises(BadBody) as bad:
        unpacked(pieces, {})
    assert bad.value.status == 400
    assert time.perf_counter() - begun < 0.5


@pytest.mark.contract
def test_a_bomb_is_not_unpacked():
    bomb = gzip.compress(bytes(900 * LARGEST), compresslevel=9)
    assert len(bomb) < LARGEST
    tracemalloc.start()
    with pytest.raises(BadBody) as bad:
        unpacked(bomb, {"content-encoding": "gzip"})
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert bad.value.status == 413
    assert peak < 4 * LARGEST


@pytest.mark.parametrize("packed_twice", [False, True])
def test_thousands_of_empty_packages_take_no_time(packed_twice: bool):
    """One after another they would each be cut off the front of all the others, and everybody would wait."""
    body = _packed(b"") * 50_000
    if packed_twice:
        body = gzip.compress(body, mtime=0)
    begun = time.monotonic()
    with pytest.raises(BadBody) as bad:
        unpacked(body, {})
    assert bad.value.status == 400
    assert time.monotonic() - begun < 0.5

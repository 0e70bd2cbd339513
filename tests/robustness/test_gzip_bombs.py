"""Small requests that unpack into something enormous: refused within a second and in little memory."""

from __future__ import annotations

import gzip
import io
import threading
import zlib

import pytest

from tests.robustness.sending import Answer, credentials, track
from tests.robustness.shop import Shop

pytestmark = pytest.mark.robustness
MEBIBYTE = 1024 * 1024
MORE_MEMORY = 64 * MEBIBYTE


def _bomb(megabytes: int) -> bytes:
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=9) as file:
        for _each in range(megabytes):
            file.write(b" " * MEBIBYTE)
    return packed.getvalue()


def _bombs() -> list[tuple[str, bytes, dict[str, str]]]:
    """(name, body, headers) of each."""
    whole = _bomb(300)
    member = gzip.compress(b" " * MEBIBYTE, 9)
    bare = zlib.compressobj(9, wbits=-15)
    deflated = bare.compress(b" " * (100 * MEBIBYTE)) + bare.flush()
    gzipped = {
        "300 MiB of spaces": whole,
        "many members": member * (900 * 1024 // len(member)),
        "a bomb in gzip": gzip.compress(whole, 9),
        "cut off": whole[: len(whole) // 2],
    }
    labels: tuple[dict[str, str], ...] = ({}, {"Content-Encoding": "gzip"}, {"Content-Type": "text/plain"})
    bombs = [(name, body, label) for name, body in gzipped.items() for label in labels]
    deflate = {"Content-Encoding": "deflate"}
    return [
        *bombs,
        ("deflate", deflated, deflate),
        ("deflate with a header", zlib.compress(b" " * (100 * MEBIBYTE), 9), deflate),
    ]


def test_bombs_are_refused_at_once_in_little_memory(shop: Shop):
    bombs = _bombs()
    shop.start()
    authorization = credentials(shop.write_key)
    with shop.connect() as connection:
        assert connection.send(shop.write_key, [track("before")]).status == 200
        shop.wait_for(1)
        before = shop.memory()
        shop.forget_highest_memory()
        for path in ("/v1/batch", "/v1/track", "/matomo.php"):
            for name, bomb, label in bombs:
                answer = connection.ask("POST", path, bomb, authorization | label)
                for _again in range(3):
                    if answer.seconds > 1:  # another program had the processor
                        answer = connection.ask("POST", path, bomb, authorization | label)
                assert (path, name, answer.status) == (path, name, 413)
                assert answer.seconds <= 1, f"{name}: {answer.seconds:.1f} s"
    together: list[Answer] = []

    def throw() -> None:
        with shop.connect() as thrown:
            together.append(thrown.ask("POST", "/v1/batch", bombs[0][1], authorization))

    throwers = [threading.Thread(target=throw) for _each in range(20)]
    for thrower in throwers:
        thrower.start()
    for thrower in throwers:
        thrower.join()
    assert {answer.status for answer in together} == {413}
    grown = shop.memory("VmHWM") - before
    assert grown < MORE_MEMORY, f"{grown // MEBIBYTE} MiB more at the highest"
    with shop.connect() as connection:
        assert connection.send(shop.write_key, [track("after")]).status == 200

"""One byte under each limit passes, one over is refused: the request as a whole, or that event alone."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from tests.robustness.sending import Answer, Connection, credentials, track
from tests.robustness.shop import Shop

pytestmark = pytest.mark.robustness
BODY = 1024 * 1024
EVENT = 32 * 1024


def _padded(event: dict[str, Any], length: int) -> bytes:
    """The event as JSON of exactly that many bytes."""
    event["properties"]["padding"] = ""
    bare = len(json.dumps(event))
    event["properties"]["padding"] = "x" * (length - bare)
    padded = json.dumps(event).encode()
    assert len(padded) == length
    return padded


def _body(length: int, number: str) -> bytes:
    """A batch of one event, made exactly so long by spaces between the tokens."""
    start, event = b'{"batch":[', json.dumps(track(number)).encode()
    return start + b" " * (length - len(start) - len(event) - 2) + event + b"]}"


def _post(connection: Connection, key: str, body: bytes, more: dict[str, str] | None = None) -> Answer:
    headers = credentials(key) | {"Content-Type": "application/json"} | (more or {})
    return connection.ask("POST", "/v1/batch", body, headers)


def test_the_limit_of_a_request(shop: Shop):
    shop.start()
    with shop.connect() as connection:
        for name, length, status in (("under", BODY - 1, 200), ("at", BODY, 200), ("over", BODY + 1, 413)):
            body = _body(length, name)
            assert len(body) == length
            assert (name, _post(connection, shop.write_key, body).status) == (name, status)
            # What counts is the length after unpacking.
            packed = gzip.compress(_body(length, f"{name} packed"))
            answer = _post(connection, shop.write_key, packed, {"Content-Encoding": "gzip"})
            assert (name, answer.status) == (name, status)
        answer = _in_chunks(shop, _body(BODY + 1, "over in chunks"))
        assert answer == 413
        assert _in_chunks(shop, _body(BODY, "at in chunks")) == 200
    shop.wait_for(5)
    assert shop.stop() == 0
    assert shop.stored() == dict.fromkeys(["under", "under packed", "at", "at packed", "at in chunks"], 1)


def _in_chunks(shop: Shop, body: bytes) -> int:
    """Sent without saying the length beforehand."""
    headers = credentials(shop.write_key) | {"Transfer-Encoding": "chunked"}
    parts = [body[start : start + 60_000] for start in range(0, len(body), 60_000)]
    framed = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
    with shop.connect() as connection:
        return connection.ask("POST", "/v1/batch", framed, headers).status


def _bytes_of_an_event(number: str, over: int) -> bytes:
    return _padded(track(number), EVENT + over)


def _characters_of_a_name(number: str, over: int) -> bytes:
    return json.dumps(track(number, event="ä" * (200 + over))).encode()


def _characters_of_a_user_id(number: str, over: int) -> bytes:
    return json.dumps(track(number) | {"userId": "ä" * (255 + over)}).encode()


def _characters_of_a_device_id(number: str, over: int) -> bytes:
    return json.dumps(track(number) | {"anonymousId": "a" * (255 + over)}).encode()


def _number_of_properties(number: str, over: int) -> bytes:
    properties = {f"p{each}": each for each in range(254 + over)} | {"number": number}
    return json.dumps(track(number) | {"properties": properties}).encode()


LIMITS = {
    "bytes of an event": _bytes_of_an_event,
    "characters of a name": _characters_of_a_name,
    "characters of a user id": _characters_of_a_user_id,
    "characters of a device id": _characters_of_a_device_id,
    "number of properties": _number_of_properties,
}


def test_the_limits_of_one_event(shop: Shop):
    shop.start()
    expected = ["last"]
    with shop.connect() as connection:
        for limit, make in LIMITS.items():
            for name, over in (("under", -1), ("at", 0), ("over", 1)):
                number = f"{limit}: {name}"
                neighbours = [json.dumps(track(f"{number} {side}")).encode() for side in ("before", "after")]
                event = make(number, over)
                body = b'{"batch":[' + b",".join([neighbours[0], event, neighbours[1]]) + b"]}"
                assert (number, _post(connection, shop.write_key, body).status) == (number, 200)
                expected += [f"{number} {side}" for side in ("before", "after")]
                if over < 1:
                    expected.append(number)
        assert connection.send(shop.write_key, [track("last", event="Last")]).status == 200
    shop.wait_for(1, event="Last")
    assert shop.stop() == 0
    assert shop.stored() == dict.fromkeys(expected, 1)
    kept = sorted(raw for (raw,) in shop.rows("raw", "rejected"))
    assert kept == sorted(make(f"{limit}: over", 1).decode() for limit, make in LIMITS.items())

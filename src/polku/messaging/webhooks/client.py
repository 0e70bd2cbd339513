"""One POST to an address of a stranger: bounded in time and size, without redirects, to checked numbers only."""

from __future__ import annotations

import http.client
import io
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from polku.messaging.webhooks.addresses import NotAllowed, Target, resolve, target_of

WHOLE_TIME = 15.0
"""Seconds for one attempt from the first connection to the last header."""
_CONNECTING = 5.0


class Why(StrEnum):
    """Why an attempt failed, or a delivery was left: the only words that are kept of it."""

    ADDRESS = "address"
    PORT = "port"
    HTTP = "http"
    OWN_NETWORK = "own_network"
    NAME = "name"
    CONNECTION = "connection"
    CERTIFICATE = "certificate"
    TIME = "time"
    NO_HTTP = "no_http"
    REDIRECT = "redirect"
    STATUS = "status"
    GONE = "gone"
    OFF = "off"


@dataclass(frozen=True)
class Attempt:
    """What came of a POST: the status where there was one, `why` it failed ("" for delivered), and how many seconds
    the receiver asks us to wait."""

    status: int | None
    why: str
    wait: int | None = None

    @property
    def is_delivered(self) -> bool:
        return not self.why


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Attempt:
    """Never raises: whatever happens is an Attempt. Of the answer only status and Retry-After are read."""
    until = time.monotonic() + WHOLE_TIME
    try:
        target = target_of(url)
        numbers = resolve(target)
    except NotAllowed as refusal:
        return Attempt(None, refusal.why)
    except (OSError, UnicodeError):
        return Attempt(None, Why.NAME)
    try:
        return _ask(target, numbers, body, headers, until)
    except ssl.SSLCertVerificationError:
        return Attempt(None, Why.CERTIFICATE)
    except TimeoutError:
        return Attempt(None, Why.TIME)
    except ssl.SSLError:
        return Attempt(None, Why.CONNECTION)
    except OSError:
        return Attempt(None, Why.CONNECTION)
    except (http.client.HTTPException, ValueError):
        return Attempt(None, Why.NO_HTTP)


def _ask(
    target: Target, numbers: list[str], body: bytes, headers: Mapping[str, str], until: float
) -> Attempt:
    connection = http.client.HTTPConnection(target.host, target.port)
    if target.scheme == "https":
        connection.default_port = http.client.HTTPSConnection.default_port  # for the header Host
    connection.sock = _Bounded(_connect(target, numbers, until), until)
    try:
        connection.request("POST", target.path, body, {**headers, "Connection": "close"})
        with connection.getresponse() as answer:
            return _read(answer)
    finally:
        connection.close()


def _connect(target: Target, numbers: list[str], until: float) -> socket.socket:
    """A connection to one of the numbers that were checked; with TLS, for the name that was asked for."""
    plain = _reach(numbers, target.port, until)
    if target.scheme == "http":
        return plain
    try:
        plain.settimeout(_left(until))
        return ssl.create_default_context().wrap_socket(plain, server_hostname=target.host)
    except BaseException:
        plain.close()
        raise


def _reach(numbers: list[str], port: int, until: float) -> socket.socket:
    last: OSError = ConnectionError()
    for number in numbers[:4]:
        try:
            return socket.create_connection((number, port), min(_CONNECTING, _left(until)))
        except OSError as error:
            last = error
    raise last


def _read(answer: http.client.HTTPResponse) -> Attempt:
    status = answer.status
    if 200 <= status < 300:
        return Attempt(status, "")
    if status == http.client.GONE:
        return Attempt(status, Why.GONE)
    if 300 <= status < 400:
        return Attempt(status, Why.REDIRECT)
    asked = (answer.getheader("Retry-After") or "").strip()
    wait = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 7 else None
    return Attempt(status, Why.STATUS, wait)


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


class _Bounded:
    """A socket of which everything together takes no longer than until the end: a receiver that answers a letter now
    and then would hold us for ever. It has what `http.client` asks of one."""

    def __init__(self, sock: socket.socket, until: float) -> None:
        self._sock, self._until = sock, until

    def sendall(self, data: Any) -> None:
        self._sock.settimeout(_left(self._until))
        self._sock.sendall(data)

    def makefile(self, mode: str = "rb", *_more: Any) -> io.BufferedReader:
        return io.BufferedReader(_Reader(self._sock, self._until))

    def close(self) -> None:
        self._sock.close()


class _Reader(io.RawIOBase):
    def __init__(self, sock: socket.socket, until: float) -> None:
        super().__init__()
        self._sock, self._until = sock, until

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._sock.settimeout(_left(self._until))
        return self._sock.recv_into(buffer)

"""Clients of the front door: one connection, and a crowd of them that remembers what was acknowledged."""

from __future__ import annotations

import base64
import http.client
import json
import random
import threading
import time
from collections import Counter, deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

ENDED = (OSError, http.client.HTTPException)
"""What a client meets when the server dies."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes
    seconds: float

    @property
    def is_accepted(self) -> bool:
        return 200 <= self.status < 300


def credentials(key: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{key}:".encode()).decode()}


class Connection:
    """One keep-alive connection to the server on this machine."""

    def __init__(self, port: int, timeout: float = 20) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Raises one of ENDED where no answer came."""
        begun = time.perf_counter()
        try:
            # A server that will not hear all of it answers early and hangs up: its answer is there to be read.
            with suppress(BrokenPipeError):
                self._connection.request(method, path, body, dict(headers or {}))
            answer = self._connection.getresponse()
            content = answer.read()
        except ENDED:
            self._connection.close()
            raise
        waited = time.perf_counter() - begun
        return Answer(
            answer.status, {name.lower(): value for name, value in answer.getheaders()}, content, waited
        )

    def send(self, key: str, events: list[dict[str, Any]], **more: Any) -> Answer:
        """One batch by Segment's protocol."""
        body = json.dumps({"batch": events, **more}).encode()
        headers = credentials(key) | {"Content-Type": "application/json"}
        return self.ask("POST", "/v1/batch", body, headers)


def track(number: str, event: str = "Checked", **more: Any) -> dict[str, Any]:
    """An event that can be found again by its number."""
    return {
        "type": "track",
        "event": event,
        "messageId": f"message-{number}",
        "userId": f"customer-{hash_of(number) % 499}",
        "properties": {"number": number},
        **more,
    }


def hash_of(text: str) -> int:
    """The same in every process."""
    return sum((place + 1) * ord(character) for place, character in enumerate(text))


@dataclass
class Crowd:
    """Connections that send batches for as long as they are let, whatever happens to the server.

    A batch without an answer is sent again, as clients do, and so is every tenth that was acknowledged (the answer
    was lost on its way). `rate` is events a second of all together; without one they send as fast as they can.
    """

    port: int
    key: str
    connections: int = 6
    batch: int = 20
    repeats: float = 0.1
    rate: float | None = None
    name: str = "a"
    acknowledged: set[str] = field(default_factory=set)
    tried: set[str] = field(default_factory=set)
    answers: Counter[int] = field(default_factory=Counter)
    headers_of: dict[int, Mapping[str, str]] = field(default_factory=dict)  # the latest of each status
    slowest: float = 0.0
    newest: float = 0.0  # when the latest acknowledgement came, by the monotonic clock

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._threads = [
            threading.Thread(target=self._work, args=(each,)) for each in range(self.connections)
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Send nothing more; every connection has its last answer."""
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def _work(self, place: int) -> None:
        chance = random.Random(f"{self.name}-{place}")
        pause = self.batch * self.connections / self.rate if self.rate else 0.0
        waiting: deque[list[str]] = deque()
        made = 0
        due = time.monotonic()
        connection = Connection(self.port)
        while not self._ended.is_set():
            if pause:
                due += pause
                if self._ended.wait(max(0.0, due - time.monotonic())):
                    break
            if waiting:
                numbers = waiting.popleft()
            else:
                numbers = [f"{self.name}-{place}-{made + each}" for each in range(self.batch)]
                made += self.batch
                with self._lock:
                    self.tried.update(numbers)
            try:
                answer = connection.send(self.key, [track(number) for number in numbers])
            except ENDED:
                waiting.append(numbers)
                connection = Connection(self.port)
                self._ended.wait(0.02)
                continue
            with self._lock:
                self.answers[answer.status] += 1
                self.headers_of[answer.status] = answer.headers
                self.slowest = max(self.slowest, answer.seconds)
                if answer.is_accepted:
                    self.acknowledged.update(numbers)
                    self.newest = time.monotonic()
            if answer.is_accepted:
                if chance.random() < self.repeats:
                    waiting.append(numbers)
            elif answer.status in {429, 503}:
                waiting.append(numbers)
                self._ended.wait(0.1)
        connection.__exit__(None, None, None)

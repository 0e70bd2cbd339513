"""Clients of the front door that cost little: a process of its own, raw sockets, requests made beforehand.

    python -m bench._load PORT KEY --batch 20 --seconds 10 [--rate EVENTS] [--connections 32]

prints one JSON object with what it did and how much of a processor it took for it.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import random
import select
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

CONNECTIONS = 32
TEMPLATES = 400
_PLACE = b"@@@@@@@@@@@@"
NAMES = [
    "Page Viewed",
    "Products Searched",
    "Product Viewed",
    "Product Added",
    "Checkout Started",
    "Help Opened",
]
_AGENTS = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS {}_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 "
    "Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (X11; Linux x86_64; rv:{}.0) Gecko/20100101 Firefox/{}.0",
    "Mozilla/5.0 (Linux; Android {}; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile "
    "Safari/537.36",
]


ORDERED = "Order Completed"


def event(chance: random.Random, number: str, now: datetime, names: Sequence[str] = NAMES) -> dict[str, Any]:
    """What a shop's server or browser sends: one customer in three is known, one visit in eight has a campaign."""
    customer = chance.randrange(50_000)
    product = chance.randrange(2_000)
    context: dict[str, Any] = {
        "library": {"name": "analytics-node", "version": "2.1.0"},
        "userAgent": chance.choice(_AGENTS).replace("{}", str(chance.randrange(11, 30))),
        "locale": "fi-FI",
        "page": {
            "url": f"https://shop.example/product/{product}?colour={product % 7}",
            "path": f"/product/{product}",
            "title": f"Product {product}",
            "referrer": chance.choice(["", "", "https://www.google.com/", "https://shop.example/"]),
        },
    }
    if customer % 8 == 0:
        context["campaign"] = {"source": "newsletter", "medium": "email", "name": "week 12"}
    made = {
        "type": "track",
        "event": chance.choice(names),
        "messageId": f"node-{number}",
        "anonymousId": f"8f14e45f-ceea-4{customer % 1000:03d}-a{customer // 1000:03d}-000000000000",
        "timestamp": (now - timedelta(seconds=chance.random() * 5)).isoformat(timespec="milliseconds"),
        "properties": {"product_id": product, "price": round(chance.random() * 100, 2), "currency": "EUR"},
        "context": context,
    }
    if made["event"] == ORDERED:
        made["properties"] = {"order_id": number, "total": round(chance.lognormvariate(4, 1), 2)}
    if customer % 3 == 0:
        made["userId"] = f"customer-{customer}"
    return made


def requests(key: str, batch: int, seed: int, names: Sequence[str] = NAMES) -> list[bytes]:
    """Whole HTTP requests; a place in each is to be filled with twelve characters of its own."""
    chance = random.Random(seed)
    now = datetime.now(UTC)
    authorization = base64.b64encode(f"{key}:".encode()).decode()
    made = []
    for _template in range(TEMPLATES):
        events = [event(chance, f"{_PLACE.decode()}-{each:02d}", now, names) for each in range(batch)]
        if batch == 1:
            path, body = "/v1/track", json.dumps(events[0]).encode()
        else:
            path, body = "/v1/batch", json.dumps({"batch": events, "sentAt": now.isoformat()}).encode()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic {authorization}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        made.append(head.encode() + body)
    return made


@dataclass(frozen=True)
class Done:
    """What one run of the clients did. Waits are in seconds, from when the request was due to its answer."""

    seconds: float
    accepted: int  # events
    failed: int  # requests with another answer than 200
    wait_p50: float
    wait_p95: float
    wait_p99: float
    processor: float  # share of one processor that the clients themselves took

    @property
    def rate(self) -> float:
        return self.accepted / self.seconds


class _Client:
    """One connection with one request under way."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sent = 0.0

    def send(self, request: bytes, due: float) -> None:
        self.sent = due
        self.socket.sendall(request)

    def receive(self) -> bool:
        """Read the answer, which is small; whether the request was accepted."""
        received = self.socket.recv(65_536)
        while b"\r\n\r\n" not in received:
            more = self.socket.recv(65_536)
            if not more:
                raise ConnectionError("the server ended the connection")
            received += more
        head, _, rest = received.partition(b"\r\n\r\n")
        lowered = head.lower()
        place = lowered.find(b"content-length:")
        missing = (int(lowered[place + 15 :].split(b"\r\n", 1)[0]) if place >= 0 else 0) - len(rest)
        while missing > 0:
            missing -= len(self.socket.recv(65_536))
        return head[9:12] == b"200"


def run(
    port: int,
    key: str,
    *,
    batch: int,
    seconds: float,
    rate: float | None,
    connections: int,
    names: Sequence[str] = NAMES,
) -> Done:
    """Send for some seconds: as fast as answers come, or `rate` events a second however fast they come."""
    templates = requests(key, batch, seed=batch, names=names)
    run_name = os.urandom(3).hex().encode()
    clients = {client.socket.fileno(): client for client in (_Client(port) for _each in range(connections))}
    poll = select.epoll()
    for number in clients:
        poll.register(number, select.EPOLLIN)
    idle = deque(clients.values())  # in turns, lest the server end one that it has not heard of for long
    waits: list[float] = []
    accepted = failed = made = 0
    gap = batch / rate if rate else 0.0
    processor = time.process_time()
    begun = time.perf_counter()
    due, end = begun, begun + seconds
    under_way = 0
    while True:
        now = time.perf_counter()
        is_over = now >= end
        if is_over and not under_way:
            break
        while idle and not is_over and due <= now:
            name = run_name + b"%06x" % made
            request = templates[made % TEMPLATES].replace(_PLACE, name)
            idle.popleft().send(request, due if rate else time.perf_counter())
            made += 1
            under_way += 1
            due = due + gap if rate else now
        timeout = max(0.0, min(due, end) - now) if rate and idle and not is_over else 1.0
        for number, _event in poll.poll(timeout):
            client = clients[number]
            if client.receive():
                accepted += batch
            else:
                failed += 1
            waits.append(time.perf_counter() - client.sent)
            idle.append(client)
            under_way -= 1
    taken = time.perf_counter() - begun
    for client in clients.values():
        client.socket.close()
    p50, p95, p99 = (float(value) for value in np.percentile(waits, [50, 95, 99]))
    return Done(taken, accepted, failed, p50, p95, p99, (time.process_time() - processor) / taken)


class Load:
    """The clients as a process beside the one that measures."""

    def __init__(
        self,
        port: int,
        key: str,
        *,
        batch: int,
        seconds: float,
        rate: float | None = None,
        names: Sequence[str] = (),
    ) -> None:
        arguments = [str(port), key, "--batch", str(batch), "--seconds", str(seconds)]
        if rate:
            arguments += ["--rate", str(rate)]
        if names:
            arguments += ["--names", *names]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench._load", *arguments], stdout=subprocess.PIPE, text=True
        )

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def wait(self) -> Done:
        """Until the end of the run."""
        output, _nothing = self._process.communicate()
        if self._process.returncode:
            raise RuntimeError("the clients failed")
        return Done(**json.loads(output))

    def stop(self) -> None:
        if self.is_running:
            self._process.kill()
        self._process.wait()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("key")
    parser.add_argument("--batch", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--rate", type=float)
    parser.add_argument("--connections", type=int, default=CONNECTIONS)
    parser.add_argument("--names", nargs="+", default=NAMES)
    given = parser.parse_args()
    done = run(
        given.port,
        given.key,
        batch=given.batch,
        seconds=given.seconds,
        rate=given.rate,
        connections=given.connections,
        names=given.names,
    )
    print(json.dumps(done.__dict__))


if __name__ == "__main__":
    main()

"""What is measured beside a load: how long pages take, when events become visible, and the bare disk."""

from __future__ import annotations

import base64
import http.client
import http.cookiejar
import json
import os
import re
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np


class Probe:
    """A thread that does one thing again and again while the `with` lasts; `seconds` it took each time."""

    def __init__(self, once: Callable[[], float | None], *, pause: float) -> None:
        self._once, self._pause = once, pause
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._work)
        self.seconds: list[float] = []
        self.error: BaseException | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()
        if self.error and not error:
            raise self.error

    def _work(self) -> None:
        try:
            while not self._ended.is_set():
                taken = self._once()
                if taken is not None:
                    self.seconds.append(taken)
                self._ended.wait(self._pause)
        except Exception as problem:
            self.error = problem

    def quantile(self, share: float) -> float:
        """Seconds, for instance of 0.95; nan where it was never done."""
        return float(np.quantile(self.seconds, share)) if self.seconds else float("nan")


def timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


class Browser:
    """Somebody signed in."""

    def __init__(self, address: str) -> None:
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(cookies)
        self._address = address

    def get(self, address: str) -> str:
        with self._opener.open(urllib.parse.urljoin(self._address, address)) as answer:
            return str(answer.read().decode())

    def sign_in_to_demo(self) -> str:
        """By the demo's button; the address of the map."""
        return self._submit("/", r'<form method="post">', {})

    def sign_in(self, email: str, password: str) -> None:
        self._submit(
            "/accounts/login/", r'<form class="form" method="post">', {"login": email, "password": password}
        )

    def _submit(self, address: str, form: str, fields: dict[str, str]) -> str:
        with self._opener.open(urllib.parse.urljoin(self._address, address)) as answer:
            page, at = answer.read().decode(), answer.geturl()
        token = re.search(form + r'\s*<input[^>]*name="csrfmiddlewaretoken" value="([^"]+)"', page)
        if token is None:
            raise RuntimeError(f"no form to sign in at {at}")
        body = urllib.parse.urlencode({"csrfmiddlewaretoken": token.group(1)} | fields).encode()
        request = urllib.request.Request(at, data=body, headers={"Referer": at})
        with self._opener.open(request) as answer:
            return str(answer.geturl())


class Asking:
    """Questions to one workspace by the HTTP API, and single events to it."""

    def __init__(self, port: int, *, secret_key: str, write_key: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self._secret = {"Authorization": f"Bearer {secret_key}", "Content-Type": "application/json"}
        basic = base64.b64encode(f"{write_key}:".encode()).decode()
        self._write = {"Authorization": f"Basic {basic}", "Content-Type": "application/json"}

    def _post(self, path: str, document: object, headers: dict[str, str]) -> Any:
        body = json.dumps(document)
        try:
            self._connection.request("POST", path, body, headers)
            answer = self._connection.getresponse()
        except (OSError, http.client.HTTPException):  # the server ended a connection that it had not heard of
            self._connection.close()
            self._connection.request("POST", path, body, headers)
            answer = self._connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {content[:200]!r}")
        return json.loads(content)

    def ask(self, question: dict[str, Any]) -> Any:
        return self._post("/api/v1/query", question, self._secret)

    def count(self, event: str | None = None) -> int:
        """Events that questions see now."""
        select = (
            {"event": event} if event else {"where": [{"property": "name", "op": "exists", "value": True}]}
        )
        answer = self.ask({"kind": "trend", "select": select, "interval": "month", "measure": "events"})
        return int(sum(point["value"] for point in answer["points"]))

    def send(self, event: str, user: str = "probe") -> None:
        self._post("/v1/track", {"event": event, "userId": user}, self._write)

    def seconds_to_visibility(self) -> float:
        """From the acknowledgement of one event to the first answer that counts it."""
        before = self.count("Probe")
        self.send("Probe")
        acknowledged = time.perf_counter()
        while self.count("Probe") == before:
            if time.perf_counter() - acknowledged > 120:
                raise RuntimeError("an acknowledged event was not visible after two minutes")
            time.sleep(0.2)
        return time.perf_counter() - acknowledged


def busy_seconds() -> float:
    """Processor time that everything on this machine took since it started."""
    fields = Path("/proc/stat").read_text(encoding="ascii").split("\n", 1)[0].split()[1:]
    user, nice, system, _idle, _waiting, interrupts, soft = (int(field) for field in fields[:7])
    return (user + nice + system + interrupts + soft) / os.sysconf("SC_CLK_TCK")


def bare_disk(folder: Path, *, seconds: float = 3) -> tuple[float, float]:
    """Seconds (p50, p99) of writing 16 KiB at the end of a file and waiting until they are safe."""
    piece = os.urandom(16 * 1024)
    taken = []
    with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
        end = time.perf_counter() + seconds
        while (begun := time.perf_counter()) < end:
            file.write(piece)
            os.fdatasync(file.fileno())
            taken.append(time.perf_counter() - begun)
    p50, p99 = np.quantile(taken, [0.5, 0.99])
    return float(p50), float(p99)

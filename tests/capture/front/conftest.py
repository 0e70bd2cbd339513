"""One real server for all tests of the front door, and what it put into its inbox."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import pytest

from polku.capture.messages import Envelope, decode_envelope
from tests.robustness.sending import Answer, credentials
from tests.robustness.shop import Shop

METRICS_TOKEN = "token-of-the-tests"


@dataclass
class FrontDoor(Shop):
    """A server whose senders may say which address they come from, as behind a proxy."""

    environment: dict[str, str] = field(default_factory=lambda: {"POLKU_METRICS_TOKEN": METRICS_TOKEN})

    def post(self, path: str, document: Any, headers: dict[str, str] | None = None) -> Answer:
        """With the workspace's key, unless the headers say otherwise."""
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        with self.connect() as connection:
            return connection.ask("POST", path, body, credentials(self.write_key) | (headers or {}))

    def ask(self, method: str, path: str, headers: dict[str, str] | None = None) -> Answer:
        with self.connect() as connection:
            return connection.ask(method, path, None, headers)

    def envelopes(self) -> list[Envelope]:
        """Everything in the inbox's files, the oldest first: what the loader has read stays until a file is full."""
        found = []
        for path in sorted((self.home / "inbox").glob("inbox-*.sqlite3")):
            with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as file:
                rows = file.execute("SELECT payload FROM request ORDER BY row").fetchall()
            found += [decode_envelope(payload) for (payload,) in rows]
        return found

    def metric(self, name: str) -> float:
        """The value of one line of /metrics, 0 where it is not there yet."""
        text = self.ask("GET", "/metrics").body.decode()
        lines = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
        return float(lines.get(name, 0))

    def choose(self, **settings: Any) -> None:
        """Write the workspace's CaptureSettings as another process would; they hold a few seconds later."""
        row = {"is_cookieless": False, "own_addresses": []} | settings
        with closing(sqlite3.connect(self.home / "polku.sqlite3", timeout=20)) as database, database:
            database.execute("DELETE FROM capture_capturesettings")
            database.execute(
                "INSERT INTO capture_capturesettings (workspace_id, is_cookieless, own_addresses)"
                " SELECT id, ?, ? FROM accounts_workspace WHERE slug = ?",
                [row["is_cookieless"], json.dumps(row["own_addresses"]), self.slug],
            )


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FrontDoor]:
    made = FrontDoor(tmp_path_factory.mktemp("front") / "home")
    made.open()
    made.start()
    yield made
    made.kill()

"""Whoever reads the metrics holds nobody up: some of them are found by reading the inbox."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.core import Metric

from polku.capture import front
from polku.capture.front.application import CaptureApplication
from polku.eventstore.duckdb.store import DuckDBStore

_SLOW = 1.0


class SlowMetrics:
    """As those of an inbox whose disk is busy."""

    def collect(self) -> Iterable[Metric]:
        time.sleep(_SLOW)
        return []


@pytest.fixture
def running(tmp_path: Path) -> Iterator[front.Front]:
    store = DuckDBStore(tmp_path / "events")
    yield front.start(tmp_path, store)
    front.stop(5)
    store.close()


@pytest.mark.django_db(transaction=True)
def test_others_are_answered_while_the_metrics_are_put_together(running: front.Front):
    running.counts.registry.register(SlowMetrics())
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    async def scene() -> float:
        scope = {
            "type": "http",
            "method": "GET",
            "path": "/metrics",
            "headers": [],
            "client": ("127.0.0.1", 1),
        }
        asked = asyncio.create_task(CaptureApplication(None)(scope, None, send))  # type: ignore[arg-type]
        longest = 0.0
        while not asked.done():
            begun = time.monotonic()
            await asyncio.sleep(0.01)
            longest = max(longest, time.monotonic() - begun)
        await asked
        return longest

    assert asyncio.run(scene()) < _SLOW / 2
    assert sent[0]["status"] == 200
    assert b"polku_loader_running 1.0" in sent[1]["body"]

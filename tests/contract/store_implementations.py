"""The stores that keep the contract; a test module uses them by `from … import any_store` (a fixture)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from polku.eventstore.duckdb.store import DuckDBStore
from polku.eventstore.port import EventStore

KEY = "0123456789abcdef0123456789abcdef"
OTHER_KEY = "fedcba9876543210fedcba9876543210"


@pytest.fixture(params=[DuckDBStore], ids=["duckdb"])
def any_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[EventStore]:
    """An open store with the empty workspace KEY."""
    store = request.param(tmp_path / "events")
    store.create(KEY)
    yield store
    store.close()

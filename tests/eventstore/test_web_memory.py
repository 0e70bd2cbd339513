"""Reading a website's visits takes little more memory than the few columns that are read."""

from __future__ import annotations

import tracemalloc

from polku.eventstore.duckdb.store import DuckDBStore
from polku.eventstore.duckdb.web_visits import read_visits
from polku.eventstore.port import Scope
from tests.eventstore.test_store_files import KEY, events


def test_ten_million_signals_fit_beside_what_is_kept_of_them(tmp_path):
    """65 bytes a signal at most: where no signal names its session, and people and signals have small numbers."""
    count = 400_000
    store = DuckDBStore(tmp_path)
    store.create(KEY)
    store.load_signals(KEY, events(count), rules=[])
    with store._instance.question(KEY) as session:
        read_visits(session, Scope(), ("search",))  # what is imported for it is none of the signals'
        tracemalloc.start()
        try:
            read_visits(session, Scope(), ("search",))
            _now, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < 65 * count
    store.close()

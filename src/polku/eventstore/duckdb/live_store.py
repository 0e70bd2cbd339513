"""What a live map asks, on DuckDB: part of the store, beside `store.py`."""

from __future__ import annotations

from collections.abc import Sequence

from polku.eventstore.duckdb import live_rows
from polku.eventstore.duckdb.changes import Changes, nothing
from polku.eventstore.duckdb.instance import Instance
from polku.eventstore.live import Change, LiveRows
from polku.eventstore.port import Scope


class LiveStore:
    """Implements `LiveMaps`. Whoever writes notes in `_changes` what a write changed, where it knows."""

    _instance: Instance
    _changes: Changes

    def live_rows(
        self, workspace: str, scope: Scope, touchpoints: Sequence[int], *, since: int | None = None
    ) -> LiveRows:
        with self._instance.question(workspace, "live_rows") as session:
            version, arrival, order = session.row(
                f"SELECT version, next_arrival, next_order FROM {session.db}.meta"
            )
            if since == version:
                change: Change | None = nothing(arrival, order)
            else:
                change = None if since is None else self._changes.between(workspace, since, version)
                if change is not None and change.touchpoints.intersection(touchpoints):
                    change = None
            read = live_rows.read(session, scope, touchpoints, change)
        # Others may ask while all is put in order.
        return read.rows(version)

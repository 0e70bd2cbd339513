"""What a live map asks, on DuckDB: part of the store, beside `store.py`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from polku.eventstore.duckdb import live_rows, stored_changes
from polku.eventstore.duckdb.changes import Changes, nothing
from polku.eventstore.duckdb.instance import Instance
from polku.eventstore.duckdb.session import Session
from polku.eventstore.live import Change, LiveRows
from polku.eventstore.port import Scope

_LITTLE, _PART = 100_000, 0.05
"""New signals, and the part of all, up to which what is on the disk is gone on from."""


class LiveStore:
    """Implements `LiveMaps`. Whoever writes notes in `_changes` what a write changed, where it knows."""

    _instance: Instance
    _changes: Changes

    def live_rows(
        self,
        workspace: str,
        scope: Scope,
        touchpoints: Sequence[int],
        *,
        since: int | None = None,
        mark: str | None = None,
    ) -> LiveRows:
        with self._instance.question(workspace, "live_rows") as session:
            change = None if since is None else self._change(workspace, session, since, mark)
            if change is not None and change.touchpoints.intersection(touchpoints):
                change = None
            (version,) = session.row(f"SELECT version FROM {session.db}.meta")
            now = stored_changes.mark(session)
            read = live_rows.read(session, scope, touchpoints, change)
        # Others may ask while all is put in order.
        return read.rows(version, now)

    def _change(self, workspace: str, session: Session, since: int, mark: str | None) -> Change | None:
        version, arrival, order = session.row(
            f"SELECT version, next_arrival, next_order FROM {session.db}.meta"
        )
        if mark is not None:
            change = stored_changes.since(session, since, mark)
            is_much = change is not None and arrival - change.first_arrival > max(_LITTLE, _PART * arrival)
            return None if is_much else change
        if since == version:
            return nothing(arrival, order)
        return self._changes.between(workspace, since, version)

    def map_file(self, workspace: str, name: str, *, mark: str | None = None) -> Path | None:
        if mark is not None:
            with self._instance.glance(workspace) as session:
                if not stored_changes.is_known(session, mark):
                    return None
        return self._instance.files.map_file(workspace, name)

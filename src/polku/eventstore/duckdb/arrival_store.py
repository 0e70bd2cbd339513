"""What arrived, on DuckDB: part of the store, beside `store.py`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pyarrow as pa

from polku.eventstore.arrivals import SignalsAfter
from polku.eventstore.duckdb import arrivals
from polku.eventstore.duckdb.instance import Instance
from polku.eventstore.port import Selector


class ArrivalStore:
    """Implements `Arrivals`."""

    _instance: Instance

    def newest_arrival(self, workspace: str) -> int:
        with self._instance.glance(workspace) as session:
            return arrivals.newest_arrival(session)

    def signals_after(
        self, workspace: str, *, after: int, selectors: Sequence[Selector], limit: int = 10_000
    ) -> SignalsAfter:
        with self._instance.question(workspace, "signals after") as session:
            return arrivals.signals_after(session, after=after, selectors=selectors, limit=limit)

    def signals_between(
        self,
        workspace: str,
        *,
        start: datetime | None,
        end: datetime | None,
        selectors: Sequence[Selector],
        limit: int,
    ) -> pa.Table:
        with self._instance.question(workspace, "signals between") as session:
            return arrivals.signals_between(session, start=start, end=end, selectors=selectors, limit=limit)

"""What is asked of single buyers, on DuckDB: part of the store, beside `store.py`."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from polku.eventstore.duckdb import bought
from polku.eventstore.duckdb.instance import Instance


class BuyerStore:
    """The part of DuckDBStore that answers `BuyersOneByOne`."""

    _instance: Instance

    def orders_of(self, workspace: str, people: Sequence[int]) -> pa.Table:
        with self._instance.question(workspace, "orders_of") as session:
            return bought.orders_of(session, people)

"""One cursor on one workspace's attached file, for the length of one question or one write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Parameters = Mapping[str, object]


@dataclass(frozen=True)
class Session:
    """`db` qualifies every table name (`{db}.signal`); values travel as named parameters, never as text."""

    cursor: duckdb.DuckDBPyConnection
    db: str

    def run(self, sql: str, parameters: Parameters | None = None) -> None:
        self.cursor.execute(sql, dict(parameters) if parameters else None)

    def rows(self, sql: str, parameters: Parameters | None = None) -> list[tuple[Any, ...]]:
        return self.cursor.execute(sql, dict(parameters) if parameters else None).fetchall()

    def row(self, sql: str, parameters: Parameters | None = None) -> tuple[Any, ...]:
        """The first row of an answer that has at least one."""
        return self.rows(sql, parameters)[0]

    def table(self, sql: str, parameters: Parameters | None = None) -> pa.Table:
        return self.cursor.sql(sql, params=dict(parameters) if parameters else None).to_arrow_table()

    def integers(self, sql: str, parameters: Parameters | None = None) -> list[NDArray[np.int64]]:
        """The columns of an answer that holds whole numbers only, and no null."""
        table = self.table(sql, parameters)
        return [column.to_numpy() for column in table.columns]

    def offer(self, name: str, table: pa.Table) -> None:
        """Let this cursor's SQL read `table` by `name`; no other cursor sees it."""
        self.cursor.register(name, table)

    def withdraw(self, name: str) -> None:
        self.cursor.unregister(name)

"""One cursor on one workspace's attached file, for the length of one question or one write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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

    def batches(
        self, sql: str, parameters: Parameters | None = None, *, rows: int
    ) -> Iterator[pa.RecordBatch]:
        """The answer as it comes, `rows` at a time: for what is large as texts and small when it was worked on.

        Raises as `table` does; Arrow's reader knows only its own errors, which are DuckDB's here again.
        """
        relation = self.cursor.sql(sql, params=dict(parameters) if parameters else None)
        try:
            yield from relation.to_arrow_reader(rows)
        except OSError as error:
            if str(error).startswith("INTERRUPT"):
                raise duckdb.InterruptException(str(error)) from error
            if str(error).startswith("Out of Memory"):
                raise duckdb.OutOfMemoryException(str(error)) from error
            raise

    def integers(self, sql: str, parameters: Parameters | None = None) -> list[NDArray[np.int64]]:
        """The columns of an answer that holds whole numbers only, and no null."""
        table = self.table(sql, parameters)
        return [column.to_numpy() for column in table.columns]

    def offer(self, name: str, table: pa.Table) -> None:
        """Let this cursor's SQL read `table` by `name`; no other cursor sees it."""
        self.cursor.register(name, table)

    def withdraw(self, name: str) -> None:
        self.cursor.unregister(name)

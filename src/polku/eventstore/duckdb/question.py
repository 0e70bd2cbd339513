"""What answering one question about behaviour takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from polku.eventstore.duckdb.session import Session
from polku.eventstore.port import Unit
from polku.eventstore.signal_columns import SignalColumns


@dataclass(frozen=True)
class Question:
    """`columns` gives the columns in memory of the state that the session reads, or None where there are none.

    Kernels call `pause`, which raises where the question has to end, and may use so many `threads`.
    """

    session: Session
    columns: Callable[[], SignalColumns | None]
    pause: Callable[[], None]
    threads: int

    def columns_of(self, unit: Unit) -> SignalColumns | None:
        """The columns if they tell the units apart: orders they do not know, nor sessions that signals name."""
        if unit == "session":
            named = f"SELECT 1 FROM {self.session.db}.signal WHERE session IS NOT NULL LIMIT 1"
            return None if self.session.rows(named) else self.columns()
        return self.columns() if unit == "person" else None

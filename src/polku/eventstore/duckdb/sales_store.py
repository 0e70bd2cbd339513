"""Questions about what was sold, as a part of the store on DuckDB."""

from __future__ import annotations

from polku.eventstore.duckdb import sales
from polku.eventstore.duckdb.instance import Instance
from polku.eventstore.port import Scope
from polku.eventstore.sales import Refunded, SalesAnswer, SalesQuestion


class SalesStore:
    """The part of DuckDBStore that answers `SalesQuestions`."""

    _instance: Instance

    def sales(self, workspace: str, scope: Scope, question: SalesQuestion) -> SalesAnswer:
        with self._instance.question(workspace, "sales") as session:
            return sales.sales(session, scope, question)

    def refunded(self, workspace: str, scope: Scope, question: SalesQuestion) -> Refunded | None:
        with self._instance.question(workspace, "refunded") as session:
            return sales.refunded(session, scope, question)

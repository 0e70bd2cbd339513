"""The part of the store that joins people by keys: see `eventstore.joining_keys`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from polku.eventstore.duckdb import joining_keys
from polku.eventstore.duckdb.instance import Instance
from polku.eventstore.joining_keys import JoiningKey, KeyExample, KeyFound
from polku.eventstore.port import HitRule


class JoiningStore:
    """Mixed into DuckDBStore."""

    _instance: Instance

    def joining_keys(self, workspace: str) -> list[KeyFound]:
        with self._instance.question(workspace, "joining_keys") as session:
            return joining_keys.joining_keys(session)

    def joining_examples(self, workspace: str, key: JoiningKey, *, limit: int = 5) -> list[KeyExample]:
        with self._instance.question(workspace, "joining_examples") as session:
            return joining_keys.examples(session, key, limit=limit)

    def join_by_key(
        self, workspace: str, key: JoiningKey, *, rules: Sequence[HitRule]
    ) -> tuple[int, datetime]:
        with self._instance.write(workspace) as session:
            return joining_keys.join_by_key(session, key, rules=rules)

    def part_again(self, workspace: str, at: datetime, *, rules: Sequence[HitRule]) -> int:
        with self._instance.write(workspace) as session:
            return joining_keys.part_again(session, at, rules=rules)

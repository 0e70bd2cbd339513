"""A real store with small known data for the kinds of questions."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime

import pyarrow as pa
import pytest
from django.utils import translation

from polku.eventstore.port import ORDER_BATCH, PERSON_BATCH, SIGNAL_BATCH, HitRule, Selector, SignalKind

Load = Callable[..., None]


def _rows(schema: pa.Schema, rows: Iterable[dict], start: int) -> pa.Table:
    columns: dict[str, list] = {name: [] for name in schema.names}
    for number, row in enumerate(rows, start):
        properties = row.pop("properties", None)
        full = {
            "message_id": f"{number:032x}",
            "properties": json.dumps(properties) if properties else None,
            **row,
        }
        if isinstance(full.get("time"), str):
            full["time"] = datetime.fromisoformat(full["time"])
        for name, column in columns.items():
            column.append(full.get(name))
    return pa.table(columns, schema=schema)


class Shop:
    """Loads rows given as dicts; times are UTC, as the store keeps them."""

    def __init__(self, store, workspace) -> None:
        self.store, self.workspace, self.key = store, workspace, workspace.key.hex
        self.rules: list[HitRule] = []
        self._rows = 0

    def events(self, *rows: tuple, **common) -> None:
        """Each row is (person, event, time) and may end with a dict of more columns."""
        self.signals(
            *(
                {
                    "kind": SignalKind.EVENT,
                    "person": row[0],
                    "name": row[1],
                    "time": row[2],
                    **common,
                    **(row[3] if len(row) > 3 else {}),
                }
                for row in rows
            )
        )

    def answers(self, metric: str, scale: tuple[int, int], *answers: tuple, **common) -> None:
        """Each answer is (person, score, time) and may end with a dict of more columns."""
        self.signals(
            *(
                {
                    "kind": SignalKind.SCORE,
                    "name": metric,
                    "person": row[0],
                    "score": row[1],
                    "time": row[2],
                    "scale_low": scale[0],
                    "scale_high": scale[1],
                    **common,
                    **(row[3] if len(row) > 3 else {}),
                }
                for row in answers
            )
        )

    def signals(self, *rows: dict) -> None:
        table = _rows(SIGNAL_BATCH, rows, self._rows)
        self._rows += table.num_rows
        self.store.load_signals(self.key, table, rules=self.rules)

    def orders(self, *rows: dict) -> None:
        table = _rows(ORDER_BATCH, rows, self._rows)
        self._rows += table.num_rows
        self.store.load_orders(self.key, table, rules=self.rules)

    def people(self, *rows: dict) -> None:
        self.store.load_people(self.key, _rows(PERSON_BATCH, rows, 0))

    def bind(self, touchpoint: int, *names: str, kind: SignalKind = SignalKind.EVENT) -> None:
        self.rules.append(HitRule(touchpoint, Selector(kinds=(kind,), names=names)))


@pytest.fixture(autouse=True)
def english():
    """Messages are compared in English, whatever language the process starts in."""
    with translation.override("en"):
        yield


@pytest.fixture
def shop(store, workspace) -> Shop:
    return Shop(store, workspace)

"""Trends split by a property, against plain Python over the same rows."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from datetime import datetime, timedelta

import pytest

from polku.eventstore.port import Scope, Selector, StoreError, TrendPart
from tests.contract.store_implementations import KEY, any_store
from tests.contract.store_reference import local, message_id, signal_table

__all__ = ["any_store"]
pytestmark = pytest.mark.contract
HELSINKI = "Europe/Helsinki"
MEASURES = {
    "events": len,
    "persons": lambda rows: len({row["person"] for row in rows}),
    "sessions": lambda rows: len({(row["person"], row["session"]) for row in rows}),
    "sum_value": lambda rows: sum(row["value"] or 0 for row in rows),
}


@pytest.fixture
def rows(any_store):
    chance = random.Random(5)
    made = [
        {
            "message_id": message_id(number),
            "kind": 1,
            "name": chance.choice(["view", "pay"]),
            "time": datetime(2026, 3, 28) + timedelta(minutes=10 * chance.randrange(5 * 24 * 6)),
            "person": f"p{chance.randrange(9)}",
            "session": f"s{chance.randrange(3)}",
            "value": chance.choice([None, 0.25, 2.5]),
            "properties": chance.choice([None, *(json.dumps({"size": size}) for size in "SMLSM")]),
        }
        for number in range(200)
    ]
    any_store.load_signals(KEY, signal_table(made), rules=[])
    return [row for row in made if row["name"] == "view"]


def expected(rows, count, most):
    """The parts in order, from rows as they were made."""
    by_key = defaultdict(list)
    for row in rows:
        by_key[json.loads(row["properties"])["size"] if row["properties"] else None].append(row)
    ordered = sorted(by_key, key=lambda key: (-count(by_key[key]), key is None, key or ""))
    parts = [(key, by_key[key], False) for key in ordered[:most]]
    if ordered[most:]:
        parts.append((None, [row for key in ordered[most:] for row in by_key[key]], True))
    return [TrendPart(key, by_day(part, count), is_others) for key, part, is_others in parts]


def by_day(rows, count):
    days = defaultdict(list)
    for row in rows:
        days[datetime.combine(local(row["time"], HELSINKI).date(), datetime.min.time())].append(row)
    return [(day, count(days[day])) for day in sorted(days)]


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("most", [2, 4])
def test_parts_and_the_rest(any_store, rows, measure, most):
    """At four there is no rest: three sizes, and those without one."""
    got = any_store.trend_parts(
        KEY, Scope(timezone=HELSINKI), Selector(names=("view",)), "day", measure, "size", most
    )
    assert got == expected(rows, MEASURES[measure], most)
    assert [part.is_others for part in got] == [False, False, True] if most == 2 else [False] * 4


def test_nothing_and_nonsense(any_store, rows):
    selector = Selector(names=("never",))
    assert any_store.trend_parts(KEY, Scope(), selector, "day", "events", "size", 3) == []
    with pytest.raises(StoreError):
        any_store.trend_parts(KEY, Scope(), selector, "day", "median", "size", 3)

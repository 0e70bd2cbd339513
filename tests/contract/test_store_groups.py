"""What groups of people have in common and what they did next, of a store, against plain Python."""

from __future__ import annotations

import json
import random
from collections import Counter
from datetime import datetime, timedelta
from statistics import median

import numpy as np
import pyarrow as pa
import pytest

from polku.eventstore.behaviour import FunnelQuestion, Group
from polku.eventstore.port import ORDER_BATCH, PERSON_BATCH, Scope, Selector
from tests.contract.store_implementations import KEY, any_store
from tests.contract.store_reference import signal_table

__all__ = ["any_store"]
pytestmark = pytest.mark.contract

BEGIN = datetime(2026, 3, 1)
MINUTE = 60_000_000
NAMES = ("visit", "basket", "pay", "search")
KINDS = {"score": 2, "contact": 3}


def micros(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1)) // timedelta(microseconds=1)


@pytest.fixture
def log(any_store) -> list[dict]:
    """400 signals of 40 people in 300 minutes, many at the same moment."""
    chance = random.Random(4)
    rows = []
    for number in range(400):
        kind = chance.choice(["event"] * 6 + ["score", "contact"])
        size = chance.choice([None, "s", "m", "l"])
        rows.append(
            {
                "message_id": f"{number:032x}",
                "kind": KINDS.get(kind, 1),
                "name": {"score": "nps", "contact": "payment"}.get(kind) or chance.choice(NAMES),
                "time": BEGIN + timedelta(minutes=chance.randrange(300)),
                "person": f"p{chance.randrange(40)}",
                "channel": chance.choice([None, "web", "app"]),
                "properties": json.dumps({"size": size, "own": str(number)}) if size else None,
            }
        )
    any_store.load_signals(KEY, signal_table(rows), rules=[])
    return rows


@pytest.fixture
def numbers(any_store, log) -> dict[str, int]:
    """The store's numbers of the people."""
    found = any_store.people(KEY, list(range(1_000)))
    return {row["ids"][0]: row["person"] for row in found.to_pylist()}


def group(people: dict[str, datetime], numbers: dict[str, int]) -> Group:
    return Group(
        np.array([numbers[person] for person in people], dtype=np.int64),
        np.array([micros(until) for until in people.values()], dtype=np.int64),
    )


def test_shares_count_each_person_once_for_each_value_up_to_their_moment(any_store, log, numbers):
    inside = {f"p{n}": BEGIN + timedelta(minutes=7 * n) for n in range(20)}
    outside = {f"p{n}": BEGIN + timedelta(minutes=200) for n in range(20, 35)}
    expected: dict[tuple[str, str], list[int]] = {}
    for place, members in enumerate((inside, outside)):
        held = {
            (name, value, row["person"])
            for row in log
            if row["person"] in members and row["time"] <= members[row["person"]]
            for name, value in [
                ("size", json.loads(row["properties"] or "{}").get("size")),
                ("channel", row["channel"]),
            ]
            if value
        }
        for name, value, _person in held:
            expected.setdefault((name, value), [0, 0])[place] += 1
    found = any_store.property_shares(KEY, Scope(), group(inside, numbers), group(outside, numbers))
    told = {(row.property, row.value): [row.inside, row.outside] for row in found if row.property != "own"}
    assert told == expected
    cut = Scope(start=BEGIN + timedelta(minutes=100))
    assert any_store.property_shares(KEY, cut, group(inside, numbers), group(outside, numbers)) != found


def test_shares_of_orders_and_of_people_themselves(any_store):
    moment = BEGIN + timedelta(hours=1)
    orders = {
        "message_id": ["a" * 32, "b" * 32], "order": ["o1", "o2"], "person": ["ada", "bo"],
        "time": [BEGIN, BEGIN + timedelta(hours=2)], "status": ["sent", "sent"],
        "properties": ['{"gift":"yes"}', '{"gift":"yes"}'],
    }  # fmt: skip
    people = {"person": ["ada", "bo"], "properties": ['{"city":"Oulu"}', '{"city":"Oulu"}']}
    for load, schema, rows in (
        (any_store.load_orders, ORDER_BATCH, orders),
        (any_store.load_people, PERSON_BATCH, people),
    ):
        columns = {name: rows.get(name, [None, None]) for name in schema.names}
        load(KEY, pa.table(columns, schema=schema), rules=[])
    named = {row["ids"][0]: row["person"] for row in any_store.people(KEY, list(range(9))).to_pylist()}
    found = any_store.property_shares(
        KEY, Scope(), group({"ada": moment}, named), group({"bo": moment}, named)
    )
    assert sorted((row.property, row.value, row.inside, row.outside) for row in found) == [
        ("gift", "yes", 1, 0),  # the order is a signal, too; bo's came after the moment
        ("order.gift", "yes", 1, 0),
        ("order.status", "sent", 1, 0),
        ("person.city", "Oulu", 1, 1),
    ]


def test_what_came_next_is_each_persons_first_later_signal(any_store, log, numbers):
    after = {f"p{n}": BEGIN + timedelta(minutes=8 * n) for n in range(40)}
    firsts = []
    for person, moment in after.items():
        later = [row for row in log if row["person"] == person and row["time"] > moment]
        first = min(later, key=lambda row: row["time"], default=None)  # of one moment, the first that arrived
        firsts.append(
            (first["name"], first["kind"], micros(first["time"]) - micros(moment)) if first else (None, 0, 0)
        )
    counts = Counter((name, kind) for name, kind, _wait in firsts)
    asked = group(after, numbers)
    found = any_store.next_signals(KEY, Scope(), asked.person, asked.until)
    assert {(row.name, row.kind): row.count for row in found} == counts
    for row in found:
        waits = [wait for name, kind, wait in firsts if (name, kind) == (row.name, row.kind)]
        assert row.median == (None if row.name is None else median(waits))
    assert any_store.next_signals(KEY, Scope(), asked.person, asked.until, top=2) == found[:2]


def test_the_ways_part_at_the_step_before(any_store):
    rows = [
        {"message_id": f"{number:032x}", "kind": 1, "name": name, "time": BEGIN + timedelta(minutes=minute)}
        | {"person": person}
        for number, (person, name, minute) in enumerate(
            [
                ("ada", "visit", 0),
                ("ada", "basket", 5),
                ("ada", "pay", 9),
                ("bo", "visit", 1),
                ("bo", "basket", 4),
            ]
        )
    ]
    any_store.load_signals(KEY, signal_table(rows), rules=[])
    funnel = FunnelQuestion(tuple(Selector(names=(name,)) for name in ("visit", "basket", "pay")))

    def minutes(step: int, outcome) -> list[tuple[int, int]]:
        found = any_store.funnel_units(KEY, Scope(), funnel, step=step, outcome=outcome)
        return [
            ((time - micros(BEGIN)) // MINUTE, (parting - micros(BEGIN)) // MINUTE)
            for time, parting in zip(found.time.tolist(), found.parting.tolist(), strict=True)
        ]

    assert minutes(3, "reached") == [(9, 5)]
    assert minutes(3, "dropped") == [(4, 4)]
    assert minutes(2, "reached") == [(9, 0), (4, 1)]
    assert minutes(1, "reached") == [(9, 0), (4, 1)]

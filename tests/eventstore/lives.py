"""A store's life, made up by chance but the same each time: everything that writes, again and again."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from polku.eventstore.duckdb.schema import TABLES
from polku.eventstore.duckdb.store import DuckDBStore
from polku.eventstore.port import Condition, HitRule, Selector
from polku.eventstore.streams import InboxPlace
from tests.contract.store_reference import (
    message_id,
    order_table,
    person_table,
    signal_table,
    some_orders,
    some_signals,
)
from tests.eventstore.streaming import NOON, digest, stream_batch

KEY = "0123456789abcdef0123456789abcdef"
RULES = [
    HitRule(1, Selector()),
    HitRule(2, Selector(names=("Product Viewed",))),
    HitRule(3, Selector(where=(Condition("person.level", "eq", "gold"),))),
    HitRule(4, Selector(where=(Condition("order.status", "eq", "paid"),))),
    HitRule(5, Selector(where=(Condition("traffic_channel", "eq", "search"),))),
]
TRAFFIC = ('{"traffic_channel":"search"}', '{"traffic_channel":"social"}', None, None)

Work = Callable[[DuckDBStore], object]


def life(seed: int, *, batches: int = 4, size: int = 200, first: int = 0) -> Iterator[Work]:
    """What is done to a store, in order. `first` is the number of the first batch, for a life that goes on."""
    chance = random.Random(seed)
    for number in range(first, first + batches):
        yield _stream(chance, number, size)
        yield _files(chance, number, size // 4)
        if number % 2:
            yield _take_back
            yield lambda store: store.rebuild_hits(KEY, [2, 4], RULES)
            yield _mend


def _stream(chance: random.Random, number: int, size: int) -> Work:
    events = []
    for each in range(size):
        person = chance.randrange(60)
        events.append(
            {
                # Now and then one of the batch before comes again.
                "id": (number - (chance.random() < 0.1)) * size + each,
                "name": chance.choice(("Page Viewed", "Product Viewed", "Order Completed")),
                "time": NOON + timedelta(minutes=20 * number + each // 9),
                "device": f"device-{person}-{chance.randrange(3)}",
                "user": f"user-{person}" if chance.random() < 0.15 else None,
                "order": f"O-{chance.randrange(40)}" if chance.random() < 0.1 else None,
                "url": f"https://shop.example/p/{chance.randrange(20)}",
                "properties": f'{{"n":"{chance.randrange(5)}"}}',
                "traffic": chance.choice(TRAFFIC),
            }
        )
    batch = stream_batch(
        events,
        links=[
            {
                "position": chance.randrange(size),
                "alias": f"user-{person}",
                "alias_kind": "user",
                "other": f"mail{person}@example.com",
                "other_kind": "email",
            }
            for person in chance.sample(range(60), 5)
        ],
        traits=[
            {
                "alias": f"user-{chance.randrange(60)}",
                "properties": f'{{"level":"{chance.choice(("gold", "silver"))}"}}',
            }
            for _each in range(8)
        ],
        orders=[
            {
                "event": row,
                "order": event["order"],
                "value": 10.0 + row,
                "status": "paid",
                "time": event["time"],
            }
            for row, event in enumerate(events)
            if event["order"] and event["user"]
        ],
        rejected=[{"id": digest(f"bad-{number}"), "reason": "not_json", "raw": f'{{"bad":"user-{number}"}}'}],
        counts=[
            {"hour": NOON.replace(minute=0), "origin": "segment/1", "reason": "bot", "count": 1 + number},
        ],
        received=NOON + timedelta(hours=number),
        place=InboxPlace(1, number + 1),
    )
    return lambda store: store.load_stream(KEY, batch, rules=RULES)


def _files(chance: random.Random, number: int, size: int) -> Work:
    rows = some_signals(chance, size, people=80, orders=30)
    for position, row in enumerate(rows):
        row["message_id"] = message_id(1_000_000 * number + position)
    signals = signal_table(rows)
    placed = some_orders(chance, size // 4, people=80, orders=30)
    for position, row in enumerate(placed):
        row["message_id"] = message_id(1_000_000 * number + 500_000 + position)
    orders = order_table(placed)
    people = person_table(
        [
            {
                "person": f"p{chance.randrange(80)}",
                "aliases": [f"mail{chance.randrange(60)}@example.com"],
                "properties": '{"level":"gold"}',
            }
            for _each in range(3)
        ]
    )

    def work(store: DuckDBStore) -> None:
        store.load_signals(KEY, signals, rules=RULES, origin="import/events")
        store.load_orders(KEY, orders, rules=RULES, origin="import/orders")
        store.load_people(KEY, people, rules=RULES, origin="import/people")

    return work


def _take_back(store: DuckDBStore) -> None:
    """Undo the newest merge that is not undone."""
    with store._instance.glance(KEY) as session:
        rows = session.rows(
            f"SELECT number FROM {session.db}.merged WHERE undone_at IS NULL ORDER BY number DESC LIMIT 1"
        )
    for (number,) in rows:
        store.unmerge(KEY, number, rules=RULES)


def _mend(store: DuckDBStore) -> None:
    ids = [row.id for row in store.rejected(KEY)]
    store.mend_rejected(KEY, [(each, '{"mended":"yes"}') for each in ids[:1]])
    store.forget_rejected(KEY, ids[1:2])


def contents(store: DuckDBStore, *, clock: bool = True) -> dict[str, list[tuple[Any, ...]]]:
    """All that the store's file holds, table by table in no order; without `clock` but for when something was done."""
    columns = {"meta": "* EXCLUDE (sorted_before)"}
    if not clock:
        columns |= {
            "merged": "* EXCLUDE (made_at) REPLACE (undone_at IS NULL AS undone_at)",
            "refused_link": "* EXCLUDE (last)",
            "source": "origin, newest_time",
            "source_count": "* EXCLUDE (hour)",
            "write_mark": "* EXCLUDE (mark)",
        }
    with store._instance.glance(KEY) as session:
        found = {}
        for table in TABLES.keys() - {"sorted_message"}:
            rows = session.rows(f"SELECT {columns.get(table, '*')} FROM {session.db}.{table}")
            found[table] = sorted(rows, key=repr)
        return found

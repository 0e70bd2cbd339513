"""The event store's contract in plain Python: slow, row by row, and with nothing of the store's own code.

`Reference` takes the same batches as a store. `dump` reads a store back in the same form, so that the two can be
compared with ==; people are named by the set of their ids, or by their order where no id is known.
"""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from polku.eventstore.port import ORDER_BATCH, PERSON_BATCH, SIGNAL_BATCH, HitRule, Scope, Selector

EVERYTHING = HitRule(1, Selector())
START = datetime(2026, 3, 1)
ORDER_FIELDS = ("time", "value", "status", "promised", "delivered")

Row = dict[str, Any]


def message_id(number: int) -> str:
    return uuid.UUID(int=number).hex


def signal_table(rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist([{"kind": 1, **row} for row in rows], schema=SIGNAL_BATCH)


def order_table(rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=ORDER_BATCH)


def person_table(rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=PERSON_BATCH)


class Reference:
    def __init__(self) -> None:
        self.signals: dict[str, Row] = {}
        self.orders: dict[str, Row] = {}
        self.order_rows: dict[str, tuple[str, float | None]] = {}
        self.groups: dict[str, set[str]] = {}  # alias → all aliases of its person, one set per person
        self.traits: dict[str, Row] = {}  # alias → traits, one dict per person

    def _identify(self, alias: str | None) -> None:
        if alias is not None and alias not in self.groups:
            self.groups[alias] = {alias}
            self.traits[alias] = {}

    def load_signals(self, rows: list[Row]) -> tuple[int, int, int]:
        before = set(self.orders)
        accepted = 0
        for row in rows:
            if row["message_id"] not in self.signals:
                accepted += 1
                self.signals[row["message_id"]] = row
            self._identify(row.get("person"))
            if row.get("order"):
                order = self.orders.setdefault(row["order"], {"alias": None, "properties": {}})
                order["alias"] = order["alias"] or row.get("person")
        return accepted, len(rows) - accepted, sum(row.get("order") in before for row in rows)

    def load_orders(self, rows: list[Row], *, lines: bool = False) -> tuple[int, int, int]:
        before = set(self.orders)
        accepted = 0
        ends_known: dict[str, bool] = {}
        for row in rows:
            known = row["message_id"] in self.order_rows
            ends_known[row["order"]] = known and not lines
            if not known:
                accepted += self._take_order_row(row, lines)
        for order, known in ends_known.items():
            of_order = [row for row in rows if row["order"] == order]
            if known and self._differs(order, of_order):
                accepted += sum(self._take_order_row(row, lines) for row in of_order)
        return accepted, len(rows) - accepted, sum(row["order"] in before for row in rows)

    def _differs(self, number: str, rows: list[Row]) -> bool:
        """Whether the rows, taken together, say something else than the order by now does."""
        said: Row = {"properties": {}}
        for row in rows:
            told = {name: row.get(name) for name in ORDER_FIELDS} | {"alias": row.get("person")}
            said |= {name: new for name, new in told.items() if new is not None}
            said["properties"] |= json.loads(row.get("properties") or "{}")
        order = self.orders[number]
        properties = said.pop("properties")
        return any(order.get(name) != new for name, new in said.items()) or any(
            order["properties"].get(name) != new for name, new in properties.items()
        )

    def _take_order_row(self, row: Row, lines: bool) -> bool:
        value = row.get("value")
        self.order_rows[row["message_id"]] = (row["order"], value if lines else None)
        self._identify(row.get("person"))
        changed = row["order"] not in self.orders
        order = self.orders.setdefault(row["order"], {"alias": None, "properties": {}})
        said = {name: row.get(name) for name in ORDER_FIELDS if not (lines and name == "value")}
        said["alias"] = row.get("person")
        for name, new in said.items():
            if new is not None and order.get(name) != new:
                order[name], changed = new, True
        if lines and value is not None:
            changed = True
            values = [v for o, v in self.order_rows.values() if o == row["order"] and v is not None]
            order["value"] = round(sum(values), 6)
        for name, new in json.loads(row.get("properties") or "{}").items():
            if order["properties"].get(name) != new:
                order["properties"][name], changed = new, True
        return changed

    def load_people(self, rows: list[Row]) -> None:
        for row in rows:
            for alias in [row["person"], *(row.get("aliases") or [])]:
                self._identify(alias)
                mine, other = self.groups[row["person"]], self.groups[alias]
                if mine is not other:
                    traits, others = self.traits[row["person"]], self.traits[alias]
                    assert not (traits and others), "who is older is not modelled: give traits to one of them"
                    mine |= other
                    traits.update(others)
                    for each in mine:
                        self.groups[each], self.traits[each] = mine, traits
            self.traits[row["person"]].update(json.loads(row.get("properties") or "{}"))

    def person_of(self, alias: str | None, order: str | None) -> frozenset[str] | str:
        if alias is None and order is not None:
            alias = self.orders[order]["alias"]
        return frozenset(self.groups[alias]) if alias is not None else f"order {order}"

    def rows(self) -> list[tuple[Any, ...]]:
        """All signals with whose they are, and the orders' own ones, sorted."""
        taken = [
            (row["time"], row.get("kind", 1), row["name"], row.get("order"), row.get("score"))
            + (self.person_of(row.get("person"), row.get("order")),)
            for row in self.signals.values()
        ]
        taken += [
            (order["time"], 4, order.get("status") or "order", number, None)
            + (self.person_of(order["alias"], number),)
            for number, order in self.orders.items()
            if order.get("time")
        ]
        return sorted(taken, key=repr)

    def order_entities(self) -> dict[str, Row]:
        return {
            number: {
                **{name: order.get(name) for name in ORDER_FIELDS},
                "person": self.person_of(order["alias"], number),
                "on_time": order["delivered"] <= order["promised"]
                if order.get("delivered") and order.get("promised")
                else None,
            }
            for number, order in self.orders.items()
        }

    def people_traits(self) -> dict[frozenset[str], Row]:
        return {
            frozenset(group): self.traits[alias] for alias, group in self.groups.items() if self.traits[alias]
        }


def dump(store: Any, workspace: str) -> list[tuple[Any, ...]]:
    """`Reference.rows` of a store that was loaded with the rule EVERYTHING."""
    rows = store.hits(workspace, Scope(), [1]).to_pylist()
    names = people_names(store, workspace, {row["person"] for row in rows})
    hidden = {row["person"]: row["order"] for row in rows if row["person"] not in names}
    ids = order_ids(store, workspace)
    return sorted(
        (
            (row["time"], row["kind"], row["name"], ids.get(row["order"]), row["score"])
            + (names.get(row["person"]) or f"order {ids[hidden[row['person']]]}",)
            for row in rows
        ),
        key=repr,
    )


def every_order(store: Any, workspace: str) -> list[Row]:
    return store.orders(workspace, Scope()).to_pylist()


def order_ids(store: Any, workspace: str) -> dict[int, str]:
    """The ids of all orders that some signal names, by number."""
    rows = store.sequences(workspace, Scope(), [Selector()], unit="order", others=False, breakdown="order.id")
    return {int(unit): str(key) for unit, key in zip(rows.unit, rows.key, strict=True)}


def people_names(store: Any, workspace: str, people: Iterable[int]) -> dict[int, frozenset[str]]:
    rows = store.people(workspace, sorted(people)).to_pylist()
    return {row["person"]: frozenset(row["ids"]) for row in rows if row["ids"]}


def dump_orders(store: Any, workspace: str) -> dict[str, Row]:
    rows = every_order(store, workspace)
    names = people_names(store, workspace, {row["person"] for row in rows})
    return {
        row["id"]: {
            **{name: row[name] for name in (*ORDER_FIELDS, "on_time")},
            "person": names.get(row["person"]) or f"order {row['id']}",
        }
        for row in rows
    }


def local(moment: datetime, zone: str) -> datetime:
    return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def some_signals(random_: random.Random, count: int, *, people: int = 8, orders: int = 6) -> list[Row]:
    """Events, answers and contacts of few people and orders, some ids twice."""
    rows = []
    for _each in range(count):
        number = random_.randrange(10_000)
        kind = random_.choice([1, 1, 1, 2, 3])
        row: Row = {
            "message_id": message_id(number),
            "kind": kind,
            "name": {1: random_.choice(["view", "cart", "pay"]), 2: "csat", 3: "delivery"}[kind],
            "time": START + timedelta(minutes=random_.randrange(60 * 24 * 40)),
            "score": float(random_.randint(1, 5)) if kind == 2 else None,
            "scale_low": 1.0 if kind == 2 else None,
            "scale_high": 5.0 if kind == 2 else None,
        }
        whose = random_.random()
        if whose < 0.7:
            row["person"] = f"p{random_.randrange(people)}"
        if whose > 0.5:
            row["order"] = f"o{random_.randrange(orders)}"
        rows.append(row)
    return rows


def some_orders(random_: random.Random, count: int, *, people: int = 8, orders: int = 6) -> list[Row]:
    def maybe(value: Any) -> Any:
        return value if random_.random() < 0.5 else None

    return [
        {
            "message_id": message_id(random_.randrange(10_000)),
            "order": f"o{random_.randrange(orders)}",
            "person": maybe(f"p{random_.randrange(people)}"),
            "time": maybe(START + timedelta(minutes=random_.randrange(60 * 24 * 40))),
            "value": maybe(float(random_.randint(1, 200))),
            "status": maybe(random_.choice(["created", "shipped", "delivered"])),
            "promised": maybe(date(2026, 3, random_.randint(1, 5))),
            "delivered": maybe(date(2026, 3, random_.randint(1, 5))),
            "properties": maybe(json.dumps({"store": random_.choice(["Oulu", "Turku"])})),
        }
        for _each in range(count)
    ]

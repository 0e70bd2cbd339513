"""How well signals join, against plain Python over the same rows."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta

import pytest

from polku.eventstore.port import Scope, SignalKind
from tests.contract.store_implementations import KEY, OTHER_KEY, any_store
from tests.contract.store_reference import START, message_id, order_table, person_table, signal_table
from tests.eventstore.streaming import stream_batch

__all__ = ["any_store"]
pytestmark = pytest.mark.contract
KINDS = {"import/events": 1, "import/scores": 2, "import/contacts": 3, "simulation": 1, None: 2}
ALIASES = [
    *(f"K-{number}" for number in range(40)),
    *(f"ck-{number}" for number in range(40)),
    "a@x.fi",
    "b@x.fi",
]


class World:
    """Rows of several sources and what is true of them; an alias is a person, but for the two that are joined."""

    def __init__(self, store) -> None:
        chance = random.Random(8)
        self.rows = []
        for number in range(160):
            origin = chance.choice([*KINDS])
            alias = chance.choice([*ALIASES, None])
            order = (
                chance.choice(["T1", "T2", "lost", None, None, None])
                if alias
                else chance.choice(["T3", "lost"])
            )
            kind = KINDS[origin] if origin != "simulation" else chance.choice([1, 3])
            self.rows.append(
                {
                    "message_id": message_id(number),
                    "origin": origin,
                    "kind": kind,
                    "name": "something",
                    "time": START + timedelta(hours=number),
                    "person": alias
                    if order is None or chance.random() < 0.6 or order in ("T1", "T2")
                    else None,
                    "order": order,
                }
            )
        store.load_people(KEY, person_table([{"person": "K-1", "aliases": ["a@x.fi"], "properties": None}]))
        store.load_orders(
            KEY,
            order_table(
                [
                    {
                        "message_id": message_id(900),
                        "order": "T1",
                        "person": "K-1",
                        "time": START,
                        "value": 5.0,
                    },
                    {"message_id": message_id(901), "order": "T2", "person": "K-2", "status": "new"},
                    {"message_id": message_id(902), "order": "T3", "time": START},
                    {"message_id": message_id(903), "order": "T4", "time": START, "person": "K-99"},
                ]
            ),
            rules=[],
            origin="import/orders",
        )
        for origin in KINDS:
            batch = [
                {k: v for k, v in row.items() if k != "origin"}
                for row in self.rows
                if row["origin"] == origin
            ]
            store.load_signals(KEY, signal_table(batch), rules=[], origin=origin)
        # One who is known by the simulation alone, in two of its kinds.
        for number, kind in ((160, 1), (161, 3)):
            row = {
                "message_id": message_id(number),
                "kind": kind,
                "name": "x",
                "time": START,
                "person": "ck-sim",
            }
            store.load_signals(KEY, signal_table([row]), rules=[], origin="simulation")
            self.rows.append({**row, "origin": "simulation", "order": None})
        # The orders' own signals.
        for order, person in (("T1", "K-1"), ("T3", None), ("T4", "K-99")):
            self.rows.append(
                {"origin": "import/orders", "kind": 4, "time": START, "person": person, "order": order}
            )
        self.owner = {"T1": "K-1", "T2": "K-2", "T3": "T3", "T4": "K-99"}
        # Of an order that nobody told of, the first to name it with an id is the owner.
        by_source = sorted(self.rows[:160], key=lambda row: [*KINDS].index(row["origin"]))
        for row in by_source:
            if row["order"] == "lost" and row["person"]:
                self.owner.setdefault("lost", self.one(row["person"]))

    @staticmethod
    def one(alias):
        return "K-1" if alias == "a@x.fi" else alias

    def whose(self, row):
        return self.one(row["person"]) if row["person"] else self.owner[row["order"]]

    def expected(self, start=None, end=None):
        sources: dict[str, set] = {}
        for row in self.rows:
            source = row["origin"] if row["origin"] not in (None, "simulation") else row["kind"]
            sources.setdefault(self.whose(row), set()).add((row["origin"], source))
        buyers = {"K-1", "K-2", "T3", "K-99"}
        found: dict = {}
        for row in self.rows:
            if (start and row["time"] < start) or (end and row["time"] >= end):
                continue
            counts = found.setdefault((row["origin"] or "", row["kind"]), Counter())
            whose = self.whose(row)
            ordered = row["order"] in ("T1", "T2", "T3", "T4") or whose in buyers
            elsewhere = len(sources[whose]) > 1
            counts["signals"] += 1
            counts[f"person {whose}"] += 1
            counts["known"] += whose.startswith("K-") or "@" in whose
            counts["ordered"] += ordered
            counts["elsewhere"] += elsewhere
            counts["joined"] += elsewhere or (ordered and row["kind"] != 4)
            counts["numbered"] += row["order"] is not None
            counts["lost"] += row["order"] == "lost"
            counts["bridged"] += whose == "K-1"
            alias = row["person"]
            kind = (
                "none" if not alias else "email" if "@" in alias else "device" if alias[0] == "c" else "file"
            )
            counts[f"id {kind}"] += 1
        return found

    def alone(self, origin, kind):
        """The people of this source and kind whom nothing else knows."""
        rows = [row for row in self.rows if (row["origin"] or "", row["kind"]) == (origin, kind)]
        joined = self.expected()[origin, kind]["joined"]
        return rows, joined


@pytest.fixture
def world(any_store):
    return World(any_store)


def counted(rates):
    made = {}
    for rate in rates:
        counts = Counter(
            {
                name: getattr(rate, name)
                for name in (
                    "signals", "known", "ordered", "elsewhere", "joined", "numbered", "lost", "bridged",
                )
            }
        )  # fmt: skip
        counts["people"] = rate.people
        counts.update({f"id {kind}": count for kind, count in rate.ids.items()})
        made[rate.origin, rate.kind] = +counts
    return made


def with_people(expected):
    made = {}
    for key, counts in expected.items():
        people = sum(name.startswith("person ") for name in counts)
        kept = Counter({name: count for name, count in counts.items() if not name.startswith("person ")})
        made[key] = +(kept + Counter(people=people))
    return made


def test_counts_by_source_and_kind(any_store, world):
    rates = any_store.join_rates(KEY, Scope())
    assert counted(rates) == with_people(world.expected())
    assert [rate.signals for rate in rates] == sorted((rate.signals for rate in rates), reverse=True)


def test_a_range_counts_its_own_signals_of_people_in_all_they_did(any_store, world):
    start, end = START + timedelta(hours=30), START + timedelta(hours=70)
    rates = any_store.join_rates(KEY, Scope(start=start, end=end))
    assert counted(rates) == with_people(world.expected(start, end))


def test_what_did_not_join_is_listed_one_a_person_newest_first(any_store, world):
    expected = world.expected()
    for (origin, kind), counts in expected.items():
        found = any_store.unjoined(KEY, Scope(), origin, SignalKind(kind), limit=50).to_pylist()
        if counts["signals"] == counts["joined"]:
            assert found == []
            continue
        assert found != []
        assert [row["time"] for row in found] == sorted((row["time"] for row in found), reverse=True)
        assert len({row["person"] for row in found}) == len(found)
        own = [row for row in world.rows if ((row["origin"] or ""), row["kind"]) == (origin, kind)]
        names = {row["alias"] or row["order"] for row in found}
        of_them = [
            row
            for row in own
            if world.whose(row)
            in {world.one(name) for name in names} | {world.owner.get(name) for name in names}
        ]
        assert len(of_them) == counts["signals"] - counts["joined"]
        assert any_store.unjoined(KEY, Scope(), origin, SignalKind(kind), limit=1).to_pylist() == found[:1]


def test_a_device_beside_a_user_counts_as_both(any_store):
    events = [
        {"id": 1, "device": "d1"},
        {"id": 2, "device": "d1", "user": "ann"},
        {"id": 3, "user": "ann@x.fi", "user_kind": "email"},
    ]
    any_store.load_stream(KEY, stream_batch(events), rules=[])
    (rate,) = any_store.join_rates(KEY, Scope())
    assert (rate.origin, rate.signals, rate.people, rate.known) == ("segment/1", 3, 2, 3)
    assert dict(rate.ids) == {"device": 2, "user": 1, "email": 1}


def test_nothing_joins_where_nothing_is(any_store):
    any_store.create(OTHER_KEY)
    assert any_store.join_rates(OTHER_KEY, Scope()) == []
    assert any_store.unjoined(OTHER_KEY, Scope(), "import/events", SignalKind.EVENT).num_rows == 0

"""A shop of seventeen weeks whose losses are known, loaded once for a module of tests.

Every week fifty people with browser A and fifty with B come to the payment; 45 of each buy for 100 €, but from week
nine on only 20 of those with A. Everybody who buys gets a parcel; of ten in the north four ask where it is, of twenty
in the south one does.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from polku.eventstore.port import ORDER_BATCH, PERSON_BATCH, SIGNAL_BATCH

FIRST = datetime(2026, 7, 6)
WEEKS, BROKEN_FROM = 17, 8
VALUE = 100.0
MONEY = {
    "margin": 0.5,
    "vat_included": True,
    "vat_rate": 0.25,
    "returned": 0.0,
    "contact_cost": 8.0,
    "basis": "accounts",
    "cancelled_states": ["cancelled"],
}


@dataclass
class Shop:
    """The workspace with its journey, and what to ask it."""

    workspace: Any
    journey: Any
    points: dict[str, Any] = field(default_factory=dict)

    def ask(self) -> dict[str, Any]:
        from polku.analytics import run

        return run(self.workspace, {"kind": "fix_first", "journey": self.journey.pk})

    def rows(self) -> dict[str, dict[str, Any]]:
        """By key without the touchpoint's number: `funnel:Maksu:browser=A`."""
        names = {str(point.pk): name for name, point in self.points.items()}
        found = {}
        for row in self.ask()["rows"]:
            kind, number, *rest = row["key"].split(":")
            found[":".join([kind, names[number], *rest])] = row
        return found

    def answer_money(self, **changes: Any) -> None:
        from polku.decide.money.domain import answer_money_questions

        answer_money_questions(workspace=self.workspace, actor=None, **(MONEY | changes))


@dataclass
class Tables:
    """What a shop sent, to be loaded."""

    signals: list[dict[str, Any]] = field(default_factory=list)
    orders: list[dict[str, Any]] = field(default_factory=list)
    people: list[dict[str, Any]] = field(default_factory=list)

    def signal(self, person: str, name: str, time: datetime, *, kind: int = 1, **more: Any) -> None:
        properties = more.pop("properties", None)
        self.signals.append(
            {
                "message_id": f"{len(self.signals):032x}",
                "kind": kind,
                "name": name,
                "time": time,
                "person": person,
                "properties": json.dumps(properties) if properties else None,
                **more,
            }
        )


def tables(*, surge: bool = False, weeks: int = WEEKS) -> Tables:
    """With `surge` three times as many people come in the last four weeks, and do as the others do."""
    made = Tables()
    for week in range(weeks):
        many = 150 if surge and week >= WEEKS - 4 else 50
        for browser in "AB":
            for number in range(many):
                _customer(made, week, browser, number)
    return made


def _customer(made: Tables, week: int, browser: str, number: int) -> None:
    person = f"{browser}{week}-{number}"
    region = "north" if number % 3 == 0 else "south"
    made.people.append({"person": person, "aliases": [], "properties": json.dumps({"region": region})})
    time = FIRST + timedelta(weeks=week, days=number % 7, hours=9, minutes=number)
    about = {"browser": browser}
    made.signal(person, "product", time, properties=about)
    made.signal(person, "payment", time + timedelta(minutes=3), properties=about)
    place = number % 50
    buys = place % 5 < 2 if browser == "A" and week >= BROKEN_FROM else place % 10 > 0
    if not buys:
        return
    bought = time + timedelta(minutes=5)
    made.orders.append(
        {
            "message_id": f"{len(made.orders):032x}",
            "order": f"T{person}",
            "person": person,
            "time": bought,
            "value": VALUE + (number % 5 - 2) * 5,
            "status": "sent",
        }
    )
    made.signal(person, "parcel", bought + timedelta(days=1), order=f"T{person}")
    asks = (number // 3) % 5 < 2 if region == "north" else number % 20 == 7
    if asks:
        made.signal(person, "where", bought + timedelta(days=1, hours=2), kind=3)


def _table(rows: list[dict[str, Any]], schema: pa.Schema) -> pa.Table:
    return pa.table({name: [row.get(name) for row in rows] for name in schema.names}, schema=schema)


def open_shop(store: Any, name: str, made: Tables) -> Shop:
    from django_scopes import scope

    from polku.accounts.models import Workspace
    from polku.eventstore.registry import hit_rules
    from polku.journeys.domain import add_binding, add_stage, add_touchpoint, create_journey

    workspace = Workspace.objects.create(name=name, slug=name.lower(), timezone="Europe/Helsinki")
    key = workspace.key.hex
    store.create(key)
    with scope(workspace=workspace):
        shop = Shop(workspace, create_journey(workspace=workspace, name="Polku"))
        for stage, point, *bindings in (
            ("Harkinta", "Tuote", ("event", "product")),
            ("Osto", "Maksu", ("event", "payment")),
            ("Toimitus", "Nouto", ("event", "parcel"), ("contact", "where")),
        ):
            made_stage = add_stage(journey=shop.journey, name=stage)
            shop.points[point] = add_touchpoint(stage=made_stage, name=point)
            for kind, event in bindings:
                add_binding(touchpoint=shop.points[point], kind=kind, names=[event], rebuild=False)
    rules = hit_rules(key)
    store.load_people(key, _table(made.people, PERSON_BATCH))
    store.load_orders(key, _table(made.orders, ORDER_BATCH), rules=rules)
    store.load_signals(key, _table(made.signals, SIGNAL_BATCH), rules=rules)
    return shop


@pytest.fixture(scope="module")
def shops(tmp_path_factory, django_db_setup, django_db_blocker) -> Iterator[dict[str, Shop]]:
    from django_scopes import scopes_disabled

    from polku.accounts.domain import delete_workspace
    from polku.accounts.models import AuditEntry
    from polku.eventstore.duckdb.store import DuckDBStore
    from polku.eventstore.registry import use_store

    store = DuckDBStore(tmp_path_factory.mktemp("losing") / "events")
    use_store(store)
    with django_db_blocker.unblock():
        opened = {
            "usual": open_shop(store, "Kauppa", tables()),
            "surge": open_shop(store, "Ryntays", tables(surge=True)),
            "empty": open_shop(store, "Tyhja", Tables()),
            "service": open_shop(store, "Palvelu", replace(tables(), orders=[])),
            "young": open_shop(store, "Nuori", tables(weeks=1)),
        }
        yield opened
        with scopes_disabled():
            for shop in opened.values():
                delete_workspace(workspace=shop.workspace, actor=None)
            AuditEntry.objects.filter(workspace=None).delete()
    use_store(None)
    store.close()


@pytest.fixture
def shop(shops: dict[str, Shop], db) -> Shop:
    return _as_loaded(shops["usual"])


@pytest.fixture
def surging(shops: dict[str, Shop], db) -> Shop:
    return _as_loaded(shops["surge"])


def _as_loaded(shop: Shop) -> Shop:
    """What the test before wrote is taken back in the database, and must be in memory, too."""
    shop.workspace.refresh_from_db()
    return shop


@pytest.fixture
def owner(db) -> Any:
    """Somebody who writes into the list; the shop is not theirs alone."""
    from polku.accounts.models import User

    return User.objects.create_user("aino@example.com", "metsäpolku-42", name="Aino")

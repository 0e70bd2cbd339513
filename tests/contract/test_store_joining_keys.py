"""Keys that could join people of different sources: what they would do, joining by them, and taking that back."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from polku.eventstore.joining_keys import JoiningKey, KeyFound, sort_of
from polku.eventstore.port import EventStore, Scope
from tests.contract.store_implementations import KEY, any_store
from tests.contract.store_reference import (
    EVERYTHING,
    START,
    dump,
    message_id,
    order_table,
    people_names,
    person_table,
    signal_table,
)

__all__ = ["any_store"]
pytestmark = pytest.mark.contract

EMAILS = JoiningKey("order", "Email")
NAMED = JoiningKey("named_order", "", "import/contacts", 3)
CARDS = JoiningKey("signal", "bonus card", "import/scores", 2)
TRAITS = JoiningKey("person", "phone")


def order(number: str, customer: str | None, email: str | None) -> dict:
    return {
        "message_id": message_id(900 + int(number[1:])),
        "order": number,
        "person": customer,
        "time": START,
        "value": 10.0,
        "properties": json.dumps({"Email": email}) if email else None,
    }


def signal(number: int, kind: int, person: str, *, order: str | None = None, **properties: str) -> dict:
    return {
        "message_id": message_id(number),
        "kind": kind,
        "name": "something",
        "time": START + timedelta(hours=number),
        "person": person,
        "order": order,
        "properties": json.dumps({key.replace("_", " "): value for key, value in properties.items()})
        if properties
        else None,
    }


def load(store: EventStore, *, orders=(), contacts=(), answers=(), people=()) -> None:
    rules = [EVERYTHING]
    if people:
        store.load_people(KEY, person_table(people), rules=rules, origin="import/people")
    if orders:
        store.load_orders(KEY, order_table(orders), rules=rules, origin="import/orders")
    for rows, origin in ((contacts, "import/contacts"), (answers, "import/scores")):
        if rows:
            store.load_signals(KEY, signal_table(rows), rules=rules, origin=origin)


def found(store: EventStore, key: JoiningKey) -> tuple[int, ...] | None:
    """(carriers, joins, already, nobody, doubtful) of a key."""
    counts = {each.key: each for each in store.joining_keys(KEY)}
    each: KeyFound | None = counts.get(key)
    return each and (each.carriers, each.joins, each.already, each.nobody, each.doubtful)


def groups(store: EventStore) -> set[frozenset[str]]:
    people = {row["person"] for row in store.hits(KEY, Scope(), [1]).to_pylist()}
    return set(people_names(store, KEY, people).values())


@pytest.mark.parametrize(
    ("name", "sort"),
    [
        ("Sähköposti", "email"),
        ("order.E-mail address", "email"),
        ("puhelinnumero", "phone"),
        ("Kanta-asiakasnumero", "loyalty"),
        ("tilausnumero", "order"),
        ("order_id", "order"),
        ("asiakasnumero", "customer"),
        ("person.customer_id", "customer"),
        ("name", None),
        ("city", None),
        ("product_id", None),
        ("order_value", None),
    ],
)
def test_a_key_is_told_by_the_name_of_its_property(name, sort):
    assert sort_of(name) == sort


def test_an_address_in_orders_joins_those_who_write_by_it(any_store):
    load(
        any_store,
        orders=[
            order("T1", "K-1", "Anna@x.fi"),
            order("T2", "K-1", "anna@x.fi"),
            order("T3", "K-2", "bo@x.fi"),
            order("T4", "K-3", "nobody@x.fi"),
            order("T5", None, "cai@x.fi"),
            order("T6", "K-6", "shared@x.fi"),
            order("T7", "K-7", "shared@x.fi"),
        ],
        contacts=[
            signal(1, 3, "anna@x.fi"),
            signal(2, 3, "bo@x.fi"),
            signal(3, 3, "cai@x.fi"),
            signal(4, 3, "shared@x.fi"),
        ],
    )
    assert found(any_store, EMAILS) == (5, 2, 0, 1, 2)
    examples = any_store.joining_examples(KEY, EMAILS)
    assert [(each.alias, each.other) for each in examples][-1] == ("K-2", "bo@x.fi")
    joined, at = any_store.join_by_key(KEY, EMAILS, rules=[EVERYTHING])
    assert joined == 2
    assert {frozenset({"K-1", "anna@x.fi"}), frozenset({"K-2", "bo@x.fi"})} <= groups(any_store)
    assert {frozenset({"K-6"}), frozenset({"K-7"}), frozenset({"shared@x.fi"})} <= groups(any_store)
    assert found(any_store, EMAILS) == (5, 0, 2, 1, 2)
    assert any_store.join_by_key(KEY, EMAILS, rules=[EVERYTHING])[0] == 0
    assert any_store.part_again(KEY, at, rules=[EVERYTHING]) == 2
    assert found(any_store, EMAILS) == (5, 2, 0, 1, 2)


def test_taking_it_back_leaves_everything_as_it_was(any_store):
    load(
        any_store,
        orders=[order("T1", "K-1", "a@x.fi"), order("T2", "K-2", "b@x.fi")],
        contacts=[signal(1, 3, "a@x.fi", order="T1"), signal(2, 3, "b@x.fi")],
        people=[{"person": "K-1", "aliases": [], "properties": json.dumps({"city": "Oulu"})}],
    )
    before = dump(any_store, KEY)
    _joined, at = any_store.join_by_key(KEY, EMAILS, rules=[EVERYTHING])
    assert dump(any_store, KEY) != before
    any_store.part_again(KEY, at, rules=[EVERYTHING])
    assert dump(any_store, KEY) == before
    assert any_store.part_again(KEY, at, rules=[EVERYTHING]) == 0
    assert any_store.join_by_key(KEY, EMAILS, rules=[EVERYTHING])[0] == 2, "it may be asked for again"


def test_a_contact_that_names_an_order_leads_to_the_customer_who_ordered(any_store):
    load(
        any_store,
        orders=[order("T1", "K-1", None), order("T2", "K-2", None), order("T3", "K-3", None)],
        contacts=[
            signal(1, 3, "anna@x.fi", order="T1"),
            signal(2, 3, "bo@x.fi", order="T2"),
            signal(
                3, 3, "bo@x.fi", order="T3"
            ),  # asks for two customers: whose address it is nobody can tell
            signal(4, 3, "cai@x.fi", order="lost"),
        ],
    )
    assert found(any_store, NAMED) == (3, 1, 1, 0, 1)
    any_store.join_by_key(KEY, NAMED, rules=[EVERYTHING])
    assert frozenset({"K-1", "anna@x.fi"}) in groups(any_store)
    assert frozenset({"bo@x.fi"}) in groups(any_store)


def test_cards_and_phones_join_only_where_one_leads_to_one(any_store):
    load(
        any_store,
        people=[
            {"person": "K-1", "aliases": ["70012345"], "properties": json.dumps({"phone": "0401234567"})},
            {"person": "K-2", "aliases": ["70054321"], "properties": json.dumps({"phone": "0401234567"})},
            {"person": "0401234567", "aliases": [], "properties": None},
        ],
        answers=[
            signal(1, 2, "x@x.fi", bonus_card="70012345"),
            signal(2, 2, "y@x.fi", bonus_card="70099999"),
            signal(3, 2, "z@x.fi", bonus_card="70054321"),
            signal(4, 2, "w@x.fi", bonus_card="70054321"),
        ],
    )
    assert found(any_store, CARDS) == (4, 1, 0, 1, 2)
    assert found(any_store, TRAITS) == (2, 0, 0, 0, 2), "a phone that two customers have is nobody's key"


def test_whom_somebody_separated_is_not_joined(any_store):
    load(any_store, orders=[order("T1", "K-1", "a@x.fi")], contacts=[signal(1, 3, "a@x.fi")])
    any_store.join_by_key(KEY, EMAILS, rules=[EVERYTHING])
    (person,) = {row["person"] for row in any_store.hits(KEY, Scope(), [1]).to_pylist()}
    (merge,) = any_store.merges(KEY, person)
    any_store.unmerge(KEY, merge.merge, rules=[EVERYTHING])
    assert found(any_store, EMAILS) == (1, 0, 0, 0, 1)
    assert any_store.join_by_key(KEY, EMAILS, rules=[EVERYTHING])[0] == 0


def test_names_of_properties_are_only_ever_data(any_store):
    strange = "e-mail\"}') OR 1=1 --"
    load(
        any_store,
        answers=[
            {
                **signal(1, 2, "a@x.fi"),
                "properties": json.dumps({strange: "b@x.fi", "email\\": "c@x.fi"}),
            }
        ],
    )
    keys = {each.key.property: each.nobody for each in any_store.joining_keys(KEY)}
    assert keys.get(strange, 1) == 1
    assert any_store.join_by_key(KEY, JoiningKey("order", "city"), rules=[])[0] == 0

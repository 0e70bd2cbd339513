"""The same text is the same id where it may be, and not where it is likely to be somebody else's."""

from __future__ import annotations

import time

import pytest

from tests.contract.store_implementations import KEY, any_store
from tests.contract.store_reference import person_table
from tests.eventstore.streaming import stream_batch

__all__ = ["any_store"]
pytestmark = pytest.mark.contract


def load(store, *events, links=()):
    named = [{"id": f"{store.state(KEY).signals}-{row}", **event} for row, event in enumerate(events)]
    store.load_stream(KEY, stream_batch(named, links=links), rules=[])


def customer(user, number, kind):
    """What an identify says of a customer and a number of theirs."""
    return {"alias": number, "alias_kind": kind, "other": user, "other_kind": "user"}


def ids_by_person(store):
    people = store.find_people(KEY)
    return sorted(
        sorted(zip(row["ids"], row["kinds"], strict=True))
        for row in people.select(["ids", "kinds"]).to_pylist()
    )


@pytest.mark.parametrize("kind", ["loyalty", "phone"])
@pytest.mark.parametrize("user_first", [False, True])
def test_a_short_number_is_not_the_customer_who_has_it_as_customer_number(any_store, kind, user_first):
    if user_first:
        load(any_store, {"user": "10002"})
    load(any_store, {"user": "10001"}, links=[customer("10001", "10002", kind)])
    load(any_store, {"user": "10002"})
    assert ids_by_person(any_store) == [[("10001", "user"), ("10002", kind)], [("10002", "user")]]


def test_a_short_number_is_not_a_customer_of_a_file(any_store):
    load(any_store, {"user": "10001"}, links=[customer("10001", "10002", "loyalty")])
    any_store.load_people(KEY, person_table([{"person": "10002", "aliases": ["maija@example.fi"]}]))
    load(any_store, {"user": "10002"})
    assert ids_by_person(any_store) == [
        [("10001", "user"), ("10002", "loyalty")],
        [("10002", "user"), ("maija@example.fi", "email")],
    ]


def test_a_short_number_leads_to_whoever_has_it(any_store):
    load(any_store, {"user": "10001"}, links=[customer("10001", "77", "loyalty")])
    load(any_store, {"user": "77", "user_kind": "loyalty"})
    assert ids_by_person(any_store) == [[("10001", "user"), ("77", "loyalty")]]


def test_a_long_number_is_the_same_wherever_it_stands(any_store):
    load(any_store, {"user": "10001"}, links=[customer("10001", "2630000012", "loyalty")])
    load(any_store, {"user": "2630000012"})
    assert ids_by_person(any_store) == [[("10001", "user"), ("2630000012", "user")]]


@pytest.mark.parametrize("file_first", [False, True])
def test_an_address_is_the_same_in_whatever_letters(any_store, file_first):
    if not file_first:
        load(any_store, {"user": "maija@example.fi", "user_kind": "email"})
    any_store.load_people(KEY, person_table([{"person": "7", "aliases": ["Maija@Example.FI"]}]))
    load(any_store, {"user": "maija@example.fi", "user_kind": "email"}, {"user": "MAIJA@example.fi"})
    assert ids_by_person(any_store) == [[("7", "file"), ("maija@example.fi", "user")]]


def test_one_of_very_many_merges_is_taken_back_at_once(any_store):
    """As after a file in which one id stands beside every customer, which is when somebody wants to."""
    many = 12_000
    any_store.load_people(KEY, person_table([{"person": f"c{number}"} for number in range(many)]))
    junk = [{"person": "everybody", "aliases": [f"c{number}"]} for number in range(many)]
    any_store.load_people(KEY, person_table(junk))
    merges = any_store.merges(KEY, 1)
    assert len(merges) == many - 1
    begun = time.monotonic()
    assert any_store.leaving(KEY, merges[many // 2].merge) == [merges[many // 2].alias]
    assert time.monotonic() - begun < 2

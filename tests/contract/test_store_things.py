"""Signals of things that change: a batch tells all of a thing, and what it tells no more is taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from polku.eventstore.port import Selector
from tests.contract.store_implementations import KEY, any_store
from tests.contract.store_reference import START, signal_table

__all__ = ["any_store"]
pytestmark = pytest.mark.contract
DIGITS = 20


def event(thing: int, said: int, name: str = "Ended") -> dict:
    return {
        "message_id": f"{thing:0{DIGITS}x}{said:0{32 - DIGITS}x}",
        "kind": 1,
        "name": name,
        "time": START + timedelta(days=said),
        "person": "a",
    }


def load(store, *rows, origin="import/contracts"):
    loaded = store.load_signals(KEY, signal_table(rows), rules=[], origin=origin, thing_digits=DIGITS)
    return loaded.accepted, loaded.known


def kept(store) -> list[int]:
    """Days of all that is kept."""
    rows = store.signals_after(KEY, after=0, selectors=[Selector(kinds=(1,))]).rows.to_pylist()
    return sorted((row["time"] - START).days for row in rows)


def test_what_a_batch_says_of_a_thing_replaces_what_was_said_and_of_others_nothing_changes(any_store):
    assert load(any_store, event(1, 1, "Started"), event(1, 5), event(2, 2, "Started"), event(2, 6)) == (4, 0)
    assert load(any_store, event(1, 1, "Started"), event(1, 7)) == (1, 1)
    assert kept(any_store) == [1, 2, 6, 7]
    assert load(any_store, event(1, 1, "Started")) == (0, 1)
    assert kept(any_store) == [1, 2, 6]
    assert load(any_store, event(1, 1, "Started"), event(1, 5)) == (1, 1)
    assert kept(any_store) == [1, 2, 5, 6]


def test_only_what_came_from_the_same_origin_is_replaced(any_store):
    load(any_store, event(1, 1), origin="import/events")
    load(any_store, event(1, 2))
    assert kept(any_store) == [1, 2]

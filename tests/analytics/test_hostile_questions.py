"""Questions with one wrong place each: an answer or a reason, never a fault of ours."""

from __future__ import annotations

import copy
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress

import pytest

from polku.analytics import QueryError, kinds, run
from polku.eventstore.port import StoreError
from tests.analytics.test_query_reference import company, examples

__all__ = ["company"]

WRONG = [
    None, True, False, -1, 0, 1, 2, 2**63, 2**70, 1.5, 1e308, "", "x", "x" * 2_000, "\0", "\ud83d", "P0D", "P999999W",
    "2026-13-01", "9999-12-31", "0001-01-01", [], [[]], {}, {"a": 1}, [None], [{}], ["a"] * 300, {"event": "visit"},
    {"event": []}, {"touchpoint": 2**64}, {"touchpoint": "Checkout"}, [1, 2], [2, 1], ["1", "2"], {"segment": "x"},
    {"from": "2026-03-01"}, "any", "strict", "order", "session", "touchpoint", "page",
]  # fmt: skip
MORE = {
    "breakdown": {"property": "channel", "attribution": "last"},
    "compare": {"from": "2026-02-01", "to": "2026-03-01"},
    "exclude": [{"event": "Coupon Denied", "between": [1, 2]}],
    "journey": 1,
    "key": "web",
    "limit": 5,
    "nodes": "touchpoint",
    "offset": 2,
    "range": {"from": "2026-01-01", "to": "2026-05-01"},
    "segment": "Loyal",
    "unit": "session",
    "where": [{"property": "value", "op": "gt", "value": 1}],
}
COMMON = {"breakdown", "range", "segment", "unit", "where"}
EACH = 20


def places(part: object, at: tuple = ()) -> Iterator[tuple]:
    """The way to every member of a document."""
    inside = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for name, value in inside:
        yield (*at, name)
        yield from places(value, (*at, name))


def spoilt(question: dict, chance: random.Random) -> dict:
    """The question with all that its kind may have, and something else in one place."""
    kind = kinds.find(question["kind"])
    assert kind is not None
    wrong = copy.deepcopy(
        question | {name: value for name, value in MORE.items() if name in COMMON | set(kind.fields)}
    )
    *way, last = chance.choice([place for place in places(wrong) if place != ("kind",)])
    part = wrong
    for name in way:
        part = part[name]
    part[last] = chance.choice(WRONG)
    return wrong


@pytest.mark.thorough
def test_a_wrong_place_is_answered_or_explained(company, workspace):
    refused: Counter[str] = Counter()
    for question, _answer in examples():
        if question["kind"] == "journey":  # asked by number, and tested where the map is
            continue
        chance = random.Random(question["kind"])
        for _ in range(EACH):
            with suppress(StoreError):
                try:
                    run(workspace, spoilt(question, chance), sees_people=True)
                except QueryError as error:
                    refused[question["kind"]] += 1
                    assert error.message
    assert set(refused) == {*kinds.names()} - {"journey"}
    assert min(refused.values()) > EACH / 2

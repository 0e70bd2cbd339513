"""Which merges are told as one: those of one message, and no others."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from polku.eventstore.persons import Merge
from polku.people.merge_history import what_happened

AT = datetime(2026, 3, 2, 12)
KINDS = {"d1": "device", "d2": "device", "a@x.fi": "email", "0401": "phone", "K-1": "user", "K-2": "user"}


def made(number: int, alias: str, other: str = "K-1", **more) -> Merge:
    return replace(Merge(number, AT, "identify", alias, other, None), **more)


def told(*merges: Merge) -> list[tuple[list[int], list[int]]]:
    """(numbers told as one, numbers taken back together), newest first as the merges are."""
    return [
        ([each.merge for each in (one.main, *one.also)], [each.merge for each in one.undone_together])
        for one in what_happened(sorted(merges, key=lambda merge: -merge.merge), KINDS)
    ]


def test_what_one_message_told_is_one():
    assert told(made(1, "a@x.fi"), made(2, "0401"), made(3, "d1")) == [([3, 2, 1], [3])]
    assert told(made(1, "a@x.fi"), made(2, "0401")) == [([2, 1], [2, 1])]


def test_what_another_message_told_is_another():
    names = made(1, "a@x.fi"), made(2, "0401")
    assert told(*names, made(3, "d1"), made(4, "d2")) == [([4], [4]), ([3, 2, 1], [3])]
    assert told(*names, made(3, "d1", at=AT + timedelta(seconds=2))) == [([3], [3]), ([2, 1], [2, 1])]
    assert told(made(1, "a@x.fi", "K-2"), made(2, "0401")) == [([2], [2]), ([1], [1])]
    assert told(made(1, "a@x.fi"), made(3, "0401")) == [([3], [3]), ([1], [1])]


def test_files_aliases_and_what_was_undone_stand_for_themselves():
    imported = [made(number, alias, reason="import") for number, alias in ((1, "a@x.fi"), (2, "0401"))]
    assert told(*imported) == [([2], [2]), ([1], [1])]
    assert told(made(1, "K-2", reason="alias"), made(2, "d1", reason="alias")) == [([2], [2]), ([1], [1])]
    assert told(made(1, "a@x.fi", undone_at=AT), made(2, "0401")) == [([2], [2]), ([1], [1])]

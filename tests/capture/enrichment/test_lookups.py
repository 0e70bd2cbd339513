"""Remembered answers: each worked out once, a bounded number kept, and a flood answered quickly."""

from __future__ import annotations

from polku.capture.enrichment.lookups import Lookups


def test_each_value_is_worked_out_once():
    asked = []
    lookups = Lookups(lambda value: asked.append(value) or value * 2, most=10)
    assert lookups.answers([1, 2, 1]) == {1: 2, 2: 4}
    assert lookups.answers([2, 3]) == {2: 4, 3: 6}
    assert sorted(asked) == [1, 2, 3]


def test_what_is_asked_for_stays_and_the_rest_goes():
    asked = []
    lookups = Lookups(lambda value: asked.append(value) or value, most=10)
    for value in range(1000):
        lookups.answers([value, 0])
        assert len(lookups) <= 20
    assert asked.count(0) == 1
    assert asked.count(5) == 1
    lookups.answers([5])
    assert asked.count(5) == 2


def test_of_one_call_only_so_many_new_values_are_worked_out():
    worked = []
    lookups = Lookups(lambda v: worked.append(v) or "whole", most=100, fresh=3, quick=lambda v: "quick")
    assert sorted(lookups.answers(range(10)).values()) == ["quick"] * 7 + ["whole"] * 3
    assert len(worked) == 3
    assert sorted(lookups.answers(range(10)).values()) == ["quick"] * 4 + ["whole"] * 6
    assert len(lookups) == 6

"""Order keys: there is always room between two, whoever inserts, and text order is the order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.journeys.order_keys import BASE, DIGITS, LONGEST, between, spread

KEYS = st.text(alphabet=DIGITS, min_size=1, max_size=8).filter(lambda key: key[-1] != DIGITS[0])


@given(KEYS, KEYS)
def test_a_key_lies_between_any_two(first: str, second: str) -> None:
    if first == second:
        with pytest.raises(ValueError, match="no key fits"):
            between(first, second)
        return
    before, after = sorted([first, second])
    middle = between(before, after)
    assert before < middle < after
    assert middle[-1] != DIGITS[0]


@given(KEYS)
def test_there_is_room_before_the_first_and_behind_the_last(key: str) -> None:
    assert between(None, key) < key < between(key, None)


@given(st.lists(st.integers(min_value=0, max_value=10**6), min_size=1, max_size=60))
def test_insertions_anywhere_keep_the_order_they_were_made_in(places: list[int]) -> None:
    keys: list[str] = []
    for number in places:
        place = number % (len(keys) + 1)
        before = keys[place - 1] if place else None
        after = keys[place] if place < len(keys) else None
        keys.insert(place, between(before, after))
    assert keys == sorted(set(keys))


@given(st.integers(min_value=0, max_value=2 * BASE * BASE))
def test_spread_keys_are_in_order_short_and_never_equal(count: int) -> None:
    keys = spread(count)
    assert len(keys) == count
    assert keys == sorted(set(keys))
    assert all(len(key) <= 3 and key[-1] != DIGITS[0] for key in keys)


def test_appending_keeps_keys_short() -> None:
    key = between(None, None)
    for _ in range(150):
        key = between(key, None)
    assert len(key) <= 5 < LONGEST


def test_equal_wrong_and_reversed_ends_are_refused() -> None:
    with pytest.raises(ValueError, match="no key fits"):
        between("V", "V")
    with pytest.raises(ValueError, match="no key fits"):
        between("b", "a")
    with pytest.raises(ValueError, match="not an order key"):
        between("a0", None)
    with pytest.raises(ValueError, match="not an order key"):
        between(None, "ä")

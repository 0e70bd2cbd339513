"""Revenue as a product, and what moved it: the classic example, and what must hold of any."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.statistics import Estimate, orders_per_visitor, revenue, revenue_change, wilson

TRIPLES = st.tuples(
    st.integers(1, 1_000_000).map(float), st.floats(0, 1), st.floats(0, 10_000, allow_subnormal=False)
)


def test_the_classic_example():
    assert revenue(visitors=10_000, conversion=0.02, average_order=120).value == 24_000
    assert revenue(visitors=12_500, conversion=0.03, average_order=125).value == 46_875
    change = revenue_change(before=(10_000, 0.02, 120), after=(12_500, 0.03, 125))
    assert round(change.visitors, 2) == 7_666.67
    assert round(change.conversion, 2) == 13_791.67
    assert round(change.average_order, 2) == 1_416.67
    assert change.total == 22_875


def test_the_interval_is_that_of_the_conversion_and_of_the_order():
    found = revenue(visitors=10_000, conversion=0.02, average_order=120)
    # Wilson of 200 of 10,000 is [0.017435, 0.022934].
    assert (round(found.low), round(found.high)) == (20_922, 27_521)
    assert found.n == 10_000
    order = Estimate(value=120, low=100, high=150, n=200, method="bootstrap")
    both = revenue(visitors=10_000, conversion=0.02, average_order=order)
    assert both.value == 24_000
    assert both.low == pytest.approx(24_000 - math.hypot(24_000 - found.low, 4_000))
    assert both.high == pytest.approx(24_000 + math.hypot(found.high - 24_000, 6_000))


@given(TRIPLES, TRIPLES)
def test_the_parts_sum_to_the_change_and_turn_round_with_it(before, after):
    change = revenue_change(before=before, after=after)
    back = revenue_change(before=after, after=before)
    largest = max(math.prod(before), math.prod(after), 1.0)
    assert math.isclose(
        change.visitors + change.conversion + change.average_order, change.total, abs_tol=1e-9 * largest * 1e3
    )
    assert math.isclose(change.conversion, -back.conversion, rel_tol=1e-9, abs_tol=1e-6 * largest)


@given(TRIPLES)
def test_what_did_not_change_moved_nothing(before):
    after = (before[0] * 2, before[1], before[2])
    change = revenue_change(before=before, after=after)
    assert change.conversion == 0
    assert change.average_order == 0


@given(TRIPLES)
def test_the_value_lies_in_its_interval(triple):
    visitors, conversion, order = triple
    found = revenue(visitors=visitors, conversion=conversion, average_order=order)
    assert 0 <= found.low <= found.value * (1 + 1e-9)
    # A conversion that no whole number of buyers makes is rounded to the next.
    assert found.high >= found.value - order


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"visitors": 0}, "there are no visitors"),
        ({"visitors": -1}, "visitors must be a finite number of at least 0"),
        ({"conversion": 1.5}, "conversion is a share"),
        ({"average_order": math.nan}, "average_order must be a finite number"),
    ],
)
def test_what_it_refuses(changes, message):
    with pytest.raises(ValueError, match=message):
        revenue(**{"visitors": 10, "conversion": 0.1, "average_order": 5, **changes})


def test_a_change_needs_triples():
    with pytest.raises(ValueError, match="must be \\(visitors, conversion, average order\\)"):
        revenue_change(before=(1, 1), after=(1, 1, 1))


def test_without_repeats_the_conversion_is_a_share():
    assert orders_per_visitor(visitors=10_000, orders=200) == wilson(successes=200, n=10_000)
    assert orders_per_visitor(visitors=10_000, orders=200, squares=200) == wilson(successes=200, n=10_000)


def test_repeats_widen_the_interval_of_the_conversion_and_it_may_exceed_one():
    single = orders_per_visitor(visitors=1_000, orders=100)
    double = orders_per_visitor(visitors=1_000, orders=100, squares=200)  # fifty who ordered twice
    assert double.value == single.value
    assert double.low < single.low
    assert double.high > single.high
    often = orders_per_visitor(visitors=10, orders=25, squares=75)
    assert often.value == 2.5
    assert revenue(visitors=10, conversion=often, average_order=4).value == 100


@given(st.lists(st.integers(0, 5), min_size=1, max_size=40))
def test_the_conversion_of_any_visitors_lies_in_its_interval(numbers):
    found = orders_per_visitor(
        visitors=len(numbers), orders=sum(numbers), squares=sum(number**2 for number in numbers)
    )
    assert found.value == sum(numbers) / len(numbers)
    assert 0 <= found.low <= found.value <= found.high


@pytest.mark.parametrize(
    ("given_numbers", "message"),
    [
        ({"visitors": 0, "orders": 0}, "visitors must be a whole number of at least 1"),
        ({"visitors": 3, "orders": 4}, "must not exceed n"),
        ({"visitors": 3, "orders": 4, "squares": 3}, "have squares of 3"),
        ({"visitors": 3, "orders": 9, "squares": 12}, "have squares of 12"),
    ],
)
def test_numbers_of_orders_that_cannot_be(given_numbers, message):
    with pytest.raises(ValueError, match=message):
        orders_per_visitor(**given_numbers)

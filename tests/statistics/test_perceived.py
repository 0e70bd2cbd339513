"""Perceived value: the index by hand, its bounds and signs, weights stated and derived."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.statistics import perceived_value
from tests.examples import examples

BENEFIT = np.array([[8.0, 6, 4, 2], [6, 6, 6, 6], [10, 8, 2, 4]])
SACRIFICE = np.array([[2.0, 3, 4, 5], [6, 6, 6, 6], [4, 4, 2, 0]])


def test_the_index_by_hand():
    weights = [[40, 30, 20, 10], [25, 25, 25, 25], [70, 10, 10, 10]]
    found = perceived_value(benefit=BENEFIT, sacrifice=SACRIFICE, weights=weights)
    # Mean weights .45, .2167, .1833, .15; mean net values 4, 2.3333, 0, 0.3333.
    assert found.index.value == pytest.approx(10 * (0.45 * 4 + 0.65 / 3 * 7 / 3 + 0.15 / 3), abs=1e-9)
    assert list(found.dimensions) == ["economic", "functional", "emotional", "symbolic"]
    economic = found.dimensions["economic"]
    assert (economic.benefit.value, economic.sacrifice.value, economic.net.value) == (8, 4, 4)
    assert economic.weight == pytest.approx(0.45)
    assert economic.derived_weight is None
    assert found.derived_index is None
    assert found.why_not_derived == "no outcome was given"
    # Of three people no interval is shown.
    assert found.index.interval is None


def test_the_ends_of_the_index():
    ten, none = np.full((40, 4), 10.0), np.zeros((40, 4))
    best = perceived_value(benefit=ten, sacrifice=none).index
    worst = perceived_value(benefit=none, sacrifice=ten).index
    assert (best.low, best.value, best.high) == (100, 100, 100)
    assert (worst.low, worst.value, worst.high) == (-100, -100, -100)


@settings(max_examples=examples(30), deadline=None)
@given(st.integers(0, 1_000), st.integers(1, 60))
def test_it_stays_in_bounds_and_changes_sign_with_the_sides(seed, n):
    random = np.random.default_rng(seed)
    benefit, sacrifice = random.integers(0, 11, (n, 4)), random.integers(0, 11, (n, 4))
    found = perceived_value(benefit=benefit, sacrifice=sacrifice, draws=200).index
    turned = perceived_value(benefit=sacrifice, sacrifice=benefit, draws=200).index
    assert -100 <= found.low <= found.value <= found.high <= 100
    assert turned.value == pytest.approx(-found.value)
    assert turned.low == pytest.approx(-found.high)


def test_derived_weights_follow_the_outcome():
    random = np.random.default_rng(9)
    benefit, sacrifice = random.integers(0, 11, (600, 4)), random.integers(0, 11, (600, 4))
    net = benefit - sacrifice
    outcome = net @ [3, 1, 0, 0] + random.standard_normal(600)
    found = perceived_value(benefit=benefit, sacrifice=sacrifice, outcome=outcome)
    derived = [dimension.derived_weight for dimension in found.dimensions.values()]
    assert sum(derived) == pytest.approx(1)
    assert derived[0] == pytest.approx(0.9, abs=0.03)
    assert derived[1] == pytest.approx(0.1, abs=0.03)
    assert [dimension.weight for dimension in found.dimensions.values()] == [0.25] * 4
    assert found.derived_index.value == pytest.approx(10 * np.dot(derived, net.mean(axis=0)))


def test_too_few_answers_derive_nothing_and_say_so():
    random = np.random.default_rng(1)
    benefit = random.integers(0, 11, (99, 4)).astype(float)
    found = perceived_value(benefit=benefit, sacrifice=10 - benefit, outcome=random.random(99))
    assert found.derived_index is None
    assert found.why_not_derived == "derived weights need 100 complete answers; there are 99"


def test_answers_with_something_missing_are_left_out():
    benefit = BENEFIT.copy()
    benefit[0, 2] = np.nan
    found = perceived_value(benefit=benefit, sacrifice=SACRIFICE)
    assert found.index.n == 2


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"benefit": BENEFIT[:, :3]}, "shape \\(n, 4\\)"),
        ({"benefit": BENEFIT + 5}, "answers from 0 to 10"),
        ({"benefit": BENEFIT[:0], "sacrifice": SACRIFICE[:0]}, "no complete answers"),
        ({"weights": [0, 0, 0, 0]}, "not all 0"),
        ({"weights": [-1, 1, 1, 1]}, "must not be negative"),
        ({"weights": [1, 2]}, "weights must have shape"),
        ({"outcome": [1, 2]}, "outcome must have shape"),
    ],
)
def test_what_it_refuses(changes, message):
    with pytest.raises(ValueError, match=message):
        perceived_value(**{"benefit": BENEFIT, "sacrifice": SACRIFICE, **changes})

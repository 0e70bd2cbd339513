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
    # Each answer has a value of its own: .4·6 + .3·3 − .1·3 = 3, then 0, then .7·6 + .1·(4 + 0 + 4) = 5.
    assert found.index.value == pytest.approx(10 * (3 + 0 + 5) / 3)
    assert list(found.dimensions) == ["economic", "functional", "emotional", "symbolic"]
    economic = found.dimensions["economic"]
    assert (economic.benefit.value, economic.sacrifice.value, economic.net.value) == (8, 4, 4)
    assert economic.weight.value == pytest.approx(0.45)
    assert economic.contribution.value == pytest.approx(10 * (0.4 * 6 + 0 + 0.7 * 6) / 3)
    parts = [dimension.contribution.value for dimension in found.dimensions.values()]
    assert sum(parts) == pytest.approx(found.index.value)
    assert economic.derived_weight is None
    assert found.derived_index is None
    assert found.why_not_derived == "no outcome was given"
    # Of three people no interval is shown.
    assert found.index.interval is None


def test_getting_most_where_it_matters_counts():
    # One looks for money only and gains it, one for joy only and gains that; what they do not look for costs them.
    benefit, sacrifice = (
        np.array([[10.0, 0, 0, 0], [0, 0, 10, 0]]),
        np.array([[0.0, 0, 10, 0], [10, 0, 0, 0]]),
    )
    found = perceived_value(benefit=benefit, sacrifice=sacrifice, weights=[[100, 0, 0, 0], [0, 0, 100, 0]])
    # Mean weights times mean answers would be 0.
    assert found.index.value == 100


def test_weights_that_are_missing_are_those_of_the_others():
    weights = [[40, 30, 20, 10], [np.nan, 25, 25, 25], [0, 0, 0, 0]]
    found = perceived_value(benefit=BENEFIT, sacrifice=SACRIFICE, weights=weights)
    assert [each.weight.value for each in found.dimensions.values()] == pytest.approx([0.4, 0.3, 0.2, 0.1])
    alone = perceived_value(benefit=BENEFIT, sacrifice=SACRIFICE, weights=[40, 30, 20, 10])
    assert found.index.value == pytest.approx(alone.index.value)
    nobody = perceived_value(benefit=BENEFIT, sacrifice=SACRIFICE, weights=[np.nan] * 4)
    assert [each.weight.value for each in nobody.dimensions.values()] == [0.25] * 4


def test_answers_of_one_person_tell_less_than_answers_of_several():
    random = np.random.default_rng(2)
    benefit, sacrifice = random.integers(0, 11, (50, 4)), random.integers(0, 11, (50, 4))
    once = perceived_value(benefit=benefit, sacrifice=sacrifice).index
    whose = np.tile(np.arange(50), 3)
    thrice = perceived_value(
        benefit=np.tile(benefit, (3, 1)), sacrifice=np.tile(sacrifice, (3, 1)), people=whose
    )
    assert (thrice.index.n, thrice.index.resampled) == (150, 50)
    assert [thrice.index.low, thrice.index.high] == pytest.approx([once.low, once.high])


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
    estimates = [dimension.derived_weight for dimension in found.dimensions.values()]
    derived = [each.value for each in estimates]
    assert all(0 <= each.low <= each.value <= each.high <= 1 for each in estimates)
    assert sum(derived) == pytest.approx(1)
    assert derived[0] == pytest.approx(0.9, abs=0.03)
    assert derived[1] == pytest.approx(0.1, abs=0.03)
    assert [dimension.weight.value for dimension in found.dimensions.values()] == [0.25] * 4
    assert found.derived_index.value == pytest.approx(10 * np.dot(derived, net.mean(axis=0)))


def test_too_few_answers_derive_nothing_and_say_so():
    random = np.random.default_rng(1)
    benefit = random.integers(0, 11, (99, 4)).astype(float)
    found = perceived_value(benefit=benefit, sacrifice=10 - benefit, outcome=random.random(99))
    assert found.derived_index is None
    assert found.why_not_derived == "derived weights need 100 complete answers; there are 99"


def test_what_chance_gives_derives_nothing():
    random = np.random.default_rng(4)
    benefit, sacrifice = random.integers(0, 11, (2, 400, 4))
    found = perceived_value(benefit=benefit, sacrifice=sacrifice, outcome=random.random(400))
    assert found.derived_index is None
    assert [each.derived_weight for each in found.dimensions.values()] == [None] * 4
    assert found.why_not_derived == "the four do not go with the outcome more than by chance"


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
        ({"weights": [-1, 1, 1, 1]}, "not negative"),
        ({"people": [1]}, "people must have shape"),
        ({"weights": [1, 2]}, "weights must have shape"),
        ({"outcome": [1, 2]}, "outcome must have shape"),
    ],
)
def test_what_it_refuses(changes, message):
    with pytest.raises(ValueError, match=message):
        perceived_value(**{"benefit": BENEFIT, "sacrifice": SACRIFICE, **changes})

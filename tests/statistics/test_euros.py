"""Euros at stake: proportions to the cent, honest ranges, and ranks that cannot be told apart."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.statistics import Estimate, are_distinguishable, euros_at_stake, in_other_order
from polku.statistics.euros import Count, Difference, Judged, Known, Measured, Proportion
from tests.examples import examples


def funnel(**changes):
    factors = {
        "people": Count(1_200, times=13),
        "lost conversion": Difference(Proportion(700, 1_000), Proportion(600, 1_000)),
        "downstream conversion": Proportion(40, 100),
        "average order": Measured(Estimate(value=80, low=70, high=90, n=50, method="bootstrap"), least=0),
        "margin": Known(0.3),
        **changes,
    }
    return euros_at_stake(factors=factors, grade="C")


def test_known_numbers_multiply():
    found = euros_at_stake(
        factors={"contacts": Known(1_200), "avoidable": Known(0.25), "unit cost": Known(6)}, grade="D"
    )
    assert (found.p10, found.p50, found.p90) == (1_800, 1_800, 1_800)
    assert found.swings == {"contacts": 0, "avoidable": 0, "unit cost": 0}
    assert found.grade == "D"


def test_a_margin_changes_it_in_proportion_and_nothing_else():
    one, two = funnel(), funnel(margin=Known(0.45))
    assert two.draws == pytest.approx(1.5 * one.draws)
    assert (two.p10, two.p50, two.p90) == pytest.approx((1.5 * one.p10, 1.5 * one.p50, 1.5 * one.p90))
    assert one.inputs["people"] == two.inputs["people"]


def test_the_middle_is_near_the_product_of_the_middles_and_seeds_repeat():
    found = funnel()
    assert found.p10 < found.p50 < found.p90
    assert found.p50 == pytest.approx(15_600 * 0.1 * 0.4 * 80 * 0.3, rel=0.05)
    assert (funnel().draws == found.draws).all()
    assert max(found.swings, key=found.swings.get) == "lost conversion"
    assert sum(found.swings.values()) == pytest.approx(1)


def test_more_data_narrow_the_range():
    few = funnel()
    many = funnel(**{"lost conversion": Difference(Proportion(70_000, 100_000), Proportion(60_000, 100_000))})
    assert many.p90 - many.p10 < 0.7 * (few.p90 - few.p10)


def test_a_judgement_has_the_points_that_were_given():
    found = euros_at_stake(factors={"cost": Judged(4, 6, 12)}, grade="D", draws=200_000)
    assert (found.p10, found.p50, found.p90) == pytest.approx((4, 6, 12), rel=0.02)


@pytest.mark.parametrize(
    ("given_input", "mean", "deviation"),
    [
        (Proportion(40, 100), 40.5 / 101, math.sqrt(40.5 * 60.5 / 101**2 / 102)),
        (Count(30, times=2), 61, 2 * math.sqrt(30.5)),
        (Measured(Estimate(value=5, low=3, high=7, n=9, method="x", standard_error=1)), 5, 1),
    ],
)
def test_inputs_have_the_spread_of_their_posteriors(given_input, mean, deviation):
    drawn = given_input.draw(np.random.default_rng(0), 200_000)
    assert drawn.mean() == pytest.approx(mean, rel=0.01)
    assert drawn.std() == pytest.approx(deviation, rel=0.02)


def test_ranks_are_told_apart_by_their_draws():
    large, small = funnel(), funnel(people=Count(300, times=13))
    nearly = funnel(people=Count(1_150, times=13))
    assert in_other_order(large, small) < 0.01
    assert are_distinguishable(large, small)
    # Nearly the same, and drawn from the same streams but for one: the order is a matter of that one.
    assert not are_distinguishable(
        large, euros_at_stake(factors={"other": Judged(8_000, 14_500, 22_000)}, grade="D")
    )
    assert in_other_order(large, large) == 0.5
    assert in_other_order(nearly, large) == pytest.approx(1 - in_other_order(large, nearly))


@settings(max_examples=examples(30), deadline=None)
@given(st.integers(0, 500), st.integers(0, 500), st.floats(0, 1))
def test_a_difference_is_never_negative(one, two, margin):
    found = euros_at_stake(
        factors={
            "lost": Difference(Proportion(min(one, 500), 500), Proportion(min(two, 500), 500)),
            "margin": Known(margin),
        },
        grade="B",
        draws=500,
    )
    assert 0 <= found.p10 <= found.p50 <= found.p90


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: euros_at_stake(factors={}, grade="A"), "no factors"),
        (lambda: euros_at_stake(factors={"a": Known(1)}, grade="E"), "grade must be"),
        (lambda: Proportion(5, 4), "must not exceed n"),
        (lambda: Proportion(0, 0), "n must be"),
        (lambda: Count(-1), "seen must be"),
        (lambda: Count(1, times=0), "times must be above 0"),
        (lambda: Judged(3, 2, 4), "must ascend"),
        (lambda: Known(math.nan), "finite number"),
    ],
)
def test_what_it_refuses(make, message):
    with pytest.raises(ValueError, match=message):
        make()

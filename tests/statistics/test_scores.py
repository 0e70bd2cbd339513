"""Scores of single questions: the published vectors, their bounds, and what they refuse."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.statistics import ces, csat, nps, nps_sample_size, recommend, score_difference, smiley, wilson

counts5 = st.dictionaries(st.integers(1, 5), st.integers(0, 500), min_size=1).filter(
    lambda c: sum(c.values())
)


@pytest.mark.parametrize(
    ("promoters", "passives", "detractors", "value", "low", "high"),
    [
        (50, 33, 17, 33.0, 17.556, 46.522),
        (5, 3, 2, 30.0, -19.051, 65.204),
        (10, 0, 0, 100.0, 47.504, 100.0),
        (500, 300, 200, 30.0, 25.077, 34.744),
        (150, 0, 50, 50.0, 37.348, 61.174),
    ],
)
def test_nps_vectors(promoters, passives, detractors, value, low, high):
    got = nps(promoters=promoters, passives=passives, detractors=detractors)
    assert (round(got.value, 3), round(got.low, 3), round(got.high, 3)) == (value, low, high)
    assert got.n == promoters + passives + detractors
    assert got.method == "adjusted Wald"


def test_nps_difference_vector():
    before = nps(promoters=50, passives=33, detractors=17)
    after = nps(promoters=57, passives=29, detractors=14)
    got = score_difference(before=before, after=after)
    assert (round(got.value, 9), round(got.high - got.value, 2), round(got.z, 2)) == (10, 20.43, 0.96)
    assert round(got.value - got.low, 2) == 20.43
    assert round(got.p, 3) == 0.337
    assert got.p_value == got.p
    assert got.n == 200


def test_nps_sample_size_vector():
    assert nps_sample_size(promoters=0.5, detractors=0.2, half_width=5) == 938


@pytest.mark.parametrize(
    "bad", [{"promoters": 0.7, "detractors": 0.4}, {"promoters": -0.1, "detractors": 0.4}, {"half_width": 0}]
)
def test_nps_sample_size_refuses(bad):
    with pytest.raises(ValueError, match="must"):
        nps_sample_size(**{"promoters": 0.5, "detractors": 0.2, "half_width": 5, **bad})


@pytest.mark.parametrize("counts", [(0, 0, 0), (-1, 3, 3), (1.5, 3, 3), (float("nan"), 1, 1), (True, 1, 1)])
def test_nps_refuses(counts):
    with pytest.raises(ValueError, match="must be"):
        nps(promoters=counts[0], passives=counts[1], detractors=counts[2])


@given(st.integers(0, 400), st.integers(0, 400), st.integers(0, 400))
def test_nps_is_bounded_and_mirrors(promoters, passives, detractors):
    if promoters + passives + detractors == 0:
        return
    got = nps(promoters=promoters, passives=passives, detractors=detractors)
    mirrored = nps(promoters=detractors, passives=passives, detractors=promoters)
    assert -100 <= got.low <= got.high <= 100
    assert -100 <= got.value <= 100
    assert mirrored.value == pytest.approx(-got.value, abs=1e-9)
    assert mirrored.low == pytest.approx(-got.high, abs=1e-9)


@given(st.integers(1, 200), st.integers(0, 200), st.integers(1, 200))
def test_nps_grows_when_a_detractor_becomes_a_promoter(promoters, passives, detractors):
    before = nps(promoters=promoters, passives=passives, detractors=detractors)
    after = nps(promoters=promoters + 1, passives=passives, detractors=detractors - 1)
    assert after.value > before.value
    assert after.low >= before.low
    assert after.high >= before.high


def test_a_difference_of_two_scores_without_spread_still_has_a_width():
    worst = nps(promoters=0, passives=0, detractors=10)
    best = nps(promoters=10, passives=0, detractors=0)
    got = score_difference(before=worst, after=best)
    assert got.value == 200
    assert got.method == "square and add"
    assert 0 < got.low < got.value <= got.high <= 200
    assert 0 < got.p < 0.001
    same = score_difference(before=best, after=best)
    assert (same.value, same.z, same.p) == (0, 0, 1)
    assert same.low == pytest.approx(-same.high)


@given(st.integers(1, 300), st.integers(0, 300), st.integers(1, 300), st.integers(0, 300))
def test_a_difference_mirrors_when_the_periods_are_swapped(n1, s1, n2, s2):
    first, second = wilson(successes=min(s1, n1), n=n1), wilson(successes=min(s2, n2), n=n2)
    there = score_difference(before=first, after=second)
    back = score_difference(before=second, after=first)
    assert there.value == -back.value
    assert there.low == pytest.approx(-back.high)
    assert there.p == pytest.approx(back.p)
    assert 0 <= there.p <= 1


def test_csat_counts_the_top_boxes_of_its_scale():
    five = csat(counts={1: 1, 2: 0, 3: 1, 4: 3, 5: 5})
    assert (five.value, five.n, five.mean) == (0.8, 10, 4.1)
    assert (round(five.low, 4), round(five.high, 4)) == (0.4902, 0.9433)
    seven = csat(counts={5: 20, 6: 30, 7: 50}, scale=7)
    assert (seven.value, round(seven.low, 4), round(seven.high, 4)) == (0.8, 0.7112, 0.8666)
    assert csat(counts={4.0: 2, 1.0: 2}).value == 0.5


def test_ces_counts_five_to_seven():
    got = ces(counts={1: 5, 4: 15, 5: 30, 6: 20, 7: 30})
    assert (got.value, got.n) == (0.8, 100)
    assert (round(got.low, 4), round(got.high, 4)) == (0.7112, 0.8666)
    assert got.mean == pytest.approx((5 + 60 + 150 + 120 + 210) / 100)


@given(counts5)
def test_csat_is_bounded_and_turning_a_scale_around_mirrors_the_mean(counts):
    got = csat(counts=counts)
    turned = csat(counts={6 - answer: number for answer, number in counts.items()})
    assert 0 <= got.low <= got.value <= got.high <= 1
    assert got.mean + turned.mean == pytest.approx(6)


@pytest.mark.parametrize(
    ("counts", "scale", "said"),
    [
        ({}, 5, "no answers"),
        ({3: 0}, 5, "no answers"),
        ({6: 1}, 5, "6 is not on the scale 1–5"),
        ({0: 1}, 7, "0 is not on the scale 1–7"),
        ({2.5: 1}, 5, "2.5 is not on the scale"),
        ({3: -1}, 5, "whole number"),
        ({3: 1}, 10, "defined on the scales 1–5 and 1–7"),
        ({float("nan"): 1}, 5, "finite"),
    ],
)
def test_csat_refuses(counts, scale, said):
    with pytest.raises(ValueError, match=said):
        csat(counts=counts, scale=scale)


def test_smileys_are_worth_100_to_0():
    for face, worth in {4: 100, 3: 66.67, 2: 33.33, 1: 0}.items():
        assert round(smiley(counts={face: 40}).value, 2) == worth
    got = smiley(counts={1: 10, 2: 10, 3: 10, 4: 10})
    assert got.value == pytest.approx(50)
    assert got.mean == 2.5
    assert got.low < 50 < got.high


def test_smileys_in_blocks_have_a_wider_interval_where_blocks_differ():
    # Each hour everybody presses the same face: 40 hours carry 40 pieces of news, not 400.
    blocks = [{1 + hour % 4: 10} for hour in range(40)]
    counts = dict.fromkeys((1, 2, 3, 4), 100)
    alone, blocked = smiley(counts=counts), smiley(counts=counts, blocks=blocks)
    assert blocked.value == pytest.approx(alone.value)
    assert blocked.resampled == 40
    assert (blocked.high - blocked.low) / (alone.high - alone.low) == pytest.approx(10**0.5, rel=0.15)


def test_smiley_blocks_must_add_up():
    with pytest.raises(ValueError, match="add up"):
        smiley(counts={4: 3}, blocks=[{4: 2}])
    assert smiley(counts={4: 3}, blocks=[{4: 3}, {4: 0}]).interval is None  # one block says nothing of spread


def test_recommend_is_a_mean_on_its_own_scale():
    got = recommend(counts={1: 10, 5: 30}, scale=(1, 5))
    assert (got.value, got.mean, got.n) == (4.0, 4.0, 40)
    assert 3 < got.low < 4 < got.high < 5
    assert recommend(counts={0: 1, 10: 1}).value == 5
    with pytest.raises(ValueError, match="0 is not on the scale 1–5"):
        recommend(counts={0: 1}, scale=(1, 5))
    with pytest.raises(ValueError, match="from low to high"):
        recommend(counts={0: 1}, scale=(5, 5))


def test_a_bootstrap_of_few_answers_is_not_shown():
    assert smiley(counts={4: 20, 1: 9}).interval is None
    few = smiley(counts={4: 20, 1: 10})
    assert few.interval == (few.low, few.high)
    tiny = nps(promoters=5, passives=3, detractors=2)
    assert tiny.interval == (tiny.low, tiny.high)

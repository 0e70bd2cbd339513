"""Response rates by AAPOR's names, participation and completion."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.statistics import completion, participation, response_rate, wilson
from polku.statistics.responses import DISPOSITIONS

COUNTS = st.fixed_dictionaries(dict.fromkeys(DISPOSITIONS, st.integers(0, 5_000))).filter(
    lambda counts: sum(counts.values()) > 0
)


def test_rr1_and_rr2_follow_aapor_s_formula():
    rate = response_rate(I=300, P=50, R=100, NC=400, O=50, UH=80, UO=20)
    assert (rate.rr1.value, rate.rr2.value, rate.n) == (0.3, 0.35, 1000)
    assert rate.rr1.method == "Wilson"


def test_the_interval_is_wilson_s():
    """The vectors of Wilson: 80 of 100, 200 of 10,000."""
    rate = response_rate(I=80, UO=20)
    assert (round(rate.rr1.low, 4), round(rate.rr1.high, 4)) == (0.7112, 0.8666)
    rate = response_rate(complete=100, partial=100, non_contact=9_800)
    assert (round(rate.rr2.low, 6), round(rate.rr2.high, 6)) == (0.017435, 0.022934)


def test_letters_and_words_say_the_same():
    by_words = response_rate(
        complete=1, partial=2, refusal=3, non_contact=4, other=5, unknown_household=6, unknown_other=7
    )
    assert by_words == response_rate(I=1, P=2, R=3, NC=4, O=5, UH=6, UO=7)


@pytest.mark.parametrize(
    ("given_counts", "said"),
    [
        ({}, "nobody was asked"),
        ({"I": 0, "R": 0}, "nobody was asked"),
        ({"I": -1}, "I must be a whole number"),
        ({"I": 1.5}, "I must be a whole number"),
        ({"X": 1}, "there is no disposition 'X'"),
        ({"I": 1, "complete": 1}, r"I \(complete\) is given twice"),
    ],
)
def test_bad_dispositions_are_refused_in_words(given_counts, said):
    with pytest.raises(ValueError, match=said):
        response_rate(**given_counts)


@given(COUNTS)
def test_rates_are_shares_of_everybody_and_rr2_is_never_lower(counts):
    rate = response_rate(**counts)
    assert rate.rr1.n == rate.rr2.n == sum(counts.values())
    assert rate.rr1 == wilson(successes=counts["I"], n=rate.n)
    assert 0 <= rate.rr1.low <= rate.rr1.value <= rate.rr1.high <= 1
    assert rate.rr1.value <= rate.rr2.value
    assert (rate.rr1.low <= rate.rr2.low) and (rate.rr1.high <= rate.rr2.high)


@given(COUNTS, st.sampled_from(["R", "NC", "O", "UH", "UO"]), st.integers(1, 100))
def test_whoever_does_not_answer_lowers_the_rate(counts, name, more):
    before = response_rate(**counts)
    after = response_rate(**{**counts, name: counts[name] + more})
    assert after.rr1.value <= before.rr1.value
    assert (after.rr1.value == before.rr1.value) == (counts["I"] == 0)


def test_participation_and_completion_are_shares_of_displays_and_of_starts():
    assert participation(completes=8, displays=10) == wilson(successes=8, n=10)
    assert completion(completes=0, starts=10).high == pytest.approx(0.2775, abs=5e-5)


@pytest.mark.parametrize("asked", [{"completes": 3, "displays": 2}, {"completes": 0, "displays": 0}])
def test_more_completes_than_displays_are_an_error(asked):
    with pytest.raises(ValueError, match=r"must"):
        participation(**asked)

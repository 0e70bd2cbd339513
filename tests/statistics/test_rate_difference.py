"""The comparison of two rates against an oracle, and its symmetry."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from polku.statistics import poisson_rate, rate_difference

COUNTS = st.integers(0, 3000)
EXPOSURES = st.floats(0.5, 5000)


@given(COUNTS, COUNTS, EXPOSURES, EXPOSURES)
def test_p_is_the_doubled_tail_of_the_conditional_binomial(before, after, seen_before, seen_after):
    got = rate_difference(counts=(before, after), exposures=(seen_before, seen_after))
    binomial = stats.binom(before + after, seen_after / (seen_before + seen_after))
    tails = binomial.cdf(after), binomial.sf(after - 1)
    assert got.p == pytest.approx(min(1.0, 2 * min(tails)), rel=1e-6, abs=1e-12)


@given(COUNTS, COUNTS, EXPOSURES, EXPOSURES)
def test_swapping_the_periods_mirrors_the_difference(before, after, seen_before, seen_after):
    there = rate_difference(counts=(before, after), exposures=(seen_before, seen_after))
    back = rate_difference(counts=(after, before), exposures=(seen_after, seen_before))
    assert (there.value, there.low, there.high) == pytest.approx((-back.value, -back.high, -back.low))
    assert there.p == pytest.approx(back.p, rel=1e-6, abs=1e-12)
    assert there.low <= there.value <= there.high


def test_a_doubled_rate_is_seen_and_the_unit_is_the_rates_own():
    got = rate_difference(counts=(100, 200), exposures=(1000, 1000))
    assert got.value == pytest.approx(10.0)
    assert got.value == pytest.approx(
        poisson_rate(count=200, exposure=1000).value - poisson_rate(count=100, exposure=1000).value
    )
    assert got.p < 1e-6 and got.low > 0
    assert rate_difference(counts=(0, 0), exposures=(10, 20)).p == 1.0


def test_pairs_are_asked_for():
    with pytest.raises(ValueError, match="pairs"):
        rate_difference(counts=(1, 2, 3), exposures=(1, 2, 3))

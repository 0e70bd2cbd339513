"""Welch's comparison of means against scipy and against its own promise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ttest_ind_from_stats

from polku.statistics import welch

spreads = st.floats(0.01, 1e6)
sizes = st.integers(2, 500)
means = st.floats(-1e4, 1e4)


@given(st.tuples(means, means), st.tuples(spreads, spreads), st.tuples(sizes, sizes))
def test_agrees_with_scipy(mean, variance, n):
    got = welch(mean=mean, variance=variance, n=n)
    want = ttest_ind_from_stats(
        mean[1], variance[1] ** 0.5, n[1], mean[0], variance[0] ** 0.5, n[0], equal_var=False
    )
    assert got.p_value == pytest.approx(want.pvalue, rel=1e-9, abs=1e-300)
    assert got.z == pytest.approx(want.statistic, rel=1e-9)
    # The ends of the interval are the differences that would just be rejected.
    for end in (got.low, got.high):
        at_end = welch(mean=(mean[0] + end, mean[1]), variance=variance, n=n)
        assert at_end.p_value == pytest.approx(0.05, rel=1e-4)
    assert got.low < got.value == mean[1] - mean[0] < got.high


def test_samples_that_do_not_vary():
    same = welch(mean=(3, 3), variance=(0, 0), n=(5, 5))
    assert (same.value, same.low, same.high, same.p_value) == (0, 0, 0, 1)
    other = welch(mean=(3, 4), variance=(0, 0), n=(5, 5))
    assert (other.low, other.high, other.p_value) == (1, 1, 0)


@pytest.mark.parametrize(
    "wrong",
    [{"n": (1, 5)}, {"n": (2.5, 5)}, {"variance": (-1, 1)}, {"mean": (float("nan"), 1)}, {"confidence": 1}],
)
def test_what_cannot_be_compared(wrong):
    with pytest.raises(ValueError, match="must"):
        welch(**{"mean": (1, 2), "variance": (1, 1), "n": (5, 5), **wrong})


def test_five_in_a_hundred_null_comparisons_at_most():
    """Of unequal spreads and sizes, where the plain t-test errs."""
    random = np.random.default_rng(11)
    rounds = 2_000
    a, b = random.normal(0, 4, (rounds, 8)), random.normal(0, 1, (rounds, 30))
    false = sum(
        welch(mean=(x.mean(), y.mean()), variance=(x.var(ddof=1), y.var(ddof=1)), n=(len(x), len(y))).p_value
        <= 0.05
        for x, y in zip(a, b, strict=True)
    )
    assert 0.035 <= false / rounds <= 0.065

"""How many will succeed next time: checked against counting it out, and against a simulation."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest
from scipy.special import beta
from scipy.stats import betabinom

from polku.statistics import expected_successes


def test_the_interval_is_the_beta_binomial_one_by_its_definition():
    successes, n, planned = 18, 120, 40
    a, b = successes + 0.5, n - successes + 0.5
    chances = [comb(planned, k) * beta(a + k, b + planned - k) / beta(a, b) for k in range(planned + 1)]
    below = np.cumsum(chances)
    found = expected_successes(successes=successes, n=n, planned=planned)
    assert found.value == planned * successes / n
    assert (found.low, found.high) == (
        float(np.argmax(below >= 0.025)),
        float(np.argmax(below >= 0.975)),
    )
    assert found.n == n
    oracle = betabinom(planned, a, b)
    assert (found.low, found.high) == (oracle.ppf(0.025), oracle.ppf(0.975))


def test_next_times_fall_into_it_as_often_as_promised():
    random = np.random.default_rng(20261123)
    inside = 0
    for _ in range(2_000):
        share = random.uniform(0.05, 0.4)
        before = int(random.binomial(200, share))
        found = expected_successes(successes=before, n=200, planned=500)
        inside += found.low <= random.binomial(500, share) <= found.high
    assert 0.93 <= inside / 2_000 <= 0.975


def test_edges():
    nothing = expected_successes(successes=3, n=10, planned=0)
    assert (nothing.value, nothing.low, nothing.high) == (0, 0, 0)
    never = expected_successes(successes=0, n=1, planned=10)
    assert never.value == never.low == 0
    assert never.high > 5  # one person tells little
    for wrong in ({"successes": 2, "n": 1}, {"n": 0}, {"planned": -1}, {"confidence": 1.0}):
        with pytest.raises(ValueError):
            expected_successes(**{"successes": 1, "n": 2, "planned": 3} | wrong)

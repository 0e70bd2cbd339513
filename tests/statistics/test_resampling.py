"""Bootstraps: repeatable, equal in distribution to drawing unit by unit, and bounded by their data."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.statistics import bootstrap_mean, bootstrap_total
from polku.statistics.resampling import _resampled_sums, _sums_of_many, bootstrap_blocks
from tests.examples import examples


def plain_bootstrap(values, statistic, draws=2_000, seed=7):
    """The textbook: resample all n units with replacement, one draw after another."""
    random = np.random.default_rng(seed)
    data = np.asarray(values, dtype=float)
    results = [statistic(data[random.integers(0, data.size, data.size)]) for _ in range(draws)]
    return np.quantile(results, [0.025, 0.975])


def test_a_mean_from_counts_equals_one_from_values():
    counts = {1: 30, 3: 50, 5: 20}
    values = [value for value, number in counts.items() for _ in range(number)]
    from_counts, from_values = bootstrap_mean(counts=counts), bootstrap_mean(values=values)
    assert from_counts == from_values
    assert from_counts.value == pytest.approx(2.8)
    low, high = plain_bootstrap(values, np.mean)
    width = high - low
    assert from_counts.low == pytest.approx(low, abs=0.06 * width)
    assert from_counts.high == pytest.approx(high, abs=0.06 * width)
    assert from_counts.standard_error == pytest.approx(np.std(values) / 10, rel=0.06)


def test_a_mean_of_many_distinct_values():
    values = np.random.default_rng(3).lognormal(size=3_000)
    got = bootstrap_mean(values=values)
    low, high = plain_bootstrap(values, np.mean)
    assert got.low == pytest.approx(low, abs=0.06 * (high - low))
    assert got.high == pytest.approx(high, abs=0.06 * (high - low))
    assert got == bootstrap_mean(values=values)
    assert got != bootstrap_mean(values=values, seed=1)


def test_a_million_answers_take_no_time_and_no_memory():
    got = bootstrap_mean(counts={0: 400_000, 1: 600_000})
    assert got.n == 1_000_000
    assert got.high - got.low == pytest.approx(2 * 1.96 * (0.24 / 1e6) ** 0.5, rel=0.06)


def test_a_total_equals_resampling_every_unit():
    buyers = np.random.default_rng(5).lognormal(4, 1, size=80)
    everybody = np.concatenate([buyers, np.zeros(420)])
    got = bootstrap_total(values=buyers, n=500)
    low, high = plain_bootstrap(everybody, np.sum, draws=4_000)
    assert got.value == pytest.approx(buyers.sum())
    assert got.low == pytest.approx(low, abs=0.07 * (high - low))
    assert got.high == pytest.approx(high, abs=0.07 * (high - low))
    assert (got.n, got.resampled) == (500, 80)


@pytest.mark.parametrize("giants", [[], [2e6], [1e6, 1e6, 3e5]], ids=["none", "one", "three"])
def test_a_total_of_many_is_drawn_from_the_law_of_their_sum(giants):
    """Thousands of orders, some of them of another order of magnitude: as if each were drawn by itself."""
    buyers = np.append(np.random.default_rng(6).lognormal(4, 1, size=3_000), giants)
    sizes = np.random.default_rng(7).binomial(9_000, buyers.size / 9_000, 20_000)
    one_by_one = _resampled_sums(buyers, sizes, np.random.default_rng(8))
    at_once = _sums_of_many(buyers, sizes, np.random.default_rng(9))
    tails = [0.025, 0.25, 0.5, 0.75, 0.975]
    assert np.quantile(at_once, tails) == pytest.approx(
        np.quantile(one_by_one, tails), abs=0.08 * one_by_one.std()
    )
    got = bootstrap_total(values=buyers, n=9_000)
    assert [got.low, got.high] == pytest.approx(
        np.quantile(one_by_one, [0.025, 0.975]), abs=0.2 * one_by_one.std()
    )
    assert (got.n, got.resampled) == (9_000, buyers.size)
    assert got.value == pytest.approx(buyers.sum())


def test_a_total_of_nobody_and_of_everybody():
    nobody = bootstrap_total(values=[], n=50)
    assert (nobody.value, nobody.low, nobody.high, nobody.interval) == (0, 0, 0, None)
    alike = bootstrap_total(values=[2.0] * 50, n=50)
    assert (alike.value, alike.low, alike.high) == (100, 100, 100)


def test_a_draw_without_any_buyer_is_zero():
    # One buyer among 100: more than a third of the resamples hold none.
    assert bootstrap_total(values=[10.0], n=100).low == 0


def test_blocks_are_drawn_whole():
    sums, sizes = [0.0, 30.0] * 30, [10, 10] * 30
    got = bootstrap_blocks(sums=sums, sizes=sizes)
    assert (got.value, got.n, got.resampled) == (1.5, 600, 60)
    assert got.standard_error == pytest.approx(1.5 / 60**0.5, rel=0.06)


@settings(max_examples=examples(30))
@given(st.dictionaries(st.floats(-1e6, 1e6), st.integers(1, 200), min_size=1, max_size=8))
def test_a_mean_stays_within_its_data(counts):
    got = bootstrap_mean(counts=counts, draws=200)
    slack = 1e-9 * (1 + max(abs(value) for value in counts))
    assert min(counts) - slack <= got.low <= got.value <= got.high <= max(counts) + slack


@settings(max_examples=examples(30))
@given(st.lists(st.floats(0, 1e4), max_size=50), st.integers(0, 100))
def test_a_total_holds_its_value(values, others):
    n = len(values) + others
    if n == 0:
        return
    got = bootstrap_total(values=values, n=n, draws=200)
    assert 0 <= got.low <= got.value <= got.high


@pytest.mark.parametrize(
    "bad",
    [
        {},
        {"values": [1], "counts": {1: 1}},
        {"values": []},
        {"counts": {}},
        {"values": [float("inf")]},
        {"values": [[1.0]]},
        {"values": [1], "draws": 0},
    ],
)
def test_a_mean_refuses(bad):
    with pytest.raises(ValueError, match=r"must|either"):
        bootstrap_mean(**bad)


@pytest.mark.parametrize(
    "bad", [{"values": [1, 2], "n": 1}, {"values": [], "n": 0}, {"values": [float("nan")], "n": 3}]
)
def test_a_total_refuses(bad):
    with pytest.raises(ValueError, match=r"must|more values"):
        bootstrap_total(**bad)


@pytest.mark.parametrize(("sums", "sizes"), [([], []), ([1], [0]), ([1, 2], [1])])
def test_blocks_refuse(sums, sizes):
    with pytest.raises(ValueError, match="must"):
        bootstrap_blocks(sums=sums, sizes=sizes)

"""Shares: Wilson and Newcombe against published numbers, bounds and symmetry."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.statistics import two_proportions, wilson


@pytest.mark.parametrize(
    ("successes", "n", "low", "high", "digits"),
    [
        (8, 10, 0.4902, 0.9433, 4),
        (0, 10, 0, 0.2775, 4),
        (80, 100, 0.7112, 0.8666, 4),
        (200, 10_000, 0.017435, 0.022934, 6),
    ],
)
def test_wilson_vectors(successes, n, low, high, digits):
    got = wilson(successes=successes, n=n)
    assert (round(got.low, digits), round(got.high, digits)) == (low, high)
    assert (got.value, got.n) == (successes / n, n)


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [  # Newcombe 1998, table II, method 10, with the groups swapped because we take second minus first
        ((48, 80), (56, 70), 0.0524, 0.3339),
        ((3, 10), (9, 10), 0.1705, 0.8090),
        ((2, 7), (6, 7), 0.0582, 0.8062),
        ((0, 29), (5, 56), -0.0381, 0.1926),
        ((0, 10), (10, 10), 0.6075, 1.0),
        ((0, 20), (10, 10), 0.6791, 1.0),
    ],
)
def test_newcombe_vectors(first, second, low, high):
    got = two_proportions(successes=(first[0], second[0]), n=(first[1], second[1]))
    assert (round(got.low, 4), round(got.high, 4)) == (low, high)
    assert got.value == pytest.approx(second[0] / second[1] - first[0] / first[1])


@given(st.integers(1, 2_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_is_bounded_and_mirrors(pair):
    successes, n = pair
    got, failed = wilson(successes=successes, n=n), wilson(successes=n - successes, n=n)
    assert 0 <= got.low <= got.value <= got.high <= 1
    assert failed.low == pytest.approx(1 - got.high, abs=1e-12)
    assert failed.high == pytest.approx(1 - got.low, abs=1e-12)


@given(st.integers(1, 500), st.floats(0.5, 0.99), st.floats(0.5, 0.99))
def test_wilson_widens_with_confidence(n, one, other):
    less, more = sorted((one, other))
    narrow, wide = (
        wilson(successes=n // 3, n=n, confidence=less),
        wilson(successes=n // 3, n=n, confidence=more),
    )
    assert wide.low <= narrow.low + 1e-12
    assert wide.high >= narrow.high - 1e-12


pairs = st.tuples(st.integers(1, 300), st.integers(1, 300)).flatmap(
    lambda n: st.tuples(st.tuples(st.integers(0, n[0]), st.integers(0, n[1])), st.just(n))
)


@given(pairs)
def test_newcombe_holds_the_difference_and_mirrors(pair):
    successes, n = pair
    got = two_proportions(successes=successes, n=n)
    back = two_proportions(successes=successes[::-1], n=n[::-1])
    assert -1 <= got.low <= got.value <= got.high <= 1
    assert back.value == pytest.approx(-got.value)
    assert back.low == pytest.approx(-got.high, abs=1e-12)
    assert back.p == pytest.approx(got.p)


def test_no_difference_between_equal_extremes():
    got = two_proportions(successes=(5, 9), n=(5, 9))
    assert (got.value, got.z, got.p) == (0, 0, 1)
    assert got.low < 0 < got.high


@pytest.mark.parametrize(
    "bad",
    [
        {"successes": 0, "n": 0},
        {"successes": 3, "n": 2},
        {"successes": -1, "n": 2},
        {"successes": 0.5, "n": 2},
        {"successes": 1, "n": 2, "confidence": 1.0},
        {"successes": 1, "n": 2, "confidence": 95},
    ],
)
def test_wilson_refuses(bad):
    with pytest.raises(ValueError, match="must"):
        wilson(**bad)


def test_two_proportions_needs_pairs():
    with pytest.raises(ValueError, match="pairs"):
        two_proportions(successes=(1,), n=(2, 3))

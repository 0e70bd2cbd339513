"""Poisson rates and many comparisons at once."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.statistics import benjamini_hochberg, holm, poisson_rate


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [  # Garwood's 95 % limits of a Poisson mean, as every table prints them
        (0, 0.0, 3.689),
        (1, 0.025, 5.572),
        (2, 0.242, 7.225),
        (10, 4.795, 18.390),
        (50, 37.111, 65.919),
    ],
)
def test_garwood_vectors(count, low, high):
    got = poisson_rate(count=count, exposure=100)
    assert (got.value, round(got.low, 3), round(got.high, 3)) == (count, low, high)
    assert (got.n, got.method) == (count, "Poisson, Garwood")


@given(st.integers(0, 5_000), st.floats(0.5, 1e6), st.floats(0.1, 1e4))
def test_a_rate_scales_with_its_unit(count, exposure, per):
    got = poisson_rate(count=count, exposure=exposure, per=per)
    plain = poisson_rate(count=count, exposure=1, per=1)
    assert 0 <= got.low <= got.value <= got.high
    assert got.high == pytest.approx(plain.high * per / exposure)
    assert poisson_rate(count=count + 1, exposure=exposure, per=per).low >= got.low


@pytest.mark.parametrize(
    "bad", [{"count": -1}, {"count": 0.5}, {"exposure": 0}, {"exposure": float("inf")}, {"per": 0}]
)
def test_a_rate_refuses(bad):
    with pytest.raises(ValueError, match="must be"):
        poisson_rate(**{"count": 1, "exposure": 10, **bad})


def test_benjamini_hochberg_paper():
    """The fifteen p-values of the paper's section 3.2: at 5 % the first four stand."""
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719]
    p += [0.6528, 0.7590, 1.0000]
    got = benjamini_hochberg(p_values=p)
    assert got.clear.tolist() == [True] * 4 + [False] * 11
    assert got.adjusted[3] == pytest.approx(0.0095 * 15 / 4)


def test_holm_stepwise():
    """By hand: .01·4, then never less than the one before: max(.04, .015·3) = .045, .03·2, .04·1 → .06."""
    got = holm(p_values=[0.03, 0.01, 0.04, 0.015])
    assert got.adjusted.tolist() == pytest.approx([0.06, 0.04, 0.06, 0.045])
    assert got.clear.tolist() == [False, True, False, True]
    assert holm(p_values=[0.01, 0.04, 0.03, 0.005]).adjusted.tolist() == pytest.approx(
        [0.03, 0.06, 0.06, 0.02]  # R: p.adjust(c(.01, .04, .03, .005), "holm")
    )
    assert holm(p_values=[]).adjusted.tolist() == []


@given(st.lists(st.floats(0, 1), max_size=40))
def test_holm_is_no_stricter_than_bonferroni_and_no_laxer_than_false_discovery(p):
    got = holm(p_values=p)
    assert (got.adjusted <= np.minimum(1, np.asarray(p) * len(p))).all()
    assert (got.adjusted >= benjamini_hochberg(p_values=p).adjusted * (1 - 1e-12)).all()


def test_holm_finds_nothing_in_nothing_at_the_stated_rate():
    """Of 4,000 families of six tests without any truth at most 5 % may hold a discovery (here ± 1 %)."""
    families = np.random.default_rng(7).random((4_000, 6))
    false = sum(bool(holm(p_values=family).clear.any()) for family in families)
    assert 0.04 <= false / 4_000 <= 0.06


@pytest.mark.parametrize("correct", [benjamini_hochberg, holm])
@given(p=st.lists(st.floats(0, 1), max_size=40), random=st.randoms())
def test_adjusted_values_keep_order_and_place(correct, p, random):
    got = correct(p_values=p)
    assert (got.adjusted >= np.asarray(p) * (1 - 1e-12)).all()
    assert (got.adjusted <= 1).all()
    shuffled = list(range(len(p)))
    random.shuffle(shuffled)
    again = correct(p_values=[p[place] for place in shuffled])
    assert again.adjusted.tolist() == [got.adjusted[place] for place in shuffled]


@pytest.mark.parametrize("correct", [benjamini_hochberg, holm])
@pytest.mark.parametrize("p", [[1.1], [-0.1], [float("nan")], [[0.5]]])
def test_p_values_must_be_p_values(correct, p):
    with pytest.raises(ValueError, match="must"):
        correct(p_values=p)


def test_importing_the_formulas_loads_neither_scipy_nor_django():
    code = (
        "import sys, polku.statistics; print([m for m in ('scipy', 'django', 'duckdb') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

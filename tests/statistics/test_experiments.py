"""Groups of the planned sizes, and looking as often as one likes."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.statistics import confidence_sequence, srm


@pytest.mark.parametrize(
    ("observed", "p_value", "alarm"),
    [
        ((4_800, 5_200), 6.33e-5, True),
        ((4_900, 5_100), 0.0455, False),
        ((821_588, 815_482), 1.82e-6, True),
    ],
)
def test_sample_ratio_mismatch(observed, p_value, alarm):
    found = srm(observed=observed, shares=(0.5, 0.5))
    assert found.p_value == pytest.approx(p_value, rel=5e-3)
    assert found.alarm is alarm


@given(st.lists(st.integers(0, 10_000), min_size=2, max_size=5).filter(any))
def test_shares_may_be_in_any_unit(observed):
    planned = list(range(1, len(observed) + 1))
    one = srm(observed=observed, shares=planned)
    other = srm(observed=observed, shares=[100 * share for share in planned])
    assert one.p_value == pytest.approx(other.p_value)
    assert 0 <= one.p_value <= 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"observed": [1], "shares": [1]}, "at least two groups"),
        ({"observed": [1, 2, 3], "shares": [1, 1]}, "as many"),
        ({"observed": [0, 0], "shares": [1, 1]}, "nobody was observed"),
        ({"observed": [1, 2], "shares": [1, 0]}, "shares must be positive"),
        ({"observed": [1, -2], "shares": [1, 1]}, "whole number of at least 0"),
    ],
)
def test_what_srm_refuses(arguments, message):
    with pytest.raises(ValueError, match=message):
        srm(**arguments)


def test_a_confidence_sequence_by_hand():
    """The formula, term by term, for n = N* = 1,000 and alpha = 0.05."""
    found = confidence_sequence(mean=0.1, variance=1, n=1_000, planned_n=1_000)
    rho = math.sqrt((-2 * math.log(0.05) + math.log(-2 * math.log(0.05) + 1)) / 1_000)
    inside = 1_000 * rho**2 + 1
    half = math.sqrt(2 * inside / (1_000**2 * rho**2) * math.log(math.sqrt(inside) / 0.05))
    assert found.high - found.value == pytest.approx(half)
    assert found.value - found.low == pytest.approx(half)
    # Wider than what may be looked at once, by half.
    assert 1.5 < half / (1.959964 / math.sqrt(1_000)) < 1.7


def looks(draws: int, seed: int) -> tuple[float, float]:
    """False alarms (shares) of the sequence and of a naive z over 79 looks at data in which nothing happens."""
    random = np.random.default_rng(seed)
    each, times = 50, 79
    values = random.standard_normal((draws, times, each))
    sums, squares = values.sum(axis=2).cumsum(axis=1), (values**2).sum(axis=2).cumsum(axis=1)
    n = each * np.arange(1, times + 1)
    means = sums / n
    variances = (squares - sums**2 / n) / (n - 1)
    halves = np.array(
        [confidence_sequence(mean=0, variance=1, n=int(size), planned_n=int(n[-1])).high for size in n]
    )
    sequence = (np.abs(means) > np.sqrt(variances) * halves).any(axis=1).mean()
    naive = (np.abs(means) > 1.959964 * np.sqrt(variances / n)).any(axis=1).mean()
    return float(sequence), float(naive)


def test_looking_79_times_gives_few_false_alarms():
    sequence, naive = looks(1_000, seed=1)
    assert sequence <= 0.05
    assert naive > 0.2


@pytest.mark.slow
def test_looking_79_times_in_full():
    sequence, naive = looks(10_000, seed=2)
    print(f"79 looks, nothing happening: sequence {sequence:.2%}, naive z {naive:.2%} false alarms")
    assert sequence <= 0.05
    assert 0.25 < naive < 0.45


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"n": 0}, "n must be a whole number of at least 1"),
        ({"variance": -1}, "variance must be"),
        ({"mean": math.inf}, "mean must be"),
        ({"alpha": 0.9}, "alpha must be below"),
        ({"planned_n": 0}, "planned_n must be"),
    ],
)
def test_what_a_sequence_refuses(changes, message):
    with pytest.raises(ValueError, match=message):
        confidence_sequence(**{"mean": 0, "variance": 1, "n": 10, "planned_n": 10, **changes})

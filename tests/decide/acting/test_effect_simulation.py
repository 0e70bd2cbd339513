"""How often an effect's interval holds the truth, and how often nothing is taken for something: with a control and
without, for shares and for numbers of people."""

from __future__ import annotations

import numpy as np
import pytest

from polku.decide.acting.effects import CLEAR, Level, effect_of, in_money
from polku.decide.acting.levels import level_of, people_a_week
from polku.statistics import wilson


def share(random: np.random.Generator, p: float, n: int) -> Level:
    return level_of(wilson(successes=int(random.binomial(n, p)), n=n))


def people(random: np.random.Generator, mean: float, spread: float) -> Level:
    """Four weeks of days whose means differ by weekday, and by chance `spread` times as much as independent comers'."""
    by_day = np.tile([1.2, 1.1, 1.0, 1.0, 0.9, 0.9, 0.9], 4) * mean
    shape = by_day / (spread - 1)
    return people_a_week(random.poisson(random.gamma(shape, by_day / shape)))


def shares_told(runs: int, effect: float, n: int, *, has_control: bool) -> tuple[float, float]:
    """(share of intervals that hold the effect, share of effects called clear); everybody drifts by +0.04."""
    random = np.random.default_rng(n + int(1000 * effect) + has_control)
    held = clear = 0
    for _run in range(runs):
        drift = 0.04 if has_control else 0.0
        control = (share(random, 0.6, n), share(random, 0.6 + drift, n)) if has_control else None
        told = effect_of(share(random, 0.5, n), share(random, 0.5 + drift + effect, n), control)
        held += told.low <= effect <= told.high
        clear += told.p is not None and told.p <= CLEAR
    return held / runs, clear / runs


def counts_told(runs: int, factor: float) -> tuple[float, float]:
    """The same of people a week, with a control whose number fell by a tenth for everybody."""
    random = np.random.default_rng(int(100 * factor))
    held = clear = 0
    for _run in range(runs):
        control = (people(random, 60, 2.0), people(random, 54, 2.0))
        told = effect_of(people(random, 40, 2.0), people(random, 36 * factor, 2.0), control, is_count=True)
        truth = 7 * 36 * (factor - 1)
        held += told.low <= truth <= told.high
        clear += told.p is not None and told.p <= CLEAR
    return held / runs, clear / runs


@pytest.mark.parametrize("has_control", [False, True])
@pytest.mark.parametrize("n", [40, 300])
def test_shares_in_small(n, has_control):
    held, clear = shares_told(400, 0.0, n, has_control=has_control)
    assert held >= 0.92
    assert clear <= 0.08
    held, clear = shares_told(400, 0.25, n, has_control=has_control)
    assert held >= 0.92
    assert clear > (0.9 if n == 300 else 0.25)


def test_numbers_of_people_in_small():
    assert counts_told(200, 1.0)[1] <= 0.1
    held, clear = counts_told(200, 1.4)
    assert held >= 0.9
    assert clear > 0.9


@pytest.mark.slow
@pytest.mark.parametrize("has_control", [False, True])
@pytest.mark.parametrize("n", [30, 100, 1000])
@pytest.mark.parametrize("effect", [0.0, 0.1])
def test_shares_whole(n, has_control, effect):
    held, clear = shares_told(4000, effect, n, has_control=has_control)
    assert 0.94 <= held <= 0.97
    if not effect:
        assert clear <= 0.06


@pytest.mark.slow
@pytest.mark.parametrize("factor", [1.0, 1.2])
def test_numbers_of_people_whole(factor):
    held, clear = counts_told(2000, factor)
    assert 0.93 <= held <= 0.98
    if factor == 1.0:
        assert clear <= 0.07


def test_money_goes_with_the_part_of_the_way_that_the_figure_went():
    before, after = Level(0.5, 0.49, 0.51, 0.005, 900), Level(0.6, 0.59, 0.61, 0.005, 900)
    told = effect_of(before, after, None)
    low, middle, high = in_money(told, loss=(8000, 10_000, 13_000), level=0.5, reference=0.7)
    assert low < middle < high
    assert middle == pytest.approx(5000, rel=0.03)
    worse = in_money(effect_of(after, before, None), loss=(8000, 10_000, 13_000), level=0.5, reference=0.7)
    assert worse[1] == pytest.approx(-5000, rel=0.03)
    fewer = in_money(effect_of(after, before, None), loss=(8000, 10_000, 13_000), level=0.6, reference=0.5)
    assert fewer[1] == pytest.approx(10_000, rel=0.03)
    assert in_money(told, loss=(8000, 10_000, 13_000), level=0.5, reference=0.5) is None

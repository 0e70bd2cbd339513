"""Do the intervals hold the truth as often as they say?

Wilson, NPS, Newcombe and Garwood are checked exactly, by summing the probability of every possible sample.
The others are simulated, with few repetitions here and many under the marker `slow`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from polku.statistics import (
    bootstrap_mean,
    bootstrap_total,
    kaplan_meier,
    nps,
    poisson_rate,
    smiley,
    two_proportions,
    wilson,
)

GRID = np.linspace(0.05, 0.95, 37)


@pytest.mark.parametrize("n", [10, 30, 100])
def test_wilson_covers(n):
    successes = np.arange(n + 1)
    intervals = [wilson(successes=int(k), n=n) for k in successes]
    low = np.array([interval.low for interval in intervals])
    high = np.array([interval.high for interval in intervals])
    covered = [stats.binom.pmf(successes, n, p)[(low <= p) & (p <= high)].sum() for p in GRID]
    assert 0.93 < np.mean(covered) < 0.97


@pytest.mark.parametrize("n", [10, 30, 100])
def test_nps_covers(n):
    samples = [(p, n - p - d, d) for p in range(n + 1) for d in range(n + 1 - p)]
    intervals = [nps(promoters=p, passives=passive, detractors=d) for p, passive, d in samples]
    low = np.array([interval.low for interval in intervals])
    high = np.array([interval.high for interval in intervals])
    covered = []
    for p in np.arange(0.1, 0.85, 0.1):
        for d in np.arange(0.1, 0.95 - p, 0.1):
            chance = stats.multinomial.pmf(samples, n, [p, max(0.0, 1 - p - d), d])
            truth = 100 * (p - d)
            covered.append(chance[(low - 1e-9 <= truth) & (truth <= high + 1e-9)].sum())
    assert 0.93 < np.mean(covered) < 0.97


@pytest.mark.parametrize("n", [10, 30])
def test_newcombe_covers(n):
    intervals = [[two_proportions(successes=(a, b), n=(n, n)) for b in range(n + 1)] for a in range(n + 1)]
    low = np.array([[interval.low for interval in row] for row in intervals])
    high = np.array([[interval.high for interval in row] for row in intervals])
    covered = []
    for p in GRID[::4]:
        for q in GRID[::4]:
            chance = np.outer(
                stats.binom.pmf(np.arange(n + 1), n, p), stats.binom.pmf(np.arange(n + 1), n, q)
            )
            covered.append(chance[(low <= q - p) & (q - p <= high)].sum())
    assert 0.93 < np.mean(covered) < 0.97


def test_garwood_covers_everywhere():
    counts = np.arange(0, 160)
    intervals = [poisson_rate(count=int(k), exposure=1, per=1) for k in counts]
    low = np.array([interval.low for interval in intervals])
    high = np.array([interval.high for interval in intervals])
    for mean in np.geomspace(0.01, 80, 400):
        chance = stats.poisson.pmf(counts, mean)
        assert chance[(low <= mean) & (mean <= high)].sum() >= 0.95


def skewed_answers(n: int, random: np.random.Generator) -> bool:
    """Answers on 1–5 that pile up at the top, as satisfaction does."""
    shares = [0.08, 0.05, 0.12, 0.3, 0.45]
    answers = random.multinomial(n, shares)
    got = bootstrap_mean(counts=dict(zip(range(1, 6), answers.tolist(), strict=True)))
    return got.low <= np.arange(1, 6) @ shares <= got.high


def sales(n: int, random: np.random.Generator) -> bool:
    """A third of the people buy, for lognormal sums."""
    buys = random.random(n) < 1 / 3
    values = random.lognormal(4, 0.6, size=int(buys.sum()))
    got = bootstrap_total(values=values, n=n)
    return got.low <= n / 3 * np.exp(4 + 0.18) <= got.high


def smiley_hours(n: int, random: np.random.Generator) -> bool:
    """`n` device-hours, each with a mood of its own and 1–15 presses."""
    blocks = []
    for _ in range(n):
        mood = random.dirichlet([0.5, 0.5, 1, 2])
        presses = random.multinomial(random.integers(1, 16), mood)
        blocks.append(dict(zip(range(1, 5), presses.tolist(), strict=True)))
    counts = {face: sum(block[face] for block in blocks) for face in range(1, 5)}
    got = smiley(counts=counts, blocks=blocks)
    truth = (0 * 0.5 + 100 / 3 * 0.5 + 200 / 3 * 1 + 100 * 2) / 4
    return got.low <= truth <= got.high


def waiting(n: int, random: np.random.Generator) -> bool:
    """Exponential waiting times, seen for a uniform while."""
    event, sight = random.exponential(10, n), random.uniform(0, 30, n)
    got = kaplan_meier(durations=np.minimum(event, sight), observed=event <= sight).survival(8)
    return got.low <= np.exp(-0.8) <= got.high


# Percentile and Greenwood intervals run a little narrow on small samples; that is known, and bounded here.
SIMULATIONS = [
    (skewed_answers, 30, 0.92),
    (skewed_answers, 300, 0.93),
    (sales, 120, 0.92),
    (sales, 600, 0.93),
    (smiley_hours, 30, 0.91),
    (smiley_hours, 150, 0.93),
    (waiting, 50, 0.92),
    (waiting, 300, 0.93),
]


def share_covered(simulate: Callable[[int, np.random.Generator], bool], n: int, times: int) -> float:
    random = np.random.default_rng(2026)
    return sum(simulate(n, random) for _ in range(times)) / times


@pytest.mark.parametrize(("simulate", "n", "least"), SIMULATIONS)
def test_simulated_coverage_in_short(simulate, n, least):
    # 200 repetitions: four standard errors of a share of .95 are .062.
    assert least - 0.062 < share_covered(simulate, n, 200)


@pytest.mark.slow
@pytest.mark.parametrize(("simulate", "n", "least"), SIMULATIONS)
def test_simulated_coverage(simulate, n, least):
    assert least < share_covered(simulate, n, 4_000) < 0.97

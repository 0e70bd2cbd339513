"""Watching a metric day by day: few false alarms in years without a change, and real ones soon."""

from __future__ import annotations

import math

import numpy as np
import pytest

from polku.statistics import confidence_sequence, watch

WEEKDAYS = np.array([1, 1, 1, 1.1, 1.2, 0.7, 0.6])
KINDS = {
    "score": {"each": 10, "level": 0.78},
    "many answers": {"each": 100, "level": 0.78},
    "rare": {"each": 30, "level": 0.02},
    "nearly all": {"each": 20, "level": 0.97},
    "points": {"each": 8, "level": None},
    "contacts": {"each": 300, "level": 0.03, "is_count": True},
    "days that scatter": {"each": 100, "level": 0.6, "scatter": 60},
    "crowds that scatter": {"each": 3000, "level": 0.6, "scatter": 300},
    "weekdays": {"each": 100, "level": 0.6, "weekdays": 0.1},
}


def days_of(random, count, *, each, level, scatter=0, weekdays=0.0, is_count=False, change=None):
    """(n, total, squares) of so many days; `change` is (day, level from then on)."""
    n = random.poisson(each * WEEKDAYS[np.arange(count) % 7])
    if level is None:
        kinds = random.multinomial(n, [0.5, 0.3, 0.2])
        return n, 100 * (kinds[:, 0] - kinds[:, 2]), 1e4 * (kinds[:, 0] + kinds[:, 2])
    levels = np.full(count, level)
    if change:
        levels[change[0] :] = change[1]
    if scatter:
        levels = random.beta(levels * scatter, (1 - levels) * scatter)
    levels = levels * (1 + weekdays * np.sin(np.arange(count) * 2 * np.pi / 7))
    if is_count:
        found = random.poisson(n * levels)
        return n, found, found + np.square(found) / np.maximum(n, 1)
    found = random.binomial(n, levels)
    return n, found, found


def years_with_alarms(kind: str, lives: int, seed: int, years: int = 3) -> float:
    """The share of years with a false alarm, watching anew after each."""
    random, with_alarm, count = np.random.default_rng(seed), 0, 365 * years
    for _life in range(lives):
        days = np.stack(days_of(random, count, **KINDS[kind]))
        begin, hit = 0, set()
        while (
            alarm := watch(
                n=days[0, begin:],
                total=days[1, begin:],
                squares=days[2, begin:],
                is_share=kind != "points",
            )
        ) is not None:
            begin += alarm.day + 1
            hit.add((begin - 1) // 365)
        with_alarm += len(hit)
    return with_alarm / (lives * years)


@pytest.mark.parametrize("kind", ["score", "rare", "days that scatter"])
def test_years_without_a_change_give_few_alarms(kind):
    assert years_with_alarms(kind, 40, seed=1) <= 0.05


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_years_without_a_change_in_full(kind):
    share = years_with_alarms(kind, 1_000, seed=2)
    print(f"{kind}: a false alarm in {share:.2%} of 3,000 years in which nothing changed")
    assert share <= 0.05


def delays(each: int, lives: int) -> list[float]:
    """Days until a fall from 78 % to 66 % was found."""
    random, found = np.random.default_rng(3), []
    for life in range(lives):
        at = 100 + life % 7
        n, total, squares = days_of(random, at + 84, each=each, level=0.78, change=(at, 0.66))
        alarm = watch(n=n, total=total, squares=squares, is_share=True, looks_from=at)
        found.append(alarm.day - at + 1 if alarm else math.inf)
    return found


def test_a_fall_is_found_soon():
    assert np.median(delays(30, 40)) <= 14
    assert np.median(delays(100, 20)) <= 7


@pytest.mark.slow
def test_how_soon_a_fall_is_found():
    for each in (5, 10, 30, 100):
        days = delays(each, 1_000)
        spread = np.quantile(days, [0.1, 0.5, 0.9], method="higher")
        print(f"78 → 66 % at {each} a day: found after {spread} days")
    assert np.median(days) <= 7


def test_looking_every_day_finds_what_looking_once_does():
    random = np.random.default_rng(5)
    n, total, squares = days_of(random, 160, each=40, level=0.7, change=(110, 0.5))
    whole = watch(n=n, total=total, squares=squares, is_share=True)
    daily = [
        watch(
            n=n[: day + 1], total=total[: day + 1], squares=squares[: day + 1], is_share=True, looks_from=day
        )
        for day in range(whole.day + 1)
    ]
    assert daily == [None] * whole.day + [whole]
    assert 110 <= whole.day < 125
    assert whole.before.value == total[max(0, whole.began - 84) : whole.began].sum() / whole.before.n
    assert whole.after.value == total[whole.began : whole.day + 1].sum() / whole.after.n
    assert whole.difference.value == pytest.approx(whole.after.value - whole.before.value)
    assert whole.difference.low < whole.difference.high < 0


def test_the_interval_is_that_of_the_sequence():
    n, total = np.full(100, 1_000), np.concatenate([np.full(70, 500), np.full(30, 600)])
    alarm = watch(n=n, total=total, squares=total, is_share=True)
    m, after = alarm.before.n, alarm.after.n
    gap = alarm.difference.value
    pooled = (m * 0.25 + after * alarm.after.value * (1 - alarm.after.value) + gap**2 / 2) / (m + after)
    harmonic, usual = 1 / (1 / m + 1 / after), 14_000
    by_hand = confidence_sequence(
        mean=gap, variance=pooled, n=round(harmonic), planned_n=round(1 / (1 / m + 1 / usual))
    )
    assert alarm.difference.low == pytest.approx(by_hand.low, rel=1e-3)
    assert alarm.difference.high == pytest.approx(by_hand.high, rel=1e-3)


def test_too_little_says_nothing():
    for n, satisfied in ((1, 1), (0, 0)):
        days = [n] * 90
        assert watch(n=days, total=[satisfied] * 45 + [0] * 45, squares=days) is None
    assert watch(n=[100] * 60, total=[0] * 60, squares=[0] * 60, is_share=True) is None
    assert watch(n=[], total=[], squares=[]) is None


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"n": [1, 2]}, "must be as many"),
        ({"n": [-1]}, "at least 0"),
        ({"total": [math.nan]}, "finite"),
        ({"alpha": 1.0}, "alpha must lie"),
        ({"looks_from": -1}, "looks_from must be"),
    ],
)
def test_what_it_refuses(changes, message):
    with pytest.raises(ValueError, match=message):
        watch(**{"n": [1], "total": [1], "squares": [1], **changes})

"""Weekly series: a change is found where it is, and seldom where there is none."""

from __future__ import annotations

import numpy as np

from polku.decide.losing.findings import find
from polku.decide.losing.observing import Observed
from polku.decide.losing.series import Series, spread_of, worsening
from polku.decide.losing.units import Units

WEEKS = 16


def series(levels: list[float], *, n: int = 200, seed: int = 0) -> Series:
    random = np.random.default_rng(seed)
    return Series(random.binomial(n, levels).astype(float), np.full(len(levels), float(n)))


def test_a_fall_is_found_in_its_week_with_the_weeks_before_as_reference():
    found = worsening(series([0.8] * 9 + [0.6] * 7), rate=1e-4, is_worse_up=False)
    assert (found.since, found.begin, found.until) == (9, 0, 9)
    assert found.p < 1e-6


def test_a_fall_in_steps_is_held_against_the_level_before_the_first():
    found = worsening(series([0.9] * 6 + [0.7] * 5 + [0.5] * 5), rate=1e-4, is_worse_up=False)
    assert (found.since, found.begin, found.until) == (11, 0, 6)


def test_what_came_back_or_got_better_is_no_pain():
    assert worsening(series([0.8] * 5 + [0.5] * 5 + [0.8] * 6), rate=1e-4, is_worse_up=False) is None
    assert worsening(series([0.5] * 8 + [0.8] * 8), rate=1e-4, is_worse_up=False) is None
    assert worsening(series([0.5] * 8 + [0.8] * 8), rate=1e-4, is_worse_up=True) is not None


def test_few_attempts_or_few_weeks_say_nothing():
    assert worsening(series([0.9, 0.1, 0.1]), rate=1e-4, is_worse_up=False) is None
    assert worsening(series([0.9] * 8 + [0.1] * 8, n=5), rate=1e-4, is_worse_up=False) is None


def test_weeks_that_vary_on_their_own_are_not_taken_for_chance():
    random = np.random.default_rng(1)
    steady = series([0.5] * WEEKS)
    restless = Series(
        random.binomial(200, random.normal(0.5, 0.1, WEEKS)).astype(float), np.full(WEEKS, 200.0)
    )
    assert spread_of(steady, [(0, WEEKS)]) < 2
    assert spread_of(restless, [(0, WEEKS)]) > 3


def observed(levels: dict[str, list[float]], *, seed: int, n: int = 60) -> Observed:
    """So many attempts a week in each browser; `levels` by browser and week."""
    random = np.random.default_rng(seed)
    names = tuple(levels)
    week = np.repeat(np.arange(WEEKS), n * len(names))
    code = np.tile(np.repeat(np.arange(len(names)), n), WEEKS)
    went = random.random(len(week)) < np.array([levels[name] for name in names])[code, week]
    hits = np.flatnonzero(went)
    return Observed(0, None, WEEKS, week, week[hits], hits, hits, [Units("browser", names, code)])


def test_the_unit_that_changed_is_the_pain_and_the_others_its_control():
    steady = [0.8] * WEEKS
    (found,) = find([observed({"A": [0.8] * 7 + [0.5] * 9, "B": steady, "C": steady}, seed=1)], period=4)
    assert (found.kind, found.unit, found.since, found.has_control) == (
        "before",
        {"property": "browser", "value": "A"},
        7,
        True,
    )


def test_a_change_of_all_units_is_everybodys():
    falls = [0.8] * 7 + [0.6] * 9
    (found,) = find([observed({"A": falls, "B": falls, "C": falls}, seed=2)], period=4)
    assert (found.kind, found.unit, found.since) == ("before", None, 7)


def test_a_unit_that_was_always_worse_is_held_against_the_others():
    (found,) = find(
        [observed({"A": [0.6] * WEEKS, "B": [0.8] * WEEKS, "C": [0.8] * WEEKS}, seed=3)], period=4
    )
    assert (found.kind, found.unit) == ("comparable", {"property": "browser", "value": "A"})


def test_visitors_who_were_never_there_before_are_no_change_of_the_others():
    """A campaign brings many who do not go on; within each source nothing changes."""
    random = np.random.default_rng(4)
    week = np.repeat(np.arange(WEEKS), 200)
    campaign = (week >= 10) & (random.random(len(week)) < 0.4)
    went = random.random(len(week)) < np.where(campaign, 0.1, 0.7)
    hits = np.flatnonzero(went)
    source = Units("traffic_channel", ("search", "campaign"), campaign.astype(np.int64))
    assert find([Observed(0, None, WEEKS, week, week[hits], hits, hits, [source])], period=4) == []


def test_where_nothing_changes_next_to_nothing_is_found():
    same = dict.fromkeys("ABCDE", [0.7] * WEEKS)
    found = [find([observed(same, seed=seed)], period=4) for seed in range(60)]
    assert sum(bool(each) for each in found) <= 3

"""A year of traffic respects every limit; who was asked is counted again by other means."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace

import pytest

from polku.surveys.moments.engine import Outcome, Settled, simulate
from tests.surveys.moments.year import (
    END,
    KEY,
    LIMITS,
    RULES,
    Year,
    broken_promises,
    refused_without_need,
    year,
)

SECONDS = 60


def run(world: Year, **changes) -> list[Settled]:
    options = {"limits": LIMITS, "key": KEY, "end": END + 40 * 86_400_000_000, "cancelled": world.cancelled}
    return list(simulate(world.occasions(), **options | changes))


@pytest.mark.thorough
def test_a_year_of_a_thousand_people_respects_every_limit():
    world = year(1_000)
    settled = run(world)
    assert not any(broken_promises(world, settled).values()), broken_promises(world, settled)
    assert refused_without_need(settled) == 0
    outcomes = Counter(one.outcome for one in settled)
    assert outcomes[Outcome.ASKED] > 500
    # Every kind of thing that can become of an occasion did.
    assert set(outcomes) >= set(Outcome) - {Outcome.TOO_LATE, Outcome.CLOSED, Outcome.WAITING}


@pytest.mark.thorough
def test_the_count_sees_each_promise_that_is_broken():
    """The checks above can fail: with the limits, the hours or the cancellations left out they do."""
    world = year(1_000)
    without_limits = broken_promises(world, run(world, limits={"": 0}))
    assert without_limits["too often at all"] > 100
    assert without_limits["nps too often"] > 10
    assert without_limits["csat too often"] > 10
    assert broken_promises(world, run(world, cancelled={}))["of a cancelled order"] > 0
    at_any_hour = [replace(one, at=one.occasion.at) for one in run(world) if one.outcome == Outcome.ASKED]
    assert broken_promises(world, at_any_hour)["in the middle of the night"] > 100
    assert broken_promises(world, at_any_hour)["not every occasion has one end"] > 100


@pytest.mark.thorough
def test_the_same_people_are_drawn_again_and_as_many_as_the_share_says():
    world = year(1_000)
    first, again = run(world), run(world)
    assert first == again
    for rule in RULES:
        mine = [one for one in first if one.rule is rule]
        drawn = sum(one.outcome != Outcome.NOT_DRAWN for one in mine) / len(mine)
        assert drawn == pytest.approx(rule.share, abs=0.03)
    assert run(world, key=b"another") != first


@pytest.mark.slow
def test_a_year_of_a_hundred_thousand_people_respects_every_limit_within_a_minute():
    world = year(100_000)
    begun = time.process_time()  # the engine waits for nothing; `make bench` has the clock's seconds
    settled = run(world)
    took = time.process_time() - begun
    assert not any(broken_promises(world, settled).values()), broken_promises(world, settled)
    assert refused_without_need(settled) == 0
    assert took < SECONDS, f"{took:.1f} s for {len(settled):,} occasions"

"""The lanes counted over arrays equal the lanes counted by plain loops, on small random worlds."""

from __future__ import annotations

from dataclasses import fields

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.journeys.live.numbers import MapNumbers, measure
from polku.journeys.live.signals import purchases_of, read_orders, read_signals
from polku.journeys.live.tallies import tally
from polku.journeys.live.walk import Period, Walk
from tests.examples import examples
from tests.journeys.live import brute_force
from tests.journeys.live.brute_force import World, small_world
from tests.journeys.live.tables import plan_of, rows_of

EXACT = 1e-9


def counted(world: World, start: int | None, end: int | None, as_of: int | None = None) -> MapNumbers:
    plan = plan_of(world)
    hits, bought = rows_of(world)
    orders = read_orders(bought, plan)
    period = Period(start, end, world.as_of if as_of is None else as_of)
    return measure(read_signals(hits, plan), orders, plan, period)


def check(world: World, start: int | None, end: int | None, as_of: int | None = None) -> None:
    expected = brute_force.measure(world, start, end, as_of=as_of)
    numbers = counted(world, start, end, as_of)
    assert numbers.points.keys() == expected.keys()
    ids = [point.id for point in world.points]
    for id, got in numbers.points.items():
        want = expected[id]
        assert got.reached == want["reached"]
        assert {ids[place]: n for place, n in got.next.touchpoints} == want["next"]
        assert got.next.nowhere == want["nowhere"]
        if want["continued"] is None:
            assert got.continued is None
        else:
            assert (got.continued.share.n, got.continued.open) == (
                want["continued"]["n"],
                want["continued"]["censored"],
            )
            assert got.continued.horizon == want["continued"]["horizon"]
            assert got.continued.share.value == pytest.approx(want["continued"]["value"], abs=EXACT)
            assert [got.continued.share.low, got.continued.share.high] == pytest.approx(
                want["continued"]["ci"], abs=EXACT
            )
        if want["promise"] is None:
            assert got.promise is None
        else:
            assert got.promise.broken_open == want["promise"]["broken_open"]
            same_figure(got.promise.kept, want["promise"]["kept"])
        assert {(s.metric, *s.scale): s.counts for s in got.say} == {
            q: s["counts"] for q, s in want["say"].items()
        }
        for score in got.say:
            said = want["say"][(score.metric, *score.scale)]
            assert score.mean == pytest.approx(said["mean"], abs=EXACT)
            same_figure(score.estimate, said)
        assert [s.n for s in got.say] == sorted((s.n for s in got.say), reverse=True)
        if want["feel"] is None:
            assert got.feel is None
        else:
            assert got.feel.source == want["feel"]["source"]
            same_figure(got.feel.estimate, {**want["feel"], "ci": None})
            assert -1 <= got.feel.estimate.low <= got.feel.estimate.value <= got.feel.estimate.high <= 1
        if want["contact"] is None:
            assert got.contact is None
        else:
            assert dict(got.contact.reasons) == want["contact"]["reasons"]
            same_figure(got.contact.rate, want["contact"])
        if want["buy"] is None:
            assert got.buy is None
        else:
            assert (got.buy.buyers, got.buy.orders) == (want["buy"]["n"], want["buy"]["orders"])
            assert got.buy.total.value == pytest.approx(want["buy"]["value"], abs=EXACT)


def same_figure(got, want) -> None:
    """`ci` None stands for a bootstrap, which has no closed form to compare with."""
    if want is None:
        assert got is None
        return
    assert got.n == want["n"]
    assert got.value == pytest.approx(want["value"], abs=EXACT)
    if want["ci"] is not None:
        assert [got.low, got.high] == pytest.approx(want["ci"], abs=1e-7)


@settings(max_examples=examples(60), deadline=None)
@given(seed=st.integers(0, 10**9), days=st.integers(1, 20), window=st.integers(1, 8), data=st.data())
def test_random_worlds(seed, days, window, data):
    world = small_world(seed, days=days)
    world.window_days = window
    times = sorted({signal["time"] for signal in world.all_signals})
    edges = st.none() | (st.sampled_from(times) if times else st.none())
    start, end = data.draw(edges), data.draw(edges)
    check(world, start, end)
    check(world, start, end, data.draw(st.sampled_from(times)) if times else 0)


@settings(max_examples=examples(30), deadline=None)
@given(seed=st.integers(0, 10**9), at_once=st.integers(1, 40))
def test_counting_few_people_at_a_time_counts_the_same(seed, at_once):
    world = small_world(seed, people=12)
    plan = plan_of(world)
    hits, bought = rows_of(world)
    purchases = purchases_of(read_orders(bought, plan))
    walk = Walk(read_signals(hits, plan), plan, Period(None, None, world.as_of))
    whole, parts = tally(walk, purchases), tally(walk, purchases, at_once=at_once)
    for field in fields(whole):
        one, other = getattr(whole, field.name), getattr(parts, field.name)
        if not isinstance(one, tuple):
            one, other = [one], [other]
        assert [part.tolist() for part in one] == [part.tolist() for part in other], field.name


def test_a_larger_world_where_bootstraps_are_shown():
    world = small_world(7, people=120, answers=16)
    check(world, None, None)
    numbers = counted(world, None, None)
    shown = [point for point in numbers.points.values() if point.feel and point.feel.estimate.interval]
    assert shown
    for point in shown:
        n, value = point.feel.estimate.n, point.feel.estimate.value
        spread = point.feel.estimate.standard_error
        low, high = point.feel.estimate.interval
        assert low == pytest.approx(value - 1.96 * spread, abs=0.35 * spread)
        assert high == pytest.approx(value + 1.96 * spread, abs=0.35 * spread)
        assert n >= 30
    again = counted(world, None, None)
    assert [p.buy for p in numbers.points.values()] == [p.buy for p in again.points.values()]
    assert [p.feel for p in numbers.points.values()] == [p.feel for p in again.points.values()]


def test_nothing_received_gives_an_empty_map():
    world = small_world(1, people=0)
    check(world, None, None)

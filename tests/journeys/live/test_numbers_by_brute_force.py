"""The lanes counted over arrays equal the lanes counted by plain loops, on small random worlds."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.journeys.live.lanes import Period
from polku.journeys.live.numbers import MapNumbers, measure
from polku.journeys.live.plan import DAY, Plan, Point
from polku.journeys.live.signals import read_orders, read_signals
from tests.journeys.live import brute_force
from tests.journeys.live.brute_force import CONTACT, World, small_world

EXACT = 1e-9


def plan_of(world: World) -> Plan:
    return Plan(
        points=tuple(
            Point(
                id=point.id,
                stage=point.stage,
                basis="signals" if point.by_visit else "answers_and_contacts",
                takes_contacts=any(kind == CONTACT for kind, _ in point.binds),
                backstage=point.backstage,
                bound=bool(point.binds),
            )
            for point in world.points
        ),
        window=world.window_days * DAY,
        timezone=world.timezone,
        cancelled_states=frozenset(world.cancelled),
    )


def tables_of(world: World) -> tuple[pa.Table, pa.Table]:
    """Hits and orders as the store gives them (see `eventstore.port`)."""
    people = sorted({thing["person"] for thing in (*world.signals, *world.orders)})
    orders = {order["id"]: number for number, order in enumerate(world.orders)}
    rows = [
        (point.id, signal["arrival"], people.index(signal["person"]), signal)
        for point in world.points
        for signal in world.all_signals
        if point.takes(signal)
    ]
    rows.sort(key=lambda row: (row[0], row[2], row[3]["time"], row[1]))
    time = pa.timestamp("us")
    hits = pa.table(
        {
            "touchpoint": pa.array([row[0] for row in rows], pa.int64()),
            "signal": pa.array([row[1] for row in rows], pa.int64()),
            "person": pa.array([row[2] for row in rows], pa.int64()),
            "time": pa.array([row[3]["time"] for row in rows], time),
            "kind": pa.array([row[3]["kind"] for row in rows], pa.uint8()),
            "name": pa.array([row[3]["name"] for row in rows], pa.string()),
            "score": pa.array([row[3]["score"] for row in rows], pa.float64()),
            "scale_low": pa.array([row[3]["low"] for row in rows], pa.float64()),
            "scale_high": pa.array([row[3]["high"] for row in rows], pa.float64()),
            "order": pa.array([orders.get(row[3]["order"]) for row in rows], pa.int64()),
        }
    )
    bought = pa.table(
        {
            "order": pa.array(range(len(world.orders)), pa.int64()),
            "id": pa.array([order["id"] for order in world.orders], pa.string()),
            "person": pa.array([people.index(order["person"]) for order in world.orders], pa.int64()),
            "time": pa.array([order["time"] for order in world.orders], time),
            "value": pa.array([order["value"] for order in world.orders], pa.float64()),
            "status": pa.array([order["status"] for order in world.orders], pa.string()),
            "promised": pa.array([order["promised"] for order in world.orders], pa.date32()),
            "delivered": pa.array([order["delivered"] for order in world.orders], pa.date32()),
        }
    )
    return hits, bought


def counted(world: World, start: int | None, end: int | None, as_of: int | None = None) -> MapNumbers:
    plan = plan_of(world)
    hits, bought = tables_of(world)
    orders = read_orders(bought, plan)
    period = Period(start, end, world.as_of if as_of is None else as_of)
    return measure(read_signals(hits, orders, plan), orders, plan, period)


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


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**9), days=st.integers(1, 20), window=st.integers(1, 8), data=st.data())
def test_random_worlds(seed, days, window, data):
    world = small_world(seed, days=days)
    world.window_days = window
    times = sorted({signal["time"] for signal in world.all_signals})
    edges = st.none() | (st.sampled_from(times) if times else st.none())
    start, end = data.draw(edges), data.draw(edges)
    check(world, start, end)
    check(world, start, end, data.draw(st.sampled_from(times)) if times else 0)


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

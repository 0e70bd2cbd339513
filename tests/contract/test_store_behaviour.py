"""Funnels, paths, variants and retention of a store against plain Python, over logs full of ties, equal rows and rows
that come late."""

from __future__ import annotations

import itertools
import uuid
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from polku.eventstore.behaviour import (
    ORDERS,
    Exclusion,
    FunnelQuestion,
    PathQuestion,
    RetentionQuestion,
)
from polku.eventstore.port import Condition, HitRule, Scope, SegmentRule, Selector, StoreError
from tests.contract import behaviour_reference as reference
from tests.contract.store_implementations import any_store
from tests.contract.store_reference import signal_table

__all__ = ["any_store"]
pytestmark = pytest.mark.contract

NAMES = "abcd"
RULES = [HitRule(1, Selector(names=("a", "b"))), HitRule(2, Selector(channel="web"))]
# The night of the spring's change of the clock in Helsinki, two hours before midnight UTC.
BEGIN = datetime(2026, 3, 28, 22)
MINUTE = 60_000_000
UNITS = ("person", "session", "order")
HELSINKI = "Europe/Helsinki"


def micros(moment: datetime) -> int:
    return int(moment.replace(tzinfo=UTC).timestamp()) * 1_000_000


def named(name: str):
    return lambda row: row["name"] == name


def hits(touchpoint: int):
    return lambda row: touchpoint in row["touchpoints"]


def is_event(row) -> bool:
    return row["kind"] == 1


@st.composite
def logs(draw):
    """Up to 90 signals by few people at few moments. A batch that comes second may have earlier times."""
    signal = st.tuples(
        st.sampled_from([1, 1, 1, 1, 3]),
        st.sampled_from(NAMES),
        st.integers(0, 12),
        st.integers(0, 9),
        st.sampled_from([None, "o1", "o2", "o3"]),
        st.sampled_from([None, None, "s1", "s2"]),
        st.sampled_from(["web", "shop"]),
        st.sampled_from([None, "https://x.fi", "https://x.fi/cart?id=1", "https://y.fi/cart#a"]),
    )
    steps = draw(st.sampled_from([7, 20, 600]))  # minutes: inside one session, with gaps, or over days
    names_sessions = draw(st.booleans())
    return [
        {
            "message_id": uuid.UUID(int=number + 1).hex,
            "kind": kind,
            "name": name,
            "time": BEGIN + timedelta(minutes=steps * moment),
            "person": f"p{person}",
            "order": f"{order}-{person}" if order else None,
            "session": session if names_sessions else None,
            "channel": channel,
            "url": url,
        }
        for number, (kind, name, moment, person, order, session, channel, url) in enumerate(
            draw(st.lists(signal, min_size=10, max_size=90))
        )
    ]


class Loaded:
    """A store's workspace of its own with a log, and the same rows for the reference."""

    def __init__(self, store, log) -> None:
        self.store, self.key = store, uuid.uuid4().hex
        store.create(self.key)
        half = len(log) // 2
        for part in (log[:half], log[half:]):
            store.load_signals(self.key, signal_table(part), rules=RULES)
        self.rows = [
            {
                **row,
                "time": micros(row["time"]),
                "arrival": number,
                "touchpoints": {1} & ({1} if row["name"] in "ab" else set())
                | ({2} if row["channel"] == "web" else set()),
            }
            for number, row in enumerate(log)
        ]


QUIET = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@QUIET
@given(log=logs())
def test_funnels(any_store, log):
    loaded = Loaded(any_store, log)
    store, key, rows = loaded.store, loaded.key, loaded.rows
    steps = (Selector(names=("a",)), Selector(names=("b", "c")), Selector(touchpoint=2))
    takes = (named("a"), lambda row: row["name"] in "bc", hits(2))
    exclusion = (Exclusion(Selector(names=("d",)), 1, 3), named("d"))
    for unit, order, window, excluding in itertools.product(
        UNITS, ORDERS, (None, 20 * MINUTE, 14 * MINUTE), (False, True)
    ):
        asked = FunnelQuestion(steps, order, window, unit, (exclusion[0],) if excluding else (), "channel")
        expected = reference.funnel(
            rows,
            takes,
            unit=unit,
            order=order,
            window=window,
            exclude=[(exclusion[1], 1, 3)] if excluding else [],
        )
        found = store.funnel(key, Scope(), asked)
        chains = [chain for chain, _first, _last in expected.values()]
        assert (found.whole.counts, found.whole.waits) == reference.funnel_counts(chains, 3)
        assert found.scanned == len(rows)
        by_channel = defaultdict(list)
        for chain, first, _last in expected.values():
            by_channel[first["channel"]].append(chain)
        assert {part.key: (part.counts, part.waits) for part in found.parts} == {
            channel: reference.funnel_counts(group, 3) for channel, group in by_channel.items()
        }
        assert found.others is None


@QUIET
@given(log=logs())
def test_who_is_in_a_funnel(any_store, log):
    loaded = Loaded(any_store, log)
    store, key, rows = loaded.store, loaded.key, loaded.rows
    steps = (Selector(names=("a",)), Selector(names=("b",)), Selector(names=("c",)))
    takes = [named(name) for name in "abc"]
    names = {row["person"]: row["ids"][0] for row in store.people(key, list(range(1, 40))).to_pylist()}
    for unit in UNITS:
        asked = FunnelQuestion(steps, "ordered", 60 * MINUTE, unit, (), "channel", "last")
        expected = reference.funnel(rows, takes, unit=unit, window=60 * MINUTE)
        for step, outcome, channel in itertools.product((1, 2, 3), ("reached", "dropped"), ("web", "shop")):
            if (step, outcome) == (1, "dropped"):
                with pytest.raises(StoreError):
                    store.funnel_units(key, Scope(), asked, step=step, outcome=outcome, key=channel)
                continue
            found = store.funnel_units(key, Scope(), asked, step=step, outcome=outcome, key=channel)
            inside = [
                (-chain[-1], first["person"])
                for chain, first, last in expected.values()
                if last["channel"] == channel
                and (len(chain) >= step if outcome == "reached" else len(chain) == step - 1)
            ]
            who = [names[person] for person in found.person.tolist()]
            assert sorted(zip((-found.time).tolist(), who, strict=True)) == sorted(inside)
            assert found.time.tolist() == sorted(found.time.tolist(), reverse=True)
            assert found.total == len(inside)


@QUIET
@given(log=logs())
def test_paths_and_variants(any_store, log):
    loaded = Loaded(any_store, log)
    store, key, rows = loaded.store, loaded.key, loaded.rows
    bounds = [(None, None), ("a", None), (None, "b"), ("a", "b")]
    for unit, node, (start, end), collapse in itertools.product(
        UNITS, ("event", "page", "touchpoint"), bounds, (False, True)
    ):
        asked = PathQuestion(
            node=node,
            unit=unit,
            touchpoints=(2, 1),
            start=Selector(names=(start,)) if start else None,
            end=Selector(names=(end,)) if end else None,
            collapse_repeats=collapse,
            top=5,
            depth=3,
            branches=2,
        )
        walks = reference.walks(
            rows,
            node=node,
            unit=unit,
            touchpoints=(2, 1),
            start=named(start) if start else None,
            end=named(end) if end else None,
            collapse=collapse,
        )
        found = store.paths(key, Scope(), asked)
        moves = reference.transitions(walks)
        largest = sorted(moves, key=lambda pair: (-moves[pair][0], pair))[:5]
        assert [(each.source, each.target) for each in found.transitions] == largest
        assert [(each.count, each.median) for each in found.transitions] == [moves[pair] for pair in largest]
        assert (found.total, found.distinct) == (sum(count for count, _ in moves.values()), len(moves))
        assert found.units == len(walks)
        for counted, expected in (
            (found.starts, Counter(path[0][0] for path in walks)),
            (found.ends, Counter(path[-1][0] for path in walks)),
            (found.loops, reference.loops(walks)),
        ):
            assert [(each.name, each.count) for each in counted] == sorted(
                expected.items(), key=lambda item: (-item[1], item[0])
            )[:5]
        assert {
            (each.level, each.source, each.target): each.count for each in found.flows
        } == reference.flows(walks, 3, 2, backwards=end is not None and start is None)

        variants = store.variants(key, Scope(), asked)
        ways = defaultdict(list)
        for path in walks:
            ways[tuple(name for name, _time in path)].append(path[-1][1] - path[0][1])
        ordered = sorted(ways, key=lambda way: (-len(ways[way]), len(way), way))[:5]
        assert [(each.path, each.count) for each in variants.variants] == [
            (way, len(ways[way])) for way in ordered
        ]
        middle = [reference.quartiles(ways[way])[1] for way in ordered]
        assert [each.median for each in variants.variants] == middle
        everything = [wait for waits in ways.values() for wait in waits]
        assert (variants.distinct, variants.units) == (len(ways), len(walks))
        assert variants.median == (reference.quartiles(everything)[1] if everything else None)
    events = [row for row in rows if is_event(row)]
    ties = store.paths(key, Scope(), PathQuestion()).ties
    assert ties == pytest.approx(reference.share_of_ties(events, "person"), abs=1e-12)


@QUIET
@given(log=logs())
def test_retention(any_store, log):
    loaded = Loaded(any_store, log)
    for unit, period, (start, back) in itertools.product(
        UNITS, ("day", "week", "month"), [(None, None), ("a", None), (None, "b"), ("a", "b")]
    ):
        asked = RetentionQuestion(
            period,
            4,
            Selector(names=(start,)) if start else None,
            Selector(names=(back,)) if back else None,
            unit,
        )
        found = loaded.store.retention(loaded.key, Scope(timezone=HELSINKI), asked)
        expected = reference.retention(
            loaded.rows,
            period=period,
            periods=4,
            start=named(start) if start else is_event,
            back=named(back) if back else is_event,
            unit=unit,
            zone=HELSINKI,
        )
        assert [(cohort.start, list(cohort.returned)) for cohort in found.cohorts] == sorted(expected.items())


@QUIET
@given(log=logs())
def test_in_a_scope(any_store, log):
    """A range, a filter of signals and a segment of people, together and by themselves."""
    loaded = Loaded(any_store, log)
    start, end = BEGIN + timedelta(minutes=14), BEGIN + timedelta(minutes=600 * 5)
    segment = SegmentRule(did=(Selector(names=("d",)),), did_not=(Selector(url="*y.fi*"),))
    web = (Condition("channel", "eq", "web"),)

    def is_in_segment(person: str) -> bool:
        theirs = [row for row in loaded.rows if row["person"] == person and row["time"] < micros(end)]
        return any(row["name"] == "d" for row in theirs) and not any(
            "y.fi" in (row["url"] or "") for row in theirs
        )

    for scope, takes in (
        (Scope(start=start, end=end), lambda row: micros(start) <= row["time"] < micros(end)),
        (Scope(where=web), lambda row: row["channel"] == "web"),
        (
            Scope(end=end, where=web, segment=segment),
            lambda row: (
                row["time"] < micros(end) and row["channel"] == "web" and is_in_segment(row["person"])
            ),
        ),
    ):
        rows = [row for row in loaded.rows if takes(row)]
        steps = (Selector(names=("a",)), Selector(url="*cart*"))
        chains = reference.funnel(rows, (named("a"), lambda row: "cart" in (row["url"] or "")))
        found = loaded.store.funnel(loaded.key, scope, FunnelQuestion(steps))
        expected = reference.funnel_counts([chain for chain, _first, _last in chains.values()], 2)
        assert (found.whole.counts, found.whole.waits) == expected
        ways = Counter(tuple(name for name, _time in path) for path in reference.walks(rows))
        variants = loaded.store.variants(loaded.key, scope, PathQuestion(top=100)).variants
        assert {each.path: each.count for each in variants} == ways

"""The figures of a whole stage or a whole journey: counted as if all its touchpoints were one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from polku.accounts.models import Workspace
from polku.analytics.parsing import parse_scope
from polku.eventstore.port import StoreState
from polku.eventstore.registry import store as open_store
from polku.journeys.live.numbers import MapNumbers, PointNumbers, measure
from polku.journeys.live.plan import Plan, Point
from polku.journeys.live.reading import live_numbers, period_of, read_walk_and_orders
from polku.journeys.live.remembering import Remembered
from polku.journeys.live.signals import Signals
from polku.journeys.live.structure import Structure

WHOLE = 0
"""The number of the one place of a whole journey; stages are numbered from 1 in their order."""

_numbers: Remembered[dict[int, PointNumbers]] = Remembered(32)


def numbers_of_places(
    workspace: Workspace, structure: Structure, range: dict[str, str], state: StoreState
) -> dict[int, PointNumbers]:
    """The figures of the journey (`WHOLE`) and of each stage in a range. A person is one however many touchpoints they
    reached, a signal counts once, and answers are put together only where metric and scale are the same."""
    scope = parse_scope(workspace, {"range": range}, warnings=[])
    store, key, plan = open_store(), workspace.key.hex, structure.plan

    def count() -> dict[int, PointNumbers]:
        period = period_of(scope, state)
        walk, orders = read_walk_and_orders(store, key, plan, scope, period)
        stages = [point.stage for point in plan.points]
        found: dict[int, PointNumbers] = {}
        for places in (stages, [WHOLE] * len(stages)):
            gathered, signals = gather(plan, walk.signals, places, is_whole=places is not stages)
            made: MapNumbers = measure(signals, orders, gathered, period)
            found |= made.points
        return found

    return _numbers.get((key, state.version, plan, repr(scope)), count)


def numbers_of_touchpoints(
    workspace: Workspace, structure: Structure, range: dict[str, str], state: StoreState
) -> dict[int, PointNumbers]:
    """The map's own figures in a range."""
    scope = parse_scope(workspace, {"range": range}, warnings=[])
    return live_numbers(open_store(), workspace.key.hex, structure.plan, state, scope, None).points


def gather(plan: Plan, signals: Signals, places: Sequence[int], *, is_whole: bool) -> tuple[Plan, Signals]:
    """The plan with one point for each of `places` (by point of `plan`), and the signals as that sees them.

    What happens behind the scenes is left out; of a signal at several touchpoints of one place one row stays.
    """
    numbers = sorted(set(places))
    points = tuple(_point(plan, places, number, is_whole=is_whole) for number in numbers)
    on_stage = np.array([not point.backstage for point in plan.points], dtype=bool)
    to_place = np.searchsorted(numbers, places).astype(np.int16)
    number_of_signal = np.cumsum(~signals.is_again)
    rows = np.flatnonzero(on_stage[signals.place]) if len(signals) else np.empty(0, dtype=np.int64)
    signal, place = number_of_signal[rows], to_place[signals.place[rows]]
    # By signal, then place: points stand in the order of stages, but the store may give rows in another.
    order = np.lexsort((place, signal))
    rows, signal, place = rows[order], signal[order], place[order]
    is_new = np.ones(len(rows), dtype=bool)
    is_new[1:] = (np.diff(signal) != 0) | (np.diff(place) != 0)
    rows, signal, place = rows[is_new], signal[is_new], place[is_new]
    again = np.zeros(len(rows), dtype=bool)
    again[1:] = np.diff(signal) == 0
    return replace(plan, points=points), replace(signals.take(rows), place=place, is_again=again)


def _point(plan: Plan, places: Sequence[int], number: int, *, is_whole: bool) -> Point:
    inside = [
        point
        for point, place in zip(plan.points, places, strict=True)
        if place == number and not point.backstage
    ]
    return Point(
        id=WHOLE if is_whole else number + 1,
        stage=number,
        basis="signals"
        if any(point.bound and point.basis == "signals" for point in inside)
        else "answers_and_contacts",
        takes_contacts=any(point.takes_contacts for point in inside),
        takes_answers=any(point.takes_answers for point in inside),
        backstage=not inside,
        bound=any(point.bound for point in inside),
        delivers=any(point.delivers for point in inside),
    )

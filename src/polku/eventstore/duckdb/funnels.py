"""How far units get through steps, and who got where."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from polku.eventstore.behaviour import Funnel, FunnelCounts, FunnelQuestion, Outcome, StepUnits
from polku.eventstore.behaviour_paths import share_of_ties
from polku.eventstore.duckdb.batches import Integers
from polku.eventstore.duckdb.sequences import Walks, integers, scanned, texts, walks
from polku.eventstore.duckdb.session import Session
from polku.eventstore.duckdb.terms import Terms
from polku.eventstore.kernels import FunnelUnits, funnel_units
from polku.eventstore.port import Scope, SequenceRows, SignalKind, StoreError

MOST_PARTS = 50


def funnel(session: Session, scope: Scope, asked: FunnelQuestion) -> Funnel:
    rows, units = _units(session, scope, asked)
    whole = _counts(None, len(asked.steps), units, slice(None))
    parts: tuple[FunnelCounts, ...] = ()
    others = None
    if asked.breakdown is not None:
        parts, others = _parts(asked, units, _keys(asked, rows, units))
    return Funnel(whole, parts, others, scanned(session, scope), share_of_ties(rows.unit, rows.time))


def funnel_units_of_step(
    session: Session, scope: Scope, asked: FunnelQuestion, *, step: int, outcome: Outcome, key: str | None
) -> StepUnits:
    """Who reached step `step` or, dropped, the one before it and no further."""
    if not 1 <= step <= len(asked.steps) or (step == 1 and outcome == "dropped"):
        raise StoreError(f"There is no step {step} to have {outcome}.")
    rows, units = _units(session, scope, asked)
    there = units.furthest >= step if outcome == "reached" else units.furthest == step - 1
    if asked.breakdown is not None:
        there &= _keys(asked, rows, units) == key
    chosen = np.flatnonzero(there)
    person = (
        integers(rows.columns["person"])[units.first[chosen]]
        if asked.unit != "person"
        else units.unit[chosen]
    )
    time = units.times[chosen, units.furthest[chosen] - 1]
    parting = units.times[chosen, max(step - 2, 0)]
    newest = np.lexsort((person, -time))
    return StepUnits(person[newest], time[newest], parting[newest], chosen.size, scanned(session, scope))


def _units(session: Session, scope: Scope, asked: FunnelQuestion) -> tuple[Walks, FunnelUnits]:
    if not asked.steps:
        raise StoreError("A funnel needs a step.")
    is_strict = asked.order == "strict"

    def columns(terms: Terms) -> Mapping[str, str]:
        wished = {}
        if asked.breakdown is not None:
            wished["key"] = terms.property(asked.breakdown).text()
        if asked.unit != "person":
            wished["person"] = "s.person"
        if is_strict and asked.exclude:
            wished["is_event"] = f"s.kind = {int(SignalKind.EVENT)}"
        return wished

    selectors = [*asked.steps, *(each.selector for each in asked.exclude)]
    rows = walks(session, scope, selectors, unit=asked.unit, others=is_strict, columns=columns)
    quiet = ~rows.columns["is_event"].to_numpy() if is_strict and asked.exclude else None
    try:
        units = funnel_units(
            SequenceRows(rows.unit, rows.time, rows.mask),
            steps=len(asked.steps),
            window=asked.window,
            order=asked.order,
            exclude=[(each.after, each.before) for each in asked.exclude],
            quiet=quiet,
        )
    except ValueError as error:
        raise StoreError(str(error)) from error
    return rows, units


def _keys(asked: FunnelQuestion, rows: Walks, units: FunnelUnits) -> np.ndarray:
    """For each unit the breakdown's value of its first or last step-1 signal."""
    marks = units.first if asked.attribution == "first" else units.last
    return texts(rows.columns["key"].take(pa.array(marks)))


def _parts(
    asked: FunnelQuestion, units: FunnelUnits, keys: np.ndarray
) -> tuple[tuple[FunnelCounts, ...], FunnelCounts | None]:
    """One funnel for each value, the largest first, and one of the values beyond the 50 largest."""
    places: dict[str | None, int] = {}
    group = np.array([places.setdefault(key, len(places)) for key in keys.tolist()], dtype=np.int64)
    sizes = np.bincount(group, minlength=len(places)).tolist()
    ordered = sorted(places, key=lambda key: (-sizes[places[key]], key is None, str(key)))
    order = np.argsort(group, kind="stable")
    members = dict(zip(places, np.split(order, np.cumsum(sizes)[:-1]), strict=True)) if places else {}
    parts = tuple(_counts(key, len(asked.steps), units, members[key]) for key in ordered[:MOST_PARTS])
    rest = [members[key] for key in ordered[MOST_PARTS:]]
    return parts, _counts(None, len(asked.steps), units, np.concatenate(rest)) if rest else None


def _counts(key: str | None, steps: int, units: FunnelUnits, taken: slice | Integers) -> FunnelCounts:
    furthest, times = units.furthest[taken], units.times[taken]
    counts: list[int] = []
    waits: list[tuple[float, float, float] | None] = []
    for step in range(steps):
        reached = np.flatnonzero(furthest > step)
        counts.append(reached.size)
        quartiles = None
        if step and reached.size:
            low, middle, high = np.quantile(
                times[reached, step] - times[reached, step - 1], (0.25, 0.5, 0.75)
            )
            quartiles = (float(low), float(middle), float(high))
        waits.append(quartiles)
    return FunnelCounts(key, tuple(counts), tuple(waits))

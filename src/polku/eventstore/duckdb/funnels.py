"""How far units get through steps, and who got where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from polku.eventstore.behaviour import Funnel, FunnelCounts, FunnelQuestion, Outcome, StepUnits
from polku.eventstore.duckdb.column_walks import find, is_event
from polku.eventstore.duckdb.question import Question
from polku.eventstore.duckdb.sequences import integers, scanned, texts, walks
from polku.eventstore.duckdb.session import Session
from polku.eventstore.duckdb.terms import Terms
from polku.eventstore.kernels import FunnelUnits, funnel_units
from polku.eventstore.port import Scope, SequenceRows, SignalKind, StoreError

MOST_PARTS = 50


@dataclass(frozen=True)
class _Rows:
    """What a funnel is counted from, in order. `quiet` rows never count as between two steps of a strict one."""

    unit: NDArray[Any]
    time: NDArray[np.int64]
    mask: NDArray[Any]
    arrival: NDArray[Any]
    person: NDArray[Any]
    quiet: NDArray[np.bool_] | None
    scanned: int


def funnel(question: Question, scope: Scope, asked: FunnelQuestion) -> Funnel:
    rows, units = _count(question, scope, asked)
    whole = _counts(None, len(asked.steps), units, slice(None))
    parts: tuple[FunnelCounts, ...] = ()
    others = None
    if asked.breakdown is not None:
        parts, others = _parts(asked, units, _keys(question.session, scope, asked, rows, units))
    return Funnel(whole, parts, others, rows.scanned, units.ties / max(1, units.looked_at))


def funnel_units_of_step(
    question: Question, scope: Scope, asked: FunnelQuestion, *, step: int, outcome: Outcome, key: str | None
) -> StepUnits:
    """Who reached step `step` or, dropped, the one before it and no further."""
    if not 1 <= step <= len(asked.steps) or (step == 1 and outcome == "dropped"):
        raise StoreError(_("Nobody can have left the funnel at step %d.") % step)
    rows, units = _count(question, scope, asked)
    there = units.furthest >= step if outcome == "reached" else units.furthest == step - 1
    if asked.breakdown is not None:
        there &= _keys(question.session, scope, asked, rows, units) == key
    chosen = np.flatnonzero(there)
    person = rows.person[units.first[chosen]].astype(np.int64)
    time = units.times[chosen, units.furthest[chosen] - 1]
    newest = np.lexsort((person, -time))
    parting = units.times[chosen, max(0, step - 2)]
    return StepUnits(person[newest], time[newest], parting[newest], chosen.size, rows.scanned)


def _count(question: Question, scope: Scope, asked: FunnelQuestion) -> tuple[_Rows, FunnelUnits]:
    if not asked.steps:
        raise StoreError(_("A funnel needs at least one step."))
    rows = _read(question, scope, asked)
    try:
        units = funnel_units(
            SequenceRows(rows.unit, rows.time, rows.mask),
            steps=len(asked.steps),
            window=asked.window,
            order=asked.order,
            exclude=[(each.after, each.before) for each in asked.exclude],
            quiet=rows.quiet,
            pause=question.pause,
            threads=question.threads,
        )
    except ValueError as error:
        raise StoreError(_("The steps, window and exclusions of this funnel do not fit together.")) from error
    return rows, units


def _read(question: Question, scope: Scope, asked: FunnelQuestion) -> _Rows:
    selectors = [*asked.steps, *(each.selector for each in asked.exclude)]
    is_strict = asked.order == "strict"
    columns = question.columns_of(asked.unit)
    if columns is not None:
        found = find(
            question.session,
            columns,
            scope,
            selectors,
            unit=asked.unit,
            others=is_event if is_strict else None,
        )
        quiet = None
        if is_strict and asked.exclude:
            quiet = np.array([not is_event(label) for label in found.labels], dtype=bool)[found.label]
        return _Rows(found.unit, found.time, found.mask, found.arrival, found.person, quiet, found.scanned)

    def wished(_terms: Terms) -> Mapping[str, str]:
        return {"person": "s.person", "is_quiet": f"s.kind <> {int(SignalKind.EVENT)}"}

    rows = walks(question.session, scope, selectors, unit=asked.unit, others=is_strict, columns=wished)
    return _Rows(
        rows.unit,
        rows.time,
        rows.mask,
        rows.arrival,
        integers(rows.columns["person"]),
        rows.columns["is_quiet"].to_numpy() if is_strict and asked.exclude else None,
        scanned(question.session, scope),
    )


def _keys(
    session: Session, scope: Scope, asked: FunnelQuestion, rows: _Rows, units: FunnelUnits
) -> NDArray[np.object_]:
    """For each unit the breakdown's value of its first or last step-1 signal."""
    arrival = rows.arrival[units.first if asked.attribution == "first" else units.last]
    session.offer("marks", pa.table({"place": np.arange(arrival.size), "arrival": arrival}))
    terms = Terms(session.db, scope.timezone)
    key = terms.property(asked.breakdown or "").text()
    found = session.table(
        f"SELECT m.place, {key} AS key FROM {terms.source()} JOIN marks AS m ON m.arrival = s.arrival",
        terms.parameters,
    )
    session.withdraw("marks")
    keys = np.empty(arrival.size, dtype=object)
    keys[integers(found["place"])] = texts(found["key"])
    return keys


def _parts(
    asked: FunnelQuestion, units: FunnelUnits, keys: NDArray[np.object_]
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


def _counts(
    key: str | None, steps: int, units: FunnelUnits, taken: slice | NDArray[np.int64]
) -> FunnelCounts:
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

"""Signals of people in order, out of the columns in memory: the quick way to what `sequences` fetches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polku.eventstore.chunks import Flags, changes
from polku.eventstore.duckdb import conditions
from polku.eventstore.duckdb.batches import Integers
from polku.eventstore.duckdb.conditions import all_of
from polku.eventstore.duckdb.sequences import SESSION_GAP, hit_bits, mask_of
from polku.eventstore.duckdb.session import Session
from polku.eventstore.duckdb.terms import Terms
from polku.eventstore.port import Scope, Selector, SignalKind, Unit
from polku.eventstore.signal_columns import Label, SignalColumns, SignalRows


@dataclass(frozen=True)
class Found:
    """Signals in order of unit, time and arrival. Bit k of `mask` is set where selector k takes one."""

    unit: NDArray[Any]
    person: NDArray[Any]
    time: Integers
    arrival: NDArray[Any]
    label: NDArray[Any]
    mask: NDArray[Any]
    labels: tuple[Label, ...]
    scanned: int


def find(
    session: Session,
    columns: SignalColumns,
    scope: Scope,
    selectors: Sequence[Selector],
    *,
    unit: Unit = "person",
    others: Callable[[Label], bool] | None = None,
) -> Found:
    """Signals in scope that a selector takes, and those whose label is among the `others` (mask 0).

    Without `others` there may be rows of mask 0 that mean nothing: leaving them out here would copy all the rest. Units
    are people or, where no signal names its session, sessions.
    """
    rows = columns.rows
    in_range = _in_range(rows.time, scope)
    mask = _masks(session, columns, scope, selectors)
    scanned = rows.time.size if in_range is None else int(np.count_nonzero(in_range))
    units = rows.person if unit == "person" else _sessions(rows, in_range)
    in_scope = in_range
    if scope.where or scope.segment is not None:
        filtered = _filtered(session, columns, scope)
        in_scope = filtered if in_range is None else filtered & in_range
    if others is None:
        if in_scope is not None:
            mask = np.where(in_scope, mask, mask.dtype.type(0))
        return Found(units, rows.person, rows.time, rows.arrival, rows.label, mask, columns.labels, scanned)
    wanted = np.array([others(label) for label in columns.labels] or [False], dtype=bool)[rows.label]
    wanted = wanted | (mask != 0)
    if in_scope is not None:
        wanted &= in_scope
    if wanted.all():
        return Found(units, rows.person, rows.time, rows.arrival, rows.label, mask, columns.labels, scanned)
    kept = np.flatnonzero(wanted)
    return Found(
        units[kept],
        rows.person[kept],
        rows.time[kept],
        rows.arrival[kept],
        rows.label[kept],
        mask[kept],
        columns.labels,
        scanned,
    )


def _sessions(rows: SignalRows, in_range: Flags | None) -> Integers:
    """The number of each row's session: a person's signals in the range until a gap, whatever the question picks."""
    person, time = rows.person, rows.time
    if in_range is not None:
        person, time = person[in_range], time[in_range]
    begins = changes(person)
    begins[1:] |= time[1:] - time[:-1] > SESSION_GAP
    numbers = np.cumsum(begins, dtype=np.int64)
    if in_range is None:
        return numbers
    found = np.zeros(in_range.size, dtype=np.int64)
    found[in_range] = numbers
    return np.maximum.accumulate(found)


def is_event(label: Label) -> bool:
    return label[0] == SignalKind.EVENT


def _in_range(time: Integers, scope: Scope) -> Flags | None:
    """None where the scope has no bounds."""
    if scope.start is None and scope.end is None:
        return None
    inside = np.ones(time.size, dtype=bool)
    if scope.start is not None:
        inside &= time >= _micros(scope.start)
    if scope.end is not None:
        inside &= time < _micros(scope.end)
    return inside


def _micros(moment: datetime) -> int:
    """Microseconds since 1970 of a naive UTC moment, or of one that knows its zone."""
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    since = aware - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def _masks(
    session: Session, columns: SignalColumns, scope: Scope, selectors: Sequence[Selector]
) -> NDArray[Any]:
    """Selectors that say nothing but kinds and names are told by the labels, the others by SQL."""
    width = np.uint8 if len(selectors) <= 8 else np.uint32 if len(selectors) <= 32 else np.int64
    by_label = np.zeros(max(1, len(columns.labels)), dtype=width)
    rest: dict[int, Selector] = {}
    for number, selector in enumerate(selectors):
        if replace(selector, kinds=(), names=()) != Selector():
            rest[number] = selector
            continue
        for place, (kind, name) in enumerate(columns.labels):
            if (not selector.kinds or kind in selector.kinds) and (
                not selector.names or name in selector.names
            ):
                by_label[place] |= width(1 << number)
    mask = by_label[columns.rows.label]
    if rest:
        terms = Terms(session.db, scope.timezone)
        bits = mask_of(terms, rest)
        where = all_of([conditions.time_range(terms, scope), "mask <> 0"])
        arrival, found = session.integers(
            f"SELECT s.arrival, {bits} AS mask FROM {terms.source()}{hit_bits(terms, rest)} WHERE {where}",
            terms.parameters,
        )
        rows = columns.rows_of(arrival)
        mask[rows] = mask[rows] | found.astype(width)
    return mask


def _filtered(session: Session, columns: SignalColumns, scope: Scope) -> Flags:
    terms = Terms(session.db, scope.timezone)
    where = conditions.scoped(terms, scope)
    (arrivals,) = session.integers(f"SELECT s.arrival FROM {terms.source()} WHERE {where}", terms.parameters)
    flags = np.zeros(columns.rows.time.size, dtype=bool)
    flags[columns.rows_of(arrivals)] = True
    return flags

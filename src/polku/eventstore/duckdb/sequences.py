"""Signals of units in order, as arrays: what funnels, paths and variants are counted from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from django.utils.translation import gettext as _

from polku.eventstore.duckdb import conditions
from polku.eventstore.duckdb.batches import Integers, codes
from polku.eventstore.duckdb.conditions import all_of
from polku.eventstore.duckdb.session import Session
from polku.eventstore.duckdb.terms import Terms
from polku.eventstore.port import Scope, Selector, SequenceRows, SignalKind, StoreError, Unit
from polku.eventstore.whole_numbers import by_number

SESSION_GAP = 30 * 60 * 1_000_000  # microseconds without a signal after which a session has ended
_MOST_SELECTORS = 62
_AT_ONCE = 500_000
_UNITS = ("person", "session", "order")

Columns = Callable[[Terms], Mapping[str, str]]


@dataclass(frozen=True)
class Walks:
    """Signals in order: unit, then time, then arrival. `columns` holds what else was asked for, row by row."""

    unit: Integers
    time: Integers
    arrival: Integers
    mask: Integers
    columns: pa.Table


def sequences(
    session: Session,
    scope: Scope,
    selectors: Sequence[Selector],
    *,
    unit: Unit,
    others: bool,
    breakdown: str | None = None,
) -> SequenceRows:
    """Signals taken by any selector (with `others`, all events too, mask 0) of units, in order."""

    def columns(terms: Terms) -> Mapping[str, str]:
        return {} if breakdown is None else {"key": terms.property(breakdown).text()}

    found = walks(session, scope, selectors, unit=unit, others=others, columns=columns)
    return SequenceRows(
        unit=found.unit,
        time=found.time,
        mask=found.mask,
        key=texts(found.columns["key"]) if breakdown is not None else np.empty(0, dtype=object),
        scanned=scanned(session, scope),
    )


def walks(
    session: Session,
    scope: Scope,
    selectors: Sequence[Selector],
    *,
    unit: Unit,
    others: bool | str = False,
    columns: Columns | None = None,
    joins: str = "",
) -> Walks:
    """Signals taken by any selector, in order, with `columns` (SQL by name) beside them.

    With `others` all events come too, mask 0; a text is the SQL condition of those that come. `joins` is put behind the
    signals' own.
    """
    if len(selectors) > _MOST_SELECTORS:
        raise StoreError(_("At most %d steps can be asked at once.") % _MOST_SELECTORS)
    if unit not in _UNITS:
        raise StoreError(_("“%s” is not a unit.") % unit)
    table = _fetch(session, scope, selectors, unit, others, columns or (lambda terms: {}), joins)
    units, times, arrivals = (integers(table[name]) for name in ("unit", "time", "arrival"))
    order = in_order(units, times, arrivals)
    if unit == "session":
        wanted = table["wanted"].to_numpy()
        units = _sessions(units[order], times[order], table["session"].take(pa.array(order)))[wanted[order]]
        order = order[wanted[order]]
        again = in_order(units, times[order], np.arange(len(order)))
        units, order = units[again], order[again]
    else:
        units = units[order]
    table = table.drop_columns([name for name in _OWN if name in table.column_names] + ["unit", "time"])
    return Walks(
        unit=units,
        time=times[order],
        arrival=arrivals[order],
        mask=integers(table["mask"])[order],
        columns=table.drop_columns("mask").take(pa.array(order)),
    )


_OWN = ("arrival", "session", "wanted")


def in_order(unit: Integers, time: Integers, arrival: Integers) -> Integers:
    """The permutation that sorts by unit, then time, then arrival.

    Rows mostly come in time, or from a compacted file by unit: what is out of order inside a unit is sorted in the end.
    It is looked for a part at a time, for the columns in that order would be as large as all that was read.
    """
    order = by_number(unit)
    unsorted = [np.empty(0, dtype=unit.dtype)]
    starts = range(0, len(order), _AT_ONCE)
    for start in starts:
        part = order[start : start + _AT_ONCE + 1]
        of, at, came = unit[part], time[part], arrival[part]
        falls = (at[1:] < at[:-1]) | ((at[1:] == at[:-1]) & (came[1:] < came[:-1]))
        unsorted.append(of[1:][falls & (of[1:] == of[:-1])])
    units = np.unique(np.concatenate(unsorted))
    if len(units):
        found = [np.flatnonzero(np.isin(unit[order[at : at + _AT_ONCE]], units)) + at for at in starts]
        rows = np.concatenate(found)
        order[rows] = _sorted(order[rows], unit, time, arrival)
    return order


def _sorted(rows: Integers, unit: Integers, time: Integers, arrival: Integers) -> Integers:
    """The rows by unit, time and arrival."""
    for column in (arrival, time):
        now = column[rows]
        if np.any(now[1:] < now[:-1]):
            rows = rows[np.argsort(now, kind="stable")]
    return rows[by_number(unit[rows])]


def _fetch(
    session: Session,
    scope: Scope,
    selectors: Sequence[Selector],
    unit: Unit,
    others: bool | str,
    wished: Columns,
    joins: str,
) -> pa.Table:
    """The rows as they are stored; for sessions all the people's rows, `wanted` or not."""
    terms, numbered = Terms(session.db, scope.timezone), dict(enumerate(selectors))
    columns = ["epoch_us(s.time) AS time", "s.arrival", f"{mask_of(terms, numbered)} AS mask"]
    columns.append(f"{'s.order_key' if unit == 'order' else 's.person'} AS unit")
    columns += [f"{sql} AS {name}" for name, sql in wished(terms).items()]
    where = [conditions.time_range(terms, scope)]
    filters = conditions.filters(terms, scope)
    if others:
        taken = others if isinstance(others, str) else f"s.kind = {int(SignalKind.EVENT)}"
        wanted = f"mask <> 0 OR ({taken})"
    else:
        wanted = "mask <> 0"
    if unit == "session":
        # Where a session ends is decided by all signals of the person, whatever the question picks.
        columns += ["s.session", f"({filters}) AND ({wanted}) AS wanted"]
    else:
        where += [filters, wanted]
    if unit == "order":
        where.append("s.order_key IS NOT NULL")
    return session.table(
        f"SELECT {', '.join(columns)} FROM {terms.source()}{hit_bits(terms, numbered)}{joins} "
        f"WHERE {all_of(where)}",
        terms.parameters,
    )


def mask_of(terms: Terms, selectors: Mapping[int, Selector]) -> str:
    """Bit k is set where selector k takes the signal; `t.bits` of `hit_bits` says which touchpoints it hit."""
    bits = []
    for position, selector in selectors.items():
        taken = [conditions.selector(terms, replace(selector, touchpoint=None))]
        if selector.touchpoint is not None:
            taken.append(f"coalesce(t.bits, 0) & {1 << position} <> 0")
        bits.append(f"CASE WHEN {all_of(taken)} THEN CAST({1 << position} AS BIGINT) ELSE 0 END")
    return " | ".join(bits) if bits else "CAST(0 AS BIGINT)"


def hit_bits(terms: Terms, selectors: Mapping[int, Selector]) -> str:
    """One join that serves all touchpoint selectors together."""
    touchpoints: dict[int, int] = {}
    for position, selector in selectors.items():
        if selector.touchpoint is not None:
            touchpoints[selector.touchpoint] = touchpoints.get(selector.touchpoint, 0) | 1 << position
    if not touchpoints:
        return ""
    numbers = {touchpoint: terms.parameter(touchpoint) for touchpoint in touchpoints}
    cases = " ".join(f"WHEN {numbers[each]} THEN {bits}" for each, bits in touchpoints.items())
    return (
        f" LEFT JOIN (SELECT h.signal, bit_or(CAST(CASE h.touchpoint {cases} END AS BIGINT)) AS bits "
        f"FROM {terms.db}.hit AS h WHERE h.touchpoint IN ({', '.join(numbers.values())}) "
        f"GROUP BY h.signal) AS t ON t.signal = s.arrival"
    )


def _sessions(person: Integers, time: Integers, explicit: pa.ChunkedArray) -> Integers:
    """Number the sessions of rows sorted by person and time.

    A session that the signal names is that one of the person's; the rest of a person's signals form one until
    a gap of more than 30 minutes.
    """
    named, names = codes(explicit)
    if not len(person):
        return person
    result = np.empty(len(person), dtype=np.int64)
    loose = np.flatnonzero(named < 0)
    breaks = np.ones(len(loose), dtype=bool)
    breaks[1:] = (np.diff(person[loose]) != 0) | (np.diff(time[loose]) > SESSION_GAP)
    result[loose] = np.cumsum(breaks)
    tied = np.flatnonzero(named >= 0)
    if len(tied):
        pairs = person[tied] * len(names) + named[tied]
        result[tied] = np.unique(pairs, return_inverse=True)[1] + len(loose) + 1
    return result


def scanned(session: Session, scope: Scope) -> int:
    """How many signals lie in the scope's range."""
    terms = Terms(session.db)
    where = conditions.time_range(terms, scope)
    return int(session.row(f"SELECT count(*) FROM {terms.source()} WHERE {where}", terms.parameters)[0])


def integers(column: pa.ChunkedArray) -> Integers:
    return column.to_numpy()


def texts(column: pa.ChunkedArray) -> np.ndarray:
    """An object array in which equal texts are one object."""
    rows, values = codes(column)
    return np.array([*values.to_pylist(), None], dtype=object)[rows]

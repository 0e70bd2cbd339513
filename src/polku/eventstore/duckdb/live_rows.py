"""The rows of a live map: read one table after another, joined as arrays (`eventstore.hit_rows`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from polku.eventstore.duckdb import conditions
from polku.eventstore.duckdb.conditions import all_of
from polku.eventstore.duckdb.session import Session
from polku.eventstore.duckdb.terms import Terms
from polku.eventstore.hit_rows import Joining, LooseSignals
from polku.eventstore.live import Change, LiveRows
from polku.eventstore.port import Scope, SignalKind

_AT_ONCE = 100_000
"""Rows: so few stay in the processor's memory until they have been worked on."""

_VOICES = f"s.kind IN ({int(SignalKind.SCORE)}, {int(SignalKind.CONTACT)}, {int(SignalKind.COMMENT)})"
_OF_ORDER = 'o.order_key AS "order", o.person, o.time, o.value, o.status, o.promised, o.delivered'


@dataclass(frozen=True)
class Read:
    """What was read in one session, joined but not yet in order."""

    joining: Joining
    orders: pa.Table
    bought: NDArray[np.int64] | None
    change: Change | None
    scanned: int

    def rows(self, version: int, mark: str | None) -> LiveRows:
        """Put in order; needs no session. To be called once."""
        hits = self.joining.joined()
        return LiveRows(version, hits, self.orders, self.bought, self.change, self.scanned, mark)


def read(session: Session, scope: Scope, touchpoints: Sequence[int], change: Change | None) -> Read:
    """Everything, or with `change` what it tells of."""
    places = pa.array(np.arange(len(touchpoints), dtype=np.int16))
    offered = {
        "wanted_touchpoint": pa.table({"touchpoint": pa.array(touchpoints, pa.int64()), "place": places})
    }
    if change is not None:
        offered["renewed_person"] = pa.table({"person": change.people})
        offered["renewed_order"] = pa.table({"order_key": change.orders})
    for name, table in offered.items():
        session.offer(name, table)
    orders, bought = _orders(session, scope, change)
    signals = _signals(session, scope, change)
    (most,) = session.row(f"SELECT count(*) FROM {session.db}.hit")
    joining = Joining(signals, touchpoints=len(touchpoints), most_hits=most)
    scanned = orders.num_rows
    for part in _hits(session, signals.arrival, change):
        joining.hits(*(column.to_numpy(zero_copy_only=False) for column in part.columns))
        scanned += part.num_rows
    voices = "s.arrival, s.kind, s.name, s.score, s.scale_low, s.scale_high"
    for part in _some(session, scope, change, voices, _VOICES):
        joining.voices(part)
    for part in _some(session, scope, change, "s.arrival, s.order_key", "s.order_key IS NOT NULL"):
        joining.orders(part)
    for name in offered:
        session.withdraw(name)
    return Read(joining, orders, bought, change, scanned)


def _signals(session: Session, scope: Scope, change: Change | None) -> LooseSignals:
    arrivals, people, most = session.row(
        f"SELECT next_arrival, next_person, (SELECT count(*) FROM {session.db}.signal) FROM {session.db}.meta"
    )
    # Half as wide where the numbers are small enough: a map of ten million rows is mostly these.
    number, width = ("INTEGER", np.int32) if max(arrivals, people) < 2**31 else ("BIGINT", np.int64)
    columns = (
        f"CAST(s.arrival AS {number}) AS arrival, CAST(s.person AS {number}) AS person, "
        "epoch_us(s.time) AS time, s.kind"
    )
    # What is not written to takes no memory, so it does no harm to expect too many.
    arrays = [np.empty(most, dtype=each) for each in (width, width, np.int64, np.int8)]
    done = 0
    for part in _some(session, scope, change, columns, "true"):
        for array, values in zip(arrays, part.columns, strict=True):
            array[done : done + part.num_rows] = values.to_numpy(zero_copy_only=False)
        done += part.num_rows
    return LooseSignals(*(array[:done] for array in arrays))


def _some(
    session: Session, scope: Scope, change: Change | None, columns: str, which: str
) -> Iterator[pa.RecordBatch]:
    """Columns of the signals of the scope for which `which` holds: all, or those that `change` tells of."""
    if change is None:
        yield from _select(session, scope, columns, which)
        return
    if len(change.people):
        # Two questions, for each is answered from few parts of the file; one with OR would read all of it.
        is_renewed = "s.person IN (SELECT person FROM renewed_person)"
        older = all_of([f"s.arrival < {change.first_arrival}", is_renewed, which])
        yield from _select(session, scope, columns, older)
    yield from _select(session, scope, columns, all_of([f"s.arrival >= {change.first_arrival}", which]))


def _select(session: Session, scope: Scope, columns: str, which: str) -> Iterator[pa.RecordBatch]:
    terms = Terms(session.db, scope.timezone)
    where = all_of([which, conditions.scoped(terms, scope)])
    sql = f"SELECT {columns} FROM {terms.source()} WHERE {where}"
    return session.batches(sql, terms.parameters, rows=_AT_ONCE)


def _hits(session: Session, arrivals: NDArray[np.integer], change: Change | None) -> Iterator[pa.RecordBatch]:
    """(signal, place) of the hits of the signals of these arrivals, and of others."""
    of = (
        f"SELECT h.signal, w.place FROM {session.db}.hit AS h "
        "JOIN wanted_touchpoint AS w ON w.touchpoint = h.touchpoint"
    )
    # What came before the range is left out part by part of the file, for arrivals go with time.
    first = int(arrivals.min()) if len(arrivals) else 0
    if change is not None:
        first = change.first_arrival
        if len(change.people):
            session.offer("renewed_signal", pa.table({"arrival": arrivals}))
            older = f"h.signal < {first} AND h.signal IN (SELECT arrival FROM renewed_signal)"
            yield from session.batches(f"{of} WHERE {older}", rows=_AT_ONCE)
            session.withdraw("renewed_signal")
    yield from session.batches(f"{of} WHERE h.signal >= {first}", rows=_AT_ONCE)


def _orders(
    session: Session, scope: Scope, change: Change | None
) -> tuple[pa.Table, NDArray[np.int64] | None]:
    """Orders, and the numbers of those that the scope's conditions take."""
    which = "true"
    if change is not None:
        which = (
            f"(o.order_key >= {change.first_order} OR o.order_key IN (SELECT order_key FROM renewed_order) "
            "OR o.person IN (SELECT person FROM renewed_person))"
        )
    orders = session.table(f"SELECT {_OF_ORDER} FROM {session.db}.orders AS o WHERE {which}")
    if not scope.where:
        return orders, None
    terms = Terms(session.db, scope.timezone)
    terms.uses_order = True
    where = all_of([f"s.kind = {int(SignalKind.ORDER)}", which, conditions.scoped(terms, scope)])
    (bought,) = session.table(
        f"SELECT o.order_key FROM {terms.source()} WHERE {where} ORDER BY o.order_key", terms.parameters
    ).columns
    return orders, bought.to_numpy()

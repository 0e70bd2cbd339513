"""The rows of a live map: columns read one table at a time, joined as arrays (`eventstore.hit_rows`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from polku.eventstore import hit_rows
from polku.eventstore.duckdb import conditions
from polku.eventstore.duckdb.conditions import all_of
from polku.eventstore.duckdb.session import Session
from polku.eventstore.duckdb.terms import Terms
from polku.eventstore.live import Change, LiveRows
from polku.eventstore.port import Scope, SignalKind

_VOICES = f"s.kind IN ({int(SignalKind.SCORE)}, {int(SignalKind.CONTACT)}, {int(SignalKind.COMMENT)})"
_OF_ORDER = 'o.order_key AS "order", o.person, o.time, o.value, o.status, o.promised, o.delivered'


@dataclass(frozen=True)
class Read:
    """What was read in one session, not yet joined."""

    signals: hit_rows.LooseSignals
    hits: pa.Table
    voices: pa.Table
    carried: pa.Table
    orders: pa.Table
    bought: NDArray[np.int64] | None
    change: Change | None
    touchpoints: int

    def assemble(self, version: int) -> LiveRows:
        """Join and sort; needs no session."""
        rows = hit_rows.assemble(self.signals, self.hits, self.voices, self.carried, self.touchpoints)
        scanned = self.hits.num_rows + self.orders.num_rows
        return LiveRows(version, rows, self.orders, self.bought, self.change, scanned)


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
    signals = _signals(session, scope, change)
    orders, bought = _orders(session, scope, change)
    voices = "s.arrival, s.kind, s.name, s.score, s.scale_low, s.scale_high"
    made = Read(
        signals=signals,
        hits=_hits(session, signals.arrival, change),
        voices=_some(session, scope, change, voices, _VOICES),
        carried=_some(session, scope, change, "s.arrival, s.order_key", "s.order_key IS NOT NULL"),
        orders=orders,
        bought=bought,
        change=change,
        touchpoints=len(touchpoints),
    )
    for name in offered:
        session.withdraw(name)
    return made


def _signals(session: Session, scope: Scope, change: Change | None) -> hit_rows.LooseSignals:
    arrivals, people = session.row(f"SELECT next_arrival, next_person FROM {session.db}.meta")
    # Half as wide where the numbers are small enough: a map of ten million rows is mostly these.
    narrow = "INTEGER" if max(arrivals, people) < 2**31 else "BIGINT"
    columns = f"CAST(s.arrival AS {narrow}) AS arrival, CAST(s.person AS {narrow}) AS person, s.time, s.kind"
    table = _some(session, scope, change, columns, "true")
    arrays = []
    while table.num_columns:  # one at a time, so that never more than one is in memory twice
        arrays.append(table.column(0).to_numpy())
        table = table.remove_column(0)
    arrival, person, time, kind = arrays
    return hit_rows.LooseSignals(arrival, person, time.view(np.int64), kind)


def _some(session: Session, scope: Scope, change: Change | None, columns: str, which: str) -> pa.Table:
    """Columns of the signals of the scope for which `which` holds: all, or those that `change` tells of."""
    if change is None:
        return _select(session, scope, columns, which)
    new = _select(session, scope, columns, all_of([f"s.arrival >= {change.first_arrival}", which]))
    if not len(change.people):
        return new
    # Two questions, for each is answered from few parts of the file; one with OR would read all of it.
    is_renewed = "s.person IN (SELECT person FROM renewed_person)"
    old = _select(session, scope, columns, all_of([f"s.arrival < {change.first_arrival}", is_renewed, which]))
    return pa.concat_tables([old, new])


def _select(session: Session, scope: Scope, columns: str, which: str) -> pa.Table:
    terms = Terms(session.db, scope.timezone)
    where = all_of([which, conditions.scoped(terms, scope)])
    return session.table(f"SELECT {columns} FROM {terms.source()} WHERE {where}", terms.parameters)


def _hits(session: Session, arrivals: NDArray[np.integer], change: Change | None) -> pa.Table:
    """Hits of the signals of these arrivals, and of others."""
    of = (
        f"SELECT w.place, h.signal FROM {session.db}.hit AS h "
        "JOIN wanted_touchpoint AS w ON w.touchpoint = h.touchpoint"
    )
    if change is None:
        # What came before the range is left out part by part of the file, for arrivals go with time.
        return session.table(f"{of} WHERE h.signal >= {int(arrivals.min()) if len(arrivals) else 0}")
    new = session.table(f"{of} WHERE h.signal >= {change.first_arrival}")
    if not len(change.people):
        return new
    session.offer("renewed_signal", pa.table({"arrival": arrivals}))
    old = session.table(
        f"{of} WHERE h.signal < {change.first_arrival} AND h.signal IN (SELECT arrival FROM renewed_signal)"
    )
    session.withdraw("renewed_signal")
    return pa.concat_tables([old, new])


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

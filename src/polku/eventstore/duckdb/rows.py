"""Questions answered with rows: hits, orders, comments."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from polku.eventstore.duckdb import conditions
from polku.eventstore.duckdb.conditions import all_of
from polku.eventstore.duckdb.session import Session
from polku.eventstore.duckdb.terms import ON_TIME, Terms
from polku.eventstore.port import Scope, SignalKind


def hits(session: Session, scope: Scope, touchpoints: Sequence[int]) -> pa.Table:
    terms = Terms(session.db, scope.timezone)
    where = all_of(
        [
            f"h.touchpoint IN (SELECT unnest(CAST({terms.parameter(list(touchpoints))} AS BIGINT[])))",
            conditions.scoped(terms, scope),
        ]
    )
    return session.table(
        f"""SELECT h.touchpoint, h.signal, s.person, s.time, s.kind, s.name, s.score, s.scale_low,
            s.scale_high, s.order_key AS "order"
        FROM {terms.source()} JOIN {session.db}.hit AS h ON h.signal = s.arrival
        WHERE {where} ORDER BY h.touchpoint, s.person, s.time, s.arrival""",
        terms.parameters,
    )


def orders(session: Session, scope: Scope) -> pa.Table:
    columns = f"""o.order_key AS "order", o.id, o.person, o.time, o.value, o.status, o.promised, o.delivered,
        {ON_TIME} AS on_time"""
    order_by = "ORDER BY o.time NULLS FIRST, o.order_key"
    if scope == Scope(timezone=scope.timezone):
        # An order without a time has no signal to find it by, yet its days may be known.
        return session.table(f"SELECT {columns} FROM {session.db}.orders AS o {order_by}", {})
    terms = Terms(session.db, scope.timezone)
    terms.uses_order = True
    where = all_of([f"s.kind = {int(SignalKind.ORDER)}", conditions.scoped(terms, scope)])
    return session.table(f"SELECT {columns} FROM {terms.source()} WHERE {where} {order_by}", terms.parameters)


def comments(session: Session, scope: Scope, touchpoint: int, *, limit: int, search: str) -> pa.Table:
    terms = Terms(session.db, scope.timezone)
    parts = [
        f"s.arrival IN (SELECT h.signal FROM {session.db}.hit AS h "
        f"WHERE h.touchpoint = {terms.parameter(touchpoint)})",
        "s.text <> ''",
        conditions.scoped(terms, scope),
    ]
    if search:
        parts.append(f"contains(lower(s.text), lower({terms.parameter(search)}))")
    return session.table(
        f"""SELECT s.time, s.text, s.kind, s.name, s.score, s.scale_low, s.scale_high, s.channel, s.person
        FROM {terms.source()} WHERE {all_of(parts)}
        ORDER BY s.time DESC, s.arrival DESC LIMIT {terms.parameter(limit)}""",
        terms.parameters,
    )

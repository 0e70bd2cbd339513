"""What arrived after a number, and what was said of a time, with whom it is of: see `eventstore.arrivals`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import pyarrow as pa
from django.utils.translation import gettext as _

from polku.eventstore.arrivals import ARRIVED, MOST_LOOKED_AT, MOST_SELECTORS, SignalsAfter
from polku.eventstore.duckdb import conditions
from polku.eventstore.duckdb.conditions import all_of
from polku.eventstore.duckdb.id_kinds import kind
from polku.eventstore.duckdb.session import Session
from polku.eventstore.duckdb.terms import Terms
from polku.eventstore.port import Scope, Selector, StoreError


def newest_arrival(session: Session) -> int:
    (following,) = session.row(f"SELECT next_arrival FROM {session.db}.meta")
    return int(following) - 1


def signals_after(session: Session, *, after: int, selectors: Sequence[Selector], limit: int) -> SignalsAfter:
    newest = newest_arrival(session)
    until = min(newest, max(after, 0) + MOST_LOOKED_AT)
    if until <= after or not selectors:
        return SignalsAfter(ARRIVED.empty_table(), max(after, until))
    which = f"{{arrival}} > {int(after)} AND {{arrival}} <= {until}"
    rows = _taken(session, selectors, which, Scope(), order="arrival", limit=limit)
    if rows.num_rows == limit:
        until = int(rows["arrival"][-1].as_py()) if limit else after
    return SignalsAfter(rows, until)


def signals_between(
    session: Session,
    *,
    start: datetime | None,
    end: datetime | None,
    selectors: Sequence[Selector],
    limit: int,
) -> pa.Table:
    if not selectors:
        return ARRIVED.empty_table()
    scope = Scope(start=start, end=end)
    return _taken(session, selectors, None, scope, order="time, arrival", limit=limit)


def _taken(
    session: Session,
    selectors: Sequence[Selector],
    which: str | None,
    scope: Scope,
    *,
    order: str,
    limit: int,
) -> pa.Table:
    """Rows of ARRIVED; `which` restricts the number `{arrival}` of signals, and of hits before these are looked up."""
    if len(selectors) > MOST_SELECTORS:
        raise StoreError(_("At most %s kinds of signals can be told apart in one question.") % MOST_SELECTORS)
    terms = Terms(session.db)
    inside = "true" if which is None else which.format(arrival="s.arrival")
    bits = []
    for place, selector in enumerate(selectors):
        taken = conditions.selector(terms, replace(selector, touchpoint=None))
        if selector.touchpoint is not None:
            some = "true" if which is None else which.format(arrival="h.signal")
            number = terms.parameter(selector.touchpoint)
            hit = f"SELECT h.signal FROM {session.db}.hit AS h WHERE h.touchpoint = {number} AND {some}"
            taken = all_of([taken, f"s.arrival IN ({hit})"])
        bits.append(f"CASE WHEN {taken} THEN {2**place} ELSE 0 END")
    inside = all_of([inside, conditions.time_range(terms, scope)])
    limited = terms.parameter(limit)
    session.run(
        f"""CREATE OR REPLACE TEMP TABLE taken AS SELECT * FROM (
            SELECT s.arrival, CAST({" + ".join(bits)} AS BIGINT) AS selectors, s.time, s.kind, s.name, s.person,
                s.order_key, s.channel
            FROM {terms.source()} WHERE {inside}
        ) WHERE selectors <> 0 ORDER BY {order} LIMIT {limited}""",
        terms.parameters,
    )
    rows = session.table(
        f"""
        WITH named AS (
            SELECT i.person, list(i.alias ORDER BY i.identity) AS ids, list({kind()} ORDER BY i.identity) AS kinds
            FROM {session.db}.identity AS i WHERE i.person IN (SELECT person FROM temp.main.taken)
            GROUP BY i.person
        ), told AS (
            SELECT p.person, p.traits FROM {session.db}.person AS p
            WHERE p.person IN (SELECT person FROM temp.main.taken)
        ), bought AS (
            SELECT o.order_key, o.id FROM {session.db}.orders AS o
            WHERE o.order_key IN (SELECT order_key FROM temp.main.taken)
        )
        SELECT t.arrival, t.selectors, t.time, t.kind, t.name, t.person, bought.id AS "order", t.channel,
            coalesce(named.ids, CAST([] AS VARCHAR[])) AS ids,
            coalesce(named.kinds, CAST([] AS VARCHAR[])) AS kinds, told.traits
        FROM temp.main.taken AS t LEFT JOIN named ON named.person = t.person
        LEFT JOIN told ON told.person = t.person LEFT JOIN bought ON bought.order_key = t.order_key
        ORDER BY {order}"""
    )
    session.run("DROP TABLE temp.main.taken")
    return rows.cast(ARRIVED)

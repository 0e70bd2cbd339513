"""A trend split by a property: the values with most, and the rest together."""

from __future__ import annotations

from datetime import datetime

import pyarrow as pa
from django.utils.translation import gettext as _

from polku.eventstore.duckdb import aggregates, conditions, sequences
from polku.eventstore.duckdb.conditions import all_of
from polku.eventstore.duckdb.session import Session
from polku.eventstore.duckdb.terms import Terms
from polku.eventstore.port import Interval, Measure, Scope, Selector, StoreError, TrendPart


def trend_parts(
    session: Session,
    scope: Scope,
    selector: Selector,
    interval: Interval,
    measure: Measure,
    breakdown: str,
    most: int,
) -> list[TrendPart]:
    """See the port. A session counts at each value that it has in the period."""
    if measure not in aggregates.MEASURES:
        raise StoreError(_("“%s” is not a measure.") % measure)
    counted, terms = aggregates.MEASURES[measure], Terms(session.db, scope.timezone)
    if measure == "sessions":
        rows = sequences.sequences(
            session, scope, [selector], unit="session", others=False, breakdown=breakdown
        )
        keys = pa.array(rows.key.tolist(), type=pa.string())
        session.offer("sessions", pa.table({"unit": rows.unit, "time": rows.time, "key": keys}))
        picked = "SELECT unit, make_timestamp(time) AS time, NULL AS value, key FROM sessions"
    else:
        where = all_of([conditions.scoped(terms, scope), conditions.selector(terms, selector)])
        key = terms.property(breakdown).text()
        picked = f"SELECT s.person AS unit, s.time, s.value, {key} AS key FROM {terms.source()} WHERE {where}"
    answer = session.rows(
        f"""{aggregates.with_periods(terms, picked, interval)}, ranked AS (
            SELECT key, row_number() OVER (ORDER BY {counted} DESC, key NULLS LAST) AS place
            FROM picked GROUP BY key
        ), placed AS (
            SELECT least(r.place, {int(most) + 1}) AS place, CASE WHEN r.place <= {int(most)} THEN r.key
                END AS key, p.unit, p.value, p.quarter
            FROM picked AS p JOIN ranked AS r ON r.key IS NOT DISTINCT FROM p.key
        )
        SELECT place, key, start, CAST({counted} AS DOUBLE) FROM placed JOIN periods USING (quarter)
        GROUP BY place, key, start ORDER BY place, start""",
        terms.parameters,
    )
    if measure == "sessions":
        session.withdraw("sessions")
    points: dict[tuple[int, str | None], list[tuple[datetime, float]]] = {}
    for place, key, start, value in answer:
        points.setdefault((place, key), []).append((start, value))
    return [TrendPart(key, of_key, is_others=place == most + 1) for (place, key), of_key in points.items()]

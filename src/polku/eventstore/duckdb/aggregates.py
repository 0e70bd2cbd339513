"""Questions answered by counting: trend and scores."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time

import pyarrow as pa
from django.utils.translation import gettext as _

from polku.eventstore.calendar_periods import INTERVALS, Calendar, period_counts
from polku.eventstore.duckdb import conditions, sequences
from polku.eventstore.duckdb.column_walks import find
from polku.eventstore.duckdb.conditions import all_of
from polku.eventstore.duckdb.question import Question
from polku.eventstore.duckdb.session import Session
from polku.eventstore.duckdb.terms import Terms
from polku.eventstore.port import Interval, Measure, Scope, Selector, SignalKind, StoreError

MEASURES = {
    "events": "count(*)",
    "persons": "count(DISTINCT unit)",
    "sessions": "count(DISTINCT unit)",
    "sum_value": "coalesce(fsum(value), 0)",
}


def trend(
    question: Question, scope: Scope, selector: Selector, interval: Interval, measure: Measure
) -> list[tuple[datetime, float]]:
    """(start of the period in local time, value), only periods that hold something, in order."""
    if measure not in MEASURES:
        raise StoreError(_("“%s” is not a measure.") % measure)
    if interval not in INTERVALS:
        raise StoreError(_("“%s” is not an interval.") % interval)
    columns = question.columns() if measure in ("events", "persons") else None
    if columns is not None:
        found = find(question.session, columns, scope, [selector])
        calendar = Calendar(found.time, interval, scope.timezone)
        counts = period_counts(
            found.person,
            found.time,
            calendar,
            found.mask != 0,
            once=measure == "persons",
            pause=question.pause,
            threads=question.threads,
        )
        return [
            (datetime.combine(calendar.start_of(period), time()), float(count))
            for period, count in sorted(counts.items())
        ]
    session, terms = question.session, Terms(question.session.db, scope.timezone)
    if measure == "sessions":
        rows = sequences.sequences(session, scope, [selector], unit="session", others=False)
        session.offer("sessions", pa.table({"unit": rows.unit, "time": rows.time}))
        picked = "SELECT unit, make_timestamp(time) AS time, NULL AS value FROM sessions"
    else:
        where = all_of([conditions.scoped(terms, scope), conditions.selector(terms, selector)])
        picked = f"SELECT s.person AS unit, s.time, s.value FROM {terms.source()} WHERE {where}"
    answer = session.rows(
        f"""{with_periods(terms, picked, interval)}
        SELECT start, CAST({MEASURES[measure]} AS DOUBLE) FROM picked JOIN periods USING (quarter)
        GROUP BY start ORDER BY start""",
        terms.parameters,
    )
    if measure == "sessions":
        session.withdraw("sessions")
    return answer


def scores(
    session: Session, scope: Scope, metric: str, *, interval: Interval | None, group_by: Sequence[str]
) -> pa.Table:
    """Counts of answers by group, period, score and scale; see the port."""
    terms = Terms(session.db, scope.timezone)
    groups, hit, named = [], "", "CAST(NULL AS VARCHAR)"
    parts = [
        f"s.kind = {int(SignalKind.SCORE)} AND s.name = {terms.parameter(metric)} AND s.score IS NOT NULL",
        conditions.scoped(terms, scope),
    ]
    for number, name in enumerate(group_by):
        if name == "touchpoint":
            groups.append(f"h.touchpoint AS g{number}")
            hit = f" LEFT JOIN {session.db}.hit AS h ON h.signal = s.arrival"
            named = f"CASE WHEN h.touchpoint IS NULL THEN {terms.property(name).text()} END"
            parts.append(f"(h.touchpoint IS NOT NULL OR {named} IS NOT NULL)")
        else:
            groups.append(f"{terms.property(name).text()} AS g{number}")
    where = all_of(parts)
    columns = ", ".join(["s.time", "s.score", "s.scale_low", "s.scale_high", f"{named} AS named", *groups])
    picked = f"SELECT {columns} FROM {terms.source()}{hit} WHERE {where}"
    start = "start" if interval else "CAST(NULL AS TIMESTAMP) AS start"
    names = [f"g{number}" for number in range(len(group_by))]
    return session.table(
        f"""{with_periods(terms, picked, interval or "day")}
        SELECT {"".join(name + ", " for name in names)}{start}, named, score, scale_low, scale_high, count(*) AS n
        FROM picked JOIN periods USING (quarter) GROUP BY ALL ORDER BY ALL""",
        terms.parameters,
    )


def with_periods(terms: Terms, picked: str, interval: Interval) -> str:
    """CTEs `picked` (with its quarter of an hour) and `periods` (the local period of each quarter).

    Local time costs 0.25 µs a row, so it is asked once per quarter of an hour: no zone's offset is finer.
    """
    if interval not in INTERVALS:
        raise StoreError(_("“%s” is not an interval.") % interval)
    return f"""
        WITH picked AS MATERIALIZED (
            SELECT *, time_bucket(INTERVAL 15 MINUTE, time) AS quarter FROM ({picked})
        ), periods AS (
            SELECT quarter, CAST(date_trunc('{interval}', {terms.local("quarter")}) AS TIMESTAMP) AS start
            FROM (SELECT DISTINCT quarter FROM picked)
        )"""

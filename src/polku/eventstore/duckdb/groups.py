"""What groups of people have in common, and what they did next."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from polku.eventstore.behaviour import Group, NextSignal, PropertyShare
from polku.eventstore.duckdb import conditions
from polku.eventstore.duckdb.batches import Integers
from polku.eventstore.duckdb.conditions import all_of
from polku.eventstore.duckdb.session import Session
from polku.eventstore.duckdb.terms import Terms
from polku.eventstore.port import Scope, SignalKind

MOST_DISTINCT = 300
"""Values from which on a property is rather a name of its own for everybody than something to have in common."""

LONGEST_VALUE = 200
EXAMPLES = 5


def property_shares(
    session: Session, scope: Scope, inside: Group, outside: Group, *, most_values: int
) -> list[PropertyShare]:
    """By property, the most frequent values first.

    A text of properties is taken apart once, however often it came, and properties of too many values are left out
    before they are met with people: they are the most rows by far.
    """
    people = np.concatenate([inside.person, outside.person])
    columns = {
        "person": people,
        "until": np.concatenate([inside.until, outside.until]),
        "is_inside": np.arange(people.size) < inside.person.size,
    }
    session.offer("members", pa.table(columns))
    terms = Terms(session.db, scope.timezone)
    where = conditions.scoped(terms, scope)
    with_order = Terms(session.db, scope.timezone)
    with_order.parameters = terms.parameters
    with_order.uses_order = True
    having_order = all_of(["o.order_key IS NOT NULL", conditions.scoped(with_order, scope)])
    members = "JOIN members AS m ON m.person = s.person AND epoch_us(s.time) <= m.until"
    found = session.rows(
        f"""WITH held AS MATERIALIZED (
            SELECT DISTINCT m.is_inside, m.person, '' AS prefix, s.properties AS text
            FROM {terms.source()} {members} WHERE {where} AND s.properties IS NOT NULL
            UNION ALL
            SELECT DISTINCT m.is_inside, m.person, 'order.', o.properties
            FROM {with_order.source()} {members} WHERE {having_order} AND o.properties IS NOT NULL
            UNION ALL
            SELECT m.is_inside, m.person, 'person.', p.traits
            FROM {session.db}.person AS p JOIN members AS m ON m.person = p.person WHERE p.traits IS NOT NULL
        ), texts AS (
            SELECT prefix, text, unnest(json_keys(text)) AS name FROM (SELECT DISTINCT prefix, text FROM held)
        ), parts AS MATERIALIZED (
            SELECT prefix, text, name, value FROM (
                SELECT *, json_extract_string(text, '/' || replace(replace(name, '~', '~0'), '/', '~1')) AS value
                FROM texts
            ) WHERE value IS NOT NULL AND value <> '' AND length(value) <= {LONGEST_VALUE}
        ), few AS (
            SELECT prefix, name FROM parts GROUP BY ALL HAVING count(DISTINCT value) <= {MOST_DISTINCT}
        ), pairs AS (
            SELECT held.is_inside, held.person, prefix || parts.name AS name, parts.value
            FROM held JOIN (SELECT parts.* FROM parts SEMI JOIN few USING (prefix, name)) AS parts USING (prefix, text)
            UNION ALL
            SELECT m.is_inside, m.person, 'channel', s.channel FROM {terms.source()} {members} WHERE {where}
            UNION ALL
            SELECT m.is_inside, m.person, 'order.status', o.status
            FROM {with_order.source()} {members} WHERE {having_order}
        ), counted AS (
            SELECT name, value, count(*) FILTER (is_inside) AS inside, count(*) FILTER (NOT is_inside) AS outside
            FROM (SELECT DISTINCT is_inside, person, name, value FROM pairs)
            WHERE value IS NOT NULL AND value <> '' AND length(value) <= {LONGEST_VALUE}
            GROUP BY name, value
        ), ranked AS (
            SELECT *, count(*) OVER (PARTITION BY name) AS distinct_values,
                row_number() OVER (PARTITION BY name ORDER BY inside + outside DESC, value) AS place
            FROM counted
        )
        SELECT name, value, inside, outside FROM ranked
        WHERE distinct_values <= {MOST_DISTINCT} AND place <= {terms.parameter(most_values)}
        ORDER BY name, place""",
        terms.parameters,
    )
    session.withdraw("members")
    return [PropertyShare(*row) for row in found]


def next_signals(
    session: Session, scope: Scope, person: Integers, after: Integers, *, top: int
) -> list[NextSignal]:
    """The first signal strictly later than each moment; those at the same instant belong to the moment."""
    moments = pa.table({"moment": np.arange(person.size), "person": person, "after": after})
    session.offer("moments", moments)
    terms = Terms(session.db, scope.timezone)
    where = conditions.scoped(terms, scope)
    found = session.rows(
        f"""WITH first AS (
            SELECT m.moment, arg_min(
                {{'name': CASE WHEN s.kind = {int(SignalKind.ORDER)} THEN 'order' ELSE s.name END, 'kind': s.kind,
                'wait': epoch_us(s.time) - m.after, 'person': m.person}},
                {{'time': s.time, 'arrival': s.arrival}}) AS signal
            FROM {terms.source()} JOIN moments AS m ON m.person = s.person AND epoch_us(s.time) > m.after
            WHERE {where} GROUP BY m.moment
        )
        SELECT f.signal.name AS name, f.signal.kind AS kind, count(*) AS count, median(f.signal.wait),
            list_slice(list(DISTINCT m.person ORDER BY m.person DESC), 1, {EXAMPLES})
        FROM moments AS m LEFT JOIN first AS f ON f.moment = m.moment
        GROUP BY ALL ORDER BY count DESC, name NULLS LAST, kind LIMIT {terms.parameter(top)}""",
        terms.parameters,
    )
    session.withdraw("moments")
    return [
        NextSignal(name, count, None if name is None else float(median), kind or 0, tuple(examples))
        for name, kind, count, median, examples in found
    ]

"""Questions about people."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from polku.eventstore.duckdb import conditions
from polku.eventstore.duckdb.id_kinds import kind
from polku.eventstore.duckdb.session import Session
from polku.eventstore.duckdb.terms import Terms
from polku.eventstore.port import Scope


def people(session: Session, numbers: Sequence[int]) -> pa.Table:
    return session.table(
        f"""
        WITH asked AS (
            SELECT p.person, p.traits FROM {session.db}.person AS p
            WHERE p.person IN (SELECT unnest(CAST($people AS BIGINT[])))
        ), named AS (
            SELECT i.person, list(i.alias ORDER BY i.identity) AS ids, list({kind()} ORDER BY i.identity) AS kinds
            FROM {session.db}.identity AS i
            WHERE i.person IN (SELECT person FROM asked) GROUP BY i.person
        ), seen AS (
            SELECT s.person, min(s.time) AS first_seen, max(s.time) AS last_seen
            FROM {session.db}.signal AS s WHERE s.person IN (SELECT person FROM asked) GROUP BY s.person
        )
        SELECT asked.person, coalesce(named.ids, CAST([] AS VARCHAR[])) AS ids,
            coalesce(named.kinds, CAST([] AS VARCHAR[])) AS kinds, asked.traits, seen.first_seen,
            seen.last_seen
        FROM asked LEFT JOIN named USING (person) LEFT JOIN seen USING (person) ORDER BY asked.person""",
        {"people": list(numbers)},
    )


def traits(session: Session, scope: Scope) -> pa.Table:
    terms = Terms(session.db, scope.timezone)
    where = conditions.scoped(terms, scope)
    return session.table(
        f"""SELECT whose.person, whose.traits FROM {session.db}.person AS whose
        WHERE whose.person IN (SELECT s.person FROM {terms.source()} WHERE {where}) ORDER BY whose.person""",
        terms.parameters,
    )

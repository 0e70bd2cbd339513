"""Finding people: by what they are known by, or those who were here last."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta

import pyarrow as pa

from polku.eventstore.duckdb import conditions, id_kinds
from polku.eventstore.duckdb.conditions import all_of
from polku.eventstore.duckdb.session import Session
from polku.eventstore.duckdb.terms import Terms
from polku.eventstore.port import Scope

_FIRST_LOOK = timedelta(hours=6)
_WIDER = 6


def find_people(
    session: Session,
    *,
    search: str,
    is_known: bool | None,
    limit: int,
    offset: int,
    scope: Scope | None = None,
) -> pa.Table:
    """A page of people; see the port. Text is compared without regard to case."""
    if scope is not None and scope.segment is not None:
        terms = Terms(session.db, scope.timezone)
        # A segment's conditions are about the person of a row `s`: here each person is one.
        inside = conditions.segment(terms, scope.segment, scope)
        people = f"SELECT s.person FROM {session.db}.person AS s WHERE {inside}"
        if search:
            people += f" AND s.person IN ({_matching(session.db)})"
        return _page(session, people, is_known, limit, offset, search=search, more=terms.parameters)
    if search:
        return _page(session, _matching(session.db), is_known, limit, offset, search=search)
    return _page(session, _seen_last(session, is_known, limit + offset), is_known, limit, offset)


def _page(
    session: Session,
    people: str,
    is_known: bool | None,
    limit: int,
    offset: int,
    *,
    search: str = "",
    more: Mapping[str, object] | None = None,
) -> pa.Table:
    """The page of `people`, a query with one column. The rest is read for those on the page alone."""
    db = session.db
    parameters: dict[str, object] = {"limit": limit, "offset": offset, **(more or {})}
    if search:
        # Traits are kept as JSON, in which some characters are written in another way.
        parameters |= {"search": search, "written": json.dumps(search, ensure_ascii=False)[1:-1]}
    chosen = all_of([f"p.person IN ({people})", _known(db, "p.person", is_known)])
    return session.table(
        f"""
        WITH chosen AS MATERIALIZED (
            SELECT p.person FROM {db}.person AS p WHERE {chosen}
        ), seen AS (
            SELECT s.person, max(s.time) AS last_seen, min(s.time) AS first_seen, count(*) AS signals,
                list(DISTINCT s.origin ORDER BY s.origin) FILTER (s.origin IS NOT NULL) AS origins
            FROM {db}.signal AS s WHERE s.person IN (SELECT person FROM chosen) GROUP BY s.person
        ), page AS (
            SELECT person, last_seen, first_seen, coalesce(signals, 0) AS signals, origins
            FROM chosen LEFT JOIN seen USING (person)
            ORDER BY last_seen DESC NULLS LAST, person DESC LIMIT $limit OFFSET $offset
        ), named AS (
            SELECT i.person, list(i.alias ORDER BY i.identity) AS ids,
                list({id_kinds.kind()} ORDER BY i.identity) AS kinds
            FROM {db}.identity AS i WHERE i.person IN (SELECT person FROM page) GROUP BY i.person
        ), bought AS (
            SELECT o.person, count(*) AS orders, max_by(o.id, o.order_key) AS newest FROM {db}.orders AS o
            WHERE o.person IN (SELECT person FROM page) GROUP BY o.person
        )
        SELECT page.person, coalesce(ids, CAST([] AS VARCHAR[])) AS ids,
            coalesce(kinds, CAST([] AS VARCHAR[])) AS kinds,
            len(list_filter(coalesce(kinds, []), lambda kind: kind NOT IN {id_kinds.ANONYMOUS})) > 0 AS is_known,
            p.traits, page.signals, coalesce(bought.orders, 0) AS orders, bought.newest AS "order",
            coalesce(page.origins, CAST([] AS VARCHAR[])) AS origins, page.first_seen, page.last_seen
        FROM page JOIN {db}.person AS p ON p.person = page.person
        LEFT JOIN named ON named.person = page.person LEFT JOIN bought ON bought.person = page.person
        ORDER BY page.last_seen DESC NULLS LAST, page.person DESC""",
        parameters,
    )


def _known(db: str, person: str, is_known: bool | None) -> str:
    if is_known is None:
        return "true"
    return f"{person} {'' if is_known else 'NOT '}IN ({id_kinds.known_people(db)})"


def _matching(db: str) -> str:
    """People with an id, an order or the value of a trait that holds $search; $written is it as JSON has it."""
    return f"""
        SELECT i.person FROM {db}.identity AS i WHERE contains(lower(i.alias), lower($search))
        UNION ALL
        SELECT o.person FROM {db}.orders AS o WHERE contains(lower(o.id), lower($search))
        UNION ALL
        SELECT p.person FROM {db}.person AS p WHERE contains(lower(p.traits), lower($written))
            AND len(list_filter(json_extract_string(p.traits, '$.*'),
                lambda value: contains(lower(value), lower($search)))) > 0"""


def _seen_last(session: Session, is_known: bool | None, wanted: int) -> str:
    """A query of people among whom the `wanted` last seen are: signals are read back in time until there are enough,
    for the newest lie together and few people are shown."""
    db = session.db
    (newest,) = session.row(f"SELECT newest_time FROM {db}.meta")
    reach = _FIRST_LOOK
    whole = f"SELECT person FROM {db}.person"
    if newest is None:
        return whole
    while reach < timedelta(days=400):
        since = newest - reach
        recent = f"SELECT s.person FROM {db}.signal AS s WHERE s.time >= TIMESTAMP '{since.isoformat()}'"
        known = _known(db, "person", is_known)
        (found,) = session.row(f"SELECT count(DISTINCT person) FROM ({recent}) WHERE {known}")
        if found >= wanted:
            return recent
        reach *= _WIDER
    return whole

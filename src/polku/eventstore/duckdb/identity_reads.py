"""Who is who: the ids of a person, the merges that made them, and who a number stands for by now."""

from __future__ import annotations

from polku.eventstore.duckdb import id_kinds
from polku.eventstore.duckdb.session import Session
from polku.eventstore.persons import Identity, Merge, RefusedLink


def identities(session: Session, person: int) -> list[Identity]:
    """The person's ids and the shared devices that they used."""
    db = session.db
    rows = session.rows(
        f"""
        WITH own AS (
            SELECT identity, device, time FROM {db}.signal WHERE person = $person
        ), used AS (
            SELECT identity, count(*) AS signals, min(time) AS first_seen, max(time) AS last_seen FROM (
                SELECT identity, time FROM own WHERE identity IS NOT NULL
                UNION ALL
                SELECT device, time FROM own WHERE device IS NOT NULL AND identity IS DISTINCT FROM device
            ) GROUP BY identity
        )
        SELECT i.identity, i.alias, {id_kinds.kind()}, coalesce(i.is_shared, false), coalesce(u.signals, 0),
            u.first_seen, u.last_seen
        FROM {db}.identity AS i LEFT JOIN used AS u ON u.identity = i.identity
        WHERE i.person = $person OR i.identity IN (SELECT identity FROM used)
        ORDER BY u.last_seen DESC NULLS LAST, i.identity""",
        {"person": person},
    )
    return [Identity(*row) for row in rows]


def person_now(session: Session, person: int) -> int | None:
    """Follow the merges that hold; None where the number was never given or its person is gone."""
    db = session.db
    rows = session.rows(
        f"""
        WITH RECURSIVE became AS (
            SELECT $person AS person, 0 AS merge
            UNION ALL
            SELECT m.survivor, m.number FROM became AS b
            JOIN {db}.merged AS m ON m.absorbed = b.person AND m.undone_at IS NULL AND m.number > b.merge
        )
        SELECT b.person FROM became AS b JOIN {db}.person AS p ON p.person = b.person
        ORDER BY b.merge DESC LIMIT 1""",
        {"person": person},
    )
    return int(rows[0][0]) if rows else None


def merges(session: Session, person: int) -> list[Merge]:
    db = session.db
    rows = session.rows(
        f"""
        WITH RECURSIVE was AS (
            SELECT $person AS person, 9223372036854775807 AS merge
            UNION
            SELECT m.absorbed, m.number FROM was AS w
            JOIN {db}.merged AS m ON m.survivor = w.person AND m.undone_at IS NULL AND m.number < w.merge
        ), history AS (
            SELECT DISTINCT m.* FROM {db}.merged AS m JOIN was AS w
                ON w.person = m.survivor AND m.number < w.merge
        )
        SELECT h.number, h.made_at, h.reason, a.alias, b.alias, h.undone_at, h.survivor, h.absorbed
        FROM history AS h JOIN {db}.identity AS a ON a.identity = h.identity
        JOIN {db}.identity AS b ON b.identity = h.other
        ORDER BY h.made_at DESC, h.number DESC""",
        {"person": person},
    )
    return [Merge(*row) for row in rows]


def refused_links(session: Session, *, limit: int) -> list[RefusedLink]:
    rows = session.rows(
        f"""SELECT reason, alias, other, count, last FROM {session.db}.refused_link
        ORDER BY last DESC, alias, other LIMIT $limit""",
        {"limit": limit},
    )
    return [RefusedLink(*row) for row in rows]

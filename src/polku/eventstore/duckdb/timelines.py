"""Everything of one person: their signals in order, and the sums of them."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from polku.eventstore.duckdb import id_kinds
from polku.eventstore.duckdb.sequences import SESSION_GAP
from polku.eventstore.duckdb.session import Session
from polku.eventstore.persons import Profile
from polku.eventstore.port import SignalKind


def timeline(
    session: Session, person: int, *, kinds: Sequence[SignalKind], limit: int, offset: int
) -> pa.Table:
    """A page of the person's signals; see the port.

    The whole person is read in narrow columns, since visits are numbered by all that they did; only the page's
    rows are read wide, and found by their numbers, which is many times faster than joining whole tables.
    """
    db = session.db
    page = session.table(
        f"""WITH {_visits(db)}
        SELECT n.arrival, v.visit FROM numbered AS n JOIN visits AS v
            ON v.session IS NOT DISTINCT FROM n.session AND v.stretch IS NOT DISTINCT FROM n.stretch
        WHERE len($kinds) = 0 OR list_contains($kinds, n.kind)
        ORDER BY n.time DESC, n.arrival DESC LIMIT $limit OFFSET $offset""",
        {"person": person, "kinds": [int(kind) for kind in kinds], "limit": limit, "offset": offset},
    )
    session.offer("page", page)
    signals = session.table(
        f"SELECT s.*, page.visit FROM {db}.signal AS s JOIN page ON page.arrival = s.arrival"
    )
    hits = session.table(
        f"""SELECT h.signal, list(DISTINCT h.touchpoint ORDER BY h.touchpoint) AS touchpoints
        FROM {db}.hit AS h JOIN page ON page.arrival = h.signal GROUP BY h.signal"""
    )
    session.withdraw("page")
    session.offer("signals", signals)
    session.offer("hits", hits)
    answer = session.table(
        f"""
        WITH ids AS (
            SELECT i.identity, i.alias, {id_kinds.kind()} AS kind FROM {db}.identity AS i
            WHERE i.identity IN (SELECT identity FROM signals UNION SELECT device FROM signals)
        )
        SELECT s.arrival, s.time, s.kind, s.name, s.url, s.channel, s.value, s.score, s.scale_low, s.scale_high,
            s.text, s.properties, s.origin, o.id AS "order", o.status AS order_status, i.alias,
            coalesce(d.alias, CASE WHEN i.kind IN {id_kinds.ANONYMOUS} THEN i.alias END) AS device,
            s.visit, coalesce(h.touchpoints, CAST([] AS BIGINT[])) AS touchpoints
        FROM signals AS s LEFT JOIN hits AS h ON h.signal = s.arrival
        LEFT JOIN ids AS i ON i.identity = s.identity
        LEFT JOIN ids AS d ON d.identity = s.device
        LEFT JOIN {db}.orders AS o ON o.order_key = s.order_key
        ORDER BY s.time DESC, s.arrival DESC"""
    )
    session.withdraw("signals")
    session.withdraw("hits")
    return answer


def profile(session: Session, person: int) -> Profile | None:
    """None where there is nobody of that number."""
    db, asked = session.db, {"person": person}
    found = session.rows(f"SELECT traits FROM {db}.person WHERE person = $person", asked)
    if not found:
        return None
    (is_known,) = session.row(
        f"SELECT $person IN ({id_kinds.known_people(db)} AND i.person = $person)", asked
    )
    kinds = session.rows(
        f"""SELECT kind, count(*), min(time), max(time), list(DISTINCT origin) FILTER (origin IS NOT NULL)
        FROM {db}.signal WHERE person = $person GROUP BY kind ORDER BY kind""",
        asked,
    )
    (visits,) = session.row(f"WITH {_visits(db)} SELECT count(*) FROM visits WHERE is_here", asked)
    orders = session.rows(
        f"""SELECT status, count(*), coalesce(fsum(value), 0) FROM {db}.orders
        WHERE person = $person AND (time IS NOT NULL OR value IS NOT NULL OR status IS NOT NULL)
        GROUP BY status ORDER BY status NULLS FIRST""",
        asked,
    )
    (newest,) = session.row(f"SELECT max_by(id, order_key) FROM {db}.orders WHERE person = $person", asked)
    return Profile(
        person=person,
        is_known=is_known,
        traits=found[0][0],
        signals={row[0]: row[1] for row in kinds},
        visits=visits,
        first_seen=min((row[2] for row in kinds), default=None),
        last_seen=max((row[3] for row in kinds), default=None),
        origins=tuple(sorted({origin for row in kinds for origin in row[4] or ()})),
        orders=tuple(orders),
        newest_order=newest,
    )


def _visits(db: str) -> str:
    """CTEs `numbered` (the person's signals, each with its session or stretch) and `visits` (newest 1).

    The same visits as `sequences` counts: a session that signals name is one visit, and what is left makes one
    until a gap.
    """
    return f"""
        own AS (
            SELECT arrival, time, kind, session, session IS NULL AS is_loose,
                kind = {int(SignalKind.EVENT)} AND (url IS NOT NULL OR device IS NOT NULL) AS is_here
            FROM {db}.signal WHERE person = $person
        ), begun AS (
            SELECT *, coalesce(epoch_us(time) - epoch_us(lag(time) OVER (
                PARTITION BY is_loose ORDER BY time, arrival)) > {SESSION_GAP}, true) AS begins
            FROM own
        ), numbered AS (
            SELECT arrival, time, kind, session, is_here, CASE WHEN is_loose THEN count(*) FILTER (begins) OVER (
                PARTITION BY is_loose ORDER BY time, arrival ROWS UNBOUNDED PRECEDING) END AS stretch
            FROM begun
        ), visits AS (
            SELECT session, stretch, row_number() OVER (ORDER BY max(time) DESC, max(arrival) DESC) AS visit,
                bool_or(is_here) AS is_here
            FROM numbered GROUP BY session, stretch
        )"""

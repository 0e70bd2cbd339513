"""Questions about where signals come from: sources, their counts, rows kept raw, what arrived last."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pyarrow as pa

from polku.eventstore.duckdb.conditions import all_of
from polku.eventstore.duckdb.session import Session
from polku.eventstore.streams import RejectedGroup, RejectedRow, SourceState

RECENT_ARRIVALS = 20_000
"""How far back `recent` looks at first: the newest row groups alone, whatever the size of the store."""

_KEPT_BY_STORE = ("accepted", "repeated", "rejected")
_ID = "replace(CAST(r.id AS VARCHAR), '-', '')"


def sources(session: Session) -> list[SourceState]:
    """By newest receipt. A source of which nothing was taken is there too: all of it may have been dropped."""
    kept = ", ".join(
        f"coalesce(sum(count) FILTER (reason = '{reason}'), 0) AS {reason}" for reason in _KEPT_BY_STORE
    )
    found = session.rows(
        f"""
        WITH counted AS (
            SELECT origin, {kept},
                coalesce(sum(count) FILTER (reason NOT IN {_KEPT_BY_STORE}), 0) AS dropped,
                min(hour) AS first_hour, max(hour) AS last_hour
            FROM {session.db}.source_count GROUP BY origin
        ), waiting AS (
            SELECT origin, count(*) AS waiting, min(received) AS first_kept, max(received) AS last_kept
            FROM {session.db}.rejected GROUP BY origin
        )
        SELECT origin, coalesce(s.first_received, c.first_hour, w.first_kept) AS first_received,
            coalesce(s.last_received, greatest(c.last_hour, w.last_kept)) AS last_received, s.newest_time,
            coalesce(c.accepted, 0), coalesce(c.repeated, 0), coalesce(c.rejected, 0),
            coalesce(c.dropped, 0), coalesce(w.waiting, 0)
        FROM {session.db}.source AS s FULL JOIN counted AS c USING (origin) FULL JOIN waiting AS w USING (origin)
        ORDER BY last_received DESC, origin"""
    )
    return [SourceState(*row[:4], *map(int, row[4:])) for row in found]


def source_counts(session: Session, since: datetime) -> pa.Table:
    return session.table(
        f"""SELECT origin, hour, reason, CAST(sum(count) AS BIGINT) AS count
        FROM {session.db}.source_count WHERE hour >= date_trunc('hour', CAST($since AS TIMESTAMP))
        GROUP BY ALL ORDER BY hour, origin, reason""",
        {"since": since},
    )


def rejected(
    session: Session,
    *,
    origin: str | None,
    reason: str | None,
    ids: Sequence[str] | None,
    limit: int,
    offset: int,
) -> list[RejectedRow]:
    parts = ["true"]
    parameters: dict[str, object] = {"limit": limit, "offset": offset}
    if origin is not None:
        parts.append("r.origin = $origin")
        parameters["origin"] = origin
    if reason is not None:
        parts.append("r.reason = $reason")
        parameters["reason"] = reason
    if ids is not None:
        parts.append("r.id IN (SELECT try_cast(unnest(CAST($ids AS VARCHAR[])) AS UUID))")
        parameters["ids"] = list(ids)
    found = session.rows(
        f"""SELECT {_ID}, r.received, r.origin, r.reason, r.detail, r.raw, r.context
        FROM {session.db}.rejected AS r WHERE {all_of(parts)}
        ORDER BY r.received DESC, r.id DESC LIMIT $limit OFFSET $offset""",
        parameters,
    )
    return [RejectedRow(*row) for row in found]


def rejected_groups(session: Session) -> list[RejectedGroup]:
    found = session.rows(
        f"""SELECT origin, reason, count(*), min(received), max(received) FROM {session.db}.rejected
        GROUP BY origin, reason ORDER BY 3 DESC, origin, reason"""
    )
    return [RejectedGroup(*row) for row in found]


def recent(session: Session, *, origin: str | None, limit: int) -> pa.Table:
    """Looks among the newest arrivals, and through the whole store only where they do not fill the list."""
    (next_arrival,) = session.row(f"SELECT next_arrival FROM {session.db}.meta")
    found = _newest(session, origin, limit, next_arrival - RECENT_ARRIVALS)
    if found.num_rows < limit and next_arrival > RECENT_ARRIVALS:
        found = _newest(session, origin, limit, 0)
    return found


def _newest(session: Session, origin: str | None, limit: int, after: int) -> pa.Table:
    parameters: dict[str, object] = {"after": after, "limit": limit}
    of_origin = ""
    if origin is not None:
        of_origin = "AND s.origin = $origin"
        parameters["origin"] = origin
    return session.table(
        f"""SELECT s.arrival, s.time, s.kind, s.name, s.url, s.channel, s.value, s.properties, s.origin, s.person
        FROM {session.db}.signal AS s WHERE s.arrival >= $after {of_origin}
        ORDER BY s.arrival DESC LIMIT $limit""",
        parameters,
    )

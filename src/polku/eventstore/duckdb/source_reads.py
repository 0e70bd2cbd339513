"""Questions about where signals come from: sources, their counts, rows kept raw, what arrived last."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pyarrow as pa

from polku.eventstore.duckdb.conditions import all_of
from polku.eventstore.duckdb.session import Session
from polku.eventstore.streams import RejectedGroup, RejectedRow, SourceState

RECENT_ARRIVALS = 20_000
"""How far back `recent` looks at first: the newest row groups alone, whatever the size of the store."""

_ID = "replace(CAST(r.id AS VARCHAR), '-', '')"


def sources(session: Session) -> list[SourceState]:
    """By newest receipt. A source of which nothing was taken is there too: all of it may have been dropped."""
    counted = session.rows(
        f"""SELECT origin, reason, CAST(sum(count) AS BIGINT), min(hour), max(hour)
        FROM {session.db}.source_count GROUP BY origin, reason ORDER BY origin, 3 DESC, reason"""
    )
    groups = session.rows(
        f"""SELECT origin, count(*), min(received), max(received) FROM {session.db}.rejected
        WHERE aside_at IS NULL GROUP BY origin"""
    )
    known = session.rows(
        f"SELECT origin, first_received, last_received, newest_time FROM {session.db}.source"
    )
    counts: dict[str, list[tuple[str, int, datetime, datetime]]] = {}
    for origin, *count in counted:
        counts.setdefault(origin, []).append(tuple(count))
    waiting = {origin: tuple(group) for origin, *group in groups}
    seen = {origin: tuple(times) for origin, *times in known}
    found = [
        _source(origin, seen.get(origin), counts.get(origin, []), waiting.get(origin))
        for origin in sorted(seen.keys() | counts.keys() | waiting.keys())
    ]
    return sorted(found, key=lambda source: source.last_received, reverse=True)


def _source(
    origin: str,
    seen: tuple[datetime, datetime, datetime | None] | None,
    counts: Sequence[tuple[str, int, datetime, datetime]],
    waiting: tuple[int, datetime, datetime] | None,
) -> SourceState:
    count = {reason: number for reason, number, _first, _last in counts}
    spans = [(first, last) for *_count, first, last in counts]
    if waiting:
        spans.append(waiting[1:])
    first, last, newest = seen or (min(span[0] for span in spans), max(span[1] for span in spans), None)
    taken = [end for reason, _number, _first, end in counts if reason in ("accepted", "repeated")]
    last_taken = max(taken) + timedelta(hours=1) if taken else None
    return SourceState(
        origin=origin,
        first_received=first,
        last_received=last,
        newest_time=newest,
        accepted=count.pop("accepted", 0),
        repeated=count.pop("repeated", 0),
        rejected=count.pop("rejected", 0),
        dropped=sum(count.values()),
        waiting=waiting[0] if waiting else 0,
        drops=count,
        last_taken=min(last_taken, last) if last_taken else None,
    )


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
    parts = ["r.aside_at IS NULL"]
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
        WHERE aside_at IS NULL GROUP BY origin, reason ORDER BY 3 DESC, origin, reason"""
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

"""Taking signals back: they go as if they had never come, with their hits and with what was counted of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from polku.eventstore.duckdb import batches
from polku.eventstore.duckdb.batches import Integers
from polku.eventstore.duckdb.session import Session
from polku.eventstore.duckdb.versions import find_times
from polku.eventstore.port import Source


def withdraw(session: Session, message_ids: Sequence[str]) -> Integers:
    """Delete the signals of these ids, the caller's transaction; the people they were of.

    Ids of no signal are passed over, also those that are not 32 hex digits. Orders have none, so they stay.
    """
    if not message_ids:
        return np.empty(0, dtype=np.int64)
    session.offer("withdrawn", pa.table({"message_id": pa.array(message_ids, pa.string())}))
    session.run(
        f"""CREATE OR REPLACE TEMP TABLE gone AS
        SELECT s.arrival, s.person, s.origin, s.time, s.properties FROM {session.db}.signal AS s
        WHERE s.message_id IN (SELECT TRY_CAST(message_id AS UUID) FROM withdrawn)"""
    )
    session.withdraw("withdrawn")
    (people,) = session.integers("SELECT DISTINCT person FROM temp.main.gone ORDER BY person")
    if len(people):
        for table, column in (("hit", "signal"), ("signal", "arrival"), ("sorted_message", "arrival")):
            session.run(
                f"DELETE FROM {session.db}.{table} WHERE {column} IN (SELECT arrival FROM temp.main.gone)"
            )
        _find_times_again(session)
        _take_off_counts(session)
    session.run("DROP TABLE temp.main.gone")
    return people


def find_outdated(session: Session, source: Source, digits: int, origin: str | None) -> list[str]:
    """The ids of signals of the origin that begin with the same digits as one of the batch, but are not in it."""
    session.offer("telling", batches.columns(source, ("message_id",)))
    found = session.rows(
        f"""SELECT kept.id FROM (
            SELECT replace(CAST(s.message_id AS VARCHAR), '-', '') AS id FROM {session.db}.signal AS s
            WHERE s.origin IS NOT DISTINCT FROM $origin AND s.message_id IS NOT NULL
        ) AS kept
        WHERE left(kept.id, $digits) IN (SELECT left(message_id, $digits) FROM telling)
        AND kept.id NOT IN (SELECT message_id FROM telling)""",
        {"digits": digits, "origin": origin},
    )
    session.withdraw("telling")
    return [str(each) for (each,) in found]


def _find_times_again(session: Session) -> None:
    """Look up the first and newest times anew where one that went was it."""
    (was_edge,) = session.row(
        f"""SELECT coalesce(bool_or(g.time <= m.first_time OR g.time >= m.newest_time), false)
        FROM temp.main.gone AS g, {session.db}.meta AS m"""
    )
    if was_edge:
        find_times(session)
    session.run(
        f"""UPDATE {session.db}.source AS c SET newest_time = (
            SELECT max(s.time) FROM {session.db}.signal AS s WHERE s.origin = c.origin)
        FROM (SELECT origin, max(time) AS time FROM temp.main.gone GROUP BY origin) AS g
        WHERE g.origin = c.origin AND g.time >= c.newest_time"""
    )


def _take_off_counts(session: Session) -> None:
    """What was accepted of each source, the newest hours first, and how many signals have each property.

    In which hour a signal was received is not kept; what is taken back is mostly what came lately.
    """
    session.run(
        f"""UPDATE {session.db}.source_count AS c SET count = c.count - least(c.count, greatest(0, h.gone - h.newer))
        FROM (
            SELECT a.origin, a.hour, g.gone, coalesce(sum(a.count) OVER (
                PARTITION BY a.origin ORDER BY a.hour DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ), 0) AS newer
            FROM {session.db}.source_count AS a
            JOIN (SELECT origin, count(*) AS gone FROM temp.main.gone GROUP BY origin) AS g ON g.origin = a.origin
            WHERE a.reason = 'accepted'
        ) AS h WHERE c.reason = 'accepted' AND c.origin = h.origin AND c.hour = h.hour"""
    )
    session.run(
        f"""UPDATE {session.db}.property AS p SET signals = greatest(0, p.signals - g.gone)
        FROM (
            SELECT name, count(*) AS gone FROM (
                SELECT unnest(json_keys(properties)) AS name FROM temp.main.gone WHERE properties IS NOT NULL
            ) GROUP BY name
        ) AS g WHERE g.name = p.name"""
    )
    session.run(f"DELETE FROM {session.db}.property WHERE signals = 0")

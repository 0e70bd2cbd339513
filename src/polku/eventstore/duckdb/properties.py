"""Names of properties, counted while loading, so that forms and warnings need no look at every signal."""

from __future__ import annotations

from polku.eventstore.duckdb.session import Session

MOST_NAMES = 2_000
"""Distinct names that strangers can bring: their events are kept with all they hold, later names are not counted."""

MOST_TEXT = 65_536
"""Characters of an order's or person's properties from which on strangers can add none."""


def is_object(text: str) -> str:
    """SQL: whether `text` is a JSON object."""
    return f"coalesce(TRY(json_type({text})) = 'OBJECT', false)"


def count_names(
    session: Session, rows: str, *, prefix: str = "", time: str = "NULL", most: int | None = None
) -> None:
    """Add the names in the column `properties` of the table `rows`; new ones only up to `most` names in all.

    Raises duckdb.InvalidInputException where a row's properties are not JSON.
    """
    session.run(
        f"""CREATE OR REPLACE TEMP TABLE counted AS
        SELECT $prefix || unnest(keys) AS name, CAST(sum(signals) AS BIGINT) AS signals, max(last) AS last
        FROM (
            SELECT json_keys(properties) AS keys, count(*) AS signals, CAST(max({time}) AS TIMESTAMP) AS last
            FROM {rows} WHERE properties IS NOT NULL GROUP BY keys
        ) GROUP BY 1""",
        {"prefix": prefix},
    )
    session.run(
        f"""UPDATE {session.db}.property AS p
        SET signals = p.signals + c.signals, last = greatest(p.last, c.last)
        FROM temp.main.counted AS c WHERE c.name = p.name"""
    )
    room = "" if most is None else f"LIMIT greatest(0, {most} - (SELECT count(*) FROM {session.db}.property))"
    session.run(
        f"""INSERT INTO {session.db}.property
        SELECT name, signals, last FROM temp.main.counted AS c
        WHERE c.name NOT IN (SELECT name FROM {session.db}.property) ORDER BY signals DESC, name {room}"""
    )
    session.run("DROP TABLE temp.main.counted")

"""Names of properties, counted while loading, so that forms and warnings need no look at every signal."""

from __future__ import annotations

from polku.eventstore.duckdb.session import Session


def count_names(session: Session, rows: str, *, prefix: str = "", time: str = "NULL") -> None:
    """Add the names in the column `properties` of the offered table `rows`.

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
    session.run(
        f"""INSERT INTO {session.db}.property
        SELECT name, signals, last FROM temp.main.counted AS c
        WHERE c.name NOT IN (SELECT name FROM {session.db}.property)"""
    )
    session.run("DROP TABLE temp.main.counted")

"""The store's state and the times of its first and newest signal."""

from __future__ import annotations

from datetime import UTC, datetime

from polku.eventstore.duckdb.session import Session
from polku.eventstore.port import StoreState


def newest_time(rows: str) -> str:
    """The newest time of `rows` that has come. A contract that ends in five years is known today, and nothing else of
    those years is: counted up to its end, everybody else would have been away for five years."""
    now = datetime.now(UTC).replace(tzinfo=None)
    return f"(SELECT max(time) FROM {rows} WHERE time <= TIMESTAMP '{now.isoformat(sep=' ')}')"


def find_times(session: Session) -> None:
    """Look the first and newest time up again after signals changed their times."""
    session.run(
        f"""UPDATE {session.db}.meta SET
            first_time = (SELECT min(time) FROM {session.db}.signal),
            newest_time = {newest_time(f"{session.db}.signal")}"""
    )


def state(session: Session) -> StoreState:
    version, newest, first, signals, people = session.row(
        f"""SELECT version, newest_time, first_time,
            (SELECT count(*) FROM {session.db}.signal), (SELECT count(*) FROM {session.db}.person)
        FROM {session.db}.meta"""
    )
    return StoreState(version, first if newest is None else newest, first, signals, people)

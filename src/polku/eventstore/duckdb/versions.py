"""The store's state and the times of its first and newest signal."""

from __future__ import annotations

from polku.eventstore.duckdb.session import Session
from polku.eventstore.port import StoreState


def find_times(session: Session) -> None:
    """Look the first and newest time up again after signals changed their times."""
    session.run(
        f"""UPDATE {session.db}.meta SET
            first_time = (SELECT min(time) FROM {session.db}.signal),
            newest_time = (SELECT max(time) FROM {session.db}.signal)"""
    )


def state(session: Session) -> StoreState:
    version, newest, first, signals, people = session.row(
        f"""SELECT version, newest_time, first_time,
            (SELECT count(*) FROM {session.db}.signal), (SELECT count(*) FROM {session.db}.person)
        FROM {session.db}.meta"""
    )
    return StoreState(version, newest, first, signals, people)

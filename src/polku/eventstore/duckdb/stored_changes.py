"""What each write changed, kept in the workspace's file with the write itself: so that what is kept of a map on the
disk can follow it after a restart, too.

A version alone does not name a state: a store that was put back from a backup counts on from there. So each has a mark
of its own, which whoever wants to go on from it must know.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from polku.eventstore.duckdb.session import Session
from polku.eventstore.live import Change

_KEPT = 100_000
"""Versions, some days of a busy workspace; behind more of them reading anew is as quick."""
_FORGETS_EVERY = 1_000
_KNOWN = "known"


def finish(session: Session) -> int:
    """Count one more write; the new version."""
    db = session.db
    session.run(f"UPDATE {db}.meta SET version = version + 1")
    session.run(
        f"INSERT INTO {db}.write_mark SELECT version, uuid(), next_arrival, next_order FROM {db}.meta"
    )
    (version,) = session.row(f"SELECT version FROM {db}.meta")
    if version % _FORGETS_EVERY == 0:
        for table in ("write_mark", "write_change"):
            session.run(f"DELETE FROM {db}.{table} WHERE version < {version - _KEPT}")
    return int(version)


def write(session: Session, version: int, change: Change) -> None:
    """Keep what the write of `version` changed, the caller's transaction."""
    numbers = {
        _KNOWN: np.zeros(1, dtype=np.int64),
        "person": change.people,
        "order": change.orders,
        "touchpoint": np.array(sorted(change.touchpoints), dtype=np.int64),
    }
    what = np.repeat(np.array(list(numbers)), [len(each) for each in numbers.values()])
    session.offer("noted", pa.table({"what": what, "number": np.concatenate(list(numbers.values()))}))
    session.run(f"INSERT INTO {session.db}.write_change SELECT {version}, what, number FROM noted")
    session.withdraw("noted")


def mark(session: Session) -> str | None:
    """What names the present state, and no other; None where the store does not know."""
    found = session.rows(
        f"SELECT CAST(w.mark AS VARCHAR) FROM {session.db}.write_mark AS w JOIN {session.db}.meta AS m USING (version)"
    )
    return str(found[0][0]) if found else None


def is_known(session: Session, mark: str) -> bool:
    """Whether a state of this mark was one of the store's, and nobody was erased since."""
    (count,) = session.row(
        f"SELECT count(*) FROM {session.db}.write_mark WHERE CAST(mark AS VARCHAR) = $mark", {"mark": mark}
    )
    return bool(count)


def since(session: Session, version: int, mark: str) -> Change | None:
    """All that changed since the state of that version and mark; None where some of it is not known."""
    db = session.db
    start = session.rows(
        f"""SELECT w.next_arrival, w.next_order, m.version FROM {db}.write_mark AS w, {db}.meta AS m
        WHERE w.version = $version AND CAST(w.mark AS VARCHAR) = $mark""",
        {"version": version, "mark": mark},
    )
    if not start:
        return None
    first_arrival, first_order, now = start[0]
    (known,) = session.row(
        f"SELECT count(*) FROM {db}.write_change WHERE version > {int(version)} AND what = '{_KNOWN}'"
    )
    if known != now - version:
        return None
    people, orders, touchpoints = (
        session.integers(
            f"""SELECT DISTINCT number FROM {db}.write_change
            WHERE version > {int(version)} AND what = $what ORDER BY number""",
            {"what": what},
        )[0]
        for what in ("person", "order", "touchpoint")
    )
    return Change(
        int(first_arrival),
        int(first_order),
        people=people,
        orders=orders[orders < first_order],
        touchpoints=frozenset(touchpoints.tolist()),
    )

"""Rows that could not be taken in, kept as they came: waiting, mended, put aside for a day, forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from polku.eventstore.duckdb.session import Session

_SOME = "id IN (SELECT TRY_CAST(unnest(CAST($ids AS VARCHAR[])) AS UUID))"


def unseen_rejected(session: Session, rejected: pa.Table) -> pa.Table:
    """Those that do not wait here already: who sends a request again sends its bad events again too."""
    if not rejected.num_rows:
        return rejected
    session.offer("refused_rows", rejected.append_column("row", pa.array(range(rejected.num_rows))))
    (rows,) = session.integers(
        f"""SELECT min(row) FROM refused_rows AS n
        ANTI JOIN {session.db}.rejected AS r ON r.id = CAST(n.id AS UUID) AND r.aside_at IS NULL
        GROUP BY n.id ORDER BY 1"""
    )
    session.withdraw("refused_rows")
    return rejected.take(pa.array(rows))


def keep_rejected(session: Session, rejected: pa.Table) -> None:
    """What was put aside and is sent again waits again, as it came now."""
    if not rejected.num_rows:
        return
    session.offer("refused_rows", rejected)
    session.run(f"DELETE FROM {session.db}.rejected WHERE id IN (SELECT CAST(id AS UUID) FROM refused_rows)")
    session.run(
        f"""INSERT INTO {session.db}.rejected (id, received, origin, reason, detail, raw, context)
        SELECT CAST(id AS UUID), received, origin, reason, detail, raw, context FROM refused_rows"""
    )
    session.withdraw("refused_rows")


def settle_rejected(session: Session, replayed: Sequence[str], rejected: pa.Table) -> None:
    """Forget the rows that a replay settles, and keep those that are rejected.

    A row that a replay rejects once more gets the reason of today and stays as it is: somebody may have mended or
    deleted it since the replay read it. What a row that was a whole request held is kept once, should two replays
    have read that row.
    """
    is_again = pc.is_in(rejected["id"], value_set=pa.array(replayed, pa.string()))
    again = rejected.filter(is_again)
    forget_rejected(session, sorted({*replayed} - {*again["id"].to_pylist()}))
    if again.num_rows:
        session.offer("again", again)
        session.run(
            f"""UPDATE {session.db}.rejected AS r SET reason = a.reason, detail = a.detail FROM again AS a
            WHERE r.id = CAST(a.id AS UUID)"""
        )
        session.withdraw("again")
    keep_rejected(session, unseen_rejected(session, rejected.filter(pc.invert(is_again))))


def forget_rejected(session: Session, ids: Sequence[str]) -> int:
    """Delete rows for good; how many there were."""
    if not ids:
        return 0
    return _changed(session, f"DELETE FROM {session.db}.rejected WHERE {_SOME}", ids=list(ids))


def put_aside_rejected(session: Session, ids: Sequence[str], at: datetime) -> int:
    if not ids:
        return 0
    return _changed(
        session,
        f"UPDATE {session.db}.rejected SET aside_at = $at WHERE aside_at IS NULL AND {_SOME}",
        ids=list(ids),
        at=at,
    )


def restore_rejected(session: Session, at: datetime) -> int:
    return _changed(session, f"UPDATE {session.db}.rejected SET aside_at = NULL WHERE aside_at = $at", at=at)


def has_put_aside(session: Session, before: datetime) -> bool:
    (found,) = session.row(
        f"SELECT count(*) FROM {session.db}.rejected WHERE aside_at < $before", {"before": before}
    )
    return bool(found)


def forget_put_aside(session: Session, before: datetime) -> int:
    return _changed(session, f"DELETE FROM {session.db}.rejected WHERE aside_at < $before", before=before)


def mend_rejected(session: Session, changes: Sequence[tuple[str, str]]) -> int:
    """Replace the raw text of waiting rows by (id, text); how many there were."""
    if not changes:
        return 0
    ids, texts = zip(*changes, strict=True)
    session.offer("mended", pa.table({"id": ids, "raw": texts}))
    count = _changed(
        session,
        f"""UPDATE {session.db}.rejected AS r SET raw = m.raw FROM mended AS m
        WHERE r.id = TRY_CAST(m.id AS UUID) AND r.aside_at IS NULL""",
    )
    session.withdraw("mended")
    return count


def _changed(session: Session, statement: str, **parameters: object) -> int:
    (count,) = session.row(statement, parameters)
    return int(count)

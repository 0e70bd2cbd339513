"""Loading people: aliases that join persons into one, and their traits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from polku.eventstore.duckdb import batches, hits
from polku.eventstore.duckdb.bookkeeping import note_import
from polku.eventstore.duckdb.properties import count_names
from polku.eventstore.duckdb.session import Session
from polku.eventstore.duckdb.versions import finish
from polku.eventstore.port import PERSON_BATCH, HitRule, Loaded, Progress, Source

if TYPE_CHECKING:
    from polku.eventstore.duckdb.joining import Joined


def load_people(
    session: Session,
    source: Source,
    *,
    rules: Sequence[HitRule],
    origin: str | None,
    progress: Progress | None,
) -> Loaded:
    """Bring identities and traits up to date with a batch; one transaction, the caller's."""
    from polku.eventstore.duckdb.joining import join  # scipy's graphs would cost every command 0.2 s

    total = batches.row_count(source)
    accepted = done = joined = 0
    for chunk in batches.chunks(source, PERSON_BATCH):
        found = join(session, chunk)
        _move(session, found)
        session.offer(
            "ready",
            pa.table(
                {
                    "row": np.arange(chunk.num_rows),
                    "person": found.person,
                    "changed": found.changed,
                    "properties": chunk["properties"],
                }
            ),
        )
        accepted += merge_traits(session)
        count_names(session, "ready", prefix="person.")
        hits.find_again(
            session, hits.rules_about(rules, "person."), of="s.person IN (SELECT person FROM ready)"
        )
        session.withdraw("ready")
        joined += int(np.count_nonzero(found.known))
        done += chunk.num_rows
        if progress:
            progress(done, total)
    note_import(session, origin, accepted=accepted, known=done - accepted)
    return Loaded(accepted, done - accepted, joined, finish(session))


def _move(session: Session, found: Joined) -> None:
    """Give everything of persons that are no more to who they are now; later persons' traits win."""
    if not len(found.old):
        return
    session.offer("moved", pa.table({"old": found.old, "survivor": found.survivor}))
    for table in ("identity", "orders", "signal"):
        session.run(
            f"UPDATE {session.db}.{table} AS t SET person = m.survivor FROM moved AS m WHERE t.person = m.old"
        )
    session.run(
        f"""
        UPDATE {session.db}.person AS p SET traits = list_reduce(
            l.traits, lambda earlier, later: json_merge_patch(earlier, later), coalesce(p.traits, '{{}}'))
        FROM (
            SELECT m.survivor, list(q.traits ORDER BY q.person) AS traits
            FROM {session.db}.person AS q JOIN moved AS m ON m.old = q.person
            WHERE q.traits IS NOT NULL GROUP BY m.survivor
        ) AS l WHERE l.survivor = p.person"""
    )
    session.run(f"DELETE FROM {session.db}.person WHERE person IN (SELECT old FROM moved)")
    session.withdraw("moved")


def merge_traits(session: Session) -> int:
    """Write the rows' traits; how many rows changed something, their aliases included."""
    (accepted,) = session.row(
        f"""
        SELECT count(*) FILTER (changed OR (properties IS NOT NULL AND NOT coalesce(said, false))) FROM (
            SELECT r.changed, r.properties, json_contains(
                coalesce(lag(r.properties) OVER (PARTITION BY r.person ORDER BY r.row), p.traits),
                r.properties) AS said
            FROM ready AS r JOIN {session.db}.person AS p ON p.person = r.person
        )"""
    )
    session.run(
        f"""
        UPDATE {session.db}.person AS p SET traits = list_reduce(
            l.traits, lambda earlier, later: json_merge_patch(earlier, later), coalesce(p.traits, '{{}}'))
        FROM (
            SELECT person, list(properties ORDER BY row) AS traits FROM ready
            WHERE properties IS NOT NULL GROUP BY person
        ) AS l WHERE l.person = p.person"""
    )
    return int(accepted)

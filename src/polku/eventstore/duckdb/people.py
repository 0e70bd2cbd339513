"""Loading people: aliases that join persons into one, and their traits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa

from polku.eventstore.duckdb import batches, hits, merging
from polku.eventstore.duckdb.bookkeeping import note_import
from polku.eventstore.duckdb.noted_writes import MOST_NEW, Touched, change_since, first_numbers
from polku.eventstore.duckdb.properties import count_names
from polku.eventstore.duckdb.session import Session
from polku.eventstore.duckdb.stored_changes import finish
from polku.eventstore.live import Change
from polku.eventstore.port import PERSON_BATCH, HitRule, Loaded, Progress, Source


def load_people(
    session: Session,
    source: Source,
    *,
    rules: Sequence[HitRule],
    origin: str | None,
    progress: Progress | None,
) -> tuple[Loaded, Change | None]:
    """Bring identities and traits up to date with a batch; one transaction, the caller's. What it changed is None where
    that is too much to be followed."""
    from polku.eventstore.duckdb.joining import join  # scipy's graphs would cost every command 0.2 s

    now = datetime.now(UTC).replace(tzinfo=None)
    total = batches.row_count(source)
    first, touched = first_numbers(session), Touched()
    accepted = done = joined = 0
    for chunk in batches.chunks(source, PERSON_BATCH):
        found = join(session, chunk)
        merging.merge_stars(session, found.stars, at=now)
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
        if total <= MOST_NEW:
            absorbed, survivor = (found.stars[name].to_numpy() for name in ("absorbed", "survivor"))
            touched.people += [found.person, absorbed, survivor]
        accepted += _count_changed(session)
        write_traits(session)
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
    change = change_since(session, first, people=touched.people) if total <= MOST_NEW else None
    return Loaded(accepted, done - accepted, joined, finish(session)), change


def _count_changed(session: Session) -> int:
    """How many rows of `ready` change something, their aliases included."""
    (accepted,) = session.row(
        f"""
        SELECT count(*) FILTER (changed OR (properties IS NOT NULL AND NOT coalesce(said, false))) FROM (
            SELECT r.changed, r.properties, json_contains(
                coalesce(lag(r.properties) OVER (PARTITION BY r.person ORDER BY r.row), p.traits),
                r.properties) AS said
            FROM ready AS r JOIN {session.db}.person AS p ON p.person = r.person
        )"""
    )
    return int(accepted)


def write_traits(session: Session) -> None:
    """Write the traits of `ready`, later rows' over earlier ones'."""
    session.run(
        f"""
        UPDATE {session.db}.person AS p SET traits = list_reduce(
            l.traits, lambda earlier, later: json_merge_patch(earlier, later), coalesce(p.traits, '{{}}'))
        FROM (
            SELECT person, list(properties ORDER BY row) AS traits FROM ready
            WHERE properties IS NOT NULL GROUP BY person
        ) AS l WHERE l.person = p.person"""
    )

"""Loading people: aliases that join persons into one, and their traits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from polku.eventstore.duckdb import batches, hits
from polku.eventstore.duckdb.batches import Integers, codes
from polku.eventstore.duckdb.people_keys import add_identities, add_people, known_identities
from polku.eventstore.duckdb.properties import count_names
from polku.eventstore.duckdb.session import Session
from polku.eventstore.duckdb.versions import finish
from polku.eventstore.port import PERSON_BATCH, HitRule, Loaded, Progress, Source


@dataclass(frozen=True)
class _Joined:
    """What the aliases of a chunk make of people.

    `person` and `changed` are by row; `old` and `survivor` pair persons that are no more with who they are now.
    """

    person: Integers
    changed: np.ndarray
    known: np.ndarray
    old: Integers
    survivor: Integers


def load_people(
    session: Session, source: Source, *, rules: Sequence[HitRule], progress: Progress | None
) -> Loaded:
    """Bring identities and traits up to date with a batch; one transaction, the caller's."""
    total = batches.row_count(source)
    accepted = done = joined = 0
    for chunk in batches.chunks(source, PERSON_BATCH):
        found = _join(session, chunk)
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
        accepted += _merge_traits(session)
        count_names(session, "ready", prefix="person.")
        if rules:
            hits.find_again(session, rules, of="s.person IN (SELECT person FROM ready)")
        session.withdraw("ready")
        joined += int(np.count_nonzero(found.known))
        done += chunk.num_rows
        if progress:
            progress(done, total)
    return Loaded(accepted, done - accepted, joined, finish(session))


def _join(session: Session, chunk: pa.Table) -> _Joined:
    """Connected components of aliases and known persons: the oldest person of each survives."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    row, alias, aliases = _pairs(chunk)
    identity, person = known_identities(session, aliases)
    known = identity >= 0
    people, position = np.unique(person[known], return_inverse=True)
    # Nodes: the chunk's aliases, then the persons known by some of them.
    heads = alias[np.unique(row, return_index=True)[1]]
    left = np.concatenate([heads[row], np.flatnonzero(known)])
    right = np.concatenate([alias, len(aliases) + position])
    size = len(aliases) + len(people)
    graph = coo_array((np.ones(len(left), dtype=np.int8), (left, right)), shape=(size, size))
    count, component = connected_components(graph, directed=False)
    survivor = np.full(count, np.iinfo(np.int64).max)
    np.minimum.at(survivor, component[len(aliases) :], people)
    nobody = np.flatnonzero(survivor == np.iinfo(np.int64).max)
    first = add_people(session, len(nobody))
    # Components are numbered by their first node, that is by first appearance in the batch.
    survivor[nobody] = np.arange(first, first + len(nobody))
    owner = survivor[component[: len(aliases)]]
    new = np.flatnonzero(~known)
    add_identities(session, aliases.take(pa.array(new)), owner[new])
    kept = survivor[component[len(aliases) :]]
    gone = kept != people
    changed = np.zeros(chunk.num_rows, dtype=bool)
    changed[row[_first_of_each(alias) & ~known[alias]]] = True
    merged = np.isin(owner, kept[gone])
    several = np.bincount(row, minlength=chunk.num_rows) > 1
    changed |= several & _spans_persons(row, person[alias], chunk.num_rows) & merged[heads]
    seen = np.zeros(chunk.num_rows, dtype=bool)
    seen[row[known[alias]]] = True
    return _Joined(owner[heads], changed, seen, people[gone], kept[gone])


def _pairs(chunk: pa.Table) -> tuple[Integers, Integers, pa.Array]:
    """(row, alias) pairs sorted by row, each row's own id first, and the distinct aliases."""
    lists = chunk["aliases"].combine_chunks()
    rows = np.arange(chunk.num_rows)
    texts = pa.chunked_array([chunk["person"].combine_chunks(), lists.flatten()], type=pa.string())
    row = np.concatenate([rows, pc.list_parent_indices(lists).to_numpy()])
    order = np.argsort(row, kind="stable")
    row, texts = row[order], texts.take(pa.array(order))
    there = pc.is_valid(texts)
    alias, aliases = codes(texts.filter(there))
    return row[there.to_numpy()], alias, aliases


def _first_of_each(values: Integers) -> np.ndarray:
    first = np.zeros(len(values), dtype=bool)
    first[np.unique(values, return_index=True)[1]] = True
    return first


def _spans_persons(row: Integers, person: Integers, count: int) -> np.ndarray:
    """Rows whose known aliases belong to more than one person."""
    known = person >= 0
    highest = np.full(count, -1, dtype=np.int64)
    lowest = np.full(count, np.iinfo(np.int64).max)
    np.maximum.at(highest, row[known], person[known])
    np.minimum.at(lowest, row[known], person[known])
    return (highest >= 0) & (lowest != highest)


def _move(session: Session, found: _Joined) -> None:
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


def _merge_traits(session: Session) -> int:
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

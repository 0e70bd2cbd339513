"""Making people one: what is rewritten, and what is remembered so that it can be taken back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
import numpy as np
import pyarrow as pa

from polku.eventstore.duckdb.batches import Integers
from polku.eventstore.duckdb.session import Session
from polku.eventstore.streams import LinkReason

Traits = dict[str, msgspec.Raw]
read_traits = msgspec.json.Decoder(Traits).decode


@dataclass(frozen=True)
class Merged:
    """One row of the history: by the link of two identities `survivor` took in `absorbed`."""

    survivor: int
    absorbed: int
    identity: int
    other: int
    reason: LinkReason


def write_traits(traits: Traits) -> str | None:
    return msgspec.json.encode(traits).decode() if traits else None


def merge(
    session: Session, merged: Sequence[Merged], *, new: Iterable[tuple[int, int]], at: datetime
) -> Integers:
    """Make the mergers, in order, and remember them; the persons whose signals, orders or traits are now others'.

    `new` are (identity, person) that have no rows yet: whoever writes them gives them their person by now.
    """
    if not merged:
        return np.empty(0, dtype=np.int64)
    absorbed = {each.absorbed for each in merged}
    identities: dict[int, list[int]] = {}
    for identity, person in new:
        if person in absorbed:
            identities.setdefault(person, []).append(identity)
    stored = np.array(sorted(absorbed - identities.keys()), dtype=np.int64)
    traits = _traits(session, sorted({*stored.tolist(), *(each.survivor for each in merged)}))
    if len(stored):
        session.offer("asked", pa.table({"person": stored}))
        for person, its in session.rows(
            f"""SELECT i.person, list(i.identity ORDER BY i.identity) FROM {session.db}.identity AS i
            SEMI JOIN asked ON asked.person = i.person GROUP BY i.person"""
        ):
            identities[person] = its
        session.withdraw("asked")
    _remember(session, merged, identities, traits, at)
    if len(stored):
        _move(session, stored, survivors(merged, stored), traits)
    return stored


def _traits(session: Session, people: list[int]) -> dict[int, Traits]:
    session.offer("asked", pa.table({"person": people}))
    found = session.rows(
        f"""SELECT p.person, p.traits FROM {session.db}.person AS p SEMI JOIN asked ON asked.person = p.person
        WHERE p.traits IS NOT NULL"""
    )
    session.withdraw("asked")
    return {person: read_traits(traits) for person, traits in found}


def _remember(
    session: Session,
    merged: Sequence[Merged],
    identities: dict[int, list[int]],
    traits: dict[int, Traits],
    at: datetime,
) -> None:
    """Write the history. Changes `identities` and `traits` to what they are after the mergers."""
    rows = []
    for each in merged:
        taken = identities.get(each.absorbed, [])
        before, added = traits.get(each.survivor), traits.get(each.absorbed)
        rows.append(
            (
                each.reason.value, each.survivor, each.absorbed, each.identity, each.other, list(taken),
                write_traits(before) if before else None, write_traits(added) if added else None,
            )
        )  # fmt: skip
        if each.survivor in identities:
            identities[each.survivor] += taken
        if added:
            traits[each.survivor] = {**(before or {}), **added}
    names = (
        "reason",
        "survivor",
        "absorbed",
        "identity",
        "other",
        "identities",
        "survivor_traits",
        "absorbed_traits",
    )
    types = (pa.string(), *[pa.int64()] * 4, pa.list_(pa.int64()), pa.string(), pa.string())
    columns = [pa.array(column, type_) for column, type_ in zip(zip(*rows, strict=True), types, strict=True)]
    columns.append(pa.array(np.arange(len(rows))))
    session.offer("history", pa.table(columns, names=[*names, "row"]))
    session.run(
        f"""INSERT INTO {session.db}.merged BY NAME SELECT * EXCLUDE (row), $at AS made_at,
            row + (SELECT coalesce(max(number), 0) + 1 FROM {session.db}.merged) AS number
        FROM history ORDER BY row""",
        {"at": at},
    )
    session.withdraw("history")


def merge_stars(session: Session, stars: pa.Table, *, at: datetime) -> None:
    """Let each `survivor` take in each `absorbed` by the link of `identity` and `other`, all columns of `stars`.

    Quick for any number: nobody is both. Later persons' traits win.
    """
    if not stars.num_rows:
        return
    session.offer("moved", stars)
    session.run(
        f"""INSERT INTO {session.db}.merged BY NAME
        SELECT m.survivor, m.absorbed, m.identity, m.other, '{LinkReason.IMPORT.value}' AS reason, $at AS made_at,
            row_number() OVER (ORDER BY m.survivor, m.absorbed)
                + (SELECT coalesce(max(number), 0) FROM {session.db}.merged) AS number,
            i.identities, s.traits AS survivor_traits, a.traits AS absorbed_traits
        FROM moved AS m
        JOIN (
            SELECT i.person, list(i.identity ORDER BY i.identity) AS identities FROM {session.db}.identity AS i
            WHERE i.person IN (SELECT absorbed FROM moved) GROUP BY i.person
        ) AS i ON i.person = m.absorbed
        LEFT JOIN {session.db}.person AS s ON s.person = m.survivor
        LEFT JOIN {session.db}.person AS a ON a.person = m.absorbed""",
        {"at": at},
    )
    session.run(
        f"""
        UPDATE {session.db}.person AS p SET traits = list_reduce(
            l.traits, lambda earlier, later: json_merge_patch(earlier, later), coalesce(p.traits, '{{}}'))
        FROM (
            SELECT m.survivor, list(q.traits ORDER BY q.person) AS traits
            FROM {session.db}.person AS q JOIN moved AS m ON m.absorbed = q.person
            WHERE q.traits IS NOT NULL GROUP BY m.survivor
        ) AS l WHERE l.survivor = p.person"""
    )
    _rewrite(session)
    session.withdraw("moved")


def survivors(merged: Sequence[Merged], people: Integers) -> Integers:
    """Who the people are after the mergers."""
    taken_in_by: dict[int, int] = {}
    # A survivor is absorbed, if ever, later than it survives: backwards each one's last survivor is known.
    for each in reversed(merged):
        taken_in_by[each.absorbed] = taken_in_by.get(each.survivor, each.survivor)
    if not taken_in_by:
        return people
    absorbed = np.array(sorted(taken_in_by), dtype=np.int64)
    by = np.array([taken_in_by[person] for person in absorbed.tolist()], dtype=np.int64)
    place = np.minimum(np.searchsorted(absorbed, people), len(absorbed) - 1)
    return np.where(absorbed[place] == people, by[place], people)


def _move(session: Session, old: Integers, survivor: Integers, traits: dict[int, Traits]) -> None:
    """Give everything of persons that are no more to who they are now."""
    session.offer("moved", pa.table({"absorbed": old, "survivor": survivor}))
    _rewrite(session)
    session.withdraw("moved")
    kept = np.unique(survivor).tolist()
    told = [(person, write_traits(traits[person])) for person in kept if person in traits]
    set_traits(session, told)


def _rewrite(session: Session) -> None:
    for table in ("identity", "orders", "signal", "visit"):
        session.run(
            f"UPDATE {session.db}.{table} AS t SET person = m.survivor FROM moved AS m WHERE t.person = m.absorbed"
        )
    session.run(f"DELETE FROM {session.db}.person WHERE person IN (SELECT absorbed FROM moved)")


def set_traits(session: Session, told: Sequence[tuple[int, str | None]]) -> None:
    if not told:
        return
    people, texts = zip(*told, strict=True)
    session.offer("told", pa.table({"person": people, "traits": pa.array(texts, pa.string())}))
    session.run(
        f"UPDATE {session.db}.person AS p SET traits = t.traits FROM told AS t WHERE t.person = p.person"
    )
    session.withdraw("told")

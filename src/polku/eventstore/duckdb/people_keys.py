"""Identities and persons while loading: what an alias stands for, and numbers for those never seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from polku.eventstore.duckdb.batches import Integers, codes
from polku.eventstore.duckdb.session import Session

DEVICE_KINDS = "('device', 'cookieless')"
LONG_ENOUGH = 16
"""Characters from which an id is taken for a device's, which are UUIDs or hex, and not for a customer number."""
TELLING = 8
"""Characters from which a loyalty or phone number is taken for the same wherever it stands: a shorter one is likely to
be another customer's number, too."""
IS_SMALL_NUMBER = f"(i.kind IN ('phone', 'loyalty') AND length(i.alias) < {TELLING})"
"""SQL over a row `i` of identity: a number in a space of its own, where it is only itself."""


@dataclass(frozen=True)
class Identities:
    """By row: the identity and its person, −1 where the row names nobody."""

    identity: Integers
    person: Integers


def as_known(aliases: pa.ChunkedArray) -> pa.ChunkedArray:
    """Ids as the store knows them: people write an e-mail address in whatever letters, and it is the same one."""
    is_address = pc.match_substring(aliases, "@")
    if not pc.any(is_address).as_py():
        return aliases
    return pc.if_else(is_address, pc.utf8_lower(aliases), aliases)


def take_numbers(session: Session, counter: str, count: int) -> int:
    """Reserve `count` numbers of a counter in `meta`; the first of them."""
    (first,) = session.row(f"SELECT {counter} FROM {session.db}.meta")
    if count:
        session.run(f"UPDATE {session.db}.meta SET {counter} = {counter} + $count", {"count": count})
    return int(first)


def add_people(session: Session, count: int) -> int:
    """Make `count` people without traits; the first one's number."""
    first = take_numbers(session, "next_person", count)
    if count:
        session.run(
            f"INSERT INTO {session.db}.person SELECT range, NULL FROM range($first, $end)",
            {"first": first, "end": first + count},
        )
    return first


def known_identities(session: Session, aliases: pa.Array) -> tuple[Integers, Integers]:
    """(identity, person) of each alias of a file, −1 where it was never seen.

    A file does not say what its ids are. They are names before they are devices, and devices only where they are too
    long for a customer number; of a shared device the present owner is meant.
    """
    session.offer("aliases", pa.table({"alias": aliases, "position": np.arange(len(aliases))}))
    position, identity, person = session.integers(
        f"""
        SELECT a.position, i.identity, i.person
        FROM aliases AS a JOIN {session.db}.identity AS i ON i.alias = a.alias
        WHERE (coalesce(i.kind, 'file') NOT IN {DEVICE_KINDS} AND NOT coalesce({IS_SMALL_NUMBER}, false))
            OR (i.kind = 'device' AND length(i.alias) >= {LONG_ENOUGH})
        ORDER BY coalesce(i.kind, 'file') NOT IN {DEVICE_KINDS}, i.identity"""
    )
    session.withdraw("aliases")
    identities = np.full(len(aliases), -1, dtype=np.int64)
    people = np.full(len(aliases), -1, dtype=np.int64)
    identities[position], people[position] = identity, person
    return identities, people


def add_identities(session: Session, aliases: pa.Array, people: Integers) -> Integers:
    """Numbers for new aliases of existing `people`."""
    first = take_numbers(session, "next_identity", len(aliases))
    numbers = np.arange(first, first + len(aliases), dtype=np.int64)
    if len(aliases):
        session.offer("added", pa.table({"identity": numbers, "alias": aliases, "person": people}))
        session.run(
            f"""INSERT INTO {session.db}.identity (identity, alias, person, kind)
            SELECT identity, alias, person, 'file' FROM added"""
        )
        session.withdraw("added")
    return numbers


def identify(session: Session, column: pa.ChunkedArray) -> Identities:
    """Find the people that a column of aliases names; each alias never seen becomes a person of its own."""
    rows, aliases = codes(as_known(column))
    identities, people = known_identities(session, aliases)
    new = np.flatnonzero(identities < 0)
    if len(new):
        first = add_people(session, len(new))
        people[new] = np.arange(first, first + len(new))
        identities[new] = add_identities(session, aliases.take(pa.array(new)), people[new])
    return Identities(_by_row(identities, rows), _by_row(people, rows))


def _by_row(values: Integers, rows: Integers) -> Integers:
    """`values` at `rows`, −1 where the row is −1."""
    return np.append(values, -1)[rows]

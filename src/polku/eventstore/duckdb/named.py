"""Who a batch of the front door names: each id once, with what the store knows of it.

A device's ids are a space of their own: an app may number its devices 1, 2, 3 as the shop does its customers. So are,
for the same reason, short loyalty and phone numbers. A file does not say what its ids are: they are names, except that
one too long to be a customer number may be a device's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from polku.eventstore.duckdb.batches import Integers, codes
from polku.eventstore.duckdb.people_keys import (
    DEVICE_KINDS,
    IS_SMALL_NUMBER,
    LONG_ENOUGH,
    TELLING,
    Identities,
    as_known,
    identify,
    take_numbers,
)
from polku.eventstore.duckdb.session import Session
from polku.eventstore.placeholders import are_placeholders
from polku.eventstore.port import StoreError
from polku.eventstore.streams import IdKind

# From weakest to strongest: an id that is called several things is the strongest of them.
KINDS = (
    IdKind.FILE, IdKind.EMAIL, IdKind.PHONE, IdKind.LOYALTY, IdKind.USER, IdKind.DEVICE, IdKind.COOKIELESS,
)  # fmt: skip
FILE, PHONE, LOYALTY, USER, DEVICE, COOKIELESS = (
    KINDS.index(IdKind(kind)) for kind in ("file", "phone", "loyalty", "user", "device", "cookieless")
)
_NAMES, _DEVICES, _SMALL_NUMBERS = range(3)
"""The spaces of ids: the same text is one id within one of them."""
_SPACES = 3
_KIND_TEXTS = pa.array([kind.value for kind in KINDS])

Flags = NDArray[np.bool_]


@dataclass
class Named:
    """One entry per id, in the order in which the batch names them first.

    `person` is the person as the store has it, or a new number. Where `is_shared`, the id's last owner of many is
    meant. `kind` is the position in KINDS, by now and by the batch.
    """

    aliases: pa.Array
    kind: Integers
    identity: Integers
    person: Integers
    is_shared: Flags
    is_new: Flags
    is_placeholder: Flags

    @property
    def is_device(self) -> Flags:
        return self.kind >= DEVICE


@dataclass(frozen=True)
class Mention:
    """A column of ids: `kinds` says of what sort they are, `position` how many events came before each."""

    aliases: pa.ChunkedArray
    kinds: pa.ChunkedArray
    position: Integers


def find_named(session: Session, mentions: Sequence[Mention]) -> tuple[Named, list[Integers]]:
    """All ids of the columns, and for each column its rows' entries (−1 where the row names nobody).

    Ids never seen get numbers, and each a person of its own, but no rows yet. Ids that turn out to be of a stronger
    sort than the store thought are written so.
    """
    entries, aliases, kind = _distinct(mentions)
    count = len(aliases)
    junk = are_placeholders(aliases).to_numpy(zero_copy_only=False).astype(bool)
    named = Named(
        aliases=aliases,
        kind=kind,
        identity=np.full(count, -1, dtype=np.int64),
        person=np.full(count, -1, dtype=np.int64),
        is_shared=np.zeros(count, dtype=bool),
        is_new=np.zeros(count, dtype=bool),
        is_placeholder=junk,
    )
    if count:
        _look_up(session, named)
        named.is_new = named.identity < 0
        new = int(np.count_nonzero(named.is_new))
        for numbers, counter in ((named.identity, "next_identity"), (named.person, "next_person")):
            first = take_numbers(session, counter, new)
            numbers[named.is_new] = np.arange(first, first + new)
    return named, entries


def identify_each(session: Session, aliases: pa.ChunkedArray, kinds: pa.ChunkedArray) -> Identities:
    """The people that a column of ids names, `kinds` saying of what sort each is; where it is null, or says that the id
    is a file's, that is not known. An id never seen becomes a person of its own. Raises StoreError for a kind that
    does not exist."""
    is_told = pc.and_(pc.is_valid(kinds), pc.not_equal(pc.fill_null(kinds, ""), IdKind.FILE.value))
    if not pc.any(is_told).as_py():
        return identify(session, aliases)
    nobody = pa.scalar(None, pa.string())
    told = Mention(pc.if_else(is_told, aliases, nobody), kinds, np.zeros(len(aliases), dtype=np.int64))
    named, (entry,) = find_named(session, [told])
    write_new(session, named, named.person)
    others = identify(session, pc.if_else(is_told, nobody, aliases))
    return Identities(
        np.where(entry >= 0, np.append(named.identity, -1)[entry], others.identity),
        np.where(entry >= 0, np.append(named.person, -1)[entry], others.person),
    )


def _distinct(mentions: Sequence[Mention]) -> tuple[list[Integers], pa.Array, Integers]:
    given = pa.chunked_array([c for m in mentions for c in m.aliases.chunks], type=pa.string())
    text, texts = codes(as_known(given))
    kind = np.concatenate([_kind_codes(mention) for mention in mentions])
    position = np.concatenate([mention.position for mention in mentions])
    there = np.flatnonzero(text >= 0)
    space = _space_of(kind[there], pc.utf8_length(texts).to_numpy()[text[there]])
    key, first, entry = np.unique(text[there] * _SPACES + space, return_index=True, return_inverse=True)
    first_position = np.full(len(key), np.iinfo(np.int64).max)
    np.minimum.at(first_position, entry, position[there])
    order = np.lexsort((first, first_position))
    rank = np.empty(len(key), dtype=np.int64)
    rank[order] = np.arange(len(key))
    entry = rank[entry]
    strongest = np.zeros(len(key), dtype=np.int64)
    np.maximum.at(strongest, entry, kind[there])
    of_all = np.full(len(text), -1, dtype=np.int64)
    of_all[there] = entry
    ends = np.cumsum([len(mention.position) for mention in mentions])[:-1]
    return np.split(of_all, ends), texts.take(pa.array(key[order] // _SPACES)), strongest


def _space_of(kind: Integers, length: Integers) -> Integers:
    """By id the space that it is in."""
    is_small = ((kind == PHONE) | (kind == LOYALTY)) & (length < TELLING)
    return np.where(kind >= DEVICE, _DEVICES, np.where(is_small, _SMALL_NUMBERS, _NAMES))


def _kind_codes(mention: Mention) -> Integers:
    found = pc.index_in(mention.kinds, value_set=_KIND_TEXTS)
    unknown = pc.and_(pc.is_null(found), pc.is_valid(mention.aliases))
    if pc.any(unknown).as_py():
        raise StoreError(_("The batch has ids of a sort that does not exist."))
    return found.fill_null(0).combine_chunks().to_numpy(zero_copy_only=False).astype(np.int64)


def _look_up(session: Session, named: Named) -> None:
    count = len(named.kind)
    space = _space_of(named.kind, pc.utf8_length(named.aliases).to_numpy())
    session.offer("named", pa.table({"entry": np.arange(count), "alias": named.aliases, "space": space}))
    # A device's own row comes after a file's, and of a shared device's rows its last one: the later wins below.
    found = session.table(
        f"""
        SELECT n.entry, i.identity, i.person, coalesce(i.is_shared, false) AS is_shared,
            coalesce(i.kind, 'file') AS kind
        FROM named AS n JOIN {session.db}.identity AS i ON i.alias = n.alias
        WHERE CASE n.space
            WHEN {_DEVICES} THEN i.kind IN {DEVICE_KINDS}
                OR (coalesce(i.kind, 'file') = 'file' AND length(i.alias) >= {LONG_ENOUGH})
            WHEN {_SMALL_NUMBERS} THEN coalesce({IS_SMALL_NUMBER}, false)
            ELSE coalesce(i.kind, 'file') NOT IN {DEVICE_KINDS} AND NOT coalesce({IS_SMALL_NUMBER}, false) END
        ORDER BY coalesce(i.kind, 'file') <> 'file', i.identity"""
    )
    session.withdraw("named")
    entry = found["entry"].to_numpy()
    for numbers, column in ((named.identity, "identity"), (named.person, "person")):
        numbers[entry] = found[column].to_numpy()
    named.is_shared[entry] = found["is_shared"].to_numpy()
    stored = np.full(count, -1, dtype=np.int64)
    stored[entry] = pc.index_in(found["kind"], value_set=_KIND_TEXTS).to_numpy()
    stronger = np.flatnonzero((stored >= 0) & (stored < named.kind))
    named.kind = np.maximum(named.kind, stored)
    if len(stronger):
        session.offer(
            "stronger",
            pa.table(
                {
                    "identity": named.identity[stronger],
                    "kind": _KIND_TEXTS.take(pa.array(named.kind[stronger])),
                }
            ),
        )
        session.run(
            f"UPDATE {session.db}.identity AS i SET kind = r.kind FROM stronger AS r WHERE r.identity = i.identity"
        )
        session.withdraw("stronger")


def write_new(session: Session, named: Named, person: Integers) -> None:
    """Write the ids never seen before, each with its `person` by now, and the rows of persons that are new."""
    new = np.flatnonzero(named.is_new)
    if not len(new):
        return
    session.offer(
        "added",
        pa.table(
            {
                "identity": named.identity[new],
                "alias": named.aliases.take(pa.array(new)),
                "person": person[new],
                "kind": _KIND_TEXTS.take(pa.array(named.kind[new])),
            }
        ),
    )
    session.run(
        f"""INSERT INTO {session.db}.identity (identity, alias, person, kind, is_shared)
        SELECT identity, alias, person, kind, false FROM added"""
    )
    stayed = person[new][person[new] == named.person[new]]
    session.offer("added_people", pa.table({"person": stayed}))
    session.run(f"INSERT INTO {session.db}.person SELECT person, NULL FROM added_people")
    for name in ("added", "added_people"):
        session.withdraw(name)

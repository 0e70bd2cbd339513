"""Which persons a batch of aliases makes one: connected components of aliases and the persons known by them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree

from polku.eventstore.duckdb.batches import Integers, codes
from polku.eventstore.duckdb.links import kept_apart, note_refused
from polku.eventstore.duckdb.people_keys import add_identities, add_people, as_known, known_identities
from polku.eventstore.duckdb.session import Session
from polku.eventstore.placeholders import are_placeholders


@dataclass(frozen=True)
class Joined:
    """What the aliases of a chunk make of people.

    `person` and `changed` are by row; `stars` is what `merging.merge_stars` takes.
    """

    person: Integers
    changed: np.ndarray
    known: np.ndarray
    stars: pa.Table


def join(session: Session, chunk: pa.Table) -> Joined:
    """Connected components of aliases and known persons: the oldest person of each survives.

    Texts that stand for a missing alias join nobody, and neither does what somebody separated.
    """
    row, alias, aliases = _pairs(session, chunk)
    identity, person = known_identities(session, aliases)
    known = identity >= 0
    people, position = np.unique(person[known], return_inverse=True)
    # Nodes: the chunk's aliases, then the persons known by some of them.
    size = len(aliases) + len(people)
    heads = alias[np.unique(row, return_index=True)[1]]
    edges = _first_edges(
        np.concatenate([np.flatnonzero(known), heads[row]]),
        np.concatenate([len(aliases) + position, alias]),
        np.concatenate([np.ones(len(position)), row + 2.0]),
        size,
    )
    # The lightest forest takes an edge exactly when it joined something that earlier rows had not.
    forest = _kept_apart(session, minimum_spanning_tree(edges).tocoo(), aliases, people)
    count, component = connected_components(forest, directed=False)
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
    changed[forest.data[forest.data >= 2].astype(np.int64) - 2] = True
    seen = np.zeros(chunk.num_rows, dtype=bool)
    seen[row[known[alias]]] = True
    # Any known alias of a person stands for it in the link that joined it.
    first_known = np.flatnonzero(known)[np.unique(position, return_index=True)[1]]
    of_survivor = np.searchsorted(people, kept[gone])
    stars = pa.table(
        {
            "survivor": kept[gone],
            "absorbed": people[gone],
            "identity": identity[first_known[gone]],
            "other": identity[first_known[of_survivor]],
        }
    )
    return Joined(owner[heads], changed, seen, stars)


def _pairs(session: Session, chunk: pa.Table) -> tuple[Integers, Integers, pa.Array]:
    """(row, alias) pairs sorted by row, each row's own id first, and the distinct aliases."""
    lists = chunk["aliases"].combine_chunks()
    rows = np.arange(chunk.num_rows)
    texts = as_known(pa.chunked_array([chunk["person"].combine_chunks(), lists.flatten()], type=pa.string()))
    row = np.concatenate([rows, pc.list_parent_indices(lists).to_numpy()])
    junk = are_placeholders(texts).combine_chunks().to_numpy(zero_copy_only=False).astype(bool)
    junk[: chunk.num_rows] = False
    if junk.any():
        refused = texts.filter(pa.array(junk)).value_counts().to_pylist()
        note_refused(
            session,
            [("placeholder", each["values"], "", each["counts"]) for each in refused],
            datetime.now(UTC).replace(tzinfo=None),
        )
    order = np.argsort(row, kind="stable")
    row, texts, junk = row[order], texts.take(pa.array(order)), junk[order]
    there = pc.and_(pc.is_valid(texts), pa.array(~junk))
    alias, aliases = codes(texts.filter(there))
    return row[there.to_numpy()], alias, aliases


def _kept_apart(session: Session, forest: coo_array, aliases: pa.Array, people: Integers) -> coo_array:
    """The forest without the edges that would join people whom somebody separated."""
    apart = np.array(kept_apart(session), dtype=np.int64).reshape(-1, 2)
    apart = apart[np.isin(apart, people).all(axis=1)]
    if not len(apart):
        return forest
    nodes = len(aliases) + np.searchsorted(people, apart)
    component = connected_components(forest, directed=False)[1]
    touched = np.unique(component[nodes[component[nodes[:, 0]] == component[nodes[:, 1]]]])
    if not len(touched):
        return forest
    joined = {node: node for node in np.flatnonzero(np.isin(component, touched)).tolist()}
    rivals: dict[int, set[int]] = {}
    for one, other in nodes.tolist():
        rivals.setdefault(one, set()).add(other)
        rivals.setdefault(other, set()).add(one)
    members = {node: {node} for node in joined}
    keep = np.ones(len(forest.data), dtype=bool)
    refused = []
    for edge in np.argsort(forest.data, kind="stable").tolist():
        left, right = int(forest.row[edge]), int(forest.col[edge])
        if left not in joined:
            continue
        one, other = joined[left], joined[right]
        if any(rivals.get(each, set()) & members[other] for each in members[one]):
            keep[edge] = False
            texts = [aliases[node].as_py() if node < len(aliases) else "" for node in (left, right)]
            refused.append(("kept_apart", texts[0], texts[1], 1))
            continue
        members[one] |= members.pop(other)
        for each in members[one]:
            joined[each] = one
    note_refused(session, refused, datetime.now(UTC).replace(tzinfo=None))
    return coo_array((forest.data[keep], (forest.row[keep], forest.col[keep])), shape=forest.shape)


def _first_of_each(values: Integers) -> np.ndarray:
    first = np.zeros(len(values), dtype=bool)
    first[np.unique(values, return_index=True)[1]] = True
    return first


def _first_edges(left: Integers, right: Integers, weight: NDArray[np.float64], size: int) -> csr_array:
    """The graph in which each pair has the weight of its first edge."""
    pair = np.minimum(left, right) * size + np.maximum(left, right)
    first = np.unique(pair, return_index=True)[1]
    first = first[left[first] != right[first]]
    return csr_array((weight[first], (left[first], right[first])), shape=(size, size))

"""Which persons a batch of aliases makes one: connected components of aliases and the persons known by them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree

from polku.eventstore.duckdb.batches import Integers, codes
from polku.eventstore.duckdb.people_keys import add_identities, add_people, known_identities
from polku.eventstore.duckdb.session import Session


@dataclass(frozen=True)
class Joined:
    """What the aliases of a chunk make of people.

    `person` and `changed` are by row; `old` and `survivor` pair persons that are no more with who they are now.
    """

    person: Integers
    changed: np.ndarray
    known: np.ndarray
    old: Integers
    survivor: Integers


def join(session: Session, chunk: pa.Table) -> Joined:
    """Connected components of aliases and known persons: the oldest person of each survives."""
    row, alias, aliases = _pairs(chunk)
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
    forest = minimum_spanning_tree(edges).tocoo()
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
    return Joined(owner[heads], changed, seen, people[gone], kept[gone])


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


def _first_edges(left: Integers, right: Integers, weight: NDArray[np.float64], size: int) -> csr_array:
    """The graph in which each pair has the weight of its first edge."""
    pair = np.minimum(left, right) * size + np.maximum(left, right)
    first = np.unique(pair, return_index=True)[1]
    first = first[left[first] != right[first]]
    return csr_array((weight[first], (left[first], right[first])), shape=(size, size))

"""Which ways units go: transitions, flows and variants."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from polku.eventstore import behaviour_paths
from polku.eventstore.behaviour import PathQuestion, Paths, Variants
from polku.eventstore.behaviour_paths import Walk
from polku.eventstore.duckdb.batches import codes
from polku.eventstore.duckdb.sequences import scanned, walks
from polku.eventstore.duckdb.session import Session
from polku.eventstore.duckdb.terms import Terms
from polku.eventstore.port import Scope, SignalKind, StoreError

# A page address from its path on, without what follows "?" or "#"; an address without a path is "/".
_PAGE = r"^(?:[A-Za-z][A-Za-z0-9+.-]*:)?(?://[^/?#]*)?([^?#]*)"


def paths(session: Session, scope: Scope, asked: PathQuestion) -> Paths:
    walk, ties = _walk(session, scope, asked)
    return behaviour_paths.paths_of(walk, asked, scanned=scanned(session, scope), ties=ties)


def variants(session: Session, scope: Scope, asked: PathQuestion) -> Variants:
    walk, ties = _walk(session, scope, asked)
    return behaviour_paths.variants_of(walk, asked, scanned=scanned(session, scope), ties=ties)


def _walk(session: Session, scope: Scope, asked: PathQuestion) -> tuple[Walk, float]:
    """The walk from the start to the end that are asked for, and the share of ties among the rows read."""
    joins, wanted = "", f"s.kind = {int(SignalKind.EVENT)}"
    if asked.node == "event":
        node = f"CASE WHEN {wanted} THEN s.name END"
    elif asked.node == "page":
        wanted += " AND s.url IS NOT NULL"
        node = f"CASE WHEN {wanted} THEN coalesce(nullif(regexp_extract(s.url, '{_PAGE}', 1), ''), '/') END"
    elif asked.node == "touchpoint":
        session.offer(
            "places",
            pa.table(
                {
                    "touchpoint": pa.array(asked.touchpoints, pa.int64()),
                    "place": pa.array(range(len(asked.touchpoints)), pa.int64()),
                }
            ),
        )
        # A signal that hits several touchpoints is at the one that comes first: nobody went from one to the other.
        joins = f""" LEFT JOIN (
            SELECT h.signal, arg_min(h.touchpoint, places.place) AS touchpoint
            FROM {session.db}.hit AS h JOIN places ON places.touchpoint = h.touchpoint GROUP BY h.signal
        ) AS visited ON visited.signal = s.arrival"""
        wanted = "visited.touchpoint IS NOT NULL"
        node = "CAST(visited.touchpoint AS VARCHAR)"
    else:
        raise StoreError(f"“{asked.node}” is not a node of paths.")

    def columns(_terms: Terms) -> Mapping[str, str]:
        return {"node": node, "name": "s.name"}

    bounds = [selector for selector in (asked.start, asked.end) if selector is not None]
    found = walks(session, scope, bounds, unit=asked.unit, others=wanted, columns=columns, joins=joins)
    if asked.node == "touchpoint":
        session.withdraw("places")
    is_node = found.columns["node"].is_valid().to_numpy()
    named = pc.coalesce(found.columns["node"], found.columns["name"])
    numbers, distinct = codes(named)
    texts = distinct.to_pylist()
    by_name = sorted(range(len(texts)), key=texts.__getitem__)
    rank = np.empty(len(texts), dtype=np.int64)
    rank[by_name] = np.arange(len(texts))
    walk = Walk(found.unit, found.time, rank[numbers], [texts[place] for place in by_name])
    ties = behaviour_paths.share_of_ties(found.unit, found.time)
    if bounds:
        flags = iter([found.mask >> number & 1 == 1 for number in range(len(bounds))])
        starts = next(flags) if asked.start is not None else None
        ends = next(flags) if asked.end is not None else None
        walk = behaviour_paths.cut(walk, is_node, starts, ends)
    return walk, ties

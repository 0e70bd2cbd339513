"""Which ways units go: transitions, flows and variants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from polku.eventstore import behaviour_paths
from polku.eventstore.behaviour import PathQuestion, Paths, Variants
from polku.eventstore.behaviour_paths import Walk
from polku.eventstore.duckdb.batches import codes
from polku.eventstore.duckdb.column_walks import find, is_event
from polku.eventstore.duckdb.question import Question
from polku.eventstore.duckdb.sequences import Walks, scanned, walks
from polku.eventstore.duckdb.session import Session
from polku.eventstore.duckdb.terms import Terms
from polku.eventstore.port import Scope, Selector, SignalKind, StoreError, Unit
from polku.eventstore.signal_columns import SignalColumns

# A page address from its path on, without what follows "?" or "#"; an address without a path is "/".
_PAGE = r"^(?:[A-Za-z][A-Za-z0-9+.-]*:)?(?://[^/?#]*)?([^?#]*)"
_EVENT = f"s.kind = {int(SignalKind.EVENT)}"


def paths(question: Question, scope: Scope, asked: PathQuestion) -> Paths:
    walk, ties, looked_at = _walk(question, scope, asked)
    work = behaviour_paths.Work(question.pause, question.threads)
    return behaviour_paths.paths_of(walk, asked, work, scanned=looked_at, ties=ties)


def variants(question: Question, scope: Scope, asked: PathQuestion) -> Variants:
    walk, ties, looked_at = _walk(question, scope, asked)
    work = behaviour_paths.Work(question.pause, question.threads)
    return behaviour_paths.variants_of(walk, asked, work, scanned=looked_at, ties=ties)


def _walk(question: Question, scope: Scope, asked: PathQuestion) -> tuple[Walk, float, int]:
    """The walk from the start to the end that are asked for, the share of ties among the rows, how many were read."""
    bounds = [selector for selector in (asked.start, asked.end) if selector is not None]
    columns = question.columns_of(asked.unit) if asked.node == "event" else None
    if columns is not None:
        walk, mask, is_node, looked_at = _events(question.session, columns, scope, bounds, asked.unit)
    else:
        found = _fetch(question.session, scope, asked, bounds)
        names, numbers = _numbered(pc.coalesce(found.columns["node"], found.columns["name"]))
        walk, mask = Walk(found.unit, found.time, numbers, names), found.mask
        is_node = found.columns["node"].is_valid().to_numpy()
        looked_at = scanned(question.session, scope)
    ties = behaviour_paths.share_of_ties(walk.unit, walk.time)
    if bounds:
        flags = iter([mask & (1 << number) != 0 for number in range(len(bounds))])
        starts = next(flags) if asked.start is not None else None
        ends = next(flags) if asked.end is not None else None
        walk = behaviour_paths.cut(walk, is_node, starts, ends)
    return walk, ties, looked_at


def _events(
    session: Session, columns: SignalColumns, scope: Scope, bounds: Sequence[Selector], unit: Unit
) -> tuple[Walk, NDArray[Any], NDArray[np.bool_], int]:
    found = find(session, columns, scope, bounds, unit=unit, others=is_event)
    names = sorted({name for _kind, name in found.labels})
    place = {name: number for number, name in enumerate(names)}
    narrow = np.uint8 if len(names) <= 2**8 else np.uint16 if len(names) <= 2**16 else np.int64
    node_of = np.array([place[name] for _kind, name in found.labels] or [0], dtype=narrow)
    is_node = np.array([is_event(label) for label in found.labels] or [False], dtype=bool)
    walk = Walk(found.unit, found.time, node_of[found.label], names)
    return walk, found.mask, is_node[found.label], found.scanned


def _fetch(session: Session, scope: Scope, asked: PathQuestion, bounds: Sequence[Selector]) -> Walks:
    joins, wanted = "", _EVENT
    if asked.node == "event":
        node = f"CASE WHEN {wanted} THEN s.name END"
    elif asked.node == "page":
        wanted += " AND s.url IS NOT NULL"
        node = f"CASE WHEN {wanted} THEN coalesce(nullif(regexp_extract(s.url, '{_PAGE}', 1), ''), '/') END"
    elif asked.node == "touchpoint":
        places = {
            "touchpoint": pa.array(asked.touchpoints, pa.int64()),
            "place": pa.array(range(len(asked.touchpoints)), pa.int64()),
        }
        session.offer("places", pa.table(places))
        # A signal that hits several touchpoints is at the one that comes first: nobody went from one to the other.
        joins = f""" LEFT JOIN (
            SELECT h.signal, arg_min(h.touchpoint, places.place) AS touchpoint
            FROM {session.db}.hit AS h JOIN places ON places.touchpoint = h.touchpoint GROUP BY h.signal
        ) AS visited ON visited.signal = s.arrival"""
        wanted = "visited.touchpoint IS NOT NULL"
        node = "CAST(visited.touchpoint AS VARCHAR)"
    else:
        raise StoreError(_("Paths do not go through “%s”.") % asked.node)

    def columns(_terms: Terms) -> Mapping[str, str]:
        return {"node": node, "name": "s.name"}

    found = walks(session, scope, bounds, unit=asked.unit, others=wanted, columns=columns, joins=joins)
    if asked.node == "touchpoint":
        session.withdraw("places")
    return found


def _numbered(names: pa.ChunkedArray) -> tuple[list[str], NDArray[np.int64]]:
    """(the distinct names in order, for each row the place of its name among them)."""
    numbers, distinct = codes(names)
    texts = distinct.to_pylist()
    by_name = sorted(range(len(texts)), key=texts.__getitem__)
    rank = np.empty(len(texts), dtype=np.int64)
    rank[by_name] = np.arange(len(texts))
    return [texts[place] for place in by_name], rank[numbers]

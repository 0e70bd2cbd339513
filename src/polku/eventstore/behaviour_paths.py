"""Paths and variants, counted over whole arrays at once. Nothing here knows a database.

A `Walk` holds the nodes that units went through, in order. Nodes are numbered in the order of their names, so that
what is equally frequent comes in the order of names, whatever order the rows arrived in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from polku.eventstore.behaviour import NodeCount, PathFlow, PathQuestion, Paths, Transition, Variant, Variants

_MOST_COMPARED = 200  # nodes of two paths of one length; few are told apart only after that

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Walk:
    """Rows in order of unit and time; all arrays have the same length. `node` is a place in `names`, which ascend."""

    unit: Ints
    time: Ints
    node: Ints
    names: Sequence[str]

    def taken(self, rows: Ints | Flags) -> Walk:
        return Walk(self.unit[rows], self.time[rows], self.node[rows], self.names)

    @property
    def begins(self) -> Flags:
        """Where a unit's rows begin."""
        return changes(self.unit)

    @property
    def firsts(self) -> Ints:
        return np.flatnonzero(self.begins)

    @property
    def lasts(self) -> Ints:
        return np.append(self.firsts[1:], self.unit.size) - 1 if self.unit.size else self.firsts


def changes(values: NDArray[np.generic]) -> Flags:
    """Where a value differs from the one before it; the first one always does."""
    changed = np.ones(values.size, dtype=bool)
    np.not_equal(values[1:], values[:-1], out=changed[1:])
    return changed


def share_of_ties(unit: Ints, time: Ints) -> float:
    """The share of rows that share their instant with another of their unit; 0 for no rows."""
    if not unit.size:
        return 0.0
    begins = changes(unit) | changes(time)
    alone = begins & np.append(begins[1:], True)
    return float((unit.size - np.count_nonzero(alone)) / unit.size)


def cut(walk: Walk, is_node: Flags, starts: Flags | None, ends: Flags | None) -> Walk:
    """Of each unit what follows its first start and leads to its last end, both included; units without are left out.

    Of rows that are no node only that start and that end stay.
    """
    count = walk.unit.size
    if not count:
        return walk
    place = np.cumsum(walk.begins) - 1
    units = int(place[-1]) + 1
    row = np.arange(count)
    low, high = np.zeros(units, dtype=np.int64), np.full(units, count, dtype=np.int64)
    if starts is not None:
        low.fill(count)
        rows = np.flatnonzero(starts)[::-1]
        low[place[rows]] = rows  # the last written is the first of the unit
    if ends is not None:
        high.fill(-1)
        rows = np.flatnonzero(ends)
        high[place[rows]] = rows
    kept = (row >= low[place]) & (row <= high[place])
    kept &= is_node | (row == low[place]) & (starts is not None) | (row == high[place])
    return walk.taken(kept)


def without_repeats(walk: Walk) -> Walk:
    """Nodes that follow themselves become one, at the time of the first."""
    return walk.taken(walk.begins | changes(walk.node))


def paths_of(walk: Walk, asked: PathQuestion, *, scanned: int = 0, ties: float = 0.0) -> Paths:
    """Everything `Paths` tells, of a walk that is cut already."""
    if asked.collapse_repeats:
        walk = without_repeats(walk)
    firsts, lasts = walk.firsts, walk.lasts
    transitions, total, distinct = _transitions(walk, asked.top)
    return Paths(
        transitions=transitions,
        total=total,
        distinct=distinct,
        starts=_counts(walk.node[firsts], walk.names, asked.top),
        ends=_counts(walk.node[lasts], walk.names, asked.top),
        loops=_loops(walk, asked.top),
        flows=_flows(walk, asked),
        units=firsts.size,
        scanned=scanned,
        ties=ties,
    )


def _transitions(walk: Walk, top: int) -> tuple[tuple[Transition, ...], int, int]:
    size = len(walk.names)
    rows = np.flatnonzero(~walk.begins)
    pairs = walk.node[rows - 1] * size + walk.node[rows]
    found, place, counts = np.unique(pairs, return_inverse=True, return_counts=True)
    largest = np.argsort(-counts, kind="stable")[:top]
    rank = np.full(found.size, -1)
    rank[largest] = np.arange(largest.size)
    of_row = rank[place]
    kept = of_row >= 0
    waits = walk.time[rows[kept]] - walk.time[rows[kept] - 1]
    medians = _medians(of_row[kept], waits, largest.size)
    return (
        tuple(
            Transition(walk.names[pair // size], walk.names[pair % size], count, median)
            for pair, count, median in zip(
                found[largest].tolist(), counts[largest].tolist(), medians, strict=True
            )
        ),
        rows.size,
        found.size,
    )


def _medians(group: Ints, values: Ints, groups: int) -> list[float]:
    """The median of `values` for each group from 0 on; none may be empty."""
    order = np.argsort(group, kind="stable")
    values = values[order]
    ends = np.cumsum(np.bincount(group, minlength=groups))
    return [float(np.median(part)) for part in np.split(values, ends[:-1])] if groups else []


def _counts(nodes: Ints, names: Sequence[str], top: int) -> tuple[NodeCount, ...]:
    counts = np.bincount(nodes, minlength=len(names))
    largest = np.argsort(-counts, kind="stable")[:top]
    return tuple(NodeCount(names[node], int(counts[node])) for node in largest.tolist() if counts[node])


def _loops(walk: Walk, top: int) -> tuple[NodeCount, ...]:
    """Nodes that units came back to after another one."""
    walk = without_repeats(walk)
    if not walk.unit.size:
        return ()
    size = len(walk.names)
    visits = (np.cumsum(walk.begins) - 1) * size + walk.node
    visits.sort()
    again = ~changes(visits)
    return _counts(np.unique(visits[again]) % size, walk.names, top)


def _flows(walk: Walk, asked: PathQuestion) -> tuple[PathFlow, ...]:
    """From the path's first row on or, where only an end is asked for, towards its last."""
    if not asked.depth or not walk.unit.size:
        return ()
    backwards = asked.end is not None and asked.start is None
    anchors = walk.lasts if backwards else walk.firsts
    levels = range(-asked.depth, 1) if backwards else range(asked.depth + 1)
    others = len(walk.names)
    at_level: dict[int, Ints] = {}  # the node of each unit at the level, `others`, or −1 beyond the path
    for level in levels:
        rows = np.clip(anchors + level, 0, walk.unit.size - 1)
        there = (anchors + level == rows) & (walk.unit[rows] == walk.unit[anchors])
        counts = np.bincount(walk.node[rows[there]], minlength=others)
        largest = np.argsort(-counts, kind="stable")[: asked.branches]
        shown = np.full(others, others)
        shown[largest] = largest
        at_level[level] = np.where(there, shown[walk.node[rows]], -1)
    flows = []
    names: list[str | None] = [*walk.names, None]
    for level in levels[:-1]:
        source, target = at_level[level], at_level[level + 1]
        both = (source >= 0) & (target >= 0)
        pairs, counts = np.unique(source[both] * (others + 1) + target[both], return_counts=True)
        flows += [
            PathFlow(level, names[pair // (others + 1)], names[pair % (others + 1)], count)
            for pair, count in zip(pairs.tolist(), counts.tolist(), strict=True)
        ]
    return tuple(flows)


def variants_of(walk: Walk, asked: PathQuestion, *, scanned: int = 0, ties: float = 0.0) -> Variants:
    """The most frequent whole paths; of equally frequent ones the shorter, then by names."""
    if asked.collapse_repeats:
        walk = without_repeats(walk)
    firsts, lasts = walk.firsts, walk.lasts
    if not firsts.size:
        return Variants((), 0, 0, None, scanned, ties)
    group, examples, counts = _same_paths(walk)
    durations = walk.time[lasts] - walk.time[firsts]
    lengths = lasts - firsts + 1
    chosen = _most_frequent(walk, firsts[examples], lengths[examples], counts, asked.top)
    rank = np.full(counts.size, -1)
    rank[chosen] = np.arange(chosen.size)
    kept = rank[group] >= 0
    medians = _medians(rank[group][kept], durations[kept], chosen.size)
    found = []
    for place, median in zip(chosen.tolist(), medians, strict=True):
        start = int(firsts[examples[place]])
        nodes = walk.node[start : start + int(lengths[examples[place]])].tolist()
        found.append(Variant(tuple(walk.names[node] for node in nodes), int(counts[place]), median))
    return Variants(tuple(found), counts.size, firsts.size, float(np.median(durations)), scanned, ties)


def _same_paths(walk: Walk) -> tuple[Ints, Ints, Ints]:
    """(the group of each unit, a unit of each group, the size of each group): units of equal paths share a group.

    Step by step, units that were together so far stay together where they go to the same node.
    """
    firsts, lasts = walk.firsts, walk.lasts
    lengths = lasts - firsts + 1
    order = np.argsort(-lengths, kind="stable")  # the longest first: those still under way are a prefix
    together = np.zeros(firsts.size, dtype=np.int64)
    under_way = np.searchsorted(-lengths[order], -np.arange(1, int(lengths.max()) + 1), side="right")
    size = len(walk.names)
    next_group = 1
    for step, count in enumerate(under_way.tolist()):
        units = order[:count]
        pairs = together[units] * size + walk.node[firsts[units] + step]
        found, place = np.unique(pairs, return_inverse=True)
        together[units] = next_group + place
        next_group += found.size
    _groups, examples, group, counts = np.unique(
        together, return_index=True, return_inverse=True, return_counts=True
    )
    return group, examples, counts


def _most_frequent(walk: Walk, starts: Ints, lengths: Ints, counts: Ints, top: int) -> Ints:
    """The places of the `top` largest counts; among equal ones by length and nodes, which are looked at only there."""
    if counts.size > top:
        least = np.partition(counts, counts.size - top)[counts.size - top]
        candidates = np.flatnonzero(counts >= least)
        shortest = np.lexsort((lengths[candidates], -counts[candidates]))
        edge = candidates[shortest[top - 1]]
        candidates = candidates[(counts[candidates] > least) | (lengths[candidates] <= lengths[edge])]
    else:
        candidates = np.arange(counts.size)
    if not candidates.size:
        return candidates
    keys = []
    for step in reversed(range(min(_MOST_COMPARED, int(lengths[candidates].max())))):
        rows = starts[candidates] + np.minimum(step, lengths[candidates] - 1)
        keys.append(np.where(step < lengths[candidates], walk.node[rows], -1))
    order = np.lexsort((*keys, lengths[candidates], -counts[candidates]))
    return candidates[order][:top]

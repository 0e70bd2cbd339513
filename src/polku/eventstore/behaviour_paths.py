"""Paths and variants, counted over whole arrays at once. Nothing here knows a database.

A `Walk` holds the nodes that units went through, in order. Nodes are numbered in the order of their names, so that
what is equally frequent comes in the order of names, whatever order the rows arrived in.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from polku.eventstore.behaviour import NodeCount, PathFlow, PathQuestion, Paths, Transition, Variant, Variants
from polku.eventstore.chunks import Flags, Ints, Numbers, Pause, changes, each_chunk

_MOST_COUNTERS = 2**20  # of pairs of nodes that are counted in a table of all there could be
_MOST_COMPARED = 200  # nodes of two paths of one length; few are told apart only after that


@dataclass(frozen=True, eq=False)
class Walk:
    """Rows in order of unit and time; all arrays have the same length. `node` is a place in `names`, which ascend."""

    unit: Numbers
    time: Ints
    node: Numbers
    names: Sequence[str]

    def taken(self, rows: Numbers) -> Walk:
        return Walk(self.unit[rows], self.time[rows], self.node[rows], self.names)

    @cached_property
    def begins(self) -> Flags:
        """Where a unit's rows begin."""
        return changes(self.unit)

    @cached_property
    def firsts(self) -> Ints:
        return np.flatnonzero(self.begins)

    @cached_property
    def lasts(self) -> Ints:
        return np.append(self.firsts[1:], self.unit.size) - 1 if self.unit.size else self.firsts


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


@dataclass(frozen=True)
class Work:
    """How long arrays are worked through: see `polku.eventstore.chunks`."""

    pause: Pause
    threads: int = 1


def paths_of(walk: Walk, asked: PathQuestion, work: Work, *, scanned: int = 0, ties: float = 0.0) -> Paths:
    """Everything `Paths` tells, of a walk that is cut already."""
    if asked.collapse_repeats:
        walk = without_repeats(walk)
    firsts, lasts = walk.firsts, walk.lasts
    transitions, total, distinct = _transitions(walk, asked.top, work)
    return Paths(
        transitions=transitions,
        total=total,
        distinct=distinct,
        starts=_counted(np.bincount(walk.node[firsts], minlength=len(walk.names)), walk.names, asked.top),
        ends=_counted(np.bincount(walk.node[lasts], minlength=len(walk.names)), walk.names, asked.top),
        loops=_loops(walk, asked.top, work),
        flows=_flows(walk, asked),
        units=firsts.size,
        scanned=scanned,
        ties=ties,
    )


def _transitions(walk: Walk, top: int, work: Work) -> tuple[tuple[Transition, ...], int, int]:
    """(the most frequent, how many there are in all, how many different ones)."""
    size = len(walk.names)
    if not walk.unit.size:
        return (), 0, 0

    def pairs_of(part: slice) -> tuple[Ints, Ints]:
        """Of a chunk, the rows that somebody came to from another, and for each which two nodes that joins."""
        unit, node = walk.unit[part], walk.node[part]
        here = np.flatnonzero(unit[1:] == unit[:-1]) + 1
        return here, node[here - 1].astype(np.int64) * size + node[here]

    def count(part: slice) -> tuple[Ints, Ints]:
        _here, pairs = pairs_of(part)
        if size * size <= _MOST_COUNTERS:
            counts = np.bincount(pairs, minlength=size * size)
            found = np.flatnonzero(counts)
            return found, counts[found]
        return np.unique(pairs, return_counts=True)

    parts = each_chunk(count, walk.unit, pause=work.pause, threads=work.threads)
    found, place = np.unique(np.concatenate([pairs for pairs, _ in parts]), return_inverse=True)
    counts = np.bincount(
        place, weights=np.concatenate([counts for _, counts in parts]), minlength=found.size
    ).astype(np.int64)
    largest = np.argsort(-counts, kind="stable")[:top]
    shown = np.sort(found[largest])  # each of them a group, in the order of pairs

    group_of = _group_of(shown, size)

    def waits_of(part: slice) -> list[Ints]:
        """The waits of each pair that is shown."""
        here, pairs = pairs_of(part)
        group = group_of(pairs)
        order = np.argsort(group, kind="stable")
        time = walk.time[part]
        waits = (time[here] - time[here - 1])[order]
        return np.split(waits, np.cumsum(np.bincount(group, minlength=shown.size))[: shown.size])[:-1]

    waits = each_chunk(waits_of, walk.unit, pause=work.pause, threads=work.threads)
    medians = [_median(np.concatenate([part[group] for part in waits])) for group in range(shown.size)]
    return (
        tuple(
            Transition(walk.names[pair // size], walk.names[pair % size], count, medians[group])
            for pair, count, group in zip(
                found[largest].tolist(),
                counts[largest].tolist(),
                np.searchsorted(shown, found[largest]).tolist(),
                strict=True,
            )
        ),
        int(counts.sum()),
        found.size,
    )


def _group_of(shown: Ints, size: int) -> Callable[[Ints], Numbers]:
    """What gives the place of pairs of `size` nodes in `shown`, which ascends, and its length for those not there."""
    narrow = np.uint16 if shown.size < 2**16 else np.int64
    if size * size <= _MOST_COUNTERS:
        groups = np.full(size * size, shown.size, dtype=narrow)
        groups[shown] = np.arange(shown.size)
        return lambda pairs: groups[pairs]

    def search(pairs: Ints) -> Numbers:
        place = np.minimum(np.searchsorted(shown, pairs), shown.size - 1)
        return np.where(shown[place] == pairs, place, shown.size).astype(narrow)

    return search


def _median(values: Ints) -> float:
    """Of at least one value; the array is put in another order."""
    middle = values.size // 2
    if values.size % 2:
        values.partition(middle)
        return float(values[middle])
    values.partition((middle - 1, middle))
    return (float(values[middle - 1]) + float(values[middle])) / 2


def _medians(group: Ints, values: Ints, groups: int) -> list[float]:
    """The median of `values` for each group from 0 on; none may be empty."""
    order = np.argsort(group, kind="stable")
    values = values[order]
    ends = np.cumsum(np.bincount(group, minlength=groups))
    return [_median(part) for part in np.split(values, ends[:-1])] if groups else []


def _counted(counts: Ints, names: Sequence[str], top: int) -> tuple[NodeCount, ...]:
    """The largest of the counts of nodes, in the order of names where they are equal."""
    largest = np.argsort(-counts, kind="stable")[:top]
    return tuple(NodeCount(names[node], int(counts[node])) for node in largest.tolist() if counts[node])


def _loops(walk: Walk, top: int, work: Work) -> tuple[NodeCount, ...]:
    """Nodes that units came back to after another one."""
    size = len(walk.names)

    def count(part: slice) -> Ints:
        unit, node = walk.unit[part], walk.node[part]
        moved = np.flatnonzero(changes(unit) | changes(node))
        unit, node = unit[moved], node[moved]
        # A stable sort by node leaves the visits of one unit to it beside each other.
        order = np.argsort(node, kind="stable")
        node, unit = node[order], unit[order]
        again = np.zeros(node.size, dtype=bool)
        again[1:] = (node[1:] == node[:-1]) & (unit[1:] == unit[:-1])
        first_time = again.copy()
        first_time[1:] &= ~again[:-1]
        return np.bincount(node[first_time], minlength=size)

    if not walk.unit.size:
        return ()
    parts = each_chunk(count, walk.unit, pause=work.pause, threads=work.threads)
    return _counted(np.sum(parts, axis=0), walk.names, top)


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


def variants_of(
    walk: Walk, asked: PathQuestion, work: Work, *, scanned: int = 0, ties: float = 0.0
) -> Variants:
    """The most frequent whole paths; of equally frequent ones the shorter, then by names."""
    if asked.collapse_repeats:
        walk = without_repeats(walk)
    firsts, lasts = walk.firsts, walk.lasts
    if not firsts.size:
        return Variants((), 0, 0, None, scanned, ties)
    group, examples, counts = _same_paths(walk, work)
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


def _same_paths(walk: Walk, work: Work) -> tuple[Ints, Ints, Ints]:
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
        work.pause()
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

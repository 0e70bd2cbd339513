"""Chains of a funnel for many units at once: each step-1 signal is followed through the sorted rows of the next steps.

Exact as long as no two signals of one instant compete for steps; each function says for which units they do.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from polku.eventstore.chunks import Flags, Ints, Numbers, changes

NO_WINDOW = np.iinfo(np.int64).max


class _Ahead(NamedTuple):
    """Of a step: its rows and a last −1, whether each row is one, and how many there are up to each, this included."""

    candidates: Ints
    takes: Flags
    until: NDArray[np.int32]


@dataclass(frozen=True)
class Log:
    """Rows in order, what follows from them, and the question."""

    units: Numbers
    times: Ints
    masks: Ints
    steps: int
    window: int

    @cached_property
    def begins_instant(self) -> Flags:
        """Where an instant of a unit begins."""
        return changes(self.units) | changes(self.times)

    @cached_property
    def instant_starts(self) -> Ints:
        """The first row of each instant of each unit."""
        return np.flatnonzero(self.begins_instant)

    @cached_property
    def followers(self) -> Ints:
        """Rows that share their instant with the row before."""
        return np.flatnonzero(~self.begins_instant)

    @cached_property
    def leaders(self) -> Ints:
        """For each of the `followers`, the first row of its instant."""
        begins = changes(self.followers - np.arange(self.followers.size))
        place = np.arange(begins.size)
        return self.followers[np.maximum.accumulate(np.where(begins, place, 0))] - 1

    @cached_property
    def ties(self) -> int:
        """How many rows share their instant with another of their unit."""
        return self.followers.size + int(np.count_nonzero(changes(self.leaders)))

    def first_of_instant(self, rows: Ints) -> Ints:
        """For each of `rows`, the first row of its instant; few have another before them."""
        tied = np.flatnonzero(~self.begins_instant[rows])
        if not tied.size:
            return rows
        found = rows.copy()
        found[tied] = self.leaders[np.searchsorted(self.followers, rows[tied])]
        return found

    @cached_property
    def serves_several(self) -> Flags:
        """Rows that more than one step would take."""
        return self.masks & (self.masks - 1) != 0

    def rows_of_step(self, step: int) -> Ints:
        """Rows that step `step` (0 is the first) would take."""
        return np.flatnonzero(self.masks & (1 << step) != 0)

    def has(self, flagged: Flags, marks: Ints) -> Flags:
        """For the unit of each of `marks`, which are in order, whether any of its rows is flagged."""
        rows = np.flatnonzero(flagged)
        if not rows.size:
            return np.zeros(marks.size, dtype=bool)
        whose = self.units[rows]
        place = np.minimum(np.searchsorted(whose, self.units[marks]), whose.size - 1)
        return whose[place] == self.units[marks]

    def ahead(self, step: int) -> _Ahead:
        takes = self.masks & (1 << step) != 0
        candidates = np.flatnonzero(takes)
        return _Ahead(np.append(candidates, -1), takes, np.cumsum(takes, dtype=np.int32))

    def reached(self, ahead: _Ahead, at_or_after: Ints, starts: Ints) -> tuple[Flags, Ints]:
        """For each of `starts`, the first row `ahead` of a step at or after a row, and whether it lies in the same
        unit and within the window of the start."""
        inside = np.minimum(at_or_after, self.units.size - 1)  # behind the last row nothing is ahead
        rows = ahead.candidates[ahead.until[inside] - ahead.takes[inside]]
        fits = (rows >= at_or_after) & (self.units[rows] == self.units[starts])
        if self.window != NO_WINDOW:
            # Of different units the difference may be any number; they do not fit already.
            fits &= self.times[rows] - self.times[starts] <= self.window
        return fits, rows


def _ordered(log: Log, entries: Ints, first: Ints) -> tuple[Flags, Ints]:
    """Which units need the exact path, and the rows of the others' chains by step and unit, −1 where they ended."""
    clumsy, several = np.zeros(first.size, dtype=bool), log.serves_several
    is_versatile = bool(several.any())
    if is_versatile and log.followers.size:
        sizes = np.diff(np.append(log.instant_starts, log.units.size))
        contested = np.logical_or.reduceat(several, log.instant_starts) & (sizes > 1)
        clumsy = log.has(np.repeat(contested, sizes), first)

    def onwards(rows: Ints) -> Ints:
        """A signal that only one step takes may be followed by any of its instant, one that several take only by
        later ones: it must not serve twice. Where it has company the exact path is taken."""
        return (
            np.where(several[rows], rows + 1, log.first_of_instant(rows))
            if is_versatile
            else (log.first_of_instant(rows))
        )

    # Without a window no later start gets further than the first.
    starts = entries if log.window != NO_WINDOW else first
    chains = np.full((log.steps, starts.size), -1, dtype=np.int64)
    chains[0] = starts
    depth = np.ones(starts.size, dtype=np.int8)
    alive, current = np.arange(starts.size), starts
    for step in range(1, log.steps):
        fits, rows = log.reached(log.ahead(step), onwards(current), starts[alive])
        alive, current = alive[fits], rows[fits]
        chains[step][alive] = current
        depth[alive] += 1
    return clumsy, np.take(chains, _best(log, starts, depth), axis=1)


def _strict(log: Log, entries: Ints, first: Ints) -> tuple[Flags, Ints]:
    """As `_ordered`. A chain takes one instant after another, so instants become the rows."""
    if not entries.size:
        return np.zeros(0, dtype=bool), np.empty((log.steps, 0), dtype=np.int64)
    matched = np.add.reduceat((log.masks != 0).astype(np.int64), log.instant_starts)
    sizes = np.diff(np.append(log.instant_starts, log.units.size))
    clumsy = log.has(np.repeat(matched > 1, sizes), first)
    instants = Log(
        log.units[log.instant_starts],
        log.times[log.instant_starts],
        np.bitwise_or.reduceat(log.masks, log.instant_starts),
        log.steps,
        log.window,
    )
    starts = instants.rows_of_step(0)
    depth = np.ones(starts.size, dtype=np.int64)
    alive = np.arange(starts.size)
    for step in range(1, log.steps):
        rows = starts[alive] + step
        inside = rows < instants.units.size
        alive, rows = alive[inside], rows[inside]
        fits = (instants.units[rows] == instants.units[starts[alive]]) & (
            instants.masks[rows] & (1 << step) != 0
        )
        if log.window != NO_WINDOW:
            fits &= instants.times[rows] - instants.times[starts[alive]] <= log.window
        alive = alive[fits]
        depth[alive] += 1
    best = _best(instants, starts, depth)
    chains = starts[best] + np.arange(log.steps)[:, None]
    reached = np.arange(log.steps)[:, None] < depth[best]
    return clumsy, np.where(reached, log.instant_starts[np.where(reached, chains, 0)], -1)


def _any(log: Log, entries: Ints, first: Ints) -> tuple[Flags, Ints]:
    """As `_ordered`. Where no signal serves several steps, the steps do not get in each other's way."""
    clumsy = log.has(log.serves_several, first)
    starts = entries if log.window != NO_WINDOW else first
    chains = np.full((log.steps, starts.size), NO_WINDOW, dtype=np.int64)
    from_here = log.first_of_instant(starts)
    for step in range(log.steps):
        fits, rows = log.reached(log.ahead(step), from_here, starts)
        chains[step][fits] = rows[fits]
    best = np.take(chains, _best(log, starts, np.count_nonzero(chains != NO_WINDOW, axis=0)), axis=1)
    best.sort(axis=0)
    best[best == NO_WINDOW] = -1
    return clumsy, best


CHAINS = {"ordered": _ordered, "strict": _strict, "any": _any}


def _best(log: Log, starts: Ints, depth: Numbers) -> Ints:
    """For each unit among `starts` the place of its first start of the greatest depth."""
    if not starts.size:
        return starts
    begins = changes(log.units[starts])
    first = np.flatnonzero(begins)
    deepest = np.repeat(np.maximum.reduceat(depth, first), np.diff(np.append(first, starts.size)))
    places = np.flatnonzero(depth == deepest)
    return places[changes(log.units[starts[places]])]

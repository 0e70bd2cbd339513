"""Funnels whose chains must keep clear of other signals, for many units at once. Nothing here knows a database.

A wall lies at an instant where chains with some number of steps done must not pass without taking a step; strict
funnels and exclusions are made of walls. Exact as long as no two signals of one instant compete for steps.

Step by step, `_carried` brings to each row the best that a chain can have when it gets there: on the way forth the
latest start, which tells how far units get within the window, and on the way back the earliest end, which tells the
earliest chain that gets so far.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from polku.eventstore.chunks import Flags, Ints, Numbers, changes

_NONE = -1


@dataclass(frozen=True)
class WalledRows:
    """Rows of units in order of time. `serves` has bit k set where step k would take the row, `walls` bit d where a
    chain with d steps done must not pass."""

    units: Numbers
    times: Ints
    serves: Numbers
    walls: Numbers

    @cached_property
    def begins(self) -> Flags:
        """Where an instant of a unit begins."""
        return changes(self.units) | changes(self.times)

    @cached_property
    def instant(self) -> Ints:
        """The number of each row's instant."""
        return np.cumsum(self.begins) - 1

    @cached_property
    def starts(self) -> Ints:
        """The first row of each instant, and the number of rows."""
        return np.append(np.flatnonzero(self.begins), self.units.size)

    @cached_property
    def is_versatile(self) -> Flags:
        """Rows that several steps would take; each is alone in its instant, and serves once only."""
        return self.serves & (self.serves - 1) != 0

    @cached_property
    def reversed(self) -> WalledRows:
        return WalledRows(self.units[::-1], self.times[::-1], self.serves[::-1], self.walls[::-1])

    def takes(self, step: int) -> Flags:
        return self.serves & (1 << step) != 0


def walled_chains(rows: WalledRows, steps: int, window: int | None) -> Ints:
    """The rows of each unit's chain (shape (units with a step-1 row, steps)), −1 where it has ended before.

    Of the longest chains it is the one that starts first and then has each next step as early as possible.
    """
    count = rows.units.size
    unit = np.cumsum(changes(rows.units)) - 1
    depth = np.zeros(int(unit[-1]) + 1 if count else 0, dtype=np.int64)
    start = np.where(rows.takes(0), np.arange(count), _NONE)
    for step in range(steps):
        if step:
            start = np.where(rows.takes(step), _carried(rows, start, step), _NONE)
            if window is not None:
                start[(start >= 0) & (rows.times - rows.times[start] > window)] = _NONE
        depth[unit[start >= 0]] = step + 1
    ends = _ends(rows, steps, depth[unit])
    return _earliest(rows, ends, depth, unit, window)


def _ends(rows: WalledRows, steps: int, depth: Ints) -> list[Ints]:
    """For each step and row, the first row at which a chain that takes the step there can have all that its unit can
    (`depth`, of each row's unit); −1 where it cannot."""
    count = rows.units.size
    ends = [np.empty(0, dtype=np.int64)] * steps
    for step in reversed(range(steps)):
        end = np.where(rows.takes(step) & (depth == step + 1), np.arange(count), _NONE)
        if step + 1 < steps:
            later = ends[step + 1][::-1]
            carried = _carried(rows.reversed, np.where(later >= 0, count - 1 - later, _NONE), step + 1)[::-1]
            end = np.where(rows.takes(step) & (depth > step + 1) & (carried >= 0), count - 1 - carried, end)
        ends[step] = end
    return ends


def _carried(rows: WalledRows, values: Ints, done: int) -> Ints:
    """For each row the largest of the values at rows of its unit from which a chain with `done` steps gets to it, −1
    where there is none: those before it down to the last wall, and those of its own instant and of the wall's."""
    count = values.size
    if not count:
        return values
    instant, starts = rows.instant, rows.starts
    is_wall = np.logical_or.reduceat(rows.walls & (1 << done) != 0, starts[:-1])
    # A stretch begins with a unit, and behind each wall.
    begins = changes(rows.units)[starts[:-1]]
    begins[1:] |= is_wall[:-1]
    stretch = np.cumsum(begins)
    best_of_instant = np.maximum.reduceat(values, starts[:-1])
    highest = np.maximum.accumulate(stretch * (count + 1) + best_of_instant + 1) - stretch * (count + 1) - 1
    # Values at the wall itself are in the stretch before; only its own instant's count.
    first = np.flatnonzero(begins)[stretch - 1]
    behind_wall = (first > 0) & ~changes(rows.units)[starts[:-1]][first]
    at_wall = np.where(behind_wall, best_of_instant[np.maximum(first - 1, 0)], _NONE)
    found = np.maximum(highest, at_wall)[instant]
    # What serves several steps must not be its own predecessor: up to the instant before it.
    alone = np.flatnonzero(rows.is_versatile)
    own = instant[alone]
    before = np.where(begins[own], _NONE, highest[np.maximum(own - 1, 0)])
    found[alone] = np.maximum(before, at_wall[own])
    return found


def _earliest(rows: WalledRows, ends: list[Ints], depth: Ints, unit: Ints, window: int | None) -> Ints:
    """The rows of the earliest chain of each unit that has one."""

    def is_in_time(row: Ints, step: int, begun: Ints) -> Flags:
        if window is None:
            return np.ones(row.size, dtype=bool)
        return rows.times[ends[step][row]] - rows.times[begun] <= window

    possible = np.flatnonzero(ends[0] >= 0)
    possible = possible[is_in_time(possible, 0, possible)]
    current = possible[changes(rows.units[possible])]
    chains = np.full((current.size, len(ends)), _NONE, dtype=np.int64)
    chains[:, 0] = current
    length = depth[unit[current]]
    for step in range(1, len(ends)):
        open_ones = np.flatnonzero(length > step)
        candidates = np.flatnonzero(ends[step] >= 0)
        last = chains[open_ones, step - 1]
        least = np.where(rows.is_versatile[last], last + 1, rows.starts[rows.instant[last]])
        place = np.searchsorted(candidates, least)
        while open_ones.size:
            # There is one: the chain was found possible from the end. One that ends too late is passed over.
            row = candidates[place]
            fits = is_in_time(row, step, chains[open_ones, 0])
            chains[open_ones[fits], step] = row[fits]
            open_ones, place = open_ones[~fits], place[~fits] + 1
    return chains

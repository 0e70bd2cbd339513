"""Questions about sequences, answered over whole arrays at once. Nothing here knows a database.

`funnel_units` follows each step-1 signal by binary search in the sorted rows of the next steps, for all units
together. That is exact as long as no two signals of one instant compete for steps; the few units where they
do go through `polku.eventstore.exact_funnel`, one by one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from polku.eventstore.exact_funnel import any_chain, ordered_chain, strict_chain
from polku.eventstore.port import SequenceRows

Order = Literal["ordered", "strict", "any"]
ORDERS: tuple[str, ...] = get_args(Order)
MOST_STEPS = 62  # bits of an int64 mask, with room for its sign

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

NOT_REACHED = np.iinfo(np.int64).min
_NO_WINDOW = np.iinfo(np.int64).max
_EXACT = {"ordered": ordered_chain, "strict": strict_chain, "any": any_chain}


@dataclass(frozen=True)
class FunnelUnits:
    """The units that took part in a funnel, in the order of their rows; all arrays have one entry per unit.

    `unit` is its number, `furthest` how many steps its best chain has (1…k), `times` (shape (u, k)) the
    moments of that chain's steps in microseconds, `NOT_REACHED` beyond `furthest`. `first` and `last` are the
    rows of its first and last step-1 signal (with order "any": of any step).
    """

    unit: Ints
    furthest: Ints
    times: Ints
    first: Ints
    last: Ints


def funnel_units(rows: SequenceRows, *, steps: int, window: int | None, order: Order) -> FunnelUnits:
    """How far each unit gets, on the earliest of its longest chains.

    `rows` must be ordered by unit and time; `window` is in microseconds, its boundary included, or None.
    Signals of one instant count in either order, and one signal serves at most one step.

    - "ordered": a chain starts at a step-1 signal; each next step comes at the same instant or later, and the
      whole chain lies within the window counted from its first signal.
    - "strict": also, between two steps the unit has no other row at an instant strictly between them. Rows of
      other events must then be among `rows`, with mask 0.
    - "any": as many different steps as possible inside one window, in whatever order; `times` says when the
      first, the second … of them was there.

    Among the longest chains the earliest is the one that starts first and then has each next step as early as
    possible. Raises ValueError for a number of steps outside 1–62 or a negative window.
    """
    if not 1 <= steps <= MOST_STEPS:
        raise ValueError(f"a funnel has 1 to {MOST_STEPS} steps, not {steps}")
    if window is not None and window < 0:
        raise ValueError("the window must not be negative")
    masks = rows.mask & ((1 << steps) - 1)
    kept = np.arange(masks.size) if order == "strict" else np.flatnonzero(masks)
    log = _Log(rows.unit[kept], rows.time[kept], masks[kept], steps, _NO_WINDOW if window is None else window)
    entries = np.flatnonzero(log.masks if order == "any" else log.masks & 1)
    changes = _changes(log.units[entries])
    first, last = entries[changes], entries[np.append(changes, True)[1:]] if entries.size else entries
    if order == "ordered":
        clumsy, times = _ordered(log, entries, first)
    elif order == "strict":
        clumsy, times = _strict(log, entries, first)
    else:
        clumsy, times = _any(log, entries, first)
    for place in np.flatnonzero(clumsy):
        unit = log.rows_of_unit(first[place])
        chain = _EXACT[order](log.times[unit].tolist(), log.masks[unit].tolist(), steps, window)
        times[place] = NOT_REACHED
        times[place, : len(chain)] = chain
    return FunnelUnits(
        unit=log.units[first],
        furthest=(times != NOT_REACHED).sum(axis=1),
        times=times,
        first=kept[first],
        last=kept[last],
    )


@dataclass(frozen=True)
class _Log:
    """Rows in order, what follows from them, and the question."""

    units: Ints
    times: Ints
    masks: Ints
    steps: int
    window: int

    @cached_property
    def unit_starts(self) -> Ints:
        """The first row of each unit, and the number of rows after the last."""
        return np.append(np.flatnonzero(_changes(self.units)), self.units.size)

    @cached_property
    def unit_places(self) -> Ints:
        """For each row, which of the units it belongs to: 0, 1, 2 …"""
        return np.cumsum(_changes(self.units)) - 1

    @cached_property
    def instant_starts(self) -> Ints:
        """The first row of each instant of each unit."""
        return np.flatnonzero(_changes(self.units) | _changes(self.times))

    @cached_property
    def instant_of_row(self) -> Ints:
        """For each row, the first row of its instant."""
        return np.repeat(self.instant_starts, np.diff(np.append(self.instant_starts, self.units.size)))

    @cached_property
    def serves_several(self) -> Flags:
        """Rows that more than one step would take."""
        return np.bitwise_count(self.masks) > 1

    def rows_of_step(self, step: int) -> Ints:
        """Rows that step `step` (0 is the first) would take."""
        return np.flatnonzero(self.masks >> step & 1)

    def rows_of_unit(self, row: int) -> slice:
        """All rows of the unit that `row` belongs to."""
        place = self.unit_places[row]
        return slice(self.unit_starts[place], self.unit_starts[place + 1])

    def units_with(self, flagged: Flags) -> Flags:
        """For each unit, whether any of its rows is flagged."""
        found = np.zeros(self.unit_starts.size - 1, dtype=bool)
        found[self.unit_places[flagged]] = True
        return found

    def reached(self, candidates: Ints, at_or_after: Ints, starts: Ints) -> tuple[Flags, Ints]:
        """For each of `starts`, the first of `candidates` at or after a row, and whether it lies in the same
        unit and within the window of the start."""
        if not candidates.size:
            return np.zeros(starts.size, dtype=bool), starts
        found = np.searchsorted(candidates, at_or_after)
        exists = found < candidates.size
        rows = candidates[np.minimum(found, candidates.size - 1)]
        fits = exists & (self.units[rows] == self.units[starts])
        # Times of different units must not meet in a subtraction that could overflow the window.
        fits[fits] = self.times[rows[fits]] - self.times[starts[fits]] <= self.window
        return fits, rows


def _ordered(log: _Log, entries: Ints, first: Ints) -> tuple[Flags, Ints]:
    """Which units need the exact path, and the times of the chains of the others."""
    sizes = np.diff(np.append(log.instant_starts, log.units.size))
    shared = np.repeat(sizes > 1, sizes)
    competing = np.zeros(log.units.size, dtype=bool)
    if log.instant_starts.size:
        several = np.logical_or.reduceat(log.serves_several, log.instant_starts)
        competing = shared & np.repeat(several, sizes)
    clumsy = log.units_with(competing)[log.unit_places[first]]
    # A signal that only one step takes may be followed by any of its instant, one that several take only by
    # later ones: it must not serve twice.
    onwards = np.where(log.serves_several, np.arange(log.units.size) + 1, log.instant_of_row)
    by_step = [log.rows_of_step(step) for step in range(log.steps)]
    starts = first
    if log.window != _NO_WINDOW:  # without a window no later start gets further than the first
        depth = np.ones(entries.size, dtype=np.int64)
        alive, current = np.arange(entries.size), entries
        for step in range(1, log.steps):
            fits, rows = log.reached(by_step[step], onwards[current], entries[alive])
            alive, current = alive[fits], rows[fits]
            depth[alive] += 1
        starts = _best_starts(log, entries, depth)
    times = np.full((starts.size, log.steps), NOT_REACHED, dtype=np.int64)
    times[:, 0] = log.times[starts]
    alive, current = np.arange(starts.size), starts
    for step in range(1, log.steps):
        fits, rows = log.reached(by_step[step], onwards[current], starts[alive])
        alive, current = alive[fits], rows[fits]
        times[alive, step] = log.times[current]
    return clumsy, times


def _strict(log: _Log, entries: Ints, first: Ints) -> tuple[Flags, Ints]:
    """As `_ordered`. A chain takes one instant after another, so instants become the rows."""
    if not entries.size:
        return np.zeros(0, dtype=bool), np.empty((0, log.steps), dtype=np.int64)
    matched = np.add.reduceat((log.masks != 0).astype(np.int64), log.instant_starts)
    sizes = np.diff(np.append(log.instant_starts, log.units.size))
    clumsy = log.units_with(np.repeat(matched > 1, sizes))[log.unit_places[first]]
    instants = _Log(
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
            instants.masks[rows] >> step & 1 == 1
        )
        fits[fits] = instants.times[rows[fits]] - instants.times[starts[alive[fits]]] <= log.window
        alive = alive[fits]
        depth[alive] += 1
    best = _best_starts(instants, starts, depth)
    furthest = depth[np.searchsorted(starts, best)]
    times = np.full((best.size, log.steps), NOT_REACHED, dtype=np.int64)
    for step in range(log.steps):
        there = np.flatnonzero(furthest > step)
        times[there, step] = instants.times[best[there] + step]
    return clumsy, times


def _any(log: _Log, entries: Ints, first: Ints) -> tuple[Flags, Ints]:
    """As `_ordered`. Where no signal serves several steps, the steps do not get in each other's way."""
    clumsy = log.units_with(log.serves_several)[log.unit_places[first]]
    by_step = [log.rows_of_step(step) for step in range(log.steps)]
    starts = first
    if log.window != _NO_WINDOW:
        depth = np.zeros(entries.size, dtype=np.int64)
        for candidates in by_step:
            depth += log.reached(candidates, log.instant_of_row[entries], entries)[0]
        starts = _best_starts(log, entries, depth)
    times = np.full((starts.size, log.steps), _NO_WINDOW, dtype=np.int64)
    for step, candidates in enumerate(by_step):
        fits, rows = log.reached(candidates, log.instant_of_row[starts], starts)
        times[fits, step] = log.times[rows[fits]]
    times.sort(axis=1)
    times[times == _NO_WINDOW] = NOT_REACHED
    return clumsy, times


def _changes(values: Ints) -> Flags:
    """Where a value differs from the one before it; the first one always does."""
    changed = np.ones(values.size, dtype=bool)
    np.not_equal(values[1:], values[:-1], out=changed[1:])
    return changed


def _best_starts(log: _Log, starts: Ints, depth: Ints) -> Ints:
    """For each unit among `starts` the first start of the greatest depth."""
    if not starts.size:
        return starts
    changes = _changes(log.units[starts])
    begins = np.flatnonzero(changes)
    deepest = np.maximum.reduceat(depth, begins)[np.cumsum(changes) - 1]
    candidates = starts[depth == deepest]
    return candidates[_changes(log.units[candidates])]

"""Funnels, counted over whole arrays at once. Nothing here knows a database.

`funnel_units` follows each step-1 signal by binary search in the sorted rows of the next steps, for all units
together. That is exact as long as no two signals of one instant compete for steps and nothing excluded lies in
between; the few units where they do, or where it does, go through `polku.eventstore.exact_funnel`, one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from polku.eventstore.behaviour import ORDERS, Order
from polku.eventstore.exact_funnel import any_chain, walled_any_chain, walled_chain
from polku.eventstore.port import SequenceRows

__all__ = ["MOST_STEPS", "NOT_REACHED", "ORDERS", "FunnelUnits", "Order", "funnel_units", "unit_chunks"]

MOST_STEPS = 62  # bits of an int64 mask, with room for its sign
CHUNK = 1_000_000  # rows worked on at once: what lies between two looks at the clock

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Pause = Callable[[], None]

NOT_REACHED = np.iinfo(np.int64).min
_NO_WINDOW = np.iinfo(np.int64).max
_UNITS_BETWEEN_PAUSES = 500


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


def funnel_units(
    rows: SequenceRows,
    *,
    steps: int,
    window: int | None,
    order: Order,
    exclude: Sequence[tuple[int, int]] = (),
    quiet: Flags | None = None,
    pause: Pause | None = None,
) -> FunnelUnits:
    """How far each unit gets, on the earliest of its longest chains.

    `rows` must be ordered by unit and time; `window` is in microseconds, its boundary included, or None.
    Signals of one instant count in either order, and one signal serves at most one step.

    - "ordered": a chain starts at a step-1 signal; each next step comes at the same instant or later, and the
      whole chain lies within the window counted from its first signal.
    - "strict": also, between two steps the unit has no other row at an instant strictly between them. Rows of
      other events must then be among `rows`, with mask 0; those that are `quiet` and no step do not count as between.
    - "any": as many different steps as possible inside one window, in whatever order; `times` says when the
      first, the second … of them was there.

    The j-th of `exclude`, (after, before), says that rows with bit `steps + j` set must not lie strictly between two
    following steps of the chain from step `after` to step `before`, counted from 1.

    Among the longest chains the earliest is the one that starts first and then has each next step as early as
    possible. `pause` is called now and then, and may raise to stop. Raises ValueError for a number of steps outside
    1–62, a negative window, or an exclusion that has no place between the steps (with order "any": that does not hold
    for all of them).
    """
    if steps < 1 or steps + len(exclude) > MOST_STEPS:
        raise ValueError(f"a funnel has 1 to {MOST_STEPS} steps, not {steps}")
    if window is not None and window < 0:
        raise ValueError("the window must not be negative")
    for after, before in exclude:
        if not 1 <= after < before <= steps or (order == "any" and (after, before) != (1, steps)):
            raise ValueError(f"an exclusion from step {after} to {before} has no place among {steps} steps")
    asked = _Asked(steps, _NO_WINDOW if window is None else window, order, tuple(exclude), pause or _no_pause)
    parts = []
    for part in unit_chunks(rows.unit):
        asked.pause()
        silent = None if quiet is None else quiet[part]
        found = _funnel_of(asked, rows.unit[part], rows.time[part], rows.mask[part], silent)
        found.first[:] += part.start
        found.last[:] += part.start
        parts.append(found)
    return FunnelUnits(
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("unit", "furthest", "times", "first", "last")
        )
    )


def unit_chunks(units: Ints, size: int = CHUNK) -> Iterator[slice]:
    """Slices of about `size` rows that split no unit; one empty slice of nothing."""
    start = 0
    while True:
        end = min(start + size, units.size)
        if end < units.size:
            end = int(np.searchsorted(units[end:], units[end - 1], side="right")) + end
        yield slice(start, end)
        if end == units.size:
            return
        start = end


def _no_pause() -> None:
    """Nobody wants to stop."""


@dataclass(frozen=True)
class _Asked:
    steps: int
    window: int
    order: Order
    exclude: tuple[tuple[int, int], ...]
    pause: Pause

    def walls(self, masks: Ints) -> Ints:
        """For each row, bit d where a chain with d steps done is not to pass it."""
        walls = np.zeros(masks.size, dtype=np.int64)
        for number, (after, before) in enumerate(self.exclude):
            walls |= np.where(masks >> (self.steps + number) & 1, (1 << before) - (1 << after), 0)
        return walls


def _funnel_of(asked: _Asked, units: Ints, times: Ints, masks: Ints, quiet: Flags | None) -> FunnelUnits:
    """As `funnel_units`, at once."""
    every = (1 << asked.steps) - 1
    serves = masks & every
    if asked.order != "strict":
        kept = np.flatnonzero(serves)
    elif quiet is None:
        kept = np.arange(serves.size)
    else:
        kept = np.flatnonzero((serves != 0) | ~quiet)
    log = _Log(units[kept], times[kept], serves[kept], asked.steps, asked.window)
    entries = np.flatnonzero(log.masks if asked.order == "any" else log.masks & 1)
    changes = _changes(log.units[entries])
    first, last = entries[changes], entries[np.append(changes, True)[1:]] if entries.size else entries
    clumsy, chains = _CHAINS[asked.order](log, entries, first)
    reached = chains >= 0
    moments = np.where(reached, log.times[chains], NOT_REACHED) if log.times.size else chains
    found = FunnelUnits(log.units[first], reached.sum(axis=1), moments, kept[first], kept[last])
    walls = asked.walls(masks)
    if asked.exclude:
        clumsy |= _crosses(units, times, walls, np.where(reached, kept[chains], -1) if kept.size else chains)
    if asked.order == "strict":
        walls[kept] = every
    _mend(asked, found, np.flatnonzero(clumsy), (units, times, serves, walls))
    return found


def _mend(asked: _Asked, found: FunnelUnits, clumsy: Ints, log: tuple[Ints, Ints, Ints, Ints]) -> None:
    """Put the exact chains of the units at the places `clumsy` into `found`."""
    units, times, serves, walls = log
    begins = np.searchsorted(units, found.unit[clumsy]).tolist()
    ends = np.searchsorted(units, found.unit[clumsy], side="right").tolist()
    window = None if asked.window == _NO_WINDOW else asked.window
    for number, (place, begin, end) in enumerate(zip(clumsy.tolist(), begins, ends, strict=True)):
        if number % _UNITS_BETWEEN_PAUSES == 0:
            asked.pause()
        rows = times[begin:end].tolist(), serves[begin:end].tolist()
        stops = walls[begin:end].tolist()
        if asked.order != "any":
            chain = walled_chain(*rows, stops, asked.steps, window)
        elif any(stops):
            chain = walled_any_chain(*rows, stops, asked.steps, window)
        else:
            chain = any_chain(*rows, asked.steps, window)
        found.times[place] = NOT_REACHED
        found.times[place, : len(chain)] = chain
        found.furthest[place] = len(chain)


def _crosses(units: Ints, times: Ints, walls: Ints, chains: Ints) -> Flags:
    """Which of `chains` (rows by unit and step, −1 where not reached) pass a wall."""
    crosses = np.zeros(len(chains), dtype=bool)
    begins = _changes(units) | _changes(times)
    instant = np.cumsum(begins) - 1
    for done in range(1, chains.shape[1]):
        walled = walls >> done & 1 == 1
        if not walled.any():
            continue
        there = np.zeros(int(instant[-1]) + 2, dtype=np.int64)
        there[instant[walled] + 1] = 1
        before = np.cumsum(there)  # walled instants before each
        reached = np.flatnonzero(chains[:, done] >= 0)
        start, end = instant[chains[reached, done - 1]], instant[chains[reached, done]]
        crosses[reached] |= before[end] > before[np.minimum(start + 1, end)]
    return crosses


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
    """Which units need the exact path, and the rows of the chains of the others, −1 where they end before."""
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
    chains = np.full((starts.size, log.steps), -1, dtype=np.int64)
    chains[:, 0] = starts
    alive, current = np.arange(starts.size), starts
    for step in range(1, log.steps):
        fits, rows = log.reached(by_step[step], onwards[current], starts[alive])
        alive, current = alive[fits], rows[fits]
        chains[alive, step] = current
    return clumsy, chains


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
    chains = best[:, None] + np.arange(log.steps)
    reached = np.arange(log.steps) < furthest[:, None]
    return clumsy, np.where(reached, log.instant_starts[np.where(reached, chains, 0)], -1)


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
    chains = np.full((starts.size, log.steps), _NO_WINDOW, dtype=np.int64)
    for step, candidates in enumerate(by_step):
        fits, rows = log.reached(candidates, log.instant_of_row[starts], starts)
        chains[fits, step] = rows[fits]
    chains.sort(axis=1)
    chains[chains == _NO_WINDOW] = -1
    return clumsy, chains


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


_CHAINS = {"ordered": _ordered, "strict": _strict, "any": _any}

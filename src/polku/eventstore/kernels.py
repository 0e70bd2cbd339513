"""Funnels, counted over whole arrays at once. Nothing here knows a database.

`funnel_units` follows each step-1 signal by binary search in the sorted rows of the next steps, for all units
together. That is exact as long as no two signals of one instant compete for steps and nothing excluded lies in
between; the few units where they do, or where it does, go through `polku.eventstore.exact_funnel`, one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from polku.eventstore.behaviour import ORDERS, Order
from polku.eventstore.chunks import Flags, Ints, Numbers, Pause, changes, each_chunk
from polku.eventstore.exact_funnel import any_chain, walled_any_chain, walled_chain
from polku.eventstore.port import SequenceRows
from polku.eventstore.walled_chains import WalledRows, walled_chains

__all__ = ["MOST_STEPS", "NOT_REACHED", "ORDERS", "FunnelUnits", "Order", "funnel_units"]

MOST_STEPS = 62  # bits of an int64 mask, with room for its sign

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
    threads: int = 1,
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
    possible. `pause` is called now and then, and may raise to stop; `threads` work at once. Raises ValueError for a
    number of steps outside 1–62, a negative window, or an exclusion that has no place between the steps (with order
    "any": that does not hold for all of them).
    """
    if steps < 1 or steps + len(exclude) > MOST_STEPS:
        raise ValueError(f"a funnel has 1 to {MOST_STEPS} steps, not {steps}")
    if window is not None and window < 0:
        raise ValueError("the window must not be negative")
    for after, before in exclude:
        if not 1 <= after < before <= steps or (order == "any" and (after, before) != (1, steps)):
            raise ValueError(f"an exclusion from step {after} to {before} has no place among {steps} steps")
    asked = _Asked(steps, _NO_WINDOW if window is None else window, order, tuple(exclude), pause or _no_pause)

    def count(part: slice) -> FunnelUnits:
        silent = None if quiet is None else quiet[part]
        found = _funnel_of(asked, rows.unit[part], rows.time[part], rows.mask[part], silent)
        found.first[:] += part.start
        found.last[:] += part.start
        return found

    parts = each_chunk(count, rows.unit, pause=asked.pause, threads=threads)
    return FunnelUnits(
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("unit", "furthest", "times", "first", "last")
        )
    )


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


def _funnel_of(asked: _Asked, units: Numbers, times: Ints, masks: Ints, quiet: Flags | None) -> FunnelUnits:
    """As `funnel_units`, at once."""
    every = (1 << asked.steps) - 1
    serves = masks & every if asked.exclude or asked.order == "strict" else masks
    if asked.order != "strict":
        kept = np.flatnonzero(serves & every != 0)
    elif quiet is None:
        kept = np.arange(serves.size)
    else:
        kept = np.flatnonzero((serves != 0) | ~quiet)
    if kept.size == serves.size:
        log = _Log(units, times, serves & every, asked.steps, asked.window)
    else:
        log = _Log(units[kept], times[kept], serves[kept] & every, asked.steps, asked.window)
    entries = np.flatnonzero(log.masks != 0) if asked.order == "any" else log.rows_of_step(0)
    begins = changes(log.units[entries])
    first, last = entries[begins], entries[np.append(begins, True)[1:]] if entries.size else entries
    clumsy, chains = _CHAINS[asked.order](log, entries, first)
    reached = chains >= 0
    moments = np.where(reached, log.times[chains], NOT_REACHED) if log.times.size else chains
    found = FunnelUnits(log.units[first], reached.sum(axis=1), moments, kept[first], kept[last])
    if not asked.exclude and not clumsy.any():
        return found
    walls = asked.walls(masks)
    if asked.exclude:
        clumsy |= _crosses(units, times, walls, np.where(reached, kept[chains], -1) if kept.size else chains)
    if asked.order == "strict":
        walls[kept] = every
    if clumsy.any():
        _mend(asked, found, np.flatnonzero(clumsy), WalledRows(units, times, masks & every, walls))
    return found


def _mend(asked: _Asked, found: FunnelUnits, clumsy: Ints, rows: WalledRows) -> None:
    """Put the exact chains of the units at the places `clumsy` into `found`: one by one where signals of an instant
    compete for steps, the rest together."""
    window = None if asked.window == _NO_WINDOW else asked.window
    if asked.order != "any":
        together = clumsy[~_contested(rows)[np.searchsorted(_units(rows), found.unit[clumsy])]]
        clumsy = np.setdiff1d(clumsy, together, assume_unique=True)
        taken = np.isin(rows.units, found.unit[together])
        theirs = WalledRows(rows.units[taken], rows.times[taken], rows.serves[taken], rows.walls[taken])
        chains = walled_chains(theirs, asked.steps, window)
        if chains.size:
            found.times[together] = np.where(chains >= 0, theirs.times[chains], NOT_REACHED)
            found.furthest[together] = np.count_nonzero(chains >= 0, axis=1)
    begins = np.searchsorted(rows.units, found.unit[clumsy]).tolist()
    ends = np.searchsorted(rows.units, found.unit[clumsy], side="right").tolist()
    for number, (place, begin, end) in enumerate(zip(clumsy.tolist(), begins, ends, strict=True)):
        if number % _UNITS_BETWEEN_PAUSES == 0:
            asked.pause()
        of_unit = rows.times[begin:end].tolist(), rows.serves[begin:end].tolist()
        stops = rows.walls[begin:end].tolist()
        if asked.order != "any":
            chain = walled_chain(*of_unit, stops, asked.steps, window)
        elif any(stops):
            chain = walled_any_chain(*of_unit, stops, asked.steps, window)
        else:
            chain = any_chain(*of_unit, asked.steps, window)
        found.times[place] = NOT_REACHED
        found.times[place, : len(chain)] = chain
        found.furthest[place] = len(chain)


def _units(rows: WalledRows) -> Numbers:
    return rows.units[changes(rows.units)]


def _contested(rows: WalledRows) -> Flags:
    """For each unit, whether signals of one of its instants compete for steps."""
    starts = rows.starts[:-1]
    several = np.logical_or.reduceat(rows.is_versatile, starts)
    several &= np.add.reduceat((rows.serves != 0).astype(np.int64), starts) > 1
    return np.logical_or.reduceat(several, np.flatnonzero(changes(rows.units[starts])))


def _crosses(units: Ints, times: Ints, walls: Ints, chains: Ints) -> Flags:
    """Which of `chains` (rows by unit and step, −1 where not reached) pass a wall."""
    crosses = np.zeros(len(chains), dtype=bool)
    begins = changes(units) | changes(times)
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
    def instant_of_row(self) -> Ints:
        """For each row, the first row of its instant."""
        return np.maximum.accumulate(np.where(self.begins_instant, np.arange(self.units.size), 0))

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

    def ahead(self, step: int) -> tuple[Ints, Ints]:
        """(rows of the step, and for each row how many of them lie before it)."""
        takes = self.masks & (1 << step) != 0
        before = np.cumsum(takes, dtype=np.int64)
        before -= takes
        return np.flatnonzero(takes), before

    def reached(self, ahead: tuple[Ints, Ints], at_or_after: Ints, starts: Ints) -> tuple[Flags, Ints]:
        """For each of `starts`, the first row `ahead` of a step at or after a row, and whether it lies in the same
        unit and within the window of the start."""
        candidates, before = ahead
        if not candidates.size:
            return np.zeros(starts.size, dtype=bool), starts
        # Behind the last row nothing is ahead, as where all candidates lie before.
        found = before[np.minimum(at_or_after, before.size - 1)] + (at_or_after >= before.size)
        rows = candidates[np.minimum(found, candidates.size - 1)]
        fits = (rows >= at_or_after) & (self.units[rows] == self.units[starts])
        if self.window != _NO_WINDOW:
            # Of different units the difference may be any number; they do not fit already.
            fits &= self.times[rows] - self.times[starts] <= self.window
        return fits, rows


def _ordered(log: _Log, entries: Ints, first: Ints) -> tuple[Flags, Ints]:
    """Which units need the exact path, and the rows of the chains of the others, −1 where they end before."""
    onwards, clumsy = log.instant_of_row, np.zeros(first.size, dtype=bool)
    several = log.serves_several
    if several.any():
        # A signal that only one step takes may be followed by any of its instant, one that several take only by
        # later ones: it must not serve twice. Where it has company the exact path is taken.
        sizes = np.diff(np.append(log.instant_starts, log.units.size))
        contested = (np.logical_or.reduceat(several, log.instant_starts)) & (sizes > 1)
        clumsy = log.has(np.repeat(contested, sizes), first)
        onwards = np.where(several, np.arange(log.units.size) + 1, onwards)
    # Without a window no later start gets further than the first.
    starts = entries if log.window != _NO_WINDOW else first
    chains = np.full((starts.size, log.steps), -1, dtype=np.int64)
    chains[:, 0] = starts
    depth = np.ones(starts.size, dtype=np.int64)
    alive, current = np.arange(starts.size), starts
    for step in range(1, log.steps):
        fits, rows = log.reached(log.ahead(step), onwards[current], starts[alive])
        alive, current = alive[fits], rows[fits]
        chains[alive, step] = current
        depth[alive] += 1
    return clumsy, chains[_best(log, starts, depth)]


def _strict(log: _Log, entries: Ints, first: Ints) -> tuple[Flags, Ints]:
    """As `_ordered`. A chain takes one instant after another, so instants become the rows."""
    if not entries.size:
        return np.zeros(0, dtype=bool), np.empty((0, log.steps), dtype=np.int64)
    matched = np.add.reduceat((log.masks != 0).astype(np.int64), log.instant_starts)
    sizes = np.diff(np.append(log.instant_starts, log.units.size))
    clumsy = log.has(np.repeat(matched > 1, sizes), first)
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
            instants.masks[rows] & (1 << step) != 0
        )
        if log.window != _NO_WINDOW:
            fits &= instants.times[rows] - instants.times[starts[alive]] <= log.window
        alive = alive[fits]
        depth[alive] += 1
    best = _best(instants, starts, depth)
    chains = starts[best][:, None] + np.arange(log.steps)
    reached = np.arange(log.steps) < depth[best][:, None]
    return clumsy, np.where(reached, log.instant_starts[np.where(reached, chains, 0)], -1)


def _any(log: _Log, entries: Ints, first: Ints) -> tuple[Flags, Ints]:
    """As `_ordered`. Where no signal serves several steps, the steps do not get in each other's way."""
    clumsy = log.has(log.serves_several, first)
    starts = entries if log.window != _NO_WINDOW else first
    chains = np.full((starts.size, log.steps), _NO_WINDOW, dtype=np.int64)
    from_here = log.instant_of_row[starts]
    for step in range(log.steps):
        fits, rows = log.reached(log.ahead(step), from_here, starts)
        chains[fits, step] = rows[fits]
    best = chains[_best(log, starts, np.count_nonzero(chains != _NO_WINDOW, axis=1))]
    best.sort(axis=1)
    best[best == _NO_WINDOW] = -1
    return clumsy, best


_CHAINS = {"ordered": _ordered, "strict": _strict, "any": _any}


def _best(log: _Log, starts: Ints, depth: Ints) -> Ints:
    """For each unit among `starts` the place of its first start of the greatest depth."""
    if not starts.size:
        return starts
    begins = changes(log.units[starts])
    first = np.flatnonzero(begins)
    deepest = np.repeat(np.maximum.reduceat(depth, first), np.diff(np.append(first, starts.size)))
    places = np.flatnonzero(depth == deepest)
    return places[changes(log.units[starts[places]])]

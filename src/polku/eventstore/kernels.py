"""Funnels, counted over whole arrays at once. Nothing here knows a database.

Most units are followed together by `funnel_chains`, those whose chains must keep clear of something by `walled_chains`.
Both are exact as long as no two signals of one instant compete for steps; the few units where they do go through
`exact_funnel`, one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from polku.eventstore.behaviour import ORDERS, Order
from polku.eventstore.chunks import Flags, Ints, Numbers, Pause, changes, each_chunk
from polku.eventstore.exact_funnel import any_chain, walled_any_chain, walled_chain
from polku.eventstore.funnel_chains import CHAINS, NO_WINDOW, Log
from polku.eventstore.port import SequenceRows
from polku.eventstore.walled_chains import WalledRows, walled_chains

__all__ = ["MOST_STEPS", "NOT_REACHED", "ORDERS", "FunnelUnits", "Order", "funnel_units"]

MOST_STEPS = 62  # bits of an int64 mask, with room for its sign

NOT_REACHED = np.iinfo(np.int64).min
_UNITS_BETWEEN_PAUSES = 500


@dataclass(frozen=True)
class FunnelUnits:
    """The units that took part in a funnel, in the order of their rows; all arrays have one entry per unit.

    `unit` is its number, `furthest` how many steps its best chain has (1…k), `times` (shape (u, k)) the
    moments of that chain's steps in microseconds, `NOT_REACHED` beyond `furthest`. `first` and `last` are the
    rows of its first and last step-1 signal (with order "any": of any step). `ties` is how many of the `looked_at`
    rows share their instant with another of these of their unit.
    """

    unit: Ints
    furthest: Ints
    times: Ints
    first: Ints
    last: Ints
    ties: int = 0
    looked_at: int = 0


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
    asked = _Asked(steps, NO_WINDOW if window is None else window, order, tuple(exclude), pause or _no_pause)

    def count(part: slice) -> FunnelUnits:
        silent = None if quiet is None else quiet[part]
        found = _funnel_of(asked, rows.unit[part], rows.time[part], rows.mask[part], silent)
        found.first[:] += part.start
        found.last[:] += part.start
        return found

    parts = each_chunk(count, rows.unit, pause=asked.pause, threads=threads)
    return FunnelUnits(
        unit=np.concatenate([part.unit for part in parts]),
        furthest=np.concatenate([part.furthest for part in parts]),
        times=np.concatenate([part.times for part in parts]),
        first=np.concatenate([part.first for part in parts]),
        last=np.concatenate([part.last for part in parts]),
        ties=sum(part.ties for part in parts),
        looked_at=sum(part.looked_at for part in parts),
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
    serves = masks & masks.dtype.type(every)
    if asked.order != "strict":
        kept = np.flatnonzero(serves != 0)
    elif quiet is None:
        kept = np.arange(serves.size)
    else:
        kept = np.flatnonzero((serves != 0) | ~quiet)
    if kept.size == serves.size:
        log = Log(units, times, serves, asked.steps, asked.window)
    else:
        log = Log(units[kept], times[kept], serves[kept], asked.steps, asked.window)
    entries = np.flatnonzero(log.masks != 0) if asked.order == "any" else log.rows_of_step(0)
    begins = changes(log.units[entries])
    first, last = entries[begins], entries[np.append(begins, True)[1:]] if entries.size else entries
    clumsy, chains = CHAINS[asked.order](log, entries, first)
    moments = np.full((first.size, asked.steps), NOT_REACHED, dtype=np.int64)
    furthest = np.zeros(first.size, dtype=np.int64)
    for step, rows in enumerate(chains):
        reached = np.flatnonzero(rows >= 0)
        moments[reached, step] = log.times[rows[reached]]
        furthest[reached] += 1
    found = FunnelUnits(
        log.units[first], furthest, moments, kept[first], kept[last], log.ties, log.units.size
    )
    if not asked.exclude and not clumsy.any():
        return found
    walls = asked.walls(masks)
    if asked.exclude:
        clumsy |= _crosses(
            units, times, walls, np.where(chains >= 0, kept[chains], -1) if kept.size else chains
        )
    if asked.order == "strict":
        walls[kept] = every
    if clumsy.any():
        _mend(asked, found, np.flatnonzero(clumsy), WalledRows(units, times, masks & every, walls))
    return found


def _mend(asked: _Asked, found: FunnelUnits, clumsy: Ints, rows: WalledRows) -> None:
    """Put the exact chains of the units at the places `clumsy` into `found`: one by one where signals of an instant
    compete for steps, the rest together."""
    window = None if asked.window == NO_WINDOW else asked.window
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
    """Which units' `chains` (rows by step and unit, −1 where not reached) pass a wall."""
    crosses = np.zeros(chains.shape[1], dtype=bool)
    begins = changes(units) | changes(times)
    instant = np.cumsum(begins) - 1
    for done in range(1, len(chains)):
        walled = walls >> done & 1 == 1
        if not walled.any():
            continue
        there = np.zeros(int(instant[-1]) + 2, dtype=np.int64)
        there[instant[walled] + 1] = 1
        before = np.cumsum(there)  # walled instants before each
        reached = np.flatnonzero(chains[done] >= 0)
        start, end = instant[chains[done - 1][reached]], instant[chains[done][reached]]
        crosses[reached] |= before[end] > before[np.minimum(start + 1, end)]
    return crosses

"""All that a map's figures are made of, counted over some people: tallies of different people can be added.

Nothing of one person's depends on anybody else, so when little changes, only the people whom it touches are counted
again: their old tally is taken from the map's, their new one added. The result is the same to the last answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from polku.eventstore import cancelling
from polku.eventstore.port import SignalKind
from polku.journeys.live import bags
from polku.journeys.live.bags import Bag
from polku.journeys.live.signals import Purchases, Signals
from polku.journeys.live.walk import Walk, counts_of

NEVER = np.iinfo(np.int64).max

_AT_ONCE = 400_000
"""Rows that are looked at at a time, so that what is made of them stays in the processor's memory."""

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Tally:
    """By place in the plan (P of them):

    `signals` of any kind, people who `reached` it, and `went`, how many of those went next to which place (P × P).
    `waited`: the microseconds until a later stage, of those who reached one; `since`: when the others came; `earliest`:
    when the very first came (`NEVER`: nobody). `spent`: the total of each buyer; `orders`: how many were counted.
    Then numbers made of a place and something else, place · 2⁴⁷ + it: `said` words of answers and contacts with `times`
    how often (0 is possible), and a bag of the orders `carried`.
    """

    signals: Counts
    reached: Counts
    went: Counts
    waited: tuple[Bag, ...]
    since: tuple[Bag, ...]
    earliest: Counts
    spent: tuple[Bag, ...]
    orders: Counts
    said: Counts
    times: Counts
    carried: Bag

    def words_at(self, place: int) -> tuple[Counts, Counts]:
        """(numbers of words, how often each was said)."""
        begin, end = np.searchsorted(self.said, [place * SHIFT, (place + 1) * SHIFT])
        said, times = self.said[begin:end] - place * SHIFT, self.times[begin:end]
        return said[times > 0], times[times > 0]

    def carried_at(self, place: int) -> Counts:
        """The orders that signals at the touchpoint carried, each once."""
        begin, end = np.searchsorted(self.carried, [place * SHIFT, (place + 1) * SHIFT])
        return np.unique(self.carried[begin:end]) - place * SHIFT


SHIFT = np.int64(2**47)


def tally(walk: Walk, purchases: Purchases) -> Tally:
    """Count all that is in a walk; part by part, a few people at a time."""
    signals = walk.signals
    parts = []
    for rows, bought in _parts(signals, purchases):
        cancelling.check()
        part = Walk(signals if rows is None else signals.take(rows), walk.plan, walk.period)
        parts.append(_count(part, purchases if bought is None else purchases.take(bought)))
    return added(parts)


def added(tallies: Sequence[Tally]) -> Tally:
    """The tally of all the people of some tallies (at least one), which have nobody in common."""
    if len(tallies) == 1:
        return tallies[0]
    said, which = np.unique(np.concatenate([each.said for each in tallies]), return_inverse=True)
    times = np.bincount(which, weights=np.concatenate([each.times for each in tallies]), minlength=len(said))
    return Tally(
        signals=np.sum([each.signals for each in tallies], axis=0),
        reached=np.sum([each.reached for each in tallies], axis=0),
        went=np.sum([each.went for each in tallies], axis=0),
        waited=tuple(map(bags.together, zip(*(each.waited for each in tallies), strict=True))),
        since=tuple(map(bags.together, zip(*(each.since for each in tallies), strict=True))),
        earliest=np.min([each.earliest for each in tallies], axis=0),
        spent=tuple(map(bags.together, zip(*(each.spent for each in tallies), strict=True))),
        orders=np.sum([each.orders for each in tallies], axis=0),
        said=said,
        times=times.astype(np.int64),
        carried=bags.together([each.carried for each in tallies]),
    )


def replaced(whole: Tally, old: Tally, new: Tally) -> Tally | None:
    """`whole` with people counted as `new` who are counted in it as `old`.

    None where it cannot be known who came first: of a place whose first comer is among `old` and came earlier than
    anybody among `new`.
    """
    if ((old.earliest == whole.earliest) & (new.earliest > old.earliest)).any():
        return None

    def changed(part: tuple[Bag, ...], fewer: tuple[Bag, ...], more: tuple[Bag, ...]) -> tuple[Bag, ...]:
        return tuple(
            bags.with_more(bags.without(one, less), plus)
            for one, less, plus in zip(part, fewer, more, strict=True)
        )

    said, which = np.unique(np.concatenate([whole.said, old.said, new.said]), return_inverse=True)
    weights = np.concatenate([whole.times, -old.times, new.times])
    return Tally(
        signals=whole.signals - old.signals + new.signals,
        reached=whole.reached - old.reached + new.reached,
        went=whole.went - old.went + new.went,
        waited=changed(whole.waited, old.waited, new.waited),
        since=changed(whole.since, old.since, new.since),
        earliest=np.minimum(whole.earliest, new.earliest),
        spent=changed(whole.spent, old.spent, new.spent),
        orders=whole.orders - old.orders + new.orders,
        said=said,
        times=np.bincount(which, weights=weights, minlength=len(said)).astype(np.int64),
        carried=bags.with_more(bags.without(whole.carried, old.carried), new.carried),
    )


def _parts(signals: Signals, purchases: Purchases) -> list[tuple[slice | None, slice | None]]:
    """Slices of both that hold all rows of some people each; one of everything (None) where there are few rows."""
    if len(signals) <= _AT_ONCE:
        return [(None, None)]
    starts = np.flatnonzero(signals.starts_person)
    wanted = np.arange(0, len(signals), _AT_ONCE)
    begins = np.unique(starts[np.searchsorted(starts, wanted, side="right") - 1])
    ends = np.append(begins[1:], len(signals))
    bought = np.append(np.searchsorted(purchases.person, signals.person[begins]), len(purchases))
    return [
        (slice(begin, end), slice(first, last))
        for begin, end, first, last in zip(begins, ends, bought[:-1], bought[1:], strict=True)
    ]


def _count(walk: Walk, purchases: Purchases) -> Tally:
    signals, count = walk.signals, len(walk.plan.points)
    here = np.flatnonzero(walk.in_period)
    place = signals.place[here].astype(np.int64)
    first = walk.first
    place_of_first, came = signals.place[first].astype(np.int64), signals.time[first]
    waited, observed = walk.waits(first)
    went = walk.went_to(first)
    known = went >= 0
    earliest = np.full(count, NEVER)
    np.minimum.at(earliest, place_of_first, came)
    kind, carries = signals.kind[here], signals.order[here]
    is_said = (signals.said[here] >= 0) & ((kind == SignalKind.SCORE) | (kind == SignalKind.CONTACT))
    said, times = np.unique(place[is_said] * SHIFT + signals.said[here[is_said]], return_counts=True)
    spent, orders = _bought(walk, purchases)
    return Tally(
        signals=counts_of(place, count),
        reached=counts_of(place_of_first, count),
        went=counts_of(place_of_first[known] * count + went[known], count * count).reshape(count, count),
        waited=bags.by_place(place_of_first[observed], waited[observed], count),
        since=bags.by_place(place_of_first[~observed], came[~observed], count),
        earliest=earliest,
        spent=spent,
        orders=orders,
        said=said,
        times=times,
        carried=np.sort(place[carries >= 0] * SHIFT + carries[carries >= 0]),
    )


def _bought(walk: Walk, purchases: Purchases) -> tuple[tuple[Bag, ...], Counts]:
    """The total of each buyer, and the orders counted, by place.

    An order counts where its person reached the touchpoint in the period, at or before the order and at most a
    window earlier.
    """
    signals, count = walk.signals, len(walk.plan.points)
    first = walk.first
    unit = np.minimum(np.searchsorted(signals.people, purchases.person), len(signals.people) - 1)
    if not len(first) or not len(purchases):
        return tuple(np.empty(0) for _place in range(count)), np.zeros(count, dtype=np.int64)
    is_there = (signals.people[unit] == purchases.person) & (purchases.time <= walk.period.as_of)
    unit, time, value = unit[is_there], purchases.time[is_there], purchases.value[is_there]
    # Every purchase with every touchpoint that its person reached.
    units = signals.unit[first]
    begin = np.searchsorted(units, unit, side="left")
    each = np.searchsorted(units, unit, side="right") - begin
    purchase = np.repeat(np.arange(len(unit)), each)
    reach = np.arange(int(each.sum())) - np.repeat(np.cumsum(each) - each, each) + np.repeat(begin, each)
    waited = time[purchase] - signals.time[first[reach]]
    purchase, reach, waited = purchase[waited >= 0], reach[waited >= 0], waited[waited >= 0]
    counted = waited <= walk.plan.window
    late = np.flatnonzero(~counted)
    if len(late):
        counted[late] = _came_again(walk, first[reach[late]], time[purchase[late]])
    purchase, reach = purchase[counted], reach[counted]
    # By person and touchpoint; a person's purchases stay in their order, so that sums are the same to the last bit.
    order = np.argsort(reach, kind="stable")
    purchase, reach = purchase[order], reach[order]
    buyers, number = np.unique(reach, return_inverse=True)
    totals = np.bincount(number, weights=value[purchase], minlength=len(buyers))
    return (
        bags.by_place(signals.place[first[buyers]], totals, count),
        counts_of(signals.place[first[reach]], count),
    )


def _came_again(walk: Walk, first: NDArray[np.int64], time: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether the people of some first reaches were there once more, within a window before or at `time`."""
    signals, count = walk.signals, len(walk.plan.points)
    wanted = signals.unit[first] * count + signals.place[first]
    cells = np.unique(wanted)
    rows = np.flatnonzero(walk.in_period & walk.reaches)
    cell = signals.unit[rows] * count + signals.place[rows]
    rows, cell = rows[np.isin(cell, cells)], cell[np.isin(cell, cells)]
    order = np.argsort(cell, kind="stable")
    rows, cell = rows[order], cell[order]
    # The last of the cell's rows at or before the time: cell and number of the time as one ascending number.
    times = np.unique(signals.time[rows])
    known, asked = (
        np.searchsorted(cells, of) * (len(times) + 1) + np.searchsorted(times, at, side="right")
        for of, at in ((cell, signals.time[rows]), (wanted, time))
    )
    last = rows[np.searchsorted(known, asked, side="right") - 1]
    return np.asarray(time - signals.time[last] <= walk.plan.window)

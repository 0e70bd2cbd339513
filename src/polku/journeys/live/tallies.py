"""All that a map's figures are made of, counted over some people: tallies of different people can be added.

Nothing of one person's depends on anybody else, so when little changes, only the people whom it touches are counted
again: their old tally is taken from the map's, their new one added. The result is the same to the last answer.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polku.eventstore import cancelling
from polku.eventstore.port import SignalKind
from polku.journeys.live import bags
from polku.journeys.live.bags import Bag
from polku.journeys.live.signals import Purchases, Signals
from polku.journeys.live.walk import Walk, counts_of

NEVER = np.iinfo(np.int64).max

_AT_ONCE = 100_000
"""Rows that are looked at at a time, so that what is made of them stays in the processor's memory."""
_THREADS = min(2, os.cpu_count() or 1)
"""NumPy lets other threads run within each of its calls, so somebody who waits for a map need not wait for one
processor. No more than two: others wait, too."""

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


def tally(walk: Walk, purchases: Purchases, *, at_once: int = _AT_ONCE) -> Tally:
    """Count all that is in a walk; a few people at a time, of whom there are `at_once` rows or a little more."""
    signals = walk.signals
    if len(signals) <= at_once:
        return _count(walk, purchases)

    def count(part: tuple[slice, slice]) -> Tally:
        rows, bought = part
        return _count(Walk(signals.take(rows), walk.plan, walk.period), purchases.take(bought))

    made = []
    with ThreadPoolExecutor(_THREADS, "tally") as pool:
        futures = [pool.submit(count, part) for part in _parts(signals, purchases, at_once)]
        try:
            for future in futures:
                cancelling.check()
                made.append(future.result())
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return added(made)


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


def _parts(signals: Signals, purchases: Purchases, at_once: int) -> list[tuple[slice, slice]]:
    """Slices of both that hold all rows of some people each."""
    wanted = np.arange(0, len(signals), at_once)
    begins = np.unique(signals.starts[np.searchsorted(signals.starts, wanted, side="right") - 1])
    ends = np.append(begins[1:], len(signals))
    bought = np.append(np.searchsorted(purchases.person, signals.person[begins]), len(purchases))
    return [
        (slice(begin, end), slice(first, last))
        for begin, end, first, last in zip(begins, ends, bought[:-1], bought[1:], strict=True)
    ]


def _count(walk: Walk, purchases: Purchases) -> Tally:
    signals, count = walk.signals, len(walk.plan.points)
    # Numbers of rows, and not masks, which take several times as long to pick by.
    here = np.flatnonzero(walk.in_period)
    place = signals.place[here].astype(np.int64)
    first = walk.first
    place_of_first, came = signals.place[first].astype(np.int64), signals.time[first]
    waited, is_observed = walk.waits(first)
    observed, open_ones = np.flatnonzero(is_observed), np.flatnonzero(~is_observed)
    went = walk.went_to(first)
    known = np.flatnonzero(went >= 0)
    earliest = np.full(count, NEVER)
    np.minimum.at(earliest, place_of_first, came)
    kind, carries = signals.kind[here], signals.order[here]
    speaking = (signals.said[here] >= 0) & ((kind == SignalKind.SCORE) | (kind == SignalKind.CONTACT))
    saying = np.flatnonzero(speaking)
    said, times = _words_at(place[saying], signals.said[here[saying]], len(signals.words), count)
    carrying = np.flatnonzero(carries >= 0)
    spent, orders = _bought(walk, purchases)
    return Tally(
        signals=counts_of(place, count),
        reached=counts_of(place_of_first, count),
        went=counts_of(place_of_first[known] * count + went[known], count * count).reshape(count, count),
        waited=bags.by_place(place_of_first[observed], waited[observed], count),
        since=bags.by_place(place_of_first[open_ones], came[open_ones], count),
        earliest=earliest,
        spent=spent,
        orders=orders,
        said=said,
        times=times,
        carried=np.sort(place[carrying] * SHIFT + carries[carrying]),
    )


def _words_at(place: Counts, said: NDArray[Any], words: int, count: int) -> tuple[Counts, Counts]:
    """What was said where, of so many words at `count` places, as a tally has it, and how often."""
    if words * count > 4 * _AT_ONCE:
        return np.unique(place * SHIFT + said, return_counts=True)
    times = np.bincount(place * words + said, minlength=words * count)
    found = np.flatnonzero(times)
    where, word = np.divmod(found, words)
    return where * SHIFT + word, times[found]


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
    is_there = np.flatnonzero(
        (signals.people[unit] == purchases.person) & (purchases.time <= walk.period.as_of)
    )
    unit, time, value = unit[is_there], purchases.time[is_there], purchases.value[is_there]
    # Every purchase with every touchpoint that its person reached.
    reached = np.bincount(signals.unit[first], minlength=len(signals.people))
    each = reached[unit]
    begin = (np.cumsum(reached) - reached)[unit]
    purchase = np.repeat(np.arange(len(unit)), each)
    reach = np.arange(int(each.sum())) - np.repeat(np.cumsum(each) - each, each) + np.repeat(begin, each)
    waited = time[purchase] - signals.time[first[reach]]
    after = np.flatnonzero(waited >= 0)
    purchase, reach, waited = purchase[after], reach[after], waited[after]
    counted = waited <= walk.plan.window
    late = np.flatnonzero(~counted)
    if len(late):
        counted[late] = _came_again(walk, first[reach[late]], time[purchase[late]])
    taken = np.flatnonzero(counted)
    purchase, reach = purchase[taken], reach[taken]
    # By person and touchpoint; a person's purchases stay in their order, so that sums are the same to the last bit.
    order = np.argsort(reach, kind="stable")
    purchase, reach = purchase[order], reach[order]
    is_new = np.diff(reach, prepend=-1) != 0
    buyers = reach[is_new]
    totals = np.bincount(np.cumsum(is_new) - 1, weights=value[purchase], minlength=len(buyers))
    return (
        bags.by_place(signals.place[first[buyers]], totals, count),
        counts_of(signals.place[first[reach]], count),
    )


def _came_again(walk: Walk, first: NDArray[np.int64], time: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether the people of some first reaches were there once more, within a window before or at `time`."""
    signals, count = walk.signals, len(walk.plan.points)
    # The last row of the person at or before the time, by halves, for all of them together.
    last, behind = first.copy(), signals.behind_person[first]
    while len(open_ones := np.flatnonzero(behind - last > 1)):
        middle = (last[open_ones] + behind[open_ones]) // 2
        is_before = signals.time[middle] <= time[open_ones]
        last[open_ones[is_before]] = middle[is_before]
        behind[open_ones[~is_before]] = middle[~is_before]
    # Of the rows up to there the last one of the same touchpoint: person, touchpoint and row as one ascending number.
    cells = np.int64(count) * signals.unit + signals.place
    is_asked = np.zeros(int(cells.max()) + 1, dtype=bool)
    is_asked[cells[first]] = True
    rows = np.flatnonzero(walk.in_period & walk.reaches & is_asked[cells])
    known = np.sort(cells[rows] * len(signals) + rows)
    at = np.searchsorted(known, cells[first] * len(signals) + last, side="right") - 1
    return np.asarray(time - signals.time[known[at] % len(signals)] <= walk.plan.window)

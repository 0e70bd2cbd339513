"""The rows of a map kept in memory, and brought up to date with what changed instead of read anew.

A map of ten million rows takes a second or two to read and to count. What arrives in a second touches some thousand
people, whose rows are few: they are counted as they were and as they are, and only the difference is taken over
(`tallies`). Decision 0019.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from polku.eventstore.live import LiveRows, Words
from polku.eventstore.whole_numbers import by_number, rows_of
from polku.journeys.live.kept_maps import KeptMap, KeptTally
from polku.journeys.live.plan import Plan
from polku.journeys.live.signals import (
    Purchases,
    Signals,
    purchases_of,
    read_orders,
    read_signals,
    with_words_of,
)
from polku.journeys.live.tallies import Tally, replaced, tally
from polku.journeys.live.walk import Period, Walk

People = NDArray[np.int64]

_MOST_TALLIES = 6
_MOST_FRESH = 200_000
"""Rows of people who changed that are kept apart, and beside a tally; a fifth of all if that is more."""


@dataclass
class _Kept:
    """A tally as it was at `as_of`, and the people who changed since, with all rows that they had then."""

    as_of: int
    tally: Tally
    people: People
    signals: Signals
    purchases: Purchases

    @property
    def size(self) -> int:
        """Bytes of the rows, about."""
        return self.people.nbytes + self.signals.size + 24 * len(self.purchases)


class FollowedMap:
    """The rows of a plan's touchpoints from `start` on (microseconds; None: all), of the store's `version`, which has
    the `mark`.

    Not safe for several threads: whoever uses it holds a lock. What fails half-way leaves it as it was.
    """

    def __init__(self, plan: Plan, made: KeptMap) -> None:
        self.plan, self.start, self.version, self.mark = plan, made.start, made.version, made.mark
        self._base = made.signals
        self._fresh = self._base.take(slice(0, 0))
        self._changed: People = np.empty(
            0, dtype=np.int64
        )  # those whose rows are in `_fresh`, none in `_base`
        self.orders = made.orders
        self._bought = made.bought
        self.purchases = purchases_of(self.orders, self._bought)
        self._tallies: OrderedDict[tuple[int | None, int | None], _Kept] = OrderedDict()
        for each in made.tallies:
            self._keep(each.start, each.end, each.as_of, each.tally)

    @classmethod
    def of_rows(cls, plan: Plan, start: int | None, rows: LiveRows) -> FollowedMap:
        """One from all rows there are."""
        signals, orders = read_signals(rows.hits, plan), read_orders(rows.orders, plan)
        return cls(plan, KeptMap(start, rows.version, rows.mark, signals, orders, rows.bought, ()))

    def as_it_is(self) -> KeptMap:
        """All of it, to be kept; nothing of what it refers to is ever changed in place."""
        signals = self.signals
        tallies = tuple(
            KeptTally(start, end, kept.as_of, kept.tally)
            for (start, end), kept in self._tallies.items()
            if not len(kept.people)
        )
        return KeptMap(self.start, self.version, self.mark, signals, self.orders, self._bought, tallies)

    def _keep(self, start: int | None, end: int | None, as_of: int, made: Tally) -> None:
        nobody, nothing = np.empty(0, dtype=np.int64), self._base.take(slice(0, 0))
        self._tallies[start, end] = _Kept(as_of, made, nobody, nothing, self.purchases.take(slice(0, 0)))

    @property
    def size(self) -> int:
        """Bytes of the rows, about."""
        own = self._base.size + self._fresh.size + 50 * len(self.orders) + 24 * len(self.purchases)
        return own + sum(kept.size for kept in list(self._tallies.values()))

    @property
    def signals(self) -> Signals:
        """All rows."""
        self._put_together()
        return self._base

    @property
    def words(self) -> Words:
        """What is said in all rows."""
        return self._base.words

    @property
    def rows(self) -> int:
        """How many signals and orders it stands for."""
        return len(self._base) + len(self._fresh) + len(self.orders)

    @property
    def base(self) -> Signals:
        """The rows of whoever did not change since all were put together."""
        return self._base

    @property
    def has_tallies(self) -> bool:
        """Whether any period was counted."""
        return bool(self._tallies)

    @property
    def is_put_together(self) -> bool:
        """Whether nobody's rows are kept apart."""
        return not len(self._changed)

    @property
    def _much(self) -> int:
        """So many rows of people who changed are too many to keep beside all."""
        return max(_MOST_FRESH, len(self._base) // 5)

    def follow(self, rows: LiveRows) -> None:
        """Take over what changed; `rows.change` starts at this map's version."""
        change = rows.change
        if change is None:
            raise ValueError("only a change can be followed")
        new = with_words_of(read_signals(rows.hits, self.plan), self._base.words)
        told = read_orders(rows.orders, self.plan)
        orders = self.orders.updated(told)
        people = np.unique(np.concatenate([change.people, new.person.astype(np.int64), told.person]))
        before, bought_before = self._rows(people), _purchases_of(self.purchases, people)
        # Whose older signals changed has all rows among the new ones.
        now = before.take(~_is_in(before.person, change.people)).joined(new)
        bought, purchases = self._bought, self.purchases
        if len(told):
            if bought is not None and rows.bought is not None:
                bought = np.union1d(np.setdiff1d(bought, told.id), rows.bought)
            bought_now = purchases_of(orders.take(_is_in(orders.person, people)), bought)
            purchases = _without_people(purchases, people)
            purchases = _sorted(purchases, bought_now)
        for which, kept in list(self._tallies.items()):
            _remember(kept, people, before, bought_before)
            if len(kept.signals) > self._much:  # counting all anew is as quick, should anybody ask again
                del self._tallies[which]
        self._fresh = _disjoint(self._fresh.take(~_is_in(self._fresh.person, people)), now)
        self._base = replace(self._base, words=new.words)
        self._changed = np.union1d(self._changed, people)
        self.orders, self._bought, self.purchases = orders, bought, purchases
        self.version, self.mark = rows.version, rows.mark
        if len(self._fresh) > self._much:
            self._put_together()

    def tally(self, period: Period) -> Tally:
        """The tally of a period that does not begin before `start`."""
        which = (period.start, period.end)
        kept = self._tallies.pop(which, None)
        made = None if kept is None else self._caught_up(kept, period)
        if made is None:
            signals = self.signals
            if period.start is not None and (self.start is None or period.start > self.start):
                signals = signals.take(signals.time >= period.start)
            made = tally(Walk(signals, self.plan, period), self.purchases)
        self._keep(period.start, period.end, period.as_of, made)
        while len(self._tallies) > _MOST_TALLIES:
            self._tallies.popitem(last=False)
        return made

    def _caught_up(self, kept: _Kept, period: Period) -> Tally | None:
        """A kept tally with what changed since, and what time has brought to light; None where it is too much."""
        if period.as_of < kept.as_of:
            return None
        # What lay after the end of what was known, as it does where the other of two periods is seen at the same age.
        seen = [
            each.person[(each.time > kept.as_of) & (each.time <= period.as_of)]
            for each in (self._base, self._fresh, self.purchases)
        ]
        newly_seen = np.setdiff1d(np.concatenate(seen).astype(np.int64), kept.people)
        people = np.union1d(kept.people, newly_seen)
        if not len(people):
            return kept.tally
        before = _disjoint(kept.signals, self._rows(newly_seen))
        bought_before = _sorted(kept.purchases, _purchases_of(self.purchases, newly_seen))
        earlier = replace(period, as_of=kept.as_of)
        old = tally(Walk(before, self.plan, earlier), bought_before)
        new = tally(Walk(self._rows(people), self.plan, period), _purchases_of(self.purchases, people))
        return replaced(kept.tally, old, new)

    def _rows(self, people: People) -> Signals:
        """All rows of some people."""
        is_changed = _is_in(people, self._changed)
        of_base = self._base.take(rows_of(self._base.person, people[~is_changed]))
        of_fresh = self._fresh.take(rows_of(self._fresh.person, people[is_changed]))
        return _disjoint(of_base, of_fresh)

    def _put_together(self) -> None:
        if len(self._changed):
            base = self._base.take(~_is_in(self._base.person, self._changed))
            self._base = _disjoint(base, self._fresh)
            self._fresh = self._base.take(slice(0, 0))
            self._changed = np.empty(0, dtype=np.int64)


def _remember(kept: _Kept, people: People, before: Signals, bought: Purchases) -> None:
    """Keep the rows that people had until now, but for those who changed before."""
    new = np.setdiff1d(people, kept.people)
    kept.signals = _disjoint(kept.signals, before.take(_is_in(before.person, new)))
    kept.purchases = _sorted(kept.purchases, _purchases_of(bought, new))
    kept.people = np.union1d(kept.people, new)


def _disjoint(some: Signals, others: Signals) -> Signals:
    """All rows of two sets of people who have nobody in common. The later words are those of the larger list."""
    if not len(some) or not len(others):
        made = others if not len(some) else some
    else:
        joined = some.followed_by(others)
        made = joined.take(by_number(joined.person))
    return replace(made, words=max(some.words, others.words, key=len))


def _sorted(some: Purchases, others: Purchases) -> Purchases:
    """All of two sets of people who have nobody in common."""
    if not len(some) or not len(others):
        return others if not len(some) else some
    person = np.concatenate([some.person, others.person])
    order = np.argsort(person, kind="stable")
    return Purchases(
        person[order],
        np.concatenate([some.time, others.time])[order],
        np.concatenate([some.value, others.value])[order],
    )


def _purchases_of(purchases: Purchases, people: People) -> Purchases:
    return purchases.take(rows_of(purchases.person, people))


def _without_people(purchases: Purchases, people: People) -> Purchases:
    return purchases.take(~_is_in(purchases.person, people))


def _is_in(values: NDArray[np.integer], wanted: People) -> NDArray[np.bool_]:
    """As np.isin, quick for many values: people are numbered from 1 on."""
    return np.isin(values, wanted, kind="table" if len(values) > 100_000 else None)

"""From events of contracts to how long customers stayed.

A contract begins with an event "Contract Started" and is over with "Contract Ended"; the property `contract` tells the
contracts of one customer apart. A customer stays from the first day of a contract until the last day on which one
runs: one that begins by the day after another's last day goes on from it, as renewals do.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from polku.analytics.customers import local_days
from polku.eventstore.port import EventStore, Scope, Selector, SequenceRows, SignalKind

STARTED, ENDED, CONTRACT = "Contract Started", "Contract Ended", "contract"
NEVER = np.int64(2**40)
"""The last day of what has not ended."""
_STARTS, _ENDS = 1, 2  # masks
_DAYS_A_MONTH = 365.25 / 12
_SAME_DAY = 1.5
"""Contracts end on their last day, or on the day after: a day more or less than whole months is whole months."""

Days = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Stays:
    """One row for each stretch of time in which somebody was a customer without a break, by person, then time:
    `person`, `begins` and `ends` in days since 1970 (NEVER where it goes on), `key` the value of what the stays are
    split by at their first event. `unopened` ends belong to no known start and count for nothing."""

    person: Days
    begins: Days
    ends: Days
    key: NDArray[np.object_]
    unopened: int = 0

    def __len__(self) -> int:
        return len(self.person)

    def of(self, kept: NDArray[np.bool_]) -> Stays:
        return Stays(self.person[kept], self.begins[kept], self.ends[kept], self.key[kept], self.unopened)

    def seen_until(self, day: int) -> Stays:
        """As they were known at the end of `day`: what begins later is not there, what ends later goes on."""
        known = self.of(self.begins <= day)
        ends = np.where(known.ends <= day, known.ends, NEVER)
        return Stays(known.person, known.begins, ends, known.key, known.unopened)

    def active_at(self, day: int) -> NDArray[np.bool_]:
        """Who was a customer when `day` began, having become one before it."""
        return np.asarray((self.begins < day) & (self.ends >= day))

    def months(self, *, until: int) -> tuple[Floats, NDArray[np.bool_]]:
        """How long each stay was in calendar months, up to `until` for those that go on, and which have ended."""
        has_ended = self.ends <= until
        return months_between(self.begins, np.where(has_ended, self.ends, until)), has_ended


def stays(store: EventStore, workspace: str, scope: Scope, *, split_by: str | None = None) -> Stays:
    """The stays that the events in `scope` tell; with `split_by` each with its value of that property."""
    selectors = [Selector(kinds=(SignalKind.EVENT,), names=(name,)) for name in (STARTED, ENDED)]

    def events(property_: str) -> SequenceRows:
        return store.sequences(workspace, scope, selectors, unit="person", others=False, breakdown=property_)

    found = events(CONTRACT)
    # The same rows in the same order, another property beside them.
    keys = events(split_by).key if split_by else np.full(len(found.unit), None, dtype=object)
    return _joined(_contracts(found, keys, scope.timezone))


def months_between(begins: Days, ends: Days) -> Floats:
    """Calendar months from day to day, fractions by days; what is a day off whole months is whole."""
    first, last = begins.astype("datetime64[D]"), ends.astype("datetime64[D]")
    first_month, last_month = first.astype("datetime64[M]"), last.astype("datetime64[M]")
    length = ((last_month + 1).astype("datetime64[D]") - last_month.astype("datetime64[D]")).astype(np.int64)
    day_of_first = (first - first_month.astype("datetime64[D]")).astype(np.int64)
    day_of_last = (last - last_month.astype("datetime64[D]")).astype(np.int64)
    # From the 31st, a month of 30 days is over on its last day.
    beyond = day_of_last - np.minimum(day_of_first, length - 1)
    months = (last_month - first_month).astype(np.int64) + beyond / _DAYS_A_MONTH
    whole = np.round(months)
    near = np.abs(months - whole) * _DAYS_A_MONTH <= _SAME_DAY
    return np.asarray(np.maximum(np.where(near, whole, months), 0.0))


def _contracts(found: SequenceRows, keys: NDArray[np.object_], timezone: str) -> Stays:
    """Every contract by itself, by person."""
    _names, contract = np.unique(
        np.array(["" if name is None else str(name) for name in found.key], dtype=object), return_inverse=True
    )
    is_end = (found.mask & _ENDS) > 0
    order = np.lexsort((is_end, found.time, contract.reshape(-1), found.unit))
    unit, contract, is_end = found.unit[order], contract.reshape(-1)[order], is_end[order]
    days, keys = local_days(pa.array(found.time[order], pa.timestamp("us")), timezone), keys[order]
    opens = (
        np.append(True, (unit[1:] != unit[:-1]) | (contract[1:] != contract[:-1])) if len(unit) else is_end
    )
    # A second start of what runs, or a second end, tells nothing new; an end at the beginning ends nothing known.
    before = np.append(True, is_end[:-1]) if len(unit) else is_end
    kept = is_end != np.where(opens, True, before)
    unopened = int((is_end & opens).sum())
    unit, contract, is_end, days, keys = unit[kept], contract[kept], is_end[kept], days[kept], keys[kept]
    starts = np.flatnonzero(~is_end)
    following = np.append(is_end[1:], False)[starts] if len(starts) else np.zeros(0, dtype=bool)
    ends = np.where(following, np.append(days[1:], NEVER)[starts], NEVER) if len(starts) else days[:0]
    return Stays(unit[starts], days[starts], ends, keys[starts], unopened)


def _joined(contracts: Stays) -> Stays:
    """What overlaps or goes on by the next day is one stay."""
    if not len(contracts):
        return contracts
    order = np.lexsort((contracts.begins, contracts.person))
    person, begins, ends = contracts.person[order], contracts.begins[order], contracts.ends[order]
    is_other = np.append(True, person[1:] != person[:-1])
    # The farthest end so far of each person: people lie apart by more than any day.
    far = np.cumsum(is_other) * (4 * NEVER)
    farthest = np.maximum.accumulate(ends + far) - far
    opens = is_other.copy()
    opens[1:] |= begins[1:] > farthest[:-1] + 1
    first = np.flatnonzero(opens)
    last = np.append(first[1:], len(person)) - 1
    return Stays(
        person[first], begins[first], farthest[last], contracts.key[order][first], contracts.unopened
    )

"""Who reached what first, how long until they went on, and where they went: of every touchpoint at once.

Definitions: FORMULAS, "The lanes of the map". What happens at one touchpoint is told by what the same person does at
the others, so all questions are asked of the rows of the whole map, or of all the rows of some of its people.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polku.eventstore.port import SignalKind
from polku.journeys.live.plan import Plan
from polku.journeys.live.signals import Signals, width_for

Rows = NDArray[np.int64]

VISITS = (SignalKind.EVENT, SignalKind.ORDER)
VOICES = (SignalKind.SCORE, SignalKind.CONTACT, SignalKind.COMMENT)


@dataclass(frozen=True)
class Period:
    """Half-open [start, end) in microseconds (None: open), and the last moment that is known of."""

    start: int | None
    end: int | None
    as_of: int


@dataclass(frozen=True)
class Walk:
    """The signals of a map seen in one period; what came after `period.as_of` is not known."""

    signals: Signals
    plan: Plan
    period: Period

    @cached_property
    def known(self) -> NDArray[np.bool_]:
        """Rows that are known of."""
        return self.signals.time <= self.period.as_of

    @cached_property
    def in_period(self) -> NDArray[np.bool_]:
        """Known rows inside the period."""
        inside = self.known.copy()
        if self.period.start is not None:
            inside &= self.signals.time >= self.period.start
        if self.period.end is not None:
            inside &= self.signals.time < self.period.end
        return inside

    @cached_property
    def front(self) -> NDArray[np.bool_]:
        """Known rows at a touchpoint that customers meet."""
        on_stage = np.array([not point.backstage for point in self.plan.points], dtype=bool)
        return on_stage[self.signals.place] & self.known

    @cached_property
    def reaches(self) -> NDArray[np.bool_]:
        """Known rows that mean reaching their touchpoint, by its basis."""
        kinds = max(SignalKind) + 1
        meaning = np.zeros((len(self.plan.points), kinds), dtype=bool)
        for place, point in enumerate(self.plan.points):
            meaning[place, list(VISITS if point.basis == "signals" else VOICES)] = not point.backstage
        found = meaning.ravel()[self.signals.place.astype(np.int32) * kinds + self.signals.kind]
        return found & self.known

    @cached_property
    def first(self) -> Rows:
        """The row at which each person first reached each touchpoint in the period, by person, then touchpoint."""
        signals, places = self.signals, len(self.plan.points)
        rows = np.flatnonzero(self.in_period & self.reaches)
        if not len(rows):
            return rows
        count = (int(signals.unit[-1]) + 1) * places
        unit: NDArray[Any] = signals.unit[rows].astype(width_for(count))
        cells = unit * places + signals.place[rows]
        first = np.full(count, -1, dtype=width_for(len(signals)))
        # Where several rows are of one cell the last one written stays: backwards that is the first.
        first[cells[::-1]] = rows[::-1]
        return first[np.flatnonzero(first >= 0)].astype(np.int64)

    def rows(self, place: int, *kinds: SignalKind) -> Rows:
        """Rows at a touchpoint in the period, ascending; of some kinds only where given."""
        rows = np.flatnonzero(self.in_period & (self.signals.place == place))
        return rows[np.isin(self.signals.kind[rows], kinds)] if kinds else rows

    def reach_rows(self, place: int) -> Rows:
        """Rows in the period that mean reaching the touchpoint, ascending."""
        rows = self.rows(place)
        return rows[self.reaches[rows]]

    def first_reaches(self, place: int) -> Rows:
        """The first row in the period at which each person reached the touchpoint."""
        rows = self.reach_rows(place)
        units = self.signals.unit[rows]
        first = np.ones(len(rows), dtype=bool)
        np.not_equal(units[1:], units[:-1], out=first[1:])
        return rows[first]

    def waits(self, first: Rows) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """For each first reach the microseconds until a later stage was reached, and whether it was.

        At the same instant or later counts. Where it was not (yet), the time until the end of what is known.
        """
        signals, count = self.signals, len(self.signals)
        stages = np.array([point.stage for point in self.plan.points], dtype=np.int16)
        stage_of_first = stages[signals.place[first]]
        stage = np.where(self.reaches, stages[signals.place], np.int16(-1))
        begin = signals.instant_start[first]
        before = np.zeros(count + 1, dtype=width_for(count))
        target = np.empty(len(first), dtype=np.int64)
        for each in np.flatnonzero(np.bincount(stage_of_first)).tolist():
            later = stage > each
            # How many such rows stand before the instant is the number of the first one that does not, of whomever.
            np.cumsum(later, dtype=before.dtype, out=before[1:])
            of_stage = np.flatnonzero(stage_of_first == each)
            target[of_stage] = np.append(np.flatnonzero(later), count)[before[begin[of_stage]]]
        observed = target < signals.behind_person[first]
        came = signals.time[first]
        until = signals.time[np.minimum(target, count - 1)]
        return np.maximum(np.where(observed, until, self.period.as_of) - came, 0), observed

    def went_to(self, first: Rows) -> NDArray[np.int64]:
        """For each first reach the place of the first later signal of any kind at another front-stage touchpoint of
        the same person; −1 where there is none.

        A question of sequence: signals at the same instant follow in the order of arrival, and a signal that
        belongs to two touchpoints does not follow itself.
        """
        signals, count = self.signals, len(self.signals)
        front = np.flatnonzero(self.front)
        if not len(front) or not len(first):
            return np.full(len(first), -1, dtype=np.int64)
        after = first + 1  # the first row of the next signal
        if signals.is_again.any():
            is_new = ~signals.is_again
            after = np.append(np.flatnonzero(is_new), count)[np.cumsum(is_new)[first]]
        place, number = signals.place, after
        if len(front) < count:  # from here on only of rows at the front, by their number among these
            before = np.zeros(count + 1, dtype=np.int64)
            np.cumsum(self.front, out=before[1:])
            place, number = signals.place[front], before[after]
        own, last = signals.place[first], len(front) - 1
        # A row at the touchpoint itself, and all that follow it there, are passed over.
        same = np.flatnonzero((place[np.minimum(number, last)] == own) & (number <= last))
        if len(same):
            changed = np.append(True, place[1:] != place[:-1])
            run_ends = np.append(np.flatnonzero(changed)[1:], len(front))
            number[same] = run_ends[np.cumsum(changed)[number[same]] - 1]
        at = np.minimum(number, last)
        went = (number <= last) & (front[at] < signals.behind_person[first])
        return np.where(went, place[at], -1).astype(np.int64)


def counts_of(places: NDArray[Any], count: int) -> NDArray[np.int64]:
    """How many rows there are at each of `count` places."""
    return np.bincount(places, minlength=count).astype(np.int64)

"""What of a map decides its numbers: a small hashable value that names them in the cache."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Basis = Literal["signals", "answers_and_contacts"]

DAY = 86_400_000_000
"""Microseconds of a day: a window of one day is 24 hours, never a calendar day."""


@dataclass(frozen=True)
class Point:
    """One touchpoint as the numbers see it.

    `stage` is its stage's place on the map. `basis` says what reaching it means: an event or order there, or,
    where nothing of the kind is bound, an answer or contact. `takes_contacts`, `takes_answers`: contacts,
    survey answers are bound to it. `delivers`: orders reach the customer here, so that the share of promises kept is
    told of this place and not of every one that an order passed.
    """

    id: int
    stage: int
    basis: Basis
    takes_contacts: bool
    takes_answers: bool
    backstage: bool
    bound: bool
    delivers: bool = False


@dataclass(frozen=True)
class Plan:
    """The map's touchpoints in order, with all that their numbers depend on beside the signals themselves.

    `window` is in microseconds. Names, guesses and owners are absent on purpose: editing them must not make
    anything be counted again.
    """

    points: tuple[Point, ...]
    window: int
    timezone: str
    cancelled_states: frozenset[str]

    @property
    def bound(self) -> tuple[int, ...]:
        """Ids of the touchpoints that some signal may belong to."""
        return tuple(point.id for point in self.points if point.bound)

    def has_later(self, stage: int) -> bool:
        """Whether reaching a stage after `stage` can be seen at all: some front-stage touchpoint there has data."""
        return any(point.stage > stage and point.bound and not point.backstage for point in self.points)

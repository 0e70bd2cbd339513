"""What was received, seen from above: to propose a map, and to tell what of it is known. Part of the port."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from polku.eventstore.port import Scope, Selector, SignalKind


@dataclass(frozen=True)
class UsualPlace:
    """When people come to a name for the first time, among the names they come to: `place` is the mean over `people`
    of 0 (the very first) to 1 (the very last). Names of the same instant share their place."""

    kind: SignalKind
    name: str
    place: float
    people: int


@dataclass(frozen=True)
class Counted:
    """How much some selectors take: signals, the people they are of, and the newest one's time."""

    signals: int
    people: int
    last: datetime | None


@dataclass(frozen=True)
class Heard:
    """What of one kind is known at a touchpoint."""

    touchpoint: int
    kind: SignalKind
    counted: Counted


@dataclass(frozen=True)
class Bought:
    """Orders with a value by people who had been at a touchpoint before."""

    touchpoint: int
    counted: Counted


class ReceivedSignals(Protocol):
    """The part of the port that proposals of maps, measurement plans and the lists of forms ask."""

    def channels(self, workspace: str, *, limit: int) -> list[str]:
        """The channels of signals, the commonest first and equal ones by name. Much quicker than the catalog, which
        counts people, too."""

    def usual_places(self, workspace: str, *, most_people: int = 20_000) -> list[UsualPlace]:
        """Where in people's ways each name stands, the earliest first; comments have no place of their own.

        Read from at most about `most_people` people, evenly by number, each with two names or more."""

    def count_each(self, workspace: str, groups: Sequence[Sequence[Selector]], scope: Scope) -> list[Counted]:
        """For each group what any of its selectors takes within the scope, in the order of `groups`."""

    def heard_at(self, workspace: str, touchpoints: Sequence[int]) -> list[Heard]:
        """What was received at each touchpoint, by kind; a pair without signals has no row."""

    def bought_after(
        self,
        workspace: str,
        touchpoints: Sequence[int],
        *,
        kinds: Sequence[SignalKind],
        window: int,
        cancelled: Sequence[str] = (),
    ) -> list[Bought]:
        """Orders with a value, in none of the states `cancelled`, that came at, or at most `window` microseconds
        after, a signal of these kinds of the same person at the touchpoint. Touchpoints without any have no row."""

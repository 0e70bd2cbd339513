"""Questions about what units do one after another: funnels, paths, variants, retention. Part of the store's port.

Answers are counted where the signals are, so that a store may use whatever is fastest there; only what a page or a
person can read crosses the port. Times are microseconds since 1970 (UTC), waits are microseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Literal, Protocol, get_args

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from polku.eventstore.port import Interval, Scope, Selector, SequenceRows, Unit

Order = Literal["ordered", "strict", "any"]
ORDERS: tuple[str, ...] = get_args(Order)
Outcome = Literal["reached", "dropped"]
Node = Literal["event", "page", "touchpoint"]
"""What a path goes through: names of events, page addresses without host and query, touchpoints' numbers as text."""


@dataclass(frozen=True)
class Exclusion:
    """No signal of `selector` may lie strictly between two following steps of a chain, from step `after` to step
    `before` (1 is the first step). Signals at the same instant as a step do not count as between."""

    selector: Selector
    after: int
    before: int


@dataclass(frozen=True)
class FunnelQuestion:
    """`window` in microseconds, its boundary included, or None. `attribution` says which of a unit's step-1 signals
    gives the value of `breakdown`."""

    steps: tuple[Selector, ...]
    order: Order = "ordered"
    window: int | None = None
    unit: Unit = "person"
    exclude: tuple[Exclusion, ...] = ()
    breakdown: str | None = None
    attribution: Literal["first", "last"] = "first"


@dataclass(frozen=True)
class FunnelCounts:
    """`counts[k]` units got to step k + 1 or further; `waits[k]` are the quartiles (25 %, median, 75 %) of the time
    from the step before, None where nobody got there and for the first step."""

    key: str | None
    counts: tuple[int, ...]
    waits: tuple[tuple[float, float, float] | None, ...]


@dataclass(frozen=True)
class Funnel:
    """`whole` has all units; `parts` one for each value of the breakdown, the largest first, at most 50, and `others`
    the rest of them together. `ties` is the share of the rows read that share their instant with another of their
    unit."""

    whole: FunnelCounts
    parts: tuple[FunnelCounts, ...] = ()
    others: FunnelCounts | None = None
    scanned: int = 0
    ties: float = 0.0


@dataclass(frozen=True)
class StepUnits:
    """Units that reached a step, or reached the one before it and not it. Arrays have one entry a unit, the unit's last
    step newest first: `person` is who it was (of a session or order too), `time` when its chain's last step was,
    `parting` when the step before the one asked for was (of the first step, itself): up to there, those who reached
    the step and those who dropped out had come the same way."""

    person: NDArray[np.int64]
    time: NDArray[np.int64]
    parting: NDArray[np.int64]
    total: int
    scanned: int = 0


@dataclass(frozen=True)
class Group:
    """People, each once. Of each only the signals up to the moment `until`, this included, are looked at."""

    person: NDArray[np.int64]
    until: NDArray[np.int64]


@dataclass(frozen=True)
class Transition:
    """From one node straight to the next of the same unit; `median` is the wait."""

    source: str
    target: str
    count: int
    median: float


@dataclass(frozen=True)
class NodeCount:
    name: str
    count: int


@dataclass(frozen=True)
class PathFlow:
    """So many units went from `source` at the place `level` of their path to `target` at the next; level 0 is the node
    asked for (negative levels lead to it). A `target` or `source` of None is everything beyond the largest nodes;
    an end of the path is no flow."""

    level: int
    source: str | None
    target: str | None
    count: int


@dataclass(frozen=True)
class PathQuestion:
    """`start` keeps of each unit what follows its first such signal, `end` what leads to its last such signal, both
    included. `depth` is how many levels of flows are asked for, 0 for none."""

    node: Node = "event"
    unit: Unit = "person"
    touchpoints: tuple[int, ...] = ()
    start: Selector | None = None
    end: Selector | None = None
    collapse_repeats: bool = False
    top: int = 50
    depth: int = 0
    branches: int = 6


@dataclass(frozen=True)
class Paths:
    """`transitions` the most frequent first (at most `top`), `total` of all; `starts` and `ends` count units; `loops`
    are nodes that units came back to, with the number of units that did."""

    transitions: tuple[Transition, ...]
    total: int
    distinct: int
    starts: tuple[NodeCount, ...]
    ends: tuple[NodeCount, ...]
    loops: tuple[NodeCount, ...]
    flows: tuple[PathFlow, ...]
    units: int
    scanned: int = 0
    ties: float = 0.0


@dataclass(frozen=True)
class Variant:
    """A whole path and how many units went it; `median` is the time from first to last."""

    path: tuple[str, ...]
    count: int
    median: float


@dataclass(frozen=True)
class Variants:
    """`median` is that of all units' durations."""

    variants: tuple[Variant, ...]
    distinct: int
    units: int
    median: float | None
    scanned: int = 0
    ties: float = 0.0


@dataclass(frozen=True)
class RetentionQuestion:
    """`start` null is any event; so is `back`. Periods are those of the calendar in the scope's zone."""

    period: Interval
    periods: int
    start: Selector | None = None
    back: Selector | None = None
    unit: Unit = "person"


@dataclass(frozen=True)
class Cohort:
    """`returned[k]` units of the cohort came back in the k-th period after `start`; `returned[0]` is its size."""

    start: date
    returned: tuple[int, ...]


@dataclass(frozen=True)
class Retention:
    cohorts: tuple[Cohort, ...]
    scanned: int = 0


@dataclass(frozen=True)
class PropertyShare:
    """How many of two groups of people have `value` as their `property` (of their signals or, with `person.` in front,
    their own)."""

    property: str
    value: str
    inside: int
    outside: int


@dataclass(frozen=True)
class NextSignal:
    """What people did first after a moment of their own; `name` None: nothing."""

    name: str | None
    count: int
    median: float | None = None
    kind: int = 0
    examples: tuple[int, ...] = field(default=())


class BehaviourQuestions(Protocol):
    """See the dataclasses of this module for what is asked and answered."""

    def sequences(
        self,
        workspace: str,
        scope: Scope,
        selectors: Sequence[Selector],
        *,
        unit: Unit,
        others: bool,
        breakdown: str | None = None,
    ) -> SequenceRows:
        """Signals taken by any selector (with `others`, all events too, mask 0) of units, in order."""

    def funnel(self, workspace: str, scope: Scope, asked: FunnelQuestion) -> Funnel: ...

    def funnel_units(
        self,
        workspace: str,
        scope: Scope,
        asked: FunnelQuestion,
        *,
        step: int,
        outcome: Outcome,
        key: str | None = None,
    ) -> StepUnits:
        """Who reached step `step` (1 is the first), or dropped out before it; with a breakdown, of the part `key`."""

    def paths(self, workspace: str, scope: Scope, asked: PathQuestion) -> Paths: ...

    def variants(self, workspace: str, scope: Scope, asked: PathQuestion) -> Variants:
        """`depth` and `branches` do not matter."""

    def retention(self, workspace: str, scope: Scope, asked: RetentionQuestion) -> Retention: ...

    def property_shares(
        self,
        workspace: str,
        scope: Scope,
        inside: Group,
        outside: Group,
        *,
        most_values: int = 20,
    ) -> list[PropertyShare]:
        """For every property received that has at most some hundred values, how many of each group of people have each
        value; a person with several values counts at each. Properties of people and orders are those of today."""

    def next_signals(
        self,
        workspace: str,
        scope: Scope,
        person: NDArray[np.int64],
        after: NDArray[np.int64],
        *,
        top: int = 10,
    ) -> list[NextSignal]:
        """What each person did first after their moment, the most frequent first; orders and contacts too."""

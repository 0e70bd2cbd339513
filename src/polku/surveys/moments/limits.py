"""What a fatigue limit refuses: the one rule of it, for whoever asks people now and for whoever simulates it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

ANY = ""
"""In limits: the one that counts surveys of every kind."""
DEFAULT_DAYS = 30
"""Of ANY, where the workspace has not said otherwise."""
MOST_DAYS = 365
_DAY = 86_400_000_000

Why: TypeAlias = Literal["any", "metric", "moment"]
Limits: TypeAlias = Mapping[str, int]
"""Days by metric; ANY is always there. 0 days do not limit."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody was asked: when (microseconds since 1970, UTC), and what the survey measured."""

    at: int
    metrics: frozenset[str]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why somebody may not be asked now.

    `any`: they were asked something less than `days` ago; `metric`: the same metric was; `moment`: the workspace's
    limits would let them, but not the moment's own “not if asked in the last … days”. `until` (microseconds) is when
    this alone would let them be asked.
    """

    why: Why
    days: int
    until: int
    metric: str = ""


def refusal(
    limits: Limits, asked: Iterable[Asked], *, metrics: Collection[str], at: int, not_within_days: int = 0
) -> Refusal | None:
    """Whether a person who was `asked` before may be asked at `at` for `metrics`; None lets them.

    At most once in `days` times 24 hours: exactly so long after the last time they may. Of several limits that refuse,
    the one across all surveys is told first, then metrics by name, then the moment's own.
    """
    newest: int | None = None
    newest_of: dict[str, int] = {}
    for each in asked:
        if newest is None or each.at > newest:
            newest = each.at
        for metric in each.metrics:
            if metric in metrics and each.at > newest_of.get(metric, each.at - 1):
                newest_of[metric] = each.at
    if newest is None:
        return None
    days = limits.get(ANY, DEFAULT_DAYS)
    if at < newest + days * _DAY:
        return Refusal("any", days, newest + days * _DAY)
    for metric in sorted(newest_of):
        days = limits.get(metric, 0)
        if at < newest_of[metric] + days * _DAY:
            return Refusal("metric", days, newest_of[metric] + days * _DAY, metric)
    if at < newest + not_within_days * _DAY:
        return Refusal("moment", not_within_days, newest + not_within_days * _DAY)
    return None

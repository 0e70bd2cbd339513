"""What a fatigue limit refuses: the one rule of it, for whoever asks people now and for whoever simulates it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

ANY = ""
"""In limits: the one that counts surveys of every kind."""
DEFAULT_DAYS = 30
"""Of ANY, where the workspace has not said otherwise."""
MOST_DAYS = 365

Why: TypeAlias = Literal["any", "metric", "moment"]
Limits: TypeAlias = Mapping[str, int]
"""Days by metric; ANY is always there. 0 days do not limit."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody was asked: when, and what the survey measured."""

    at: datetime
    metrics: frozenset[str]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why somebody may not be asked now.

    `any`: they were asked something less than `days` ago; `metric`: the same metric was; `moment`: the workspace's
    limits would let them, but not the moment's own “not if asked in the last … days”. `until` is when this alone
    would let them be asked.
    """

    why: Why
    days: int
    until: datetime
    metric: str = ""


def refusal(
    limits: Limits,
    asked: Iterable[Asked],
    *,
    metrics: Collection[str],
    at: datetime,
    not_within_days: int = 0,
) -> Refusal | None:
    """Whether a person who was `asked` before may be asked at `at` for `metrics`; None lets them.

    At most once in `days` times 24 hours: exactly so long after the last time they may. Of several limits that refuse,
    the one across all surveys is told first, then metrics by name, then the moment's own.
    """
    before = list(asked)
    if not before:
        return None
    newest = max(each.at for each in before)
    if found := _within(limits.get(ANY, DEFAULT_DAYS), newest, at):
        return Refusal("any", *found)
    for metric in sorted(metrics):
        days = limits.get(metric, 0)
        same = [each.at for each in before if metric in each.metrics] if days and metric != ANY else []
        if same and (found := _within(days, max(same), at)):
            return Refusal("metric", *found, metric)
    if found := _within(not_within_days, newest, at):
        return Refusal("moment", *found)
    return None


def _within(days: int, newest: datetime, at: datetime) -> tuple[int, datetime] | None:
    until = newest + timedelta(days=days)
    return (days, until) if days and at < until else None

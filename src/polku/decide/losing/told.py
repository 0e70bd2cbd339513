"""What people told that a list of losses rests on, read once: money, goals, other figures, rows left, work begun."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from polku.accounts.models import Workspace
from polku.analytics.money import MoneyTerms, money_terms
from polku.decide.losing.inputs import Override
from polku.decide.models import Dismissal, Goal, InputOverride
from polku.journeys.models import Action, Journey

COST = "cost"
"""The name under which the cost of mending a pain is kept among the inputs."""
_OPEN = (Action.State.PLANNED, Action.State.UNDER_WAY)


@dataclass(frozen=True)
class Target:
    """A goal for a touchpoint: `figure` "continued" (a share), "contact" or "reason" (contacts per 100 people)."""

    touchpoint: int
    figure: str
    metric: str
    target: float


@dataclass(frozen=True)
class Told:
    """`overrides` by key of the pain, then by name of the input; `dismissals` and `actions` by key."""

    terms: MoneyTerms | None
    targets: tuple[Target, ...]
    overrides: Mapping[str, Mapping[str, Override]]
    dismissals: Mapping[str, Mapping[str, Any]]
    actions: Mapping[str, int]

    def target(self, touchpoint: int, figure: str, metric: str = "") -> Target | None:
        for each in self.targets:
            if (each.touchpoint, each.figure, each.metric) == (touchpoint, figure, metric):
                return each
        return None

    def of(self, key: str) -> Mapping[str, Override]:
        """What people put in place of a row's inputs; the cost is none of these."""
        return {name: each for name, each in self.overrides.get(key, {}).items() if name != COST}

    def cost(self, key: str) -> float | None:
        found = self.overrides.get(key, {}).get(COST)
        return None if found is None else found.middle


def read_told(workspace: Workspace, journey: Journey) -> Told:
    """Five reads; inside the workspace's scope."""
    return Told(
        terms=money_terms(workspace),
        targets=_targets(journey),
        overrides=_overrides(journey),
        dismissals={
            row.pain_key: {"reason": row.reason, "by": str(row.author or ""), "at": row.at.isoformat()}
            for row in Dismissal.objects.filter(journey=journey, taken_back_at=None).select_related("author")
        },
        actions=_actions(journey),
    )


def _targets(journey: Journey) -> tuple[Target, ...]:
    """The newest goal of each figure of a touchpoint."""
    newest: dict[tuple[int, str, str], Target] = {}
    goals = Goal.objects.filter(journey=journey, figure__in=("continued", "contact", "reason"))
    for goal in goals.order_by("at", "pk"):
        if goal.touchpoint_id is not None:
            key = (goal.touchpoint_id, goal.figure, goal.metric)
            newest[key] = Target(goal.touchpoint_id, goal.figure, goal.metric, goal.target)
    return tuple(newest.values())


def _overrides(journey: Journey) -> Mapping[str, Mapping[str, Override]]:
    found: dict[str, dict[str, Override]] = {}
    withdrawn = set()
    for row in InputOverride.objects.filter(journey=journey).select_related("author"):
        # The newest come first: what is older than the one that holds is history.
        of_pain, which = found.setdefault(row.pain_key, {}), (row.pain_key, row.name)
        if row.name in of_pain or which in withdrawn:
            continue
        if row.low is None or row.middle is None or row.high is None:
            withdrawn.add(which)
            continue
        of_pain[row.name] = Override(
            row.low, row.middle, row.high, row.reason, str(row.author or ""), row.at.isoformat()
        )
    return found


def _actions(journey: Journey) -> Mapping[str, int]:
    """The newest work under way by the key of its pain."""
    rows = (
        Action.objects.filter(opportunity__touchpoint__stage__journey=journey, state__in=_OPEN)
        .exclude(opportunity__pain_key="")
        .order_by("pk")
    )
    return dict(rows.values_list("opportunity__pain_key", "pk"))

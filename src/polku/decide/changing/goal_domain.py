"""Setting goals, and taking them away."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django_scopes import scope

from polku.accounts.domain import record_audit
from polku.accounts.models import User
from polku.accounts.values import clean_choice
from polku.analytics.kinds.score import rule_of
from polku.decide.changing.figures import FIGURES
from polku.decide.changing.goals import scale_ends
from polku.decide.models import Goal
from polku.journeys.limits import SIGNAL_NAME
from polku.journeys.models import Journey, Stage, Touchpoint

MOST_GOALS = 200
LONGEST = dt.timedelta(days=3653)
_LOWER_IS_BETTER = {"contact", "reason"}


def set_goal(
    *,
    journey: Journey,
    stage: Stage | None = None,
    touchpoint: Touchpoint | None = None,
    figure: str,
    metric: str = "",
    scale: str = "",
    target: float,
    by: dt.date,
    actor: User | None,
) -> Goal:
    """Set where a figure should be by a day: of a touchpoint, a stage or, with neither, the whole journey.

    A figure has one goal at a place: an earlier one is changed, and what it was stays in the audit log. One
    transaction. Raises ValidationError that names the field.
    """
    figure = clean_choice(figure, FIGURES)
    target = clean_target(figure, metric, scale, target)
    if len(metric) > SIGNAL_NAME:
        raise ValidationError({"figure": _("Use at most %(most)d characters.") % {"most": SIGNAL_NAME}})
    today = dt.date.today()
    if not today <= by <= today + LONGEST:
        raise ValidationError({"by": _("Give a day from today on, at most ten years ahead.")})
    with scope(workspace=journey.workspace), transaction.atomic():
        if not Journey.objects.select_for_update().filter(pk=journey.pk).exists():
            raise ValidationError(_("The journey “%s” has been deleted.") % journey.name)
        if Goal.objects.filter(journey=journey).count() >= MOST_GOALS:
            raise ValidationError(_("A journey has at most %d goals.") % MOST_GOALS)
        place = {"journey": journey, "stage": stage, "touchpoint": touchpoint}
        goal = Goal.objects.filter(**place, figure=figure, metric=metric, scale=scale).first()
        earlier = {} if goal is None else {"target_before": goal.target, "by_before": goal.by.isoformat()}
        goal = goal or Goal(workspace=journey.workspace, **place, figure=figure, metric=metric, scale=scale)
        goal.target, goal.by, goal.author = target, by, actor
        goal.lower_is_better = figure in _LOWER_IS_BETTER
        goal.save()
        _audit(goal, "updated" if earlier else "created", actor, **earlier)
    return goal


def delete_goal(*, goal: Goal, actor: User | None) -> dict[str, Any]:
    """Take a goal away; what is returned brings it back (`restore_goal`). One transaction."""
    kept = {
        "journey": goal.journey_id,
        "stage": goal.stage_id,
        "touchpoint": goal.touchpoint_id,
        "figure": goal.figure,
        "metric": goal.metric,
        "scale": goal.scale,
        "target": goal.target,
        "by": goal.by.isoformat(),
        "author": goal.author_id,
    }
    with scope(workspace=goal.workspace), transaction.atomic():
        if not Goal.objects.filter(pk=goal.pk).delete()[0]:
            raise ValidationError(_("The goal has been deleted already."))
        _audit(goal, "deleted", actor)
    return kept


def restore_goal(*, workspace: Any, kept: Mapping[str, Any], actor: User | None) -> Goal:
    """Bring back what `delete_goal` told of; twice brings it back once. Raises ValidationError where its place has
    been deleted meanwhile."""
    with scope(workspace=workspace), transaction.atomic():
        journey = Journey.objects.select_for_update().filter(pk=kept["journey"]).first()
        stage = Stage.objects.filter(pk=kept["stage"], journey=journey).first()
        touchpoint = Touchpoint.objects.filter(pk=kept["touchpoint"], stage__journey=journey).first()
        is_there = (stage is not None) == (kept["stage"] is not None)
        is_there &= (touchpoint is not None) == (kept["touchpoint"] is not None)
        if journey is None or not is_there:
            raise ValidationError(_("What it belonged to has been deleted as well; bring that back first."))
        same = {"journey": journey, "stage": stage, "touchpoint": touchpoint}
        same |= {name: kept[name] for name in ("figure", "metric", "scale")}
        goal = Goal.objects.filter(**same).first()
        if goal is None:
            author = User.objects.filter(pk=kept["author"]).first()
            goal = Goal.objects.create(
                workspace=workspace,
                **same,
                target=kept["target"],
                by=dt.date.fromisoformat(kept["by"]),
                author=author,
                lower_is_better=kept["figure"] in _LOWER_IS_BETTER,
            )
            _audit(goal, "restored", actor)
    return goal


def clean_target(figure: str, metric: str, scale: str, target: float) -> float:
    """A target that the figure can have. Raises ValidationError."""
    low, high = bounds_of(figure, metric, scale)
    if not math.isfinite(target) or not low <= target <= high:
        raise ValidationError({"target": _("The figure cannot be that.")})
    return float(target)


def bounds_of(figure: str, metric: str, scale: str) -> tuple[float, float]:
    """The least and the greatest value of a figure, in its own unit."""
    if figure in ("continued", "promise"):
        return 0.0, 1.0
    if figure == "feel":
        return -1.0, 1.0
    if figure == "say":
        ends = scale_ends(scale)
        rule = rule_of(metric, (ends[0], ends[1])) if len(ends) == 2 else None
        if rule is None or rule.name == "mean":
            return (ends[0], ends[1]) if len(ends) == 2 else (-1e9, 1e9)
        return {"nps": (-100.0, 100.0), "smiley": (0.0, 100.0)}.get(metric, (0.0, 1.0))
    return (0.0, 1_000.0) if figure in ("contact", "reason") else (0.0, 1e12)


def _audit(goal: Goal, verb: str, actor: User | None, **more: object) -> None:
    place = goal.touchpoint or goal.stage or goal.journey
    record_audit(
        workspace=goal.workspace,
        actor=actor,
        action=f"goal.{verb}",
        target=place.name,
        figure=goal.figure,
        metric=goal.metric,
        value=goal.target,
        by=goal.by.isoformat(),
        **more,
    )

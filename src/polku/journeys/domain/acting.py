"""Changes to opportunities and actions: what is done about a pain, by whom, until when, and whether it worked.

All functions enter the workspace's scope, are one transaction with its audit entry, and raise ValidationError.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from polku.accounts.models import User
from polku.journeys import limits, values
from polku.journeys.domain.writing import audit, require_member, save_changes, writing
from polku.journeys.live.changes import FIGURES
from polku.journeys.models import Action, Journey, Opportunity, Touchpoint

_ESTIMATES = ("p10", "p50", "p90")
_ESTIMATE_TEXTS = ("grade", "pain", "data_as_of")
_GAP = ("level", "reference")
_MOST_COST = 1e9
_MOST_MONEY = 1e12
_EARLIEST = date(2000, 1, 1)
"""Of what is done: the weeks before it must be days of the calendar, too."""


def open_opportunity(
    *,
    touchpoint: Touchpoint,
    name: str,
    pain_key: str = "",
    estimate: Mapping[str, Any] | None = None,
    description: str = "",
    actor: User | None,
) -> Opportunity:
    """Propose an improvement at a touchpoint. `estimate` is what the list of losses said: {"p10", "p50", "p90" (money a
    year), "grade", "pain", "data_as_of"}, and the figure's "level" and "reference" where known: an effect is told in
    money by how much of the way between them it went. Other keys are left out."""
    journey = touchpoint.stage.journey
    with writing(journey):
        return _open(touchpoint, journey, name, pain_key, estimate, description, actor)


def plan_action(
    *,
    opportunity: Opportunity,
    name: str,
    owner: User | None,
    due_on: date | None,
    metric: Mapping[str, Any],
    cost: float | None = None,
    actor: User | None,
) -> Action:
    """Plan work on an opportunity. `metric` names the figure it should move: {"figure", "metric", "scale"}, {} where
    none is chosen yet; the owner is a member of the workspace."""
    journey = opportunity.touchpoint.stage.journey
    with writing(journey):
        return _plan(opportunity, journey, name, owner, due_on, metric, cost, actor)


def take_into_work(
    *,
    touchpoint: Touchpoint,
    name: str,
    pain_key: str,
    estimate: Mapping[str, Any] | None,
    owner: User | None,
    due_on: date | None,
    metric: Mapping[str, Any],
    cost: float | None = None,
    actor: User | None,
) -> Action:
    """An opportunity and an action that is under way, both or neither. A pain that somebody has in work already is not
    taken a second time: that raises ValidationError with the code "taken"."""
    journey = touchpoint.stage.journey
    with writing(journey):
        there = (
            Action.objects.filter(
                opportunity__touchpoint__stage__journey=journey,
                opportunity__pain_key=pain_key,
                state__in=[Action.State.PLANNED, Action.State.UNDER_WAY],
            )
            if pain_key
            else Action.objects.none()
        )
        if there.exists():
            raise ValidationError(_("Somebody has taken this into work already."), code="taken")
        opportunity = _open(touchpoint, journey, name, pain_key, estimate, "", actor)
        action = _plan(opportunity, journey, name, owner, due_on, metric, cost, actor)
        _enter(action, journey, Action.State.UNDER_WAY, "started", actor, started_on=_today(action))
    return action


def change_action(*, action: Action, actor: User | None, **changes: Any) -> Action:
    """Change fields: name, owner, due_on, cost, metric, and done_on of what is done. Only what is given and differs is
    written. Another metric or day lets the effect be estimated anew."""
    unknown = changes.keys() - {"name", "owner", "due_on", "cost", "metric", "done_on"}
    if unknown:
        raise TypeError(f"an action has no field {sorted(unknown)} to change")
    fields = dict(changes)
    if "name" in fields:
        fields["name"] = values.clean_line(fields["name"], longest=limits.ACTION_NAME)
    if "metric" in fields:
        fields["metric"] = clean_metric(fields["metric"])
    if "cost" in fields:
        fields["cost"] = _cost(fields["cost"])
    journey = _journey(action)
    with writing(journey):
        _require_here(action)
        require_member(journey.workspace, fields.get("owner"))
        if "done_on" in fields:
            _check_done(action, fields["done_on"])
        was = {name: getattr(action, name) for name in ("metric", "done_on")}
        written = save_changes(action, fields)
        if any(name in written for name in was) and action.effect is not None:
            save_changes(action, {"effect": None, "effect_at": None})
        if written:
            audit(journey, actor, "action.updated", action, number=action.pk, fields=sorted(written))
    return action


def start_action(*, action: Action, actor: User | None) -> Action:
    """Under way from today on. What is done or dropped is taken up again: its effect is forgotten."""
    journey = _journey(action)
    with writing(journey):
        _require_here(action)
        if action.state != Action.State.UNDER_WAY:
            verb = "started" if action.state == Action.State.PLANNED else "reopened"
            started = action.started_on or _today(action)
            _enter(
                action, journey, Action.State.UNDER_WAY, verb, actor,
                started_on=started, done_on=None, effect=None, effect_at=None,
            )  # fmt: skip
    return action


def finish_action(*, action: Action, done_on: date | None = None, actor: User | None) -> Action:
    """Done since `done_on` (today by default, never later): from that day on the effect is looked for."""
    journey = _journey(action)
    with writing(journey):
        _require_here(action)
        day = done_on or _today(action)
        _check_day(action, day)
        if action.state != Action.State.DONE or action.done_on != day:
            started = min(action.started_on or day, day)
            _enter(
                action, journey, Action.State.DONE, "done", actor,
                started_on=started, done_on=day, effect=None, effect_at=None,
            )  # fmt: skip
    return action


def drop_action(*, action: Action, actor: User | None) -> Action:
    """Leave it: it stays in the list of what was dropped, and can be taken up again."""
    journey = _journey(action)
    with writing(journey):
        _require_here(action)
        if action.state != Action.State.DROPPED:
            _enter(action, journey, Action.State.DROPPED, "dropped", actor)
    return action


def restore_action(*, action: Action, kept: Mapping[str, Any], actor: User | None) -> Action:
    """Bring back the state that `state_of` noted before a change."""
    journey = _journey(action)
    fields = {
        "state": values.clean_choice(kept["state"], Action.State.values),
        **{name: values.clean_date(kept[name]) for name in ("started_on", "done_on")},
    }
    with writing(journey):
        _require_here(action)
        if save_changes(action, fields):
            save_changes(action, {"effect": None, "effect_at": None})
            audit(journey, actor, "action.restored", action, number=action.pk)
    return action


def state_of(action: Action) -> dict[str, Any]:
    """What `restore_action` brings back, as JSON data."""
    days = {name: getattr(action, name) for name in ("started_on", "done_on")}
    return {"state": action.state, **{name: day and day.isoformat() for name, day in days.items()}}


def note_effect(*, action: Action, effect: Mapping[str, Any]) -> bool:
    """Keep the estimate of a finished action; False where it is no longer the action that was estimated (reopened, or
    of another metric or day). A count, not somebody's change: it leaves no audit entry."""
    with writing(_journey(action)):
        return bool(
            Action.objects.filter(
                pk=action.pk, state=Action.State.DONE, done_on=action.done_on, metric=action.metric
            ).update(effect=dict(effect), effect_at=timezone.now())
        )


def write_words(*, action: Action, you_said: str, we_did: str, actor: User | None) -> Action:
    """Keep the words for customers; what is public changes with them at once, and is never left half empty."""
    fields = {
        "you_said": values.clean_text(you_said, longest=limits.WORDS),
        "we_did": values.clean_text(we_did, longest=limits.WORDS),
    }
    journey = _journey(action)
    with writing(journey):
        _require_here(action)
        if action.published_at is not None:
            _require_words(fields)
        if written := save_changes(action, fields):
            audit(journey, actor, "words.updated", action, number=action.pk, fields=sorted(written))
    return action


def publish_words(*, action: Action, actor: User | None) -> Action:
    """Show the words on the public page, from now on."""
    journey = _journey(action)
    with writing(journey):
        _require_here(action)
        _require_words({"you_said": action.you_said, "we_did": action.we_did})
        if action.published_at is None:
            save_changes(action, {"published_at": timezone.now()})
            audit(journey, actor, "words.published", action, number=action.pk)
    return action


def withdraw_words(*, action: Action, actor: User | None) -> Action:
    """Take the words off the public page; they are kept."""
    journey = _journey(action)
    with writing(journey):
        _require_here(action)
        if action.published_at is not None:
            save_changes(action, {"published_at": None})
            audit(journey, actor, "words.removed", action, number=action.pk)
    return action


def clean_metric(metric: Mapping[str, Any]) -> dict[str, Any]:
    """{"figure", "metric", "scale"} as it is kept: only *say* names a metric with its scale. Where the work touches
    some customers only, "unit" says who: {"property", "value"}, with "values" where they are several and "value" names
    them together; all others are what they are compared with."""
    if not isinstance(metric, Mapping):
        raise ValidationError({"metric": _("Choose what it should move.")})
    if not metric or not metric.get("figure"):
        return {}
    figure = values.clean_choice(metric["figure"], FIGURES)
    unit = _unit(metric.get("unit"))
    name, scale = metric.get("metric"), metric.get("scale")
    if figure != "say":
        return {"figure": figure, "metric": None, "scale": None, **unit}
    is_scale = (
        isinstance(scale, (list, tuple))
        and len(scale) == 2
        and all(isinstance(end, (int, float)) and math.isfinite(end) for end in scale)
    )
    if not isinstance(name, str) or not 0 < len(name) <= limits.SIGNAL_NAME or not is_scale:
        raise ValidationError({"metric": _("Choose what it should move.")})
    return {"figure": figure, "metric": name, "scale": [float(end) for end in scale or ()], **unit}


def _unit(unit: object) -> dict[str, dict[str, Any]]:
    if not isinstance(unit, Mapping) or not unit.get("property"):
        return {}
    parts: dict[str, Any] = {
        name: str(unit.get(name) or "")[: limits.SIGNAL_NAME] for name in ("property", "value")
    }
    several = unit.get("values")
    if isinstance(several, (list, tuple)) and several:
        parts["values"] = [str(each)[: limits.SIGNAL_NAME] for each in several[: limits.SIGNAL_NAMES]]
    return {"unit": parts}


def _open(
    touchpoint: Touchpoint,
    journey: Journey,
    name: str,
    pain_key: str,
    estimate: Mapping[str, Any] | None,
    description: str,
    actor: User | None,
) -> Opportunity:
    if not Touchpoint.objects.filter(pk=touchpoint.pk).exists():
        raise ValidationError(_("The touchpoint “%s” has been deleted.") % touchpoint.name, code="gone")
    if Opportunity.objects.filter(touchpoint__stage__journey=journey).count() >= limits.OPPORTUNITIES:
        raise ValidationError(
            _("A journey has at most %s opportunities.") % limits.OPPORTUNITIES, code="full"
        )
    opportunity = Opportunity.objects.create(
        workspace=journey.workspace,
        touchpoint=touchpoint,
        name=values.clean_line(name, longest=limits.ACTION_NAME),
        description=values.clean_text(description),
        pain_key=values.clean_line(pain_key, longest=limits.PAIN_KEY, required=False),
        estimate=_estimate(estimate),
        created_by=actor,
    )
    audit(journey, actor, "opportunity.created", opportunity, number=opportunity.pk)
    return opportunity


def _plan(
    opportunity: Opportunity,
    journey: Journey,
    name: str,
    owner: User | None,
    due_on: date | None,
    metric: Mapping[str, Any],
    cost: float | None,
    actor: User | None,
) -> Action:
    require_member(journey.workspace, owner)
    if not Opportunity.objects.filter(pk=opportunity.pk).exists():
        raise ValidationError(_("“%s” has been deleted.") % opportunity, code="gone")
    action = Action.objects.create(
        workspace=journey.workspace,
        opportunity=opportunity,
        name=values.clean_line(name, longest=limits.ACTION_NAME),
        owner=owner,
        due_on=values.clean_date(due_on),
        cost=_cost(cost),
        metric=clean_metric(metric),
        created_by=actor,
    )
    audit(journey, actor, "action.created", action, number=action.pk)
    return action


def _enter(
    action: Action, journey: Journey, state: Action.State, verb: str, actor: User | None, **fields: Any
) -> None:
    save_changes(action, {"state": state, **fields})
    audit(journey, actor, f"action.{verb}", action, number=action.pk)


def _journey(action: Action) -> Journey:
    return action.opportunity.touchpoint.stage.journey


def _require_here(action: Action) -> None:
    if not Action.objects.filter(pk=action.pk).exists():
        raise ValidationError(_("“%s” has been deleted.") % action.name, code="gone")


def _check_done(action: Action, day: date | None) -> None:
    if action.state != Action.State.DONE or day is None:
        raise ValidationError({"done_on": _("Only what is done has the day it was done.")})
    _check_day(action, day)


def _check_day(action: Action, day: date) -> None:
    if day < _EARLIEST:
        raise ValidationError({"done_on": _("Give a day that is not so far away.")})
    if day > _today(action):
        raise ValidationError({"done_on": _("It cannot be done on a day that has not come yet.")})


def _today(action: Action) -> date:
    return timezone.localdate(timezone=ZoneInfo(action.workspace.timezone))


def _require_words(fields: Mapping[str, str]) -> None:
    missing = [name for name in ("you_said", "we_did") if not fields[name]]
    if missing:
        raise ValidationError({missing[0]: _("Write this first: it is what customers read.")})


def _cost(cost: float | None) -> float | None:
    if cost is None:
        return None
    if not math.isfinite(cost) or not 0 <= cost <= _MOST_COST:
        raise ValidationError({"cost": _("Give a sum from 0 to %(most)s.") % {"most": f"{_MOST_COST:g}"}})
    return float(cost)


def _estimate(estimate: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if not estimate or estimate.get("p50") is None:
        return None
    kept: dict[str, Any] = {name: str(estimate.get(name) or "")[:40] for name in _ESTIMATE_TEXTS}
    for name in _GAP:
        value = estimate.get(name)
        if isinstance(value, (int, float)) and math.isfinite(value):
            kept[name] = float(value)
    for name in _ESTIMATES:
        value = estimate.get(name)
        if not isinstance(value, (int, float)) or not math.isfinite(value) or abs(value) > _MOST_MONEY:
            raise ValidationError(_("The estimate lacks its range."))
        kept[name] = float(value)
    return kept

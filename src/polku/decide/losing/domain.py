"""What people say of the list: other figures for its inputs, rows left aside, what mending costs."""

from __future__ import annotations

import math

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_scopes import scope

from polku.accounts.domain import record_audit
from polku.accounts.models import User
from polku.decide.losing.inputs import KINDS
from polku.decide.losing.keeping import ask_for
from polku.decide.losing.told import COST
from polku.decide.models import Dismissal, InputOverride
from polku.journeys.models import Journey

LONGEST_REASON = 500
_LONGEST_KEY = 200
_MOST = 1e12


def override_input(
    *,
    journey: Journey,
    pain_key: str,
    name: str,
    low: float,
    middle: float,
    high: float,
    reason: str,
    actor: User | None,
) -> InputOverride:
    """Put a person's cautious, middle and high figure in place of an input, or of the cost of mending ("cost").

    Earlier figures stay as history. With its audit entry and the order to count anew in one transaction. Raises
    ValidationError that names the field: an unknown input, figures that do not ascend or cannot be, no reason.
    """
    figures = _figures(name, low, middle, high)
    reason = _reason(reason, is_needed=name != COST)
    return _write(journey, pain_key, name, figures, reason, actor, "loss_inputs.updated")


def withdraw_override(*, journey: Journey, pain_key: str, name: str, actor: User | None) -> InputOverride:
    """Let what is measured hold again. Raises ValidationError where no person's figure holds."""
    with scope(workspace=journey.workspace):
        newest = InputOverride.objects.filter(journey=journey, pain_key=pain_key, name=name).first()
    if newest is None or newest.middle is None:
        raise ValidationError({"name": _("Nobody has put a figure in place of this one.")})
    return _write(journey, pain_key, name, (None, None, None), "", actor, "loss_inputs.removed")


def set_cost(*, journey: Journey, pain_key: str, cost: float, actor: User | None) -> InputOverride:
    """What mending the pain costs, once; the list is ordered by what is left of the loss without it."""
    return override_input(
        journey=journey,
        pain_key=pain_key,
        name=COST,
        low=cost,
        middle=cost,
        high=cost,
        reason="",
        actor=actor,
    )


def dismiss_pain(*, journey: Journey, pain_key: str, reason: str, actor: User | None) -> Dismissal:
    """Leave a row aside, and remember why. One that is left aside already stays so. Raises ValidationError."""
    reason = _reason(reason, is_needed=True)
    workspace = journey.workspace
    with scope(workspace=workspace), transaction.atomic():
        row, is_new = Dismissal.objects.get_or_create(
            journey=journey,
            pain_key=_key(pain_key),
            taken_back_at=None,
            defaults={"workspace": workspace, "reason": reason, "author": actor},
        )
        if is_new:
            record_audit(workspace=workspace, actor=actor, action="losses.dismissed", target=pain_key)
            ask_for(workspace, journey)
    return row


def take_back_dismissal(*, journey: Journey, pain_key: str, actor: User | None) -> bool:
    """Bring a row back; whether it was left aside."""
    workspace = journey.workspace
    with scope(workspace=workspace), transaction.atomic():
        found = Dismissal.objects.filter(journey=journey, pain_key=pain_key, taken_back_at=None)
        if not found.update(taken_back_at=timezone.now()):
            return False
        record_audit(workspace=workspace, actor=actor, action="losses.restored", target=pain_key)
        ask_for(workspace, journey)
    return True


def _write(
    journey: Journey,
    pain_key: str,
    name: str,
    figures: tuple[float | None, float | None, float | None],
    reason: str,
    actor: User | None,
    action: str,
) -> InputOverride:
    workspace = journey.workspace
    low, middle, high = figures
    with scope(workspace=workspace), transaction.atomic():
        row = InputOverride.objects.create(
            workspace=workspace,
            journey=journey,
            pain_key=_key(pain_key),
            name=name,
            low=low,
            middle=middle,
            high=high,
            reason=reason,
            author=actor,
        )
        record_audit(workspace=workspace, actor=actor, action=action, target=f"{pain_key} · {name}")
        ask_for(workspace, journey)
    return row


def _figures(name: str, low: float, middle: float, high: float) -> tuple[float, float, float]:
    if name != COST and name not in KINDS:
        raise ValidationError({"name": _("There is no such figure.")})
    most = 1.0 if KINDS.get(name) == "share" else _MOST
    for field, value in (("low", low), ("middle", middle), ("high", high)):
        if not math.isfinite(value) or not 0 <= value <= most:
            problem = _("Give a percentage from 0 to 100.") if most == 1 else _("Give a number from 0 up.")
            raise ValidationError({field: problem})
    if not low <= middle <= high:
        raise ValidationError({"middle": _("The cautious, middle and high figure must ascend.")})
    return float(low), float(middle), float(high)


def _key(pain_key: str) -> str:
    if not pain_key or len(pain_key) > _LONGEST_KEY:
        raise ValidationError({"pain_key": _("There is no such row.")})
    return pain_key


def _reason(reason: str, *, is_needed: bool) -> str:
    text = reason.strip()
    if is_needed and not text:
        raise ValidationError({"reason": _("Say why.")})
    if len(text) > LONGEST_REASON:
        raise ValidationError({"reason": _("Use at most %(most)d characters.") % {"most": LONGEST_REASON}})
    return text

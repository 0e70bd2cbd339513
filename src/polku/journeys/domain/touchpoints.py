"""Changes to the touchpoints of a map."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from polku.accounts.models import User
from polku.journeys import values
from polku.journeys.domain.deletions import keep_and_delete
from polku.journeys.domain.writing import (
    audit,
    key_after,
    require_member,
    require_room,
    save_changes,
    writing,
)
from polku.journeys.models import Deletion, Stage, Touchpoint

_CLEAN: dict[str, Callable[[Any], Any]] = {
    "name": values.clean_line,
    "description": values.clean_text,
    "channels": values.clean_channels,
    "is_moment_of_truth": values.clean_flag,
    "is_backstage": values.clean_flag,
    "assumed_feeling": values.clean_feeling,
    "review_on": values.clean_date,
}


def add_touchpoint(
    *,
    stage: Stage,
    name: str,
    actor: User | None = None,
    channels: Sequence[str] = (),
    is_moment_of_truth: bool = False,
    is_backstage: bool = False,
    assumed_feeling: float | None = None,
    description: str = "",
    owner: User | None = None,
    review_on: date | None = None,
    after: Touchpoint | None = None,
) -> Touchpoint:
    """Add a touchpoint right behind `after`, or at the end of its stage. Raises ValidationError; atomic; audited."""
    fields = _clean(
        {
            "name": name,
            "description": description,
            "channels": channels,
            "is_moment_of_truth": is_moment_of_truth,
            "is_backstage": is_backstage,
            "assumed_feeling": assumed_feeling,
            "review_on": review_on,
        }
    )
    journey = stage.journey
    with writing(journey):
        _require_stage(stage)
        require_room(journey, touchpoints=1)
        require_member(journey.workspace, owner)
        siblings = list(stage.touchpoints.all())
        behind = next((other for other in siblings if after and other.pk == after.pk), None)
        if behind is None and siblings:
            behind = siblings[-1]
        touchpoint = Touchpoint.objects.create(
            workspace=journey.workspace,
            stage=stage,
            owner=owner,
            order_key=key_after(siblings, behind),
            **fields,
        )
        audit(journey, actor, "touchpoint.added", touchpoint, touchpoint=touchpoint.pk)
    return touchpoint


def update_touchpoint(*, touchpoint: Touchpoint, actor: User | None = None, **changes: Any) -> Touchpoint:
    """Change fields of a touchpoint: name, description, channels, is_moment_of_truth, is_backstage,
    assumed_feeling, review_on, owner.

    Only fields that are given and differ are written: of two people who change the same field the later wins,
    and neither loses what they changed beside it. Raises ValidationError; atomic; audited.
    """
    owner = {"owner": changes.pop("owner")} if "owner" in changes else {}
    fields = {**_clean(changes), **owner}
    journey = touchpoint.stage.journey
    with writing(journey):
        require_member(journey.workspace, owner.get("owner"))
        if written := save_changes(touchpoint, fields):
            audit(
                journey,
                actor,
                "touchpoint.updated",
                touchpoint,
                touchpoint=touchpoint.pk,
                fields=sorted(written),
            )
    return touchpoint


def move_touchpoint(*, touchpoint: Touchpoint, by: int, actor: User | None = None) -> bool:
    """Move a touchpoint one place earlier (`by=-1`) or later (`by=1`); past the end of its stage it enters the
    neighbouring one. Returns whether it moved. Only its own place is written. Atomic; audited.
    """
    if by not in (-1, 1):
        raise ValueError("a touchpoint moves by one place: -1 or 1")
    journey = touchpoint.stage.journey
    with writing(journey):
        here = _fresh(touchpoint)
        siblings = list(here.stage.touchpoints.all())
        index = [other.pk for other in siblings].index(here.pk)
        others = siblings[:index] + siblings[index + 1 :]
        target = index + by
        if 0 <= target <= len(others):
            changes: dict[str, Any] = {"order_key": key_after(others, others[target - 1] if target else None)}
        else:
            stages = list(journey.stages.all())
            neighbour = [stage.pk for stage in stages].index(here.stage_id) + by
            if not 0 <= neighbour < len(stages):
                return False
            family = list(stages[neighbour].touchpoints.all())
            behind = family[-1] if by < 0 and family else None
            changes = {"stage": stages[neighbour], "order_key": key_after(family, behind)}
        save_changes(touchpoint, changes)
        audit(journey, actor, "touchpoint.moved", touchpoint, touchpoint=touchpoint.pk, by=by)
    return True


def place_touchpoint(
    *, touchpoint: Touchpoint, stage: Stage, after: Touchpoint | None = None, actor: User | None = None
) -> None:
    """Put a touchpoint right behind `after`, or at the end of `stage`, of the same journey. Atomic; audited."""
    journey = touchpoint.stage.journey
    if stage.journey_id != journey.pk:
        raise ValidationError({"stage": _("The stage belongs to another journey.")})
    with writing(journey):
        _require_stage(stage)
        others = [other for other in stage.touchpoints.all() if other.pk != touchpoint.pk]
        behind = next((other for other in others if after and other.pk == after.pk), None)
        if behind is None and others:
            behind = others[-1]
        save_changes(touchpoint, {"stage": stage, "order_key": key_after(others, behind)})
        audit(journey, actor, "touchpoint.moved", touchpoint, touchpoint=touchpoint.pk, stage=stage.pk)


def delete_touchpoint(*, touchpoint: Touchpoint, actor: User | None = None) -> Deletion:
    """Delete a touchpoint with its bindings; the Deletion brings it back. Hits are rebuilt. Atomic; audited."""
    return keep_and_delete(
        touchpoint, journey=touchpoint.stage.journey, kind=Deletion.Kind.TOUCHPOINT, actor=actor
    )


def _clean(fields: dict[str, Any]) -> dict[str, Any]:
    cleaned, problems = {}, {}
    for name, value in fields.items():
        if name not in _CLEAN:
            raise TypeError(f"a touchpoint has no field {name!r} to change")
        try:
            cleaned[name] = _CLEAN[name](value)
        except ValidationError as error:
            problems[name] = error.messages
    if problems:
        raise ValidationError(problems)
    return cleaned


def _require_stage(stage: Stage) -> None:
    if not Stage.objects.filter(pk=stage.pk).exists():
        raise ValidationError(_("The stage “%s” has been deleted.") % stage.name, code="gone")


def _fresh(touchpoint: Touchpoint) -> Touchpoint:
    here = Touchpoint.objects.select_related("stage").filter(pk=touchpoint.pk).first()
    if here is None:
        raise ValidationError(_("The touchpoint “%s” has been deleted.") % touchpoint.name, code="gone")
    return here

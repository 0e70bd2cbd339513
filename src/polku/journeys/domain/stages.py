"""Changes to the stages of a map."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from polku.accounts.models import User
from polku.journeys import values
from polku.journeys.domain.deletions import keep_and_delete
from polku.journeys.domain.writing import audit, key_after, require_room, save_changes, writing
from polku.journeys.models import Deletion, Journey, Stage


def add_stage(*, journey: Journey, name: str, actor: User | None = None, after: Stage | None = None) -> Stage:
    """Add a stage right behind `after`, or at the end. Raises ValidationError; atomic; audited."""
    name = values.clean_line(name)
    with writing(journey):
        require_room(journey, stages=1)
        siblings = list(journey.stages.all())
        behind = next((stage for stage in siblings if after and stage.pk == after.pk), None)
        if behind is None and siblings:
            behind = siblings[-1]
        stage = Stage.objects.create(
            workspace=journey.workspace, journey=journey, name=name, order_key=key_after(siblings, behind)
        )
        audit(journey, actor, "stage.added", stage, stage=stage.pk)
    return stage


def update_stage(*, stage: Stage, actor: User | None = None, name: str) -> Stage:
    """Rename a stage. Raises ValidationError, also where it was deleted meanwhile; atomic; audited."""
    name = values.clean_line(name)
    with writing(stage.journey):
        if written := save_changes(stage, {"name": name}):
            audit(stage.journey, actor, "stage.updated", stage, stage=stage.pk, fields=sorted(written))
    return stage


def move_stage(*, stage: Stage, by: int, actor: User | None = None) -> bool:
    """Move a stage one place earlier (`by=-1`) or later (`by=1`), from where it is now. Returns whether it moved.

    Only the stage's own key is written. Atomic; audited.
    """
    if by not in (-1, 1):
        raise ValueError("a stage moves by one place: -1 or 1")
    with writing(stage.journey):
        stages = list(stage.journey.stages.all())
        index = _index(stages, stage)
        target = index + by
        if not 0 <= target < len(stages):
            return False
        others = stages[:index] + stages[index + 1 :]
        save_changes(stage, {"order_key": key_after(others, others[target - 1] if target else None)})
        audit(stage.journey, actor, "stage.moved", stage, stage=stage.pk, by=by)
    return True


def delete_stage(*, stage: Stage, actor: User | None = None) -> Deletion:
    """Delete a stage with its touchpoints; the Deletion brings them back. Hits are rebuilt. Atomic; audited."""
    return keep_and_delete(stage, journey=stage.journey, kind=Deletion.Kind.STAGE, actor=actor)


def _index(stages: list[Stage], stage: Stage) -> int:
    for index, other in enumerate(stages):
        if other.pk == stage.pk:
            return index
    raise ValidationError(_("The stage “%s” has been deleted.") % stage.name, code="gone")

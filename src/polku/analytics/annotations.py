"""What happened when, as people write it beside the figures: reading, adding, deleting, bringing back.

Every change is one transaction with its audit entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django_scopes import scope

from polku.accounts.domain import record_audit
from polku.accounts.models import User, Workspace
from polku.analytics.models import Annotation

LONGEST_TEXT = 200
MOST_ANNOTATIONS = 2_000
_YEARS = range(1970, 2201)


@dataclass(frozen=True)
class Note:
    """An annotation as answers and pictures need it; equal ones have the same `repr`."""

    id: int
    on: date
    text: str
    kind: str

    def as_json(self) -> dict[str, str]:
        """As it stands in answers."""
        return {"on": self.on.isoformat(), "text": self.text, "kind": self.kind}


def annotations_of(workspace: Workspace) -> list[Note]:
    """All of the workspace, by day."""
    with scope(workspace=workspace):
        rows = Annotation.objects.order_by("on", "pk").values_list("pk", "on", "text", "kind")
        return [Note(*row) for row in rows[:MOST_ANNOTATIONS]]


def add_annotation(
    *, workspace: Workspace, on: date, text: str, kind: str, actor: User | None = None
) -> Annotation:
    """Write down what happened on a day. Raises ValidationError for an empty or long text, an unknown kind, a day
    out of all reason, or one annotation too many."""
    text = " ".join(text.replace("\0", "").split())
    if not text:
        raise ValidationError({"text": _("Write what happened.")})
    if len(text) > LONGEST_TEXT:
        raise ValidationError({"text": _("At most %s characters.") % LONGEST_TEXT})
    if kind not in Annotation.Kind.values:
        raise ValidationError({"kind": _("Choose what kind of thing it was.")})
    if on.year not in _YEARS:
        raise ValidationError({"on": _("Give the day.")})
    with scope(workspace=workspace), transaction.atomic():
        if Annotation.objects.count() >= MOST_ANNOTATIONS:
            raise ValidationError(_("A workspace has at most %s annotations.") % MOST_ANNOTATIONS)
        made = Annotation.objects.create(workspace=workspace, on=on, text=text, kind=kind)
        record_audit(workspace=workspace, actor=actor, action="annotation.created", target=text)
    return made


def delete_annotation(*, annotation: Annotation, actor: User | None = None) -> dict[str, Any]:
    """Delete it; what is returned brings it back through `restore_annotation`."""
    workspace = annotation.workspace
    kept: dict[str, Any] = {
        "workspace": workspace.pk,
        **Note(0, annotation.on, annotation.text, annotation.kind).as_json(),
    }
    with scope(workspace=workspace), transaction.atomic():
        annotation.delete()
        record_audit(workspace=workspace, actor=actor, action="annotation.deleted", target=kept["text"])
    return kept


def restore_annotation(
    *, workspace: Workspace, kept: Mapping[str, Any], actor: User | None = None
) -> Annotation:
    """Undo a deletion; with one that is there already, nothing changes. ValueError for another workspace's."""
    if kept["workspace"] != workspace.pk:
        raise ValueError("the annotation was of another workspace")
    on, text, kind = date.fromisoformat(kept["on"]), kept["text"], kept["kind"]
    with scope(workspace=workspace), transaction.atomic():
        found = Annotation.objects.filter(on=on, text=text, kind=kind).first()
        if found is not None:
            return found
        made = Annotation.objects.create(workspace=workspace, on=on, text=text, kind=kind)
        record_audit(workspace=workspace, actor=actor, action="annotation.restored", target=text)
    return made

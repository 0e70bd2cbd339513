"""What changes segments, and who is one person with whom. Every change leaves an audit entry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django_scopes import scope

from polku.accounts.domain import record_audit
from polku.accounts.models import User, Workspace
from polku.eventstore.port import QuestionTooSlow, StoreError
from polku.eventstore.registry import hit_rules, store
from polku.people.models import Segment
from polku.people.rules import clean_rule

LONGEST_NAME = 80
MOST_SEGMENTS = 500


def create_segment(
    *, workspace: Workspace, name: str, rule: Mapping[str, Any], actor: User | None = None
) -> Segment:
    """Make a segment. One transaction with its audit entry.

    Raises ValidationError for a name that is empty or taken, a rule without meaning, or a segment too many.
    """
    name, rule = _clean_name(name), clean_rule(workspace, rule)
    with scope(workspace=workspace), _unique(name), transaction.atomic():
        if Segment.objects.count() >= MOST_SEGMENTS:
            raise ValidationError(_("A workspace has at most %s segments.") % MOST_SEGMENTS)
        segment = Segment.objects.create(workspace=workspace, name=name, rule=rule)
        record_audit(workspace=workspace, actor=actor, action="segment.created", target=name)
    return segment


def update_segment(
    *, segment: Segment, name: str, rule: Mapping[str, Any], actor: User | None = None
) -> None:
    """Give the segment this name and rule. One transaction with its audit entry; the same errors as creating."""
    workspace = segment.workspace
    name, rule = _clean_name(name), clean_rule(workspace, rule)
    if (name, rule) == (segment.name, segment.rule):
        return
    segment.name, segment.rule = name, rule
    with scope(workspace=workspace), _unique(name), transaction.atomic():
        segment.save(update_fields=["name", "rule"])
        record_audit(workspace=workspace, actor=actor, action="segment.updated", target=name)


def delete_segment(*, segment: Segment, actor: User | None = None) -> dict[str, Any]:
    """Delete the segment; what is returned brings it back through `restore_segment`. One transaction with its
    audit entry."""
    workspace = segment.workspace
    kept = {"workspace": workspace.pk, "name": segment.name, "rule": segment.rule}
    with scope(workspace=workspace), transaction.atomic():
        segment.delete()
        record_audit(workspace=workspace, actor=actor, action="segment.deleted", target=kept["name"])
    return kept


def restore_segment(*, workspace: Workspace, kept: Mapping[str, Any], actor: User | None = None) -> Segment:
    """Undo a deletion. One transaction with its audit entry. Raises ValidationError where the name is taken."""
    if kept["workspace"] != workspace.pk:
        raise ValueError("the segment was of another workspace")
    name, rule = _clean_name(kept["name"]), clean_rule(workspace, kept["rule"])
    with scope(workspace=workspace), _unique(name), transaction.atomic():
        segment = Segment.objects.create(workspace=workspace, name=name, rule=rule)
        record_audit(workspace=workspace, actor=actor, action="segment.restored", target=name)
    return segment


def separate_people(*, workspace: Workspace, person: int, merge: int, actor: User | None = None) -> int:
    """Take a merge of `person` back; the number of the one who is their own again.

    One transaction of the store: signals, orders and ids go with the one they came by, and the two are never joined
    again by themselves. The audit entry, which names no customer, is written after it. Raises ValidationError where
    the merge cannot be undone, and StoreError where the store is busy.
    """
    key = workspace.key.hex
    try:
        back = store().unmerge(key, merge, rules=hit_rules(key))
    except QuestionTooSlow:
        raise
    except StoreError as error:
        raise ValidationError(str(error)) from error
    record_audit(
        workspace=workspace,
        actor=actor,
        action="person.separated",
        target=_("%(person)s and %(other)s") % {"person": person, "other": back},
        merge=merge,
    )
    return back


class _unique:
    """Turns a broken unique(workspace, name) into words."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, IntegrityError):
            message = _("There is a segment “%s” already.") % self.name
            raise ValidationError({"name": message}) from error


def _clean_name(value: str) -> str:
    name = " ".join(value.replace("\0", "").split())
    if not name:
        raise ValidationError({"name": _("Give the segment a name.")})
    if len(name) > LONGEST_NAME:
        raise ValidationError({"name": _("At most %s characters.") % LONGEST_NAME})
    return name

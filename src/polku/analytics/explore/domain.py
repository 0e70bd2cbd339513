"""What changes saved questions. Every change leaves an audit entry."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django_scopes import scope

from polku.accounts.domain import record_audit
from polku.accounts.models import User, Workspace
from polku.analytics.explore import pages
from polku.analytics.explore.pages import Parameters
from polku.analytics.explore.placements import placements
from polku.analytics.models import SavedQuestion

LONGEST_NAME = 120
MOST_QUESTIONS = 1_000
LARGEST_PARAMETERS = 12_000
"""Characters of an address: Django leads to none of more than 16,384."""


def create_question(
    *,
    workspace: Workspace,
    kind: str,
    name: str,
    parameters: Parameters,
    is_shared: bool = True,
    owner: User | None = None,
) -> SavedQuestion:
    """Keep a question under a name. One transaction with its audit entry.

    Raises ValidationError for an empty name, a kind without a page, or a question too many.
    """
    name, cleaned = _clean_name(name), _clean_parameters(kind, parameters)
    with scope(workspace=workspace), transaction.atomic():
        _require_room()
        question = SavedQuestion.objects.create(
            workspace=workspace,
            name=name,
            kind=kind,
            parameters=cleaned,
            is_shared=is_shared,
            owner=owner,
        )
        record_audit(workspace=workspace, actor=owner, action="question.created", target=name)
    return question


def update_question(
    *,
    question: SavedQuestion,
    name: str | None = None,
    parameters: Parameters | None = None,
    is_shared: bool | None = None,
    actor: User | None = None,
) -> None:
    """Change what is given of a question. One transaction with its audit entry; errors as in creating."""
    if name is not None:
        question.name = _clean_name(name)
    if parameters is not None:
        question.parameters = _clean_parameters(question.kind, parameters)
    if is_shared is not None:
        question.is_shared = is_shared
    with scope(workspace=question.workspace), transaction.atomic():
        question.save(update_fields=["name", "parameters", "is_shared", "updated_at"])
        record_audit(
            workspace=question.workspace, actor=actor, action="question.updated", target=question.name
        )


def delete_question(*, question: SavedQuestion, actor: User | None = None) -> dict[str, Any]:
    """Delete the question; what is returned brings it back through `restore_question`, also where it was shown. One
    transaction with its audit entry."""
    workspace = question.workspace
    placing = placements()
    kept = {
        "workspace": workspace.pk,
        "kind": question.kind,
        "name": question.name,
        "parameters": question.parameters,
        "is_shared": question.is_shared,
        "owner": question.owner_id,
        "touchpoints": [place.touchpoint for place in placing.places(question)] if placing else [],
    }
    with scope(workspace=workspace), transaction.atomic():
        question.delete()
        record_audit(workspace=workspace, actor=actor, action="question.deleted", target=kept["name"])
    return kept


def restore_question(
    *, workspace: Workspace, kept: Mapping[str, Any], actor: User | None = None
) -> SavedQuestion:
    """Undo a deletion; with one that is there already, nothing changes. One transaction with its audit entry; then it
    is put beside its touchpoints again. Raises ValidationError where it would be one too many."""
    if kept["workspace"] != workspace.pk:
        raise ValueError("the question was of another workspace")
    owner = User.objects.filter(pk=kept["owner"]).first() if kept["owner"] else None
    fields = {name: kept[name] for name in ("kind", "name", "parameters", "is_shared")} | {"owner": owner}
    with scope(workspace=workspace), transaction.atomic():
        found = SavedQuestion.objects.filter(**fields).first()
        if found is not None:
            return found
        _require_room()
        question = SavedQuestion.objects.create(workspace=workspace, **fields)
        record_audit(workspace=workspace, actor=actor, action="question.restored", target=question.name)
    if placing := placements():
        for touchpoint in kept["touchpoints"]:
            with suppress(ValidationError):  # a touchpoint deleted meanwhile
                placing.put(question, touchpoint, actor)
    return question


def _require_room() -> None:
    if SavedQuestion.objects.count() >= MOST_QUESTIONS:
        raise ValidationError(_("A workspace has at most %s saved questions.") % MOST_QUESTIONS)


def _clean_name(value: str) -> str:
    name = " ".join(value.replace("\0", "").split())
    if not name:
        raise ValidationError({"name": _("Give the question a name.")})
    if len(name) > LONGEST_NAME:
        raise ValidationError({"name": _("At most %s characters.") % LONGEST_NAME})
    return name


def _clean_parameters(kind: str, parameters: Parameters) -> list[list[str]]:
    if pages.find(kind) is None:
        raise ValidationError(_("There is no such page of questions."))
    cleaned = [[str(name), str(value)] for name, value in parameters]
    if len(urlencode([(name, value) for name, value in cleaned])) > LARGEST_PARAMETERS:
        raise ValidationError(_("The question is too long to be saved."))
    return cleaned

"""Changes to whole maps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django_scopes import scope

from polku.accounts.models import User, Workspace
from polku.journeys import limits, values
from polku.journeys.domain.deletions import keep_and_delete
from polku.journeys.domain.documents import write_document
from polku.journeys.domain.writing import audit, save_changes, writing
from polku.journeys.models import Deletion, Journey
from polku.journeys.templates_catalog import find_template

FROM_DATA = "from-data"
"""Stands where others bear the key of their template."""

_CLEAN: dict[str, Callable[[Any], Any]] = {
    "name": lambda value: values.clean_line(value, longest=limits.JOURNEY_NAME),
    "kind": values.clean_kind,
    "purpose": values.clean_text,
    "window_days": values.clean_window,
    "reviewed_at": values.clean_date,
}


def create_journey(
    *,
    workspace: Workspace,
    name: str = "",
    actor: User | None = None,
    template: str = "",
    kind: str = "as-is",
) -> Journey:
    """Make a map: empty, or with the stages and touchpoints of a template in the workspace's language.

    Without a name it bears the template's.
    Raises ValidationError; atomic; one audit entry.
    """
    document: dict[str, Any] = {"name": name, "kind": kind, "stages": []}
    if template:
        found = find_template(template)
        document["stages"] = found.stages(workspace.language)
        document["name"] = name or found.name(workspace.language)
    return write_document(
        workspace=workspace, document=document, actor=actor, action="journey.created", template=template
    )


def create_proposed_journey(
    *, workspace: Workspace, document: Mapping[str, Any], actor: User | None = None
) -> Journey:
    """Make a map of what people took of a proposal: stages and touchpoints with their data connections.

    Raises ValidationError, also where nothing was taken; hits are rebuilt; atomic; one audit entry.
    """
    if not document["stages"]:
        raise ValidationError(_("Choose at least one touchpoint."))
    return write_document(
        workspace=workspace, document=document, actor=actor, action="journey.created", template=FROM_DATA
    )


def update_journey(*, journey: Journey, actor: User | None = None, **changes: Any) -> Journey:
    """Change name, kind, purpose, window_days or reviewed_at; only what is given and differs is written.

    Raises ValidationError; atomic; audited.
    """
    cleaned, problems = {}, {}
    for field, value in changes.items():
        if field not in _CLEAN:
            raise TypeError(f"a journey has no field {field!r} to change")
        try:
            cleaned[field] = _CLEAN[field](value)
        except ValidationError as error:
            problems[field] = error.messages
    if problems:
        raise ValidationError(problems)
    with writing(journey):
        if written := save_changes(journey, cleaned):
            audit(journey, actor, "journey.updated", journey, fields=sorted(written))
    return journey


def delete_journey(*, journey: Journey, actor: User | None = None) -> Deletion:
    """Delete a map with all in it; the Deletion brings it back. Hits are rebuilt. Atomic; audited."""
    return keep_and_delete(journey, journey=journey, kind=Deletion.Kind.JOURNEY, actor=actor)


def find_journey(*, workspace: Workspace, text: str) -> Journey:
    """The journey of that number or name. Raises ValidationError that names those there are."""
    with scope(workspace=workspace):
        journeys = Journey.objects.select_related("workspace")
        found = journeys.filter(name__iexact=text).first()
        if found is None and text.isdecimal() and len(text) < 19:
            found = journeys.filter(pk=int(text)).first()
        if found is None:
            there = ", ".join(f"{journey.pk} {journey.name}" for journey in journeys[:10]) or "–"
            raise ValidationError(
                _("There is no journey “%(text)s”. There are: %(there)s.") % {"text": text, "there": there}
            )
    return found

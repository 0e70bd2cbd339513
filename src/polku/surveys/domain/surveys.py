"""Surveys as wholes: made, named, closed, deleted and brought back."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_scopes import scope

from polku.accounts.models import User, Workspace
from polku.accounts.slugs import unique_slug
from polku.journeys.models import Touchpoint
from polku.surveys.definition import limits
from polku.surveys.definition.questions import LANGUAGES, Definition, from_data, to_data
from polku.surveys.definition.wordings import in_language
from polku.surveys.domain.binding import bind, unbind
from polku.surveys.domain.writing import audit, clean_name, writing
from polku.surveys.links import add_link
from polku.surveys.models import Survey, SurveyLink
from polku.surveys.ready_made import find_ready_made


def create_survey(
    *,
    workspace: Workspace,
    template: str = "",
    definition: Definition | None = None,
    name: str = "",
    actor: User | None = None,
    is_anonymous: bool = False,
    touchpoint: Touchpoint | None = None,
    verb: str = "created",
) -> Survey:
    """Make a draft, of a ready-made survey or a definition or empty, with an open link and a test link.

    Without a name it bears the template's in the workspace's language, else its title. Raises ValidationError;
    atomic; one audit entry.
    """
    if definition is None and template:
        found = find_ready_made(template)
        definition, name = found.definition_for(workspace.language), name or found.name(workspace.language)
    definition = definition or empty_definition(workspace.language, name)
    name = clean_name(name or in_language(definition.title, definition.languages[0])[: limits.NAME])
    with scope(workspace=workspace), transaction.atomic():
        if Survey.objects.filter(deleted_at=None).count() >= limits.SURVEYS:
            raise ValidationError(_("A workspace has at most %s surveys.") % limits.SURVEYS, code="full")
        survey = Survey.objects.create(
            workspace=workspace,
            key=unique_slug(name, lambda key: Survey.objects.filter(key=key).exists())[:60],
            name=name,
            draft=to_data(definition),
            template=template,
            is_anonymous=is_anonymous,
            touchpoint=touchpoint,
            created_by=actor,
        )
        with translation.override(workspace.language):
            add_link(survey=survey, kind=SurveyLink.Kind.OPEN, name=_("Open link"))
            add_link(survey=survey, kind=SurveyLink.Kind.TEST, name=_("Test link"))
        audit(survey, actor, verb, **({"template": template} if template else {}))
    return survey


def empty_definition(language: str, title: str = "") -> Definition:
    """A survey without questions, asked in one language."""
    language = language if language in LANGUAGES else LANGUAGES[0]
    return Definition(title={language: title} if title else {}, languages=(language,))


def update_survey(
    *,
    survey: Survey,
    actor: User | None = None,
    name: str | None = None,
    is_anonymous: bool | None = None,
    touchpoint: Touchpoint | str | None = "keep",
) -> Survey:
    """Change what is given: the name, the anonymity, the touchpoint (None: none).

    A published survey's anonymity stays as it was. A published survey that changes its touchpoint takes its answers
    along. Raises ValidationError; atomic; audited where something changed.
    """
    with writing(survey) as row:
        changed = []
        if name is not None and (cleaned := clean_name(name)) != row.name:
            row.name = cleaned
            changed.append("name")
        if is_anonymous is not None and is_anonymous != row.is_anonymous:
            if row.versions.exists():
                raise ValidationError(
                    {
                        "is_anonymous": _(
                            "Whether answers are anonymous is settled when a survey is published."
                        )
                    },
                    code="settled",
                )
            row.is_anonymous = is_anonymous
            changed.append("is_anonymous")
        before = row.touchpoint
        if not isinstance(touchpoint, str) and touchpoint != before:
            row.touchpoint = touchpoint
            changed.append("touchpoint")
            if row.versions.exists():
                unbind(survey=row, touchpoint=before, actor=actor)
                bind(survey=row, actor=actor)
        if changed:
            row.save(update_fields=[*changed, "changed_at"])
            audit(row, actor, "updated", fields=changed)
    return row


def close_survey(*, survey: Survey, actor: User | None = None) -> Survey:
    """Take no more answers. Atomic; audited. Closed already, it stays so."""
    return _set_state(survey, Survey.State.CLOSED, "closed", actor)


def reopen_survey(*, survey: Survey, actor: User | None = None) -> Survey:
    """Take answers again, to the version that was published last. Raises ValidationError where none was."""
    return _set_state(survey, Survey.State.OPEN, "reopened", actor)


def _set_state(survey: Survey, state: Survey.State, verb: str, actor: User | None) -> Survey:
    with writing(survey) as row:
        if not row.versions.exists():
            raise ValidationError(_("“%s” has not been published yet.") % row.name, code="unpublished")
        if row.state != state:
            row.state = state
            row.save(update_fields=["state", "changed_at"])
            audit(row, actor, verb)
    return row


def delete_survey(*, survey: Survey, actor: User | None = None) -> Survey:
    """Put the survey and its answers aside: nobody can answer or see it any more, `restore_survey` brings it back
    for a day. What its answers told the map stays there. Atomic; audited."""
    with writing(survey) as row:
        row.deleted_at = timezone.now()
        row.save(update_fields=["deleted_at"])
        audit(row, actor, "deleted")
    return row


def restore_survey(*, survey: Survey, actor: User | None = None) -> Survey:
    """Bring a deleted survey back as it was. Back already, it stays so. Atomic; audited."""
    with scope(workspace=survey.workspace), transaction.atomic():
        if Survey.objects.filter(pk=survey.pk).exclude(deleted_at=None).update(deleted_at=None):
            audit(survey, actor, "restored")
        return Survey.objects.select_related("workspace").get(pk=survey.pk)


def duplicate_survey(*, survey: Survey, actor: User | None = None) -> Survey:
    """A new draft with the same questions and touchpoint. Raises ValidationError; atomic; audited."""
    with scope(workspace=survey.workspace):
        row = Survey.objects.select_related("workspace", "touchpoint").get(pk=survey.pk, deleted_at=None)
    return create_survey(
        workspace=row.workspace,
        definition=from_data(row.draft),
        template=row.template,
        name=(_("%s, copy") % row.name)[: limits.NAME],
        actor=actor,
        is_anonymous=row.is_anonymous,
        touchpoint=row.touchpoint,
    )

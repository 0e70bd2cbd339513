"""Open links and posters' codes: ways to a survey that anybody may use who has them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_scopes import scope

from polku.accounts.domain import record_audit
from polku.accounts.models import User, Workspace
from polku.surveys.links import add_link
from polku.surveys.models import Survey, SurveyLink

KINDS = (SurveyLink.Kind.OPEN, SurveyLink.Kind.QR)
MOST_LINKS, MOST_FIELDS = 500, 10
LONGEST_NAME, LONGEST_VALUE = 120, 200
_FIELD = re.compile(r"[\w.-]{1,40}")


def add_way(
    *, survey: Survey, kind: SurveyLink.Kind, name: str, fields: Mapping[str, str], actor: User | None
) -> SurveyLink:
    """A new open link or poster's code. One transaction with its audit entry. Raises ValidationError."""
    name = _clean_name(name)
    with scope(workspace=survey.workspace), transaction.atomic():
        if survey.links.filter(deleted_at=None).count() >= MOST_LINKS:
            raise ValidationError(_("A survey has at most %s links.") % MOST_LINKS)
        link = add_link(survey=survey, kind=kind, name=name, fields=dict(fields))
        _audit(link, actor, "created")
    return link


def change_way(*, link: SurveyLink, name: str, fields: Mapping[str, str], actor: User | None) -> None:
    """Rename it, and let other hidden fields come with answers from now on. Audited where something changed."""
    name = _clean_name(name)
    if (name, dict(fields)) == (link.name, link.fields):
        return
    with scope(workspace=link.workspace), transaction.atomic():
        link.name, link.fields = name, dict(fields)
        link.save(update_fields=["name", "fields"])
        _audit(link, actor, "updated")


def set_poster(*, link: SurveyLink, texts: Mapping[str, Mapping[str, str]], actor: User | None) -> None:
    """Keep the poster's own words, by language: `title` and `line`."""
    kept = {
        language: cleaned
        for language, said in texts.items()
        if (cleaned := {name: " ".join(text.split())[:200] for name, text in said.items() if text.strip()})
    }
    with scope(workspace=link.workspace), transaction.atomic():
        link.settings = {**link.settings, "poster": kept}
        link.save(update_fields=["settings"])
        _audit(link, actor, "updated")


def switch_way(*, link: SurveyLink, is_active: bool, actor: User | None) -> None:
    """Let the link lead to the survey, or nowhere."""
    if link.is_active == is_active:
        return
    with scope(workspace=link.workspace), transaction.atomic():
        link.is_active = is_active
        link.save(update_fields=["is_active"])
        _audit(link, actor, "updated", active=is_active)


def delete_way(*, link: SurveyLink, actor: User | None) -> dict[str, int]:
    """The link leads nowhere and is gone from the list; its answers stay. What is returned brings it back."""
    with scope(workspace=link.workspace), transaction.atomic():
        link.deleted_at = timezone.now()
        link.save(update_fields=["deleted_at"])
        _audit(link, actor, "deleted")
    return {"link": link.pk}


def restore_way(*, workspace: Workspace, link: int, actor: User | None) -> SurveyLink | None:
    """Undo a deletion; None where its survey is gone meanwhile."""
    with scope(workspace=workspace), transaction.atomic():
        found = (
            SurveyLink.objects.select_related("survey", "workspace")
            .filter(pk=link, survey__deleted_at=None)
            .first()
        )
        if found is not None and found.deleted_at is not None:
            found.deleted_at = None
            found.save(update_fields=["deleted_at"])
            _audit(found, actor, "restored")
    return found


def read_fields(text: str) -> dict[str, str]:
    """Hidden fields as they are written in a form, `store=Helsinki` on each line. Raises ValidationError."""
    found: dict[str, str] = {}
    for line in filter(None, (line.strip() for line in text.replace("\0", "").splitlines())):
        name, equals, value = (part.strip() for part in line.partition("="))
        if not equals or not _FIELD.fullmatch(name) or not value:
            raise ValidationError(
                _("“%s” is no such line; write a name, an equals sign and a value: store=Helsinki")
                % line[:80]
            )
        found[name] = value[:LONGEST_VALUE]
    if len(found) > MOST_FIELDS:
        raise ValidationError(_("At most %s lines.") % MOST_FIELDS)
    return found


def write_fields(fields: Mapping[str, object]) -> str:
    return "\n".join(f"{name}={value}" for name, value in fields.items())


def _clean_name(name: str) -> str:
    name = " ".join(name.replace("\0", "").split())
    if not name:
        raise ValidationError({"name": _("Give a name.")})
    if len(name) > LONGEST_NAME:
        raise ValidationError({"name": _("At most %s characters, please.") % LONGEST_NAME})
    return name


def _audit(link: SurveyLink, actor: User | None, verb: str, **details: object) -> None:
    record_audit(
        workspace=link.workspace,
        actor=actor,
        action=f"survey_link.{verb}",
        target=f"{link.survey.name}: {link.name}",
        survey=link.survey_id,
        **details,
    )

"""Changes to the links by which surveys are asked on the web. Each is one transaction with its audit entry."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_scopes import scope

from polku.accounts.domain import record_audit
from polku.accounts.models import User, Workspace
from polku.accounts.values import clean_line
from polku.surveys.links import add_link
from polku.surveys.models import Survey, SurveyLink
from polku.surveys.onsite.targeting import Targeting, to_settings

MOST_LINKS = 50
LONGEST_NAME = 120


def add_web_link(
    *, survey: Survey, name: str, targeting: Targeting | None = None, actor: User | None
) -> SurveyLink:
    """A new way to the survey on a website. Shown nowhere before it has a site. Raises ValidationError."""
    name = clean_line(name, longest=LONGEST_NAME)
    with scope(workspace=survey.workspace), transaction.atomic():
        living = SurveyLink.objects.filter(survey=survey, kind=SurveyLink.Kind.WEB, deleted_at=None)
        if living.count() >= MOST_LINKS:
            raise ValidationError(_("A survey can be on the web in at most %s ways.") % MOST_LINKS)
        link = add_link(
            survey=survey,
            kind=SurveyLink.Kind.WEB,
            name=name,
            settings=to_settings(targeting or Targeting()),
        )
        _record(link, actor, "created")
    return link


def update_web_link(
    *, link: SurveyLink, name: str, targeting: Targeting, is_active: bool, actor: User | None
) -> SurveyLink:
    """Whom it asks, where and when. Raises ValidationError for a bad name."""
    name = clean_line(name, longest=LONGEST_NAME)
    with scope(workspace=link.workspace), transaction.atomic():
        link.name, link.settings, link.is_active = name, to_settings(targeting), is_active
        link.save(update_fields=["name", "settings", "is_active"])
        _record(link, actor, "updated")
    return link


def delete_web_link(*, link: SurveyLink, actor: User | None) -> datetime | None:
    """Ask nobody any more by this link; its answers stay. When it was deleted, None where it had been."""
    now = timezone.now()
    with scope(workspace=link.workspace), transaction.atomic():
        gone = SurveyLink.objects.filter(pk=link.pk, deleted_at=None).update(deleted_at=now)
        if gone:
            _record(link, actor, "deleted")
    return now if gone else None


def restore_web_link(*, workspace: Workspace, link: int, actor: User | None) -> SurveyLink | None:
    """Bring back what was deleted; None where there is nothing to bring back."""
    with scope(workspace=workspace), transaction.atomic():
        found = (
            SurveyLink.objects.select_related("survey")
            .filter(pk=link, kind=SurveyLink.Kind.WEB, survey__deleted_at=None)
            .exclude(deleted_at=None)
            .first()
        )
        if found is None:
            return None
        found.deleted_at = None
        found.save(update_fields=["deleted_at"])
        _record(found, actor, "restored")
    return found


def _record(link: SurveyLink, actor: User | None, verb: str) -> None:
    record_audit(
        workspace=link.workspace,
        actor=actor,
        action=f"web_link.{verb}",
        target=link.name,
        survey=link.survey_id,
        link=link.pk,
    )

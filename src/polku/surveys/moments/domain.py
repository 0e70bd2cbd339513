"""Every change to a moment. All are atomic and leave an audit entry."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_scopes import scope

from polku.accounts.domain import record_audit
from polku.accounts.models import User, Workspace
from polku.analytics import QueryError
from polku.analytics.parsing import parse_selector
from polku.eventstore.registry import store
from polku.surveys.links import add_link
from polku.surveys.models import Moment, Survey, SurveyLink
from polku.surveys.moments.connecting import connect
from polku.surveys.moments.limits import MOST_DAYS

MOST_MOMENTS = 20
"""Of one survey."""
MOST_MONTHS = 24
MOST_MINUTES = 366 * 24 * 60
LONGEST_NAME = 120


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What a moment says: see `models.Moment`."""

    trigger: dict[str, Any]
    delay_minutes: int = 0
    delay_months: int = 0
    share: float = 1.0
    not_within_days: int = 30
    hours_from: int = 9
    hours_to: int = 20


def create_moment(*, survey: Survey, name: str, terms: Terms, actor: User | None) -> Moment:
    """A moment that is off, with a link of its own through which its answers come. Raises ValidationError."""
    clean_terms(survey.workspace, terms)
    with scope(workspace=survey.workspace), transaction.atomic():
        if survey.moments.filter(deleted_at=None).count() >= MOST_MOMENTS:
            raise ValidationError(_("A survey has at most %s moments.") % MOST_MOMENTS)
        link = add_link(survey=survey, kind=SurveyLink.Kind.MOMENT, name=_clean_name(name))
        moment = Moment.objects.create(
            workspace=survey.workspace,
            survey=survey,
            name=link.name,
            link=link,
            created_by=actor,
            **asdict(terms),
        )
        _audit(moment, actor, "created")
    return moment


def update_moment(*, moment: Moment, name: str, terms: Terms, actor: User | None) -> Moment:
    """Change what is asked from now on; invitations that wait keep their time. Raises ValidationError."""
    workspace = moment.workspace
    clean_terms(workspace, terms)
    wanted = {"name": _clean_name(name), **asdict(terms)}
    changed = sorted(field for field, value in wanted.items() if getattr(moment, field) != value)
    if not changed:
        return moment
    with scope(workspace=workspace), transaction.atomic():
        found = Moment.objects.filter(pk=moment.pk, deleted_at=None)
        if not found.update(**wanted):
            raise ValidationError(_("The moment is gone: somebody deleted it meanwhile."))
        if "name" in changed and moment.link_id is not None:
            SurveyLink.objects.filter(pk=moment.link_id).update(name=wanted["name"])
        moment.refresh_from_db()
        _audit(moment, actor, "updated", fields=changed)
        if moment.is_active and "trigger" in changed:
            connect(moment=moment, actor=actor)
    return moment


def switch_moment(*, moment: Moment, is_on: bool, actor: User | None) -> Moment:
    """Let it ask from now on, or no more. What happened before it is switched on asks nobody; who waits for an
    invitation of one that is off gets none when its time comes. Answers are connected to the touchpoint that it waits
    for. Raises ValidationError where the survey takes no answers."""
    workspace, survey = moment.workspace, moment.survey
    if is_on and (survey.state != Survey.State.OPEN or survey.deleted_at):
        raise ValidationError(_("Publish the survey first: as yet nobody could answer it."))
    arrival = store().newest_arrival(workspace.key.hex) if is_on else None
    with scope(workspace=workspace), transaction.atomic():
        fields: dict[str, Any] = {"is_active": is_on}
        if is_on:
            fields |= {"begun_at": timezone.now(), "looked_up_to": arrival}
        found = Moment.objects.filter(pk=moment.pk, deleted_at=None, is_active=not is_on)
        changed = found.update(**fields)
        moment.refresh_from_db()
        if changed:
            _audit(moment, actor, "switched_on" if is_on else "switched_off")
            if is_on:
                connect(moment=moment, actor=actor)
    return moment


def delete_moment(*, moment: Moment, actor: User | None) -> Moment:
    """Put it aside: it asks nobody any more. `restore_moment` takes that back; the answers that it brought stay."""
    with scope(workspace=moment.workspace), transaction.atomic():
        moment.deleted_at = timezone.now()
        moment.save(update_fields=["deleted_at"])
        _audit(moment, actor, "deleted")
    return moment


def restore_moment(*, workspace: Workspace, number: int, actor: User | None) -> Moment | None:
    """Bring back a deleted one as it was; one that was on has missed nothing. None where there is none."""
    with scope(workspace=workspace), transaction.atomic():
        moment = Moment.objects.select_related("survey", "workspace").filter(pk=number).first()
        if moment is None or moment.survey.deleted_at:
            return None
        if moment.deleted_at is not None:
            moment.deleted_at = None
            moment.save(update_fields=["deleted_at"])
            _audit(moment, actor, "restored")
    return moment


def clean_terms(workspace: Workspace, terms: Terms) -> None:
    """Raises ValidationError, by field, for what no moment can mean."""
    problems: dict[str, str] = {}
    try:
        parse_selector(workspace, terms.trigger, field="trigger")
    except QueryError as error:
        problems["trigger"] = str(error.message)
    if not 0 <= terms.delay_minutes <= MOST_MINUTES or not 0 <= terms.delay_months <= MOST_MONTHS:
        problems["delay"] = _("At most a year, or %s months.") % MOST_MONTHS
    if not 0 < terms.share <= 1:
        problems["share"] = _("Give a share between 1 and 100 %.")
    if not 0 <= terms.not_within_days <= MOST_DAYS:
        problems["not_within_days"] = _("At most %s days.") % MOST_DAYS
    if not 0 <= terms.hours_from < terms.hours_to <= 24:
        problems["hours_to"] = _("The last hour must be after the first.")
    if problems:
        raise ValidationError(problems)


def _clean_name(name: str) -> str:
    plain = " ".join(name.replace("\0", "").split())
    if not plain or len(plain) > LONGEST_NAME:
        raise ValidationError({"name": _("Give a name of at most %s characters.") % LONGEST_NAME})
    return plain


def _audit(moment: Moment, actor: User | None, verb: str, **details: Any) -> None:
    record_audit(
        workspace=moment.workspace,
        actor=actor,
        action=f"moment.{verb}",
        target=moment.name,
        survey=moment.survey.name,
        **details,
    )

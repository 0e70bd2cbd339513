"""Changes to tablets. Each is one transaction with its audit entry."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_scopes import scope, scopes_disabled

from polku.accounts.domain import record_audit
from polku.accounts.models import User, Workspace
from polku.accounts.values import clean_line
from polku.site.tokens import digest_of, new_token
from polku.surveys.links import add_link
from polku.surveys.models import Survey, SurveyLink, Tablet
from polku.surveys.tablets.codes import LENGTH, MINUTES, digest_of_code, new_code, plain

LONGEST_NAME = 80
MOST_TABLETS = 1_000
TEST_LASTS = timedelta(minutes=10)
Hours = dict[str, list[str]]
DAYS = ("weekdays", "saturday", "sunday")


def add_tablet(*, survey: Survey, name: str, actor: User | None) -> Tablet:
    """A tablet that is to show the survey; all of a survey share one link. Raises ValidationError for a bad name, or
    one that another tablet of the workspace has: results tell tablets apart by their names."""
    workspace = survey.workspace
    with scope(workspace=workspace), transaction.atomic():
        name = _clean_name(name)
        if Tablet.objects.filter(deleted_at=None).count() >= MOST_TABLETS:
            raise ValidationError(_("A workspace has at most %s tablets.") % MOST_TABLETS)
        link = SurveyLink.objects.filter(survey=survey, kind=SurveyLink.Kind.TABLET, deleted_at=None).first()
        link = link or add_link(survey=survey, kind=SurveyLink.Kind.TABLET, name=_("Tablets"))
        tablet = Tablet.objects.create(workspace=workspace, link=link, name=name)
        _record(tablet, actor, "created")
    return tablet


def make_code(*, tablet: Tablet, actor: User | None) -> str:
    """A new code for pairing a device, for ten minutes; the earlier one is void. The device that is paired now stays
    so until another takes its place."""
    code = new_code()
    with scope(workspace=tablet.workspace), transaction.atomic():
        tablet.code_digest = digest_of_code(code)
        tablet.code_until = timezone.now() + timedelta(minutes=MINUTES)
        tablet.save(update_fields=["code_digest", "code_until"])
        _record(tablet, actor, "updated", what="code")
    return code


def pair_tablet(*, code: str) -> tuple[Tablet, str] | None:
    """The tablet that waits for this code and the device's token, which can never be had again; None for every code
    that is wrong, used or too old. The code is void afterwards."""
    if len(plain(code)) != LENGTH:
        return None
    now = timezone.now()
    token = new_token()
    with scopes_disabled(), transaction.atomic():
        tablet = (
            Tablet.objects.select_related("workspace", "link__survey")
            .filter(
                code_digest=digest_of_code(code),
                code_until__gt=now,
                deleted_at=None,
                link__survey__deleted_at=None,
            )
            .first()
        )
        if tablet is None:
            return None
        # Two devices with one code: the first takes it, whoever comes at the same time finds it used.
        taken = Tablet.objects.filter(pk=tablet.pk, code_digest=tablet.code_digest).update(
            code_digest="", code_until=None, digest=digest_of(token), paired_at=now, seen_at=now, waiting=0
        )
        if not taken:
            return None
        tablet.refresh_from_db(
            fields=["code_digest", "code_until", "digest", "paired_at", "seen_at", "waiting"]
        )
        _record(tablet, None, "added", what="device")
    return tablet, token


def update_tablet(*, tablet: Tablet, name: str, hours: Hours, actor: User | None) -> Tablet:
    """Another name, other opening hours. Answers keep the name that the tablet had. Raises ValidationError."""
    with scope(workspace=tablet.workspace), transaction.atomic():
        tablet.name = _clean_name(name, but=tablet)
        tablet.hours = hours
        tablet.save(update_fields=["name", "hours"])
        _record(tablet, actor, "updated")
    return tablet


def test_tablet(*, tablet: Tablet, actor: User | None) -> Tablet:
    """For ten minutes what is pressed is not kept: to see that it arrives."""
    with scope(workspace=tablet.workspace), transaction.atomic():
        tablet.testing_until, tablet.tested_at = timezone.now() + TEST_LASTS, None
        tablet.save(update_fields=["testing_until", "tested_at"])
        _record(tablet, actor, "updated", what="test")
    return tablet


def unpair_tablet(*, tablet: Tablet, actor: User | None) -> datetime | None:
    """The device shows the survey no more. When, or None where it was so already. Its answers stay, those that it has
    not sent yet come should the pairing be restored."""
    now = timezone.now()
    with scope(workspace=tablet.workspace), transaction.atomic():
        gone = Tablet.objects.filter(pk=tablet.pk, deleted_at=None).update(
            deleted_at=now, code_digest="", code_until=None
        )
        if gone:
            _record(tablet, actor, "removed")
    return now if gone else None


def restore_tablet(*, workspace: Workspace, tablet: int, actor: User | None) -> Tablet | None:
    """Let the device work again: it still has its token. None where there is nothing to restore. Raises
    ValidationError where another has its name now."""
    with scope(workspace=workspace), transaction.atomic():
        found = (
            Tablet.objects.filter(pk=tablet, link__survey__deleted_at=None).exclude(deleted_at=None).first()
        )
        if found is None:
            return None
        _clean_name(found.name, but=found)
        found.deleted_at = None
        found.save(update_fields=["deleted_at"])
        _record(found, actor, "restored")
    return found


def _clean_name(name: str, *, but: Tablet | None = None) -> str:
    name = clean_line(name, longest=LONGEST_NAME)
    others = Tablet.objects.filter(name=name, deleted_at=None)
    if (others.exclude(pk=but.pk) if but else others).exists():
        raise ValidationError({"name": _("Another tablet has this name.")})
    return name


def _record(tablet: Tablet, actor: User | None, verb: str, **details: str) -> None:
    record_audit(
        workspace=tablet.workspace,
        actor=actor,
        action=f"tablet.{verb}",
        target=tablet.name,
        tablet=tablet.pk,
        **details,
    )

"""Who is asked by e-mail: invitations are made here, and wait for their time (due.py)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django_scopes import scope

from polku.accounts.domain import record_audit
from polku.accounts.models import User
from polku.jobs.queue import enqueue
from polku.journeys.models import Touchpoint
from polku.surveys.models import Invitation, Moment, Survey, SurveyLink

JOB = "surveys.invite"
_CHUNK = 500
_State = Invitation.State


def invite(
    *,
    survey: Survey,
    link: SurveyLink,
    email: str,
    moment: Moment | None = None,
    person: str = "",
    person_kind: str = "",
    language: str = "",
    known: Mapping[str, str] | None = None,
    fields: Mapping[str, str] | None = None,
    order: str = "",
    touchpoint: Touchpoint | None = None,
    send_at: datetime | None = None,
) -> Invitation:
    """Have one person asked from `send_at` on (now by default), in the caller's transaction. What keeps them from being
    asked is looked up when that time comes."""
    invitation = Invitation(
        workspace=survey.workspace,
        survey=survey,
        link=link,
        moment=moment,
        person=person,
        person_kind=person_kind,
        email=email,
        language=language,
        known=dict(known or {}),
        fields=dict(fields or {}),
        order=order,
        touchpoint=touchpoint,
        send_at=send_at or timezone.now(),
    )
    invite_many([invitation])
    return invitation


def invite_many(invitations: Sequence[Invitation]) -> int:
    """Keep invitations, all of one workspace, in chunks of 500; how many. In the caller's transaction, where there is
    one, so that whoever follows something up can keep how far they came with it."""
    if not invitations:
        return 0
    workspace = invitations[0].workspace
    with scope(workspace=workspace):
        for start in range(0, len(invitations), _CHUNK):
            Invitation.objects.bulk_create(invitations[start : start + _CHUNK])
    if any(each.send_at <= timezone.now() for each in invitations):
        enqueue(kind=JOB, workspace_id=workspace.pk, payload={})
    return len(invitations)


def invite_list(*, survey: Survey, invitations: Sequence[Invitation], actor: User | None, way: str) -> int:
    """Keep what somebody sends by hand, 500 in a transaction, so that nobody waits for a long list; how many.

    Broken off in between, it has kept the first of them; who sends the list again asks the others. The audit entry,
    kept with the first, says how many there are to be asked and by which way (`list`, `file`, `segment`), and names
    nobody.
    """
    count = 0
    with scope(workspace=survey.workspace):
        for start in range(0, len(invitations), _CHUNK):
            with transaction.atomic():
                count += invite_many(invitations[start : start + _CHUNK])
                if start == 0:
                    record_audit(
                        workspace=survey.workspace,
                        actor=actor,
                        action="invitation.created",
                        target=survey.name,
                        survey=survey.pk,
                        people=len(invitations),
                        way=way,
                    )
    return count


def cancel_waiting(*, survey: Survey, actor: User | None) -> int:
    """Send nothing of what still waits for this survey; how many. A message that is just leaving may still arrive. 500
    in a transaction, the audit entry behind them."""
    count = 0
    with scope(workspace=survey.workspace):
        waiting = Invitation.objects.filter(survey=survey, state=_State.WAITING)
        while numbers := list(waiting.order_by("pk").values_list("pk", flat=True)[:_CHUNK]):
            count += waiting.filter(pk__in=numbers).update(
                state=_State.SKIPPED, why="cancelled", send_at=timezone.now()
            )
        if count:
            record_audit(
                workspace=survey.workspace,
                actor=actor,
                action="invitation.removed",
                target=survey.name,
                survey=survey.pk,
                people=count,
            )
    return count

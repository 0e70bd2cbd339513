"""How far the invitations of a survey have come."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q

from polku.surveys.models import Invitation, Survey

_State = Invitation.State


@dataclass(frozen=True)
class States:
    """Each invitation is in exactly one of these. `sent` are those that have been sent and not answered."""

    waiting: int
    sent: int
    answered: int
    declined: int
    bounced: int
    failed: int
    skipped: int

    @property
    def all(self) -> int:
        return sum(vars(self).values())

    @property
    def delivered(self) -> int:
        """Who got the message, as far as is known."""
        return self.sent + self.answered + self.declined


def states_of(survey: Survey) -> States:
    """In the workspace's scope; one query."""
    rows = Invitation.objects.filter(survey=survey)
    open_ = Q(is_answered=False)
    return States(
        **rows.aggregate(
            waiting=Count("pk", filter=open_ & Q(state=_State.WAITING)),
            sent=Count("pk", filter=open_ & Q(state=_State.SENT)),
            answered=Count("pk", filter=Q(is_answered=True)),
            declined=Count("pk", filter=open_ & Q(state=_State.DECLINED)),
            bounced=Count("pk", filter=open_ & Q(state=_State.BOUNCED)),
            failed=Count("pk", filter=open_ & Q(state=_State.FAILED)),
            skipped=Count("pk", filter=open_ & Q(state=_State.SKIPPED)),
        )
    )

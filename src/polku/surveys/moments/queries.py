"""What is read of moments: those of a survey, and what they did lately."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, Sum
from django.utils import timezone

from polku.surveys.models import Invitation, Moment, MomentDay, Survey
from polku.surveys.moments.counting import TRIGGERED
from polku.surveys.moments.engine import Outcome

DAYS = 28
LIMITS = (Outcome.LIMIT_ANY, Outcome.LIMIT_METRIC, Outcome.LIMIT_MOMENT)
_KNOWN_SKIPS = {*LIMITS, Outcome.CANCELLED, Outcome.SUPERSEDED, Outcome.CLOSED}


@dataclass(frozen=True)
class Lately:
    """What came of a moment's trigger in the last DAYS days; `counts` by Outcome, `other` was not sent for another
    reason (no mail goes to the address, taken back by hand)."""

    triggered: int = 0
    waiting: int = 0
    sent: int = 0
    answered: int = 0
    other: int = 0
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def unreachable(self) -> int:
        return self.counts[Outcome.UNREACHABLE]

    @property
    def refused(self) -> int:
        return sum(self.counts[each] for each in LIMITS)


def moments_of(survey: Survey) -> list[Moment]:
    return list(survey.moments.filter(deleted_at=None).select_related("survey", "workspace").order_by("pk"))


def lately(moments: Iterable[Moment], *, now: datetime | None = None) -> dict[int, Lately]:
    """By moment, in three questions however many there are."""
    since = (now or timezone.now()) - timedelta(days=DAYS)
    numbers = [moment.pk for moment in moments]
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    days = MomentDay.objects.filter(moment__in=numbers, day__gt=since.date())
    for moment, outcome, count in days.values_list("moment", "outcome").annotate(Sum("count")).order_by():
        counts[moment][outcome] += count
    states: dict[int, Counter[str]] = defaultdict(Counter)
    made = Invitation.objects.filter(moment__in=numbers, created_at__gte=since)
    for moment, state, why, count in (
        made.values_list("moment", "state", "why").annotate(Count("pk")).order_by()
    ):
        if state != Invitation.State.SKIPPED:
            states[moment][state] += count
        elif why in _KNOWN_SKIPS:
            counts[moment][why] += count
        else:
            states[moment]["other"] += count
    answered = dict(made.filter(is_answered=True).values_list("moment").annotate(Count("pk")).order_by())
    return {
        number: Lately(
            triggered=counts[number][TRIGGERED],
            waiting=states[number][Invitation.State.WAITING],
            sent=sum(
                states[number][state]
                for state in (
                    Invitation.State.SENT,
                    Invitation.State.DECLINED,
                    Invitation.State.BOUNCED,
                )
            ),
            answered=answered.get(number, 0),
            other=states[number]["other"] + states[number][Invitation.State.FAILED],
            counts=counts[number],
        )
        for number in numbers
    }

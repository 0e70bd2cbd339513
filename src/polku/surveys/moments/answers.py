"""How many answers to expect of people who are asked by e-mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from django_scopes import scope

from polku.accounts.models import Workspace
from polku.statistics import expected_successes
from polku.surveys.models import Invitation

ENOUGH = 50
"""Invitations below which the workspace's own past says less than what is assumed."""
ASSUMED = (0.05, 0.15, 0.30)
"""Low, middle and high share of people who answer an invitation by e-mail, where nothing is known yet. An assumption,
said to be one wherever it is shown."""
_TIME_TO_ANSWER = timedelta(days=7)
_LOOKS_BACK = timedelta(days=365)


@dataclass(frozen=True)
class Expected:
    """Answers that so many asked people give: probably from `low` to `high`.

    `is_measured`: from `answered` of `sent` invitations of the last year that had a week for it; else assumed.
    """

    value: float
    low: float
    high: float
    is_measured: bool
    sent: int = 0
    answered: int = 0


def expected_answers(workspace: Workspace, asked: int) -> Expected:
    now = timezone.now()
    with scope(workspace=workspace):
        invited = Invitation.objects.filter(sent_at__lt=now - _TIME_TO_ANSWER, sent_at__gte=now - _LOOKS_BACK)
        sent, answered = invited.count(), invited.filter(is_answered=True).count()
    if sent < ENOUGH:
        low, middle, high = (share * asked for share in ASSUMED)
        return Expected(middle, low, high, is_measured=False, sent=sent, answered=answered)
    found = expected_successes(successes=answered, n=sent, planned=asked)
    return Expected(found.value, found.low, found.high, is_measured=True, sent=sent, answered=answered)

"""What moments did, by day: counts of what left no other trace."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import F

from polku.accounts.models import Workspace
from polku.surveys.models import Moment, MomentDay

TRIGGERED = "triggered"
"""How often the trigger was met at all; the rest are engine.Outcome."""


def add(*, workspace: Workspace, moment: Moment, counts: Mapping[str, int], at: datetime) -> None:
    """Add to the day of `at` in the workspace's calendar, in the caller's transaction."""
    day = at.astimezone(ZoneInfo(workspace.timezone)).date()
    for outcome, count in sorted(counts.items()):
        if not count:
            continue
        row = MomentDay.objects.filter(moment=moment, day=day, outcome=str(outcome))
        if not row.update(count=F("count") + count):
            # Only whoever moved the moment on comes here, so nobody else makes the row meanwhile.
            MomentDay.objects.create(
                workspace=workspace, moment=moment, day=day, outcome=str(outcome), count=count
            )

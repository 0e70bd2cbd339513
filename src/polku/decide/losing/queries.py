"""Reading the list of losses without waiting for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django_scopes import scope

from polku.accounts.models import Workspace
from polku.decide.losing.keeping import ask_for, present_version
from polku.decide.losing.told import read_told
from polku.decide.models import InputOverride, KeptLosses
from polku.journeys.models import Journey

FRESH = timedelta(hours=1)
"""New signals alone make a list of ninety days no other within an hour."""


@dataclass(frozen=True)
class Losses:
    """`document` is the answer of the kind "fix_first", None before the first one was counted. Where `is_newest` is
    false a newer one is being counted."""

    document: dict[str, Any] | None
    is_newest: bool
    counted_at: datetime | None

    def row(self, key: str) -> dict[str, Any] | None:
        """The row of a pain."""
        rows = self.document["rows"] if self.document is not None else []
        return next((row for row in rows if row["key"] == key), None)


def losses(workspace: Workspace, journey: Journey) -> Losses:
    """The list that was counted last; where people wrote something since, or it is an hour old and there are new
    signals, another one is asked for. What was left or taken into work is told as it is now. A few reads."""
    with scope(workspace=workspace):
        kept = KeptLosses.objects.filter(journey=journey).first()
        version = present_version(workspace, journey)
        if kept is None:
            ask_for(workspace, journey)
            return Losses(None, False, None)
        written = kept.version.partition(":")[0] == version.partition(":")[0]
        is_young = timezone.now() - kept.counted_at < FRESH
        is_newest = kept.version == version or (written and is_young)
        if not is_newest:
            ask_for(workspace, journey)
        told = read_told(workspace, journey)
    document = dict(kept.document)
    document["rows"] = [
        {
            **row,
            "state": "dismissed"
            if row["key"] in told.dismissals
            else "in-work"
            if row["key"] in told.actions
            else "open",
            "action": told.actions.get(row["key"]),
            "dismissal": told.dismissals.get(row["key"]),
        }
        for row in document["rows"]
    ]
    return Losses(document, is_newest, kept.counted_at)


def history_of(workspace: Workspace, journey: Journey, pain_key: str) -> list[InputOverride]:
    """What people said of a row's inputs, the newest first, withdrawn figures included."""
    with scope(workspace=workspace):
        found = InputOverride.objects.filter(journey=journey, pain_key=pain_key)
        return list(found.select_related("author")[:200])

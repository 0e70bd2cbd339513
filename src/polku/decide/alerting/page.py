"""Alerts for the pages that show them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from polku.accounts.models import Workspace
from polku.decide.alerting.choices import choices_of
from polku.decide.alerting.looking import REFERENCE_LASTS
from polku.decide.alerting.series import Days
from polku.decide.alerting.words import AlertWords, words_of
from polku.decide.changing.periods import Days as Period
from polku.decide.models import Alert, Watch
from polku.journeys.panel import touchpoint_comments
from polku.journeys.views.panel_model import shown_comments
from polku.site.formats import Reader
from polku.statistics.watching import LEAST_REFERENCE, LEAST_REFERENCE_DAYS

COMMENTS = 2
MOST = 200


@dataclass(frozen=True)
class Shown:
    words: AlertWords
    comments: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Watched:
    """How many metrics are watched, how many still gather a reference level or are too few for it, and the day up to
    which was looked."""

    watched: int
    gathering: int
    looked_to: str


def newest_alerts(workspace: Workspace, reader: Reader, *, most: int) -> list[AlertWords]:
    """The newest that nobody has acknowledged."""
    found = Alert.objects.filter(acknowledged_at=None).select_related("touchpoint", "workspace")
    return [words_of(alert, reader) for alert in found[:most]]


def shown_alerts(workspace: Workspace, reader: Reader) -> tuple[list[Shown], list[AlertWords]]:
    """Those to be looked at with what customers said since, and those that somebody has acknowledged."""
    alerts = Alert.objects.select_related("touchpoint__stage__journey", "workspace", "acknowledged_by")
    opened, closed = [], []
    for alert in alerts[:MOST]:
        words = words_of(alert, reader)
        if alert.acknowledged_at is not None:
            closed.append(words)
            continue
        days = Period(alert.since, max(alert.on, alert.since + dt.timedelta(days=1)))
        said = touchpoint_comments(
            workspace=workspace, touchpoint=alert.touchpoint, range=days.range(workspace.timezone)
        )
        opened.append(Shown(words, shown_comments(said, reader)["first"][:COMMENTS]))
    return opened, closed


def watched(workspace: Workspace, reader: Reader) -> Watched | None:
    """None before the first look."""
    choices = choices_of(workspace)
    if choices.looked_to is None:
        return None
    ready = gathering = 0
    for row in Watch.objects.filter(figure__in=choices.figures).exclude(journey_id__in=choices.left_out):
        level = Days.read(row.first, row.days).level(row.level_from)
        recent = level.since(level.last - dt.timedelta(days=REFERENCE_LASTS - 1))
        enough = len(level.n) > LEAST_REFERENCE_DAYS and float(recent.n.sum()) >= LEAST_REFERENCE
        ready += enough
        gathering += not enough
    return Watched(ready, gathering, reader.day(choices.looked_to, year=True))

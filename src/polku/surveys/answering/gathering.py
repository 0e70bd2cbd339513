"""Anonymous answers are told in groups, so that no map and no question can show few people.

What hides few people in the results of a survey cannot be kept by the event store: there an answer is a signal like
any other, and a day or an hour of a map may hold one alone. So answers wait until eight have gathered that nobody was
told of, and then come to the store together: in random order, at one moment, with nothing but the survey to tell them
by. Whatever is asked of the store then holds all of a group or nothing. The last few of a survey that is closed are in
its results only.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from polku.accounts.models import Workspace
from polku.jobs import queue
from polku.jobs.registry import Progress
from polku.outbox import news
from polku.surveys.answering.telling import ORIGIN, signals_of
from polku.surveys.models import Response, Survey, SurveyLink

JOB = "surveys.tell_anonymous"
LEAST = 8
"""Answers in a group: as many as a distribution or comments need to be shown (FORMULAS.md)."""
_MOST = 100
_PERSONAL = (SurveyLink.Kind.EMAIL, SurveyLink.Kind.MOMENT)


def look_for_gathered() -> None:
    """Put a job into the queue of each workspace where enough answers have gathered."""
    with scopes_disabled():
        waiting = _waiting(Response.objects.all()).values("workspace_id", "survey_id")
        full = waiting.annotate(n=Count("pk")).filter(n__gte=LEAST).order_by()
        for workspace_id in sorted({row["workspace_id"] for row in full}):
            queue.enqueue(kind=JOB, workspace_id=workspace_id, payload={})


def tell_gathered(workspace_id: int, _payload: dict[str, object], _progress: Progress) -> None:
    """Tell all that has gathered in a workspace, a group at a time."""
    workspace = Workspace.objects.filter(pk=workspace_id).first()
    if workspace is None:
        return
    with scope(workspace=workspace):
        surveys = list(Survey.objects.filter(is_anonymous=True).values_list("pk", flat=True))
    for survey in surveys:
        while tell_group(workspace, survey, timezone.now()):
            pass


def tell_group(workspace: Workspace, survey: int, now: datetime) -> int:
    """Tell what waits of the survey, at most a hundred answers, in one transaction; how many: none below eight.

    Of what was left half done the day must be over, and it stays as it was told even if somebody goes on with it later;
    what was begun by a personal link is left out, because nothing tells whether the same person answered after all.
    """
    zone = ZoneInfo(workspace.timezone)
    today = now.astimezone(zone).date()
    midnight = datetime.combine(today, time(), zone)
    with scope(workspace=workspace):
        waiting = _waiting(Response.objects.filter(survey=survey)).exclude(
            Q(state=Response.State.PARTIAL) & (Q(changed_at__gte=midnight) | Q(link__kind__in=_PERSONAL))
        )
        group = list(
            waiting.select_related("survey__workspace", "version", "link").order_by("pk")[: _MOST + LEAST]
        )
        if len(group) < LEAST:
            return 0
        # Never so many that fewer than eight would be left to wait for others.
        group = group[:_MOST] if len(group) == _MOST + LEAST else group
        random.SystemRandom().shuffle(group)
        signals = _signals(group, _noon(now, zone))
        numbers = sorted(response.pk for response in group)
        with transaction.atomic():
            # One of them may have been held or told in between: then all of them wait for the next time.
            locked = _waiting(Response.objects.select_for_update(of=("self",)).filter(pk__in=numbers))
            if len(locked.order_by("pk").values_list("pk")) < len(group):
                return 0
            Response.objects.filter(pk__in=numbers).update(told=1)
            # One piece of news is loaded whole or not at all.
            news.tell(workspace_id=workspace.pk, origin=ORIGIN, signals=signals)
    return len(group)


def _noon(now: datetime, zone: ZoneInfo) -> int:
    """The last noon there was, in microseconds: nothing is told of a time to come."""
    noon = datetime.combine(now.astimezone(zone).date(), time(12), zone)
    if noon > now:
        noon = datetime.combine(now.astimezone(zone).date() - timedelta(days=1), time(12), zone)
    return int(noon.timestamp() * 1_000_000)


def _signals(group: list[Response], moment: int) -> list[news.Signal]:
    signals: list[news.Signal] = []
    for response in group:
        response.told = 1  # which the numbers of its signals follow from
        signals += [replace(signal, time=moment, channel=None, url=None) for signal in signals_of(response)]
    return signals


def _waiting(responses: QuerySet[Response]) -> QuerySet[Response]:
    return responses.filter(
        survey__is_anonymous=True,
        state__in=[Response.State.COMPLETED, Response.State.PARTIAL],
        told=0,
        is_test=False,
        is_held=False,
    )

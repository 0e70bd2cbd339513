"""When metrics are looked at: soon after a day is over, in a job; and when alerts are told of."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django_scopes import scope, scopes_disabled

from polku.accounts.models import Workspace
from polku.decide.alerting.looking import finished_day, look
from polku.decide.alerting.telling import tell
from polku.decide.models import Alert, AlertChoices
from polku.eventstore.registry import store as open_store
from polku.jobs.queue import enqueue
from polku.jobs.registry import Progress
from polku.journeys.models import Journey

JOB = "alerts.look"
LANE = "deciding"


def put_in_queue() -> None:
    """Queue a look at every workspace with a map in which a day was finished since the last one, or alerts wait to be
    told of."""
    with scopes_disabled():
        looked = dict(AlertChoices.objects.values_list("workspace_id", "looked_to"))
        waiting = set(Alert.objects.filter(told_at=None).values_list("workspace_id", flat=True))
        mapped = set(Journey.objects.values_list("workspace_id", flat=True).distinct())
    store = open_store()
    for workspace in Workspace.objects.filter(pk__in=mapped):
        day = finished_day(workspace, store.state(workspace.key.hex))
        seen = looked.get(workspace.pk)
        if workspace.pk in waiting or (day is not None and (seen is None or seen < day)):
            with transaction.atomic():
                enqueue(kind=JOB, workspace_id=workspace.pk, payload={})


def work(workspace_id: int, payload: dict[str, Any], progress: Progress) -> None:
    """The job's handler."""
    workspace = Workspace.objects.filter(pk=workspace_id).first()
    if workspace is None:
        return
    with scope(workspace=workspace):
        look(workspace)
    tell(workspace)

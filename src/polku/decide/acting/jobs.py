"""When effects are estimated: daily, and soon after an action was marked as done."""

from __future__ import annotations

import logging
from typing import Any

from django.db import transaction
from django_scopes import scopes_disabled

from polku.accounts.models import Workspace
from polku.decide.acting.estimating import estimate_effects
from polku.jobs.models import Job
from polku.jobs.queue import enqueue
from polku.jobs.registry import Progress
from polku.journeys.models import Action

logger = logging.getLogger(__name__)
JOB = "actions.effects"
LANE = "deciding"


def work(workspace_id: int, payload: dict[str, Any], progress: Progress) -> None:
    """The job's handler."""
    workspace = Workspace.objects.filter(pk=workspace_id).first()
    if workspace is not None:
        estimate_effects(workspace)


def estimate_all() -> None:
    """Daily: queue a job for every workspace that has a finished action."""
    with scopes_disabled():
        done = Action.objects.filter(state=Action.State.DONE).exclude(effect__is_final=True)
        found = set(done.order_by().values_list("workspace_id", flat=True).distinct())
    for workspace_id in sorted(found):
        with transaction.atomic():
            enqueue(kind=JOB, workspace_id=workspace_id, payload={})


def estimate_soon(action: Action) -> None:
    """Queue the estimate where there is something to estimate."""
    if action.state == Action.State.DONE and action.metric and action.effect is None:
        with transaction.atomic():
            enqueue(kind=JOB, workspace_id=action.workspace_id, payload={})


def is_waited_for(action: Action) -> bool:
    """Whether a job will soon tell more of a finished action than the page can."""
    return (
        action.state == Action.State.DONE
        and bool(action.metric)
        and action.effect is None
        and Job.objects.filter(
            kind=JOB,
            workspace_id=action.workspace_id,
            state__in=[Job.State.WAITING, Job.State.RUNNING],
        ).exists()
    )

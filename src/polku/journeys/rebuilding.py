"""Touchpoint hits follow the bindings: a change asks for a rebuild, the job queue does it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from polku.accounts.models import Workspace
from polku.eventstore.port import Progress
from polku.eventstore.registry import store
from polku.jobs.models import Job
from polku.jobs.queue import enqueue
from polku.journeys.hit_rules import hit_rules

KIND = "rebuild_hits"


def request_rebuild(*, workspace: Workspace, touchpoints: Sequence[int]) -> Job | None:
    """Have the hits of these touchpoints found again, in the background; None where there are none.

    In the caller's transaction: a change that is rolled back rebuilds nothing.
    """
    if not touchpoints:
        return None
    return enqueue(kind=KIND, workspace_id=workspace.pk, payload={"touchpoints": sorted(set(touchpoints))})


def work_rebuild(workspace_id: int, payload: dict[str, Any], progress: Progress) -> None:
    """The job: by the rules as they are now, whatever they were when it was asked for."""
    workspace = Workspace.objects.filter(pk=workspace_id).first()
    if workspace is None:
        return
    touchpoints = payload["touchpoints"]
    wanted = set(touchpoints)
    rules = [rule for rule in hit_rules(workspace.key.hex) if rule.touchpoint in wanted]
    store().rebuild_hits(workspace.key.hex, touchpoints, rules, progress=progress)

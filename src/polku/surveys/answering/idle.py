"""Answers that somebody left half done: they count too, as far as they go.

Half an hour after its last change an answer is told as it is. Whoever comes back later goes on with it, and what was
told is corrected. Those of anonymous surveys are told with others (gathering.py).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from polku.accounts.models import Workspace
from polku.jobs import queue
from polku.jobs.registry import Progress
from polku.surveys.answering.telling import tell_response
from polku.surveys.models import Response

JOB = "surveys.tell_partial"
AFTER = timedelta(minutes=30)
_AT_ONCE = 50


def look_for_idle() -> None:
    """Put a job into the queue of each workspace where half-done answers are to be told."""
    with scopes_disabled():
        workspaces = _idle(timezone.now()).values_list("workspace_id", flat=True).distinct().order_by()
        for workspace_id in list(workspaces):
            queue.enqueue(kind=JOB, workspace_id=workspace_id, payload={})


def tell_idle(workspace_id: int, _payload: dict[str, object], _progress: Progress) -> None:
    """Tell what was left half done in a workspace, some at a time."""
    workspace = Workspace.objects.filter(pk=workspace_id).first()
    while workspace is not None and tell_some_idle(workspace, timezone.now()):
        pass


def tell_some_idle(workspace: Workspace, now: datetime) -> int:
    """Tell the oldest of them, in one transaction; how many there were."""
    with scope(workspace=workspace), transaction.atomic():
        idle = _idle(now).filter(workspace=workspace)
        numbers = list(idle.values_list("pk", flat=True)[:_AT_ONCE])
        # Whoever goes on with one in this moment is waited for, and looked at anew.
        list(Response.objects.select_for_update().filter(pk__in=numbers).values_list("pk"))
        for response in idle.filter(pk__in=numbers).select_related(
            "survey__workspace", "version", "link", "invitation"
        ):
            traits = response.invitation.known if response.invitation else {}
            tell_response(response, {str(name): str(value) for name, value in traits.items()})
            response.save(update_fields=["told"])
        return len(numbers)


def _idle(now: datetime) -> QuerySet[Response]:
    return Response.objects.filter(
        state=Response.State.PARTIAL,
        told=0,
        is_test=False,
        is_held=False,
        changed_at__lte=now - AFTER,
        survey__is_anonymous=False,
    ).order_by("changed_at")

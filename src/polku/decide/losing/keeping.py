"""The list that pages show: counted in the background, and kept."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django_scopes import scope

from polku.accounts.models import Workspace
from polku.decide.losing.kind import answer_of, version_of
from polku.decide.losing.told import read_told
from polku.decide.models import KeptLosses
from polku.eventstore.registry import store
from polku.jobs.queue import enqueue
from polku.jobs.registry import Progress
from polku.journeys.live.structure import read_structure
from polku.journeys.models import Journey

JOB = "losses.count"


def count_and_keep(workspace_id: int, payload: dict[str, Any], progress: Progress) -> None:
    """The job: count the list of a journey and put it in place of the one kept. A journey that is gone needs none, nor
    does one whose list was counted meanwhile: whoever looks while it is counted asks once more."""
    workspace = Workspace.objects.filter(pk=workspace_id).first()
    if workspace is None:
        return
    with scope(workspace=workspace):
        journey = Journey.objects.filter(pk=payload["journey"]).first()
        if journey is None:
            return
        if KeptLosses.objects.filter(journey=journey, version=present_version(workspace, journey)).exists():
            return
    version, document = answer_of(workspace, journey)
    with scope(workspace=workspace):
        if not Journey.objects.filter(pk=journey.pk).exists():
            return
        KeptLosses.objects.update_or_create(
            journey=journey,
            defaults={
                "workspace": workspace,
                "version": version,
                "document": document,
                "counted_at": timezone.now(),
            },
        )


def present_version(workspace: Workspace, journey: Journey) -> str:
    """`written:data`: what people wrote, and the store's version. Inside the workspace's scope."""
    written = version_of(read_structure(workspace, journey), read_told(workspace, journey))
    return f"{written}:{store().state(workspace.key.hex).version}"


def ask_for(workspace: Workspace, journey: Journey) -> None:
    """Let the list be counted soon; once, however often that is asked."""
    enqueue(kind=JOB, workspace_id=workspace.pk, payload={"journey": journey.pk})

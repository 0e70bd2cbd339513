"""Finding what an address names, inside the workspace's scope."""

from __future__ import annotations

from django.shortcuts import get_object_or_404

from polku.accounts.models import Workspace
from polku.analytics.explore.selecting import Choices
from polku.eventstore.registry import store
from polku.surveys.models import Moment


def get_moment(survey: int, number: int) -> Moment:
    return get_object_or_404(
        Moment.objects.select_related("survey", "workspace"),
        pk=number,
        survey=survey,
        survey__deleted_at=None,
        deleted_at=None,
    )


def choices_in(workspace: Workspace) -> Choices:
    """What a moment may wait for."""
    return Choices(workspace, store().state(workspace.key.hex))

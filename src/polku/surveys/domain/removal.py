"""Surveys that were deleted are only put aside for a day; then they and their answers really go."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from polku.accounts.undo import UNDO_LASTS
from polku.surveys.models import Survey

_CHUNK = 500
"""Rows of one transaction: others write in between."""


def remove_deleted_surveys(now: datetime | None = None) -> int:
    """Remove for good what was deleted more than a day ago, with its answers, invitations and links; how many surveys.

    What their answers told the event store stays on the map. Works through in small transactions: stopped in between,
    it goes on the next day.
    """
    before = (now or timezone.now()) - UNDO_LASTS
    with scopes_disabled():
        surveys = list(Survey.objects.select_related("workspace").filter(deleted_at__lt=before))
    for survey in surveys:
        with scope(workspace=survey.workspace):
            _remove(survey.responses.all())
            _remove(survey.invitations.all())
            survey.delete()
    return len(surveys)


def _remove(rows: QuerySet[Any]) -> None:
    while numbers := list(rows.order_by("pk").values_list("pk", flat=True)[:_CHUNK]):
        rows.model.objects.filter(pk__in=numbers).delete()

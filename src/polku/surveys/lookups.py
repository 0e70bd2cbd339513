"""What an address names, for the views of all parts; else 404."""

from __future__ import annotations

from django.shortcuts import get_object_or_404

from polku.surveys.models import Survey


def get_survey(number: int) -> Survey:
    """Of the workspace in scope, not deleted."""
    rows = Survey.objects.select_related("workspace", "touchpoint__stage__journey")
    return get_object_or_404(rows, pk=number, deleted_at=None)

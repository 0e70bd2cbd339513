"""What the designer's views share."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from polku.surveys.models import Survey


def get_survey(number: int) -> Survey:
    """Of the workspace in scope, not deleted; else 404."""
    rows = Survey.objects.select_related("workspace", "touchpoint__stage__journey")
    return get_object_or_404(rows, pk=number, deleted_at=None)


def tell(request: HttpRequest, error: ValidationError) -> None:
    """Show what was wrong as messages."""
    for sentence in error.messages:
        messages.error(request, sentence)

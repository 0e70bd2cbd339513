"""What the designer's views share."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest


def tell(request: HttpRequest, error: ValidationError) -> None:
    """Show what was wrong as messages."""
    for sentence in error.messages:
        messages.error(request, sentence)

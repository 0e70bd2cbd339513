"""A message with a button that takes the change back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe


def undo_message(request: HttpRequest, text: str, *, action: str, token: str) -> None:
    """Tell what was done; the button posts `token`, signed by the caller, to `action`."""
    shown = render_to_string(
        "accounts/parts/undo.html", {"text": text, "action": action, "token": token}, request
    )
    # Safe: the template escapes what it is given.
    messages.success(request, mark_safe(shown), extra_tags="undo")  # noqa: S308

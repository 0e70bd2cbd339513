"""A message with a button that takes the change back, for a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core import signing
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from polku.accounts.access import WorkspaceRequest

UNDO_LASTS = timedelta(days=1)
"""How long a change can be taken back; what is only put aside for that is really removed afterwards."""


def undo_message(request: WorkspaceRequest, text: str, *, restore: str, kept: Mapping[str, Any]) -> None:
    """Tell what was done. The button posts `kept`, JSON data, signed, to the workspace's address named `restore`."""
    token = signing.dumps(
        {"workspace": request.workspace.pk, "kept": dict(kept)}, salt=restore, compress=True
    )
    action = reverse(restore, kwargs={"workspace": request.workspace.slug})
    shown = render_to_string(
        "accounts/parts/undo.html", {"text": text, "action": action, "token": token}, request
    )
    # Safe: the template escapes what it is given.
    messages.success(request, mark_safe(shown), extra_tags="undo")  # noqa: S308


def posted_undo(request: WorkspaceRequest, *, restore: str) -> dict[str, Any] | None:
    """What `undo_message` kept for the same address and workspace; None, and a message, for anything else."""
    try:
        signed = signing.loads(request.POST.get("token", ""), salt=restore, max_age=UNDO_LASTS)
    except signing.BadSignature:
        signed = None
    if signed is None or signed["workspace"] != request.workspace.pk:
        messages.error(request, _("This can no longer be undone."))
        return None
    return dict(signed["kept"])

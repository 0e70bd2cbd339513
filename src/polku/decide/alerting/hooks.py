"""Alerts for other programs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from polku.accounts.models import Workspace
from polku.messaging import webhooks

TYPE = "alert.changed"


def register() -> None:
    webhooks.register_type(TYPE, _("a watched metric has really changed"))


def send(*, workspace: Workspace, data: Mapping[str, Any]) -> None:
    """Queue an alert for every endpoint that wants them, in the caller's transaction."""
    webhooks.send(workspace=workspace, type=TYPE, data=data)

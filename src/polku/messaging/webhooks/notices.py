"""A quiet line on every page while a webhook is paused that somebody relies on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import ngettext

from polku.accounts.access import WorkspaceRequest
from polku.messaging.webhooks.models import WebhookEndpoint
from polku.site import navigation
from polku.site.notices import Notice


def tell(request: HttpRequest) -> Sequence[Notice]:
    """For those who manage the workspace."""
    if not navigation.allowed(request, "manage"):
        return []
    asked = cast(WorkspaceRequest, request)
    stopped = [WebhookEndpoint.State.FAILING, WebhookEndpoint.State.GONE]
    count = WebhookEndpoint.objects.filter(state__in=stopped, deleted_at=None).count()
    if not count:
        return []
    text = ngettext(
        "%(count)s webhook is paused because its receiver no longer takes news.",
        "%(count)s webhooks are paused because their receivers no longer take news.",
        count,
    ) % {"count": count}
    return [Notice(text, reverse("messaging:webhooks", kwargs={"workspace": asked.workspace.slug}))]

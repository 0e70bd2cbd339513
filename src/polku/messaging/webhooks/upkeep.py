"""Deliveries are forgotten after a month, endpoints that were deleted after a day."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django_scopes import scopes_disabled

from polku.accounts.undo import UNDO_LASTS
from polku.messaging.webhooks.models import WebhookDelivery, WebhookEndpoint

KEPT = timedelta(days=30)
_CHUNK = 500


def forget_old() -> None:
    """Delete both, in chunks."""
    now = timezone.now()
    with scopes_disabled():
        old = WebhookDelivery.objects.filter(created_at__lt=now - KEPT)
        ended = old.exclude(state__in=[WebhookDelivery.State.QUEUED, WebhookDelivery.State.SENDING])
        of_deleted = WebhookDelivery.objects.filter(endpoint__deleted_at__lt=now - UNDO_LASTS)
        for rows in (ended, of_deleted):
            while keys := list(rows.order_by("pk").values_list("pk", flat=True)[:_CHUNK]):
                WebhookDelivery.objects.filter(pk__in=keys).delete()
        WebhookEndpoint.objects.filter(deleted_at__lt=now - UNDO_LASTS).delete()

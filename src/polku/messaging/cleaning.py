"""Messages are forgotten when nobody can want them any more."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django_scopes import scopes_disabled

from polku.messaging.models import Message

KEPT = timedelta(days=730)
"""How long the row of a message that left stays: so long its unsubscribe link works."""
_CHUNK = 500


def forget_old_messages() -> None:
    """Delete rows of messages that ended longer than KEPT ago, in chunks."""
    with scopes_disabled():
        old = Message.objects.filter(ended_at__lt=timezone.now() - KEPT).order_by("pk")
        while keys := list(old.values_list("pk", flat=True)[:_CHUNK]):
            Message.objects.filter(pk__in=keys).delete()

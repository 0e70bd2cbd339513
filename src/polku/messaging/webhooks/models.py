"""Where news go, and what became of each."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_scopes import ScopedManager

from polku.accounts.models import Workspace


class WebhookEndpoint(models.Model):  # type: ignore[django-manager-missing]
    """An address that news are posted to.

    Its secret is kept nowhere: it follows from `nonce` and the installation's key (signing.py). After a rotation the
    old one signs as well until `old_until`. Put aside with `deleted_at`, it is removed a day later.
    """

    class State(models.TextChoices):
        ACTIVE = "active", pgettext_lazy("webhook", "in use")
        OFF = "off", pgettext_lazy("webhook", "switched off")
        GONE = "gone", pgettext_lazy("webhook", "switched off: the receiver said that it is gone")
        FAILING = "failing", pgettext_lazy("webhook", "paused: it did not answer for days")

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    url = models.CharField(_("address"), max_length=500)
    types = models.JSONField(default=list)
    state = models.CharField(max_length=8, choices=State.choices, default=State.ACTIVE)
    nonce = models.CharField(max_length=32)
    old_nonce = models.CharField(max_length=32, blank=True)
    old_until = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    deleted_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[WebhookEndpoint]] = ScopedManager(workspace="workspace")

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.url


class WebhookDelivery(models.Model):
    """One piece of news for one endpoint. `body` is what is posted, the same each time; of the receiver's answer only
    the status is kept. `why` is a word of `client.Why`."""

    class State(models.TextChoices):
        QUEUED = "queued", pgettext_lazy("webhook", "waits")
        SENDING = "sending", pgettext_lazy("webhook", "being sent")
        DELIVERED = "delivered", pgettext_lazy("webhook", "delivered")
        FAILED = "failed", pgettext_lazy("webhook", "not delivered")

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, related_name="deliveries")
    number = models.CharField(max_length=40, unique=True)
    type = models.CharField(max_length=80)
    body = models.TextField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    status = models.PositiveSmallIntegerField(null=True)
    why = models.CharField(max_length=20, blank=True)
    next_at = models.DateTimeField()
    claimed_by = models.CharField(max_length=32, blank=True)
    created_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[WebhookDelivery]] = ScopedManager(workspace="workspace")

    class Meta:
        ordering: ClassVar = ["-created_at", "-pk"]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "state", "next_at"], name="webhooks_due"),
            models.Index(fields=["endpoint", "-created_at"], name="webhooks_of_endpoint"),
        ]

    def __str__(self) -> str:
        return f"{self.number} ({self.type})"

"""Outgoing e-mail: the messages, whom none may go to, and in whose name they go."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_scopes import ScopedManager

from polku.accounts.models import Workspace
from polku.messaging.webhooks.models import WebhookDelivery, WebhookEndpoint

__all__ = ["Message", "SenderIdentity", "Suppression", "WebhookDelivery", "WebhookEndpoint"]


class Message(models.Model):
    """One e-mail to one address.

    `number` is random; it stands in the Message-ID and in the return path, by which what comes back is known. What was
    written and the address itself are removed as soon as the message has left, or never will; what stays is the keyed
    digest of the address (addresses.py), by which a bounce still ends on the right row.

    `kind` and `reference` say whose message it is (registry.py). A message is claimed for sending by a conditional
    UPDATE; `claimed_by` names the run of the server, so that the next run knows what one that died had in its hands.
    """

    class State(models.TextChoices):
        QUEUED = "queued", pgettext_lazy("message", "waits")
        SENDING = "sending", pgettext_lazy("message", "being sent")
        SENT = "sent", pgettext_lazy("message", "sent")
        FAILED = "failed", pgettext_lazy("message", "failed")
        BOUNCED = "bounced", pgettext_lazy("message", "not delivered")
        HELD = "held", pgettext_lazy("message", "not sent")

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    number = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=40)
    reference = models.CharField(max_length=80, blank=True)
    recipient = models.CharField(max_length=254, blank=True)
    recipient_digest = models.CharField(max_length=64, db_index=True)
    recipient_masked = models.CharField(max_length=254)
    language = models.CharField(max_length=2, blank=True)
    sender_name = models.CharField(max_length=120, blank=True)
    sender_email = models.CharField(max_length=254)
    reply_to = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    headers = models.JSONField(default=dict, blank=True)
    unsubscribe_digest = models.CharField(max_length=64, unique=True, null=True)  # noqa: DJ001 - many have none
    """SHA-256 of the token of its unsubscribe page; null where nobody can unsubscribe (a test message)."""
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    why = models.CharField(max_length=40, blank=True)
    """An enumerated word (words.py): why it was held, failed or bounced."""
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    claimed_by = models.CharField(max_length=32, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[Message]] = ScopedManager(workspace="workspace")

    class Meta:
        ordering: ClassVar = ["pk"]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "state", "next_at"], name="messages_due"),
            models.Index(fields=["workspace", "kind", "reference"], name="messages_of_thing"),
        ]

    def __str__(self) -> str:
        return f"message {self.pk} ({self.kind})"


class Suppression(models.Model):
    """An address that gets no e-mail of the workspace any more. The address is not kept: it is known by its keyed
    digest, and shown with its name hidden."""

    class Reason(models.TextChoices):
        UNSUBSCRIBED = "unsubscribed", _("unsubscribed")
        BOUNCED = "bounced", _("does not exist")
        COMPLAINED = "complained", _("reported as junk")
        ADDED = "added", _("added here")
        IMPORTED = "imported", _("from a list")

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)
    masked = models.CharField(max_length=254)
    reason = models.CharField(max_length=12, choices=Reason.choices)
    created_at = models.DateTimeField(auto_now_add=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)

    objects: ClassVar[models.Manager[Suppression]] = ScopedManager(workspace="workspace")

    class Meta:
        ordering: ClassVar = ["-created_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "digest"], name="one_suppression_per_address")
        ]

    def __str__(self) -> str:
        return self.masked


class SenderIdentity(models.Model):
    """In whose name a workspace's messages go: the seller's own. Empty parts are filled by the installation's."""

    workspace = models.OneToOneField(Workspace, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("sender’s name"), max_length=120, blank=True)
    email = models.EmailField(_("sender’s e-mail address"), max_length=254, blank=True)
    reply_to = models.EmailField(_("address for replies"), max_length=254, blank=True)
    footer = models.TextField(_("who sends and where from"), max_length=500, blank=True)

    objects: ClassVar[models.Manager[SenderIdentity]] = ScopedManager(workspace="workspace")

    def __str__(self) -> str:
        return self.name

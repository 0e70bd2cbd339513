"""Who gets the e-mail of Monday, and of which Mondays it has been sent."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django_scopes import ScopedManager

from polku.accounts.models import Workspace


class MondayChoice(models.Model):
    """What a member said of the e-mail; owners who said nothing get it. Its `nonce` makes the link that stops it, of
    which only the SHA-256 is kept (`digest`)."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    is_wanted = models.BooleanField()
    nonce = models.CharField(max_length=32)
    digest = models.CharField(max_length=64, unique=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[models.Manager[MondayChoice]] = ScopedManager(workspace="workspace")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "user"], name="one_monday_choice_per_member"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.is_wanted}"


class MondayMailing(models.Model):
    """The e-mail of this Monday has been put into the queue for everybody who wants it: written with the messages, in
    one transaction, so that no restart sends it twice."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    monday = models.DateField()
    recipients = models.PositiveIntegerField()
    at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager[MondayMailing]] = ScopedManager(workspace="workspace")

    class Meta:
        ordering: ClassVar = ["-monday"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "monday"], name="one_mailing_per_monday"),
        ]

    def __str__(self) -> str:
        return f"{self.monday}: {self.recipients}"

"""What an owner decides about the way in. The signals themselves live in the event store."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from polku.accounts.models import Workspace


class CaptureSettings(models.Model):
    """One row per workspace; a workspace without a row has the defaults.

    `own_addresses` are IP addresses or networks (CIDR) of the company itself, whose traffic is not counted.
    `is_cookieless`: visitors who gave no consent are counted by an id that lives at most a day.
    """

    workspace = models.OneToOneField(Workspace, on_delete=models.CASCADE, related_name="capture_settings")
    is_cookieless = models.BooleanField(_("count visitors without cookies"), default=False)
    own_addresses = models.JSONField(_("own addresses"), default=list, blank=True)

    objects: ClassVar[models.Manager[CaptureSettings]] = ScopedManager(workspace="workspace")

    def __str__(self) -> str:
        return str(self.workspace)


class SourceSettings(models.Model):
    """What people decided about one source; a source without a row has no name of its own and the usual alarm."""

    class Alarm(models.TextChoices):
        RHYTHM = "rhythm"
        HOURS = "hours"
        NEVER = "never"

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="source_settings")
    origin = models.CharField(max_length=80)
    name = models.CharField(_("name"), max_length=80, blank=True)
    alarm = models.CharField(_("alarm"), max_length=6, choices=Alarm.choices, default=Alarm.RHYTHM)
    silent_hours = models.PositiveIntegerField(_("hours"), null=True, blank=True)

    objects: ClassVar[models.Manager[SourceSettings]] = ScopedManager(workspace="workspace")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "origin"], name="one_settings_row_per_source"),
            models.CheckConstraint(
                condition=models.Q(alarm="hours", silent_hours__gte=1)
                | (~models.Q(alarm="hours") & models.Q(silent_hours=None)),
                name="hours_of_silence_with_the_alarm_by_hours",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.origin

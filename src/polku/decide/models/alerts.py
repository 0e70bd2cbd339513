"""Metrics that are watched day by day, the alerts that came of it, and who hears of them."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django_scopes import ScopedManager

from polku.accounts.models import Workspace
from polku.journeys.limits import SIGNAL_NAME
from polku.journeys.models import Journey, Touchpoint


class Watch(models.Model):
    """One metric of a touchpoint, day by day.

    `days` is {"n", "total", "squares"}: lists with an entry for each day from `first` on. `level_from` is the day that
    its present level is counted from (the day after its last alert), `looked_to` the last day that was looked at.
    `metric` and `scale` ("1-5") name a score; they are "" otherwise.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    journey = models.ForeignKey(Journey, on_delete=models.CASCADE, related_name="+")
    touchpoint = models.ForeignKey(Touchpoint, on_delete=models.CASCADE, related_name="+")
    figure = models.CharField(max_length=20)
    metric = models.CharField(max_length=SIGNAL_NAME, blank=True)
    scale = models.CharField(max_length=40, blank=True)
    first = models.DateField()
    days = models.JSONField()
    level_from = models.DateField()
    looked_to = models.DateField(null=True)

    objects: ClassVar[models.Manager[Watch]] = ScopedManager(workspace="workspace")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["touchpoint", "figure", "metric", "scale"], name="one_watch_per_metric"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.touchpoint_id}: {self.figure} {self.metric}"


class Alert(models.Model):  # type: ignore[django-manager-missing]
    """A real change: found at the end of day `on`, in the days since `since`.

    `change` is {"before": {"value", "ci", "n"}, "after": {…}, "difference", "ci"}; `unchanged` is how many other
    metrics were watched that day and gave no alert. `told_at` is when messages of it were put into the queue, or when
    it was decided that it is too old for one.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    journey = models.ForeignKey(Journey, on_delete=models.CASCADE, related_name="+")
    touchpoint = models.ForeignKey(Touchpoint, on_delete=models.CASCADE, related_name="+")
    figure = models.CharField(max_length=20)
    metric = models.CharField(max_length=SIGNAL_NAME, blank=True)
    scale = models.CharField(max_length=40, blank=True)
    on = models.DateField()
    since = models.DateField()
    change = models.JSONField(encoder=DjangoJSONEncoder)
    unchanged = models.PositiveIntegerField(default=0)
    found_at = models.DateTimeField(auto_now_add=True)
    told_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects: ClassVar[models.Manager[Alert]] = ScopedManager(workspace="workspace")

    class Meta:
        ordering: ClassVar = ["-on", "-pk"]
        indexes: ClassVar = [models.Index(fields=["workspace", "told_at"], name="alerts_to_be_told")]

    def __str__(self) -> str:
        return f"{self.touchpoint_id}: {self.figure} {self.metric} ({self.on:%Y-%m-%d})"


class AlertChoices(models.Model):
    """What of a workspace is watched: `figures`, but for the journeys named in `left_out` (their numbers).

    `looked_at` is when it was looked last, `counted_at` when all kept days were counted anew, `mailed_at` when the
    last e-mail was put into the queue.
    """

    workspace = models.OneToOneField(Workspace, on_delete=models.CASCADE, related_name="+")
    figures = models.JSONField(default=list)
    left_out = models.JSONField(default=list, blank=True)
    looked_at = models.DateTimeField(null=True, blank=True)
    looked_to = models.DateField(null=True, blank=True)
    counted_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager[AlertChoices]] = ScopedManager(workspace="workspace")

    def __str__(self) -> str:
        return f"{self.workspace_id}: {', '.join(self.figures)}"


class AlertReader(models.Model):
    """A member who gets alerts by e-mail."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    objects: ClassVar[models.Manager[AlertReader]] = ScopedManager(workspace="workspace")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "user"], name="one_alert_reader_per_member"),
        ]

    def __str__(self) -> str:
        return str(self.user_id)

"""Whom a survey was sent to, and every time that somebody was asked."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from polku.accounts.models import Workspace
from polku.journeys.models import Touchpoint
from polku.surveys.models.survey import Survey, SurveyLink


class Moment(models.Model):  # type: ignore[django-manager-missing]
    """When people are asked: a while after something happened to them, some of them, at decent hours.

    `trigger` is a step selector of a Query ({"event": …} or {"touchpoint": …}, with `where`). Signals up to
    `looked_up_to` (arrival numbers of the event store) have been looked at; what happened before `begun_at`, when it
    was switched on last, asks nobody. Answers come through its own `link`.
    """

    class Channel(models.TextChoices):
        EMAIL = "email", _("e-mail")

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="moments")
    name = models.CharField(_("name"), max_length=120)
    trigger = models.JSONField()
    delay_minutes = models.PositiveIntegerField(default=0)
    delay_months = models.PositiveSmallIntegerField(default=0)
    share = models.FloatField(default=1.0)
    not_within_days = models.PositiveSmallIntegerField(default=30)
    hours_from = models.PositiveSmallIntegerField(default=9)
    hours_to = models.PositiveSmallIntegerField(default=20)
    channel = models.CharField(max_length=5, choices=Channel.choices, default=Channel.EMAIL)
    link = models.ForeignKey(SurveyLink, null=True, on_delete=models.SET_NULL, related_name="+")
    is_active = models.BooleanField(default=False)
    begun_at = models.DateTimeField(null=True)
    looked_up_to = models.BigIntegerField(null=True)
    looked_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    deleted_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[Moment]] = ScopedManager(workspace="workspace")

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.name


class MomentDay(models.Model):
    """How often something happened on a day of the workspace's calendar (moments/engine.py: Outcome) that led to no
    invitation, and how often a moment's trigger was met at all."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    moment = models.ForeignKey(Moment, on_delete=models.CASCADE, related_name="days")
    day = models.DateField()
    outcome = models.CharField(max_length=20)
    count = models.PositiveIntegerField(default=0)

    objects: ClassVar[models.Manager[MomentDay]] = ScopedManager(workspace="workspace")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["moment", "day", "outcome"], name="one_count_per_moment_day")
        ]

    def __str__(self) -> str:
        return f"{self.moment_id} {self.day} {self.outcome}"


class FatigueLimit(models.Model):
    """How often one person may be asked, across all surveys of the workspace: at most once in `days`.

    `metric` empty is any survey; else only surveys that measure this metric.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    metric = models.CharField(max_length=40, blank=True)
    days = models.PositiveSmallIntegerField()

    objects: ClassVar[models.Manager[FatigueLimit]] = ScopedManager(workspace="workspace")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "metric"], name="one_limit_per_metric")
        ]

    def __str__(self) -> str:
        return f"{self.metric or 'any'}: {self.days}"


class Invitation(models.Model):
    """One person asked to answer once, by a link of their own.

    The link's token follows from `nonce` and the server's secret (links.py), so that a reminder brings the same link;
    only its SHA-256 is kept. Both are made when the message is written.
    `person` and `person_kind` are an id of theirs in the event store (IdKind), `person_number` their number there when
    a moment found them. `known` are traits for piping. `happened_at` is when what the moment asks about happened.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waits")
        SENT = "sent", _("sent")
        DECLINED = "declined", _("declined")
        BOUNCED = "bounced", _("not delivered")
        FAILED = "failed", _("failed")
        SKIPPED = "skipped", _("not sent")

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="invitations")
    link = models.ForeignKey(SurveyLink, on_delete=models.CASCADE, related_name="invitations")
    moment = models.ForeignKey(Moment, null=True, on_delete=models.SET_NULL, related_name="invitations")
    nonce = models.CharField(max_length=32, blank=True)
    digest = models.CharField(max_length=64, unique=True, null=True)  # noqa: DJ001 - many wait without one
    person = models.CharField(max_length=255, blank=True)
    person_kind = models.CharField(max_length=10, blank=True)
    person_number = models.BigIntegerField(null=True)
    happened_at = models.DateTimeField(null=True)
    email = models.CharField(max_length=254, blank=True)
    language = models.CharField(max_length=2, blank=True)
    known = models.JSONField(default=dict, blank=True)
    fields = models.JSONField(default=dict, blank=True)
    order = models.CharField(max_length=255, blank=True)
    touchpoint = models.ForeignKey(Touchpoint, null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING, db_index=True)
    why = models.CharField(max_length=40, blank=True)
    """An enumerated word: why it was skipped or failed."""
    send_at = models.DateTimeField(db_index=True)
    sent_at = models.DateTimeField(null=True)
    reminder_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    is_answered = models.BooleanField(default=False)
    """Completed; all that is known of it where the survey is anonymous, which answer it was is not."""
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager[Invitation]] = ScopedManager(workspace="workspace")

    class Meta:
        ordering: ClassVar = ["pk"]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "person"], name="invitation_of_person"),
            models.Index(fields=["workspace", "email"], name="invitation_of_email"),
            models.Index(fields=["state", "send_at"], name="invitation_due"),
            models.Index(fields=["reminder_at"], name="invitation_to_remind"),
            models.Index(fields=["moment", "person_number"], name="invitation_of_moment"),
        ]

    def __str__(self) -> str:
        return f"invitation {self.pk}"


class Ask(models.Model):
    """Somebody was asked, in whatever way: what fatigue limits count.

    `person` is the digest of the person's id (fatigue.py), so that limits hold without a list of who was asked.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    person = models.CharField(max_length=32)
    survey = models.ForeignKey(Survey, null=True, on_delete=models.SET_NULL, related_name="+")
    metrics = models.JSONField(default=list)
    at = models.DateTimeField()

    objects: ClassVar[models.Manager[Ask]] = ScopedManager(workspace="workspace")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["workspace", "person", "at"], name="asks_of_person")]

    def __str__(self) -> str:
        return f"ask {self.pk}"

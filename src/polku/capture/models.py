"""What an owner decides about the way in. The signals themselves live in the event store."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from polku.accounts.models import User, Workspace


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


class KeptUploads(models.Manager["Upload"]):
    """Those that nobody deleted."""

    def get_queryset(self) -> models.QuerySet[Upload]:
        return super().get_queryset().filter(deleted_at=None)


class Upload(models.Model):  # type: ignore[django-manager-missing]
    """A file that somebody brought with the browser. `key` names its folder below HOME/uploads/<workspace key>.

    `problem` is why it could not be read, in the words of whoever brought it; `has_file` ends when the file is cleaned
    away, `begins_when_read` says that its import was asked for while it was being read once more. What was deleted lies
    there a day longer, for whoever takes that back, and only `with_deleted` finds it.
    """

    class State(models.TextChoices):
        READING = "reading"
        REVIEW = "review"
        IMPORTING = "importing"
        DONE = "done"
        FAILED = "failed"

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="uploads")
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=200)
    size = models.BigIntegerField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.READING)
    problem = models.TextField(blank=True)
    language = models.CharField(max_length=2, default="fi")
    begins_when_read = models.BooleanField(default=False)
    has_file = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    deleted_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[models.Manager[Upload]] = ScopedManager(
        workspace="workspace", _manager_class=KeptUploads
    )
    with_deleted: ClassVar[models.Manager[Upload]] = ScopedManager(workspace="workspace")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["workspace", "-created_at"], name="uploads_newest_first")]

    def __str__(self) -> str:
        return self.name


class UploadedPart(models.Model):  # type: ignore[django-manager-missing]
    """One part of an uploaded file: what was recognised (`inspection`, see mapping_json), and what people decided.

    `reading` is what they said of how it is read, `answers` of what was asked, `edits` of its mappings (see
    uploads/decisions.py).
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveSmallIntegerField()
    inspection = models.JSONField(default=dict)
    reading = models.JSONField(default=dict)
    answers = models.JSONField(default=dict)
    edits = models.JSONField(default=dict)

    objects: ClassVar[models.Manager[UploadedPart]] = ScopedManager(workspace="workspace")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["upload", "number"], name="one_part_per_number"),
        ]
        ordering: ClassVar = ["number"]

    def __str__(self) -> str:
        return f"{self.upload_id}/{self.number}"


class ImportRun(models.Model):
    """One mapping of one part on its way into the store, and what came of it (`result`: see imports.load)."""

    class State(models.TextChoices):
        WAITING = "waiting"
        READING = "reading"
        LOADING = "loading"
        DONE = "done"
        FAILED = "failed"

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    part = models.ForeignKey(UploadedPart, on_delete=models.CASCADE, related_name="runs")
    mapping = models.JSONField()
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    result = models.JSONField(default=dict)
    problem = models.TextField(blank=True)
    was_interrupted = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[ImportRun]] = ScopedManager(workspace="workspace")

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.part_id} {self.state}"


class RememberedMapping(models.Model):
    """What a file of this form (`fingerprint`: its columns and kind) became the last time; offered for the next."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    fingerprint = models.CharField(max_length=128)
    name = models.CharField(_("name"), max_length=200)
    mappings = models.JSONField()
    used_at = models.DateTimeField()
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    objects: ClassVar[models.Manager[RememberedMapping]] = ScopedManager(workspace="workspace")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "fingerprint"], name="one_mapping_per_form"),
        ]

    def __str__(self) -> str:
        return self.name

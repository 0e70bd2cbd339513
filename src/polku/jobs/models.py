"""Background work that survives a restart."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Job(models.Model):
    """One piece of background work, claimed by a conditional UPDATE.

    `workspace_id` is a plain number because `accounts` stands above this room; a workspace's jobs go with it
    through `accounts.domain.delete_workspace`.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    kind = models.CharField(max_length=60)
    workspace_id = models.BigIntegerField(db_index=True)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING, db_index=True)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    error = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["state", "created_at"], name="job_queue")]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class ScheduleRun(models.Model):
    """When a piece of daily work was begun last; it stands for the whole installation."""

    name = models.CharField(max_length=60, unique=True)
    begun_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.begun_at}"
